"""The Batch page: setting a run up, and looking at one by its address."""

import streamlit as st

from golems.runs import create_run, draft, open_run, start_worker
from golems.settings import settings
from ui.dataset_input import pick_dataset
from ui.errors import errors_in_words
from ui.inputs import pick_golem
from ui.preflight_view import draw_check
from ui.run_like import as_asked, card_of, run_to_copy
from ui.run_settings import pick_settings
from ui.run_view import draw_run


def set_up() -> None:
    """Choose golem and data, then run."""
    st.markdown(
        "Give a golem a whole table of texts, or a folder of pictures, and take the results away "
        "as a table."
    )
    like = run_to_copy()
    card = as_asked(pick_golem(first=card_of(like)), like)
    dataset = None
    with errors_in_words():
        dataset = pick_dataset(card, like)
    with errors_in_words():
        checkpoint, options = pick_settings(card, like)
        options["asked_by"] = "on the page"
        has_rows = dataset is not None and bool(dataset.preview(1))
        pressed = st.button(
            "Run", type="primary", icon=":material/play_arrow:", disabled=not has_rows
        )
        if dataset is None or not has_rows:
            return
        if pressed:
            own_input = dataset.path.is_relative_to(settings().home)
            run = create_run(card, checkpoint, dataset, own_input=own_input, **options)
            start_worker(run)
            st.query_params.from_dict({"run": run.id})
            st.rerun()
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
