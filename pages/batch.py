"""Batch: a whole dataset through a golem, in a process of its own."""

from typing import Any

import streamlit as st

from golems.base import Card
from golems.runs import create_run, draft, open_run, start_worker
from golems.settings import settings
from ui.dataset_input import pick_dataset, pick_path
from ui.errors import errors_in_words
from ui.inputs import pick_checkpoint, pick_generation, pick_golem, pick_long_texts
from ui.preflight_view import draw_check
from ui.run_view import draw_run


def pick_parameters(card: Card) -> dict[str, Any]:
    """The parameters of the card's task."""
    if card.task == "text-generation":
        return pick_generation(card, "batch")
    if card.task == "image-classification":
        most = st.slider(
            "Labels to keep for each picture", 1, 20, 5, key="batch-top-k", persist_state="session"
        )
        return {"top_k": most}
    if card.task == "text-classification":
        return {"long_texts": pick_long_texts(card, "batch")}
    return {}


def set_up() -> None:
    """Choose golem and data, then run."""
    st.markdown(
        "Give a golem a whole table of texts, or a folder of pictures, and take the results away "
        "as a table."
    )
    card = pick_golem()
    with errors_in_words():
        path = pick_path(card)
        if path is None:
            st.info("No data yet. Add it above, or take the sample data.", icon=":material/upload:")
            return
        dataset = pick_dataset(card, path)
        with st.expander("Settings", icon=":material/tune:"):
            checkpoint = pick_checkpoint(card)
            parameters = pick_parameters(card)
        options: dict[str, Any] = {"parameters": parameters, "device": settings().device}
        has_rows = bool(dataset.preview(1))
        if st.button("Run", type="primary", icon=":material/play_arrow:", disabled=not has_rows):
            own_input = path.is_relative_to(settings().home)
            run = create_run(card, checkpoint, dataset, own_input=own_input, **options)
            start_worker(run)
            st.query_params["run"] = run.id
            st.rerun()
        if has_rows:
            draw_check(draft(card, checkpoint, dataset, **options))


st.title("Batch")
run_id = st.query_params.get("run")
if run_id is None:
    set_up()
else:
    if st.button("New run", icon=":material/add:"):
        del st.query_params["run"]
        st.rerun()
    with errors_in_words():
        draw_run(open_run(run_id))
