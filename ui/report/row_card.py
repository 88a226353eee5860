"""One row of a run: everything there is to say of it."""

from __future__ import annotations

import streamlit as st

from golems.reports.rows import FullRow, full_row
from golems.reports.view import View
from golems.tasks import task_class
from ui.errors import draw_error
from ui.figures import bars, draw_chart
from ui.report.going import close_row, open_row
from ui.report.thumbnails import look_up
from ui.text import plain

PAGES = {"text-classification": ("pages/analyst.py", "analyst-text")}
MOST_SCORES = 20
PICTURE_PIXELS = 480


def draw_row(view: View, place: int) -> None:
    """Draw the row at a place, from 0.

    Raises:
        BadInput: There is none.
    """
    with st.container(horizontal=True, vertical_alignment="center"):
        if st.button("Back to the rows", icon=":material/arrow_back:", key="report-row-back"):
            close_row()
        if st.button(
            "Row before",
            icon=":material/chevron_left:",
            key="report-row-before",
            disabled=not place,
        ):
            open_row(place - 1)
        if st.button("Next row", icon=":material/chevron_right:", key="report-row-next"):
            open_row(place + 1)
    row = full_row(view, place)
    said = f": {row.label}" if row.label is not None else ""
    st.subheader(plain(f"Row {place + 1:,}{said}"))
    if row.error is not None:
        draw_error(row.error)
    draw_content(view, row)
    draw_scores(row)
    if row.truth is not None:
        right = row.truth == row.label
        st.markdown(
            f":material/{'check' if right else 'close'}: Truth: **{plain(row.truth)}**"
            f"{'' if right or row.label is None else ', so the golem was wrong here'}"
        )
    facts = []
    if row.tokens is not None:
        facts.append(f"{row.tokens:,} tokens read")
    if row.tokens_dropped is not None:
        facts.append(f"{row.tokens_dropped:,} cut off")
    if facts:
        st.caption(" · ".join(facts))
    rest = {name: cell for name, cell in row.fields.items() if name != view.manifest.dataset.column}
    if rest:
        st.markdown("#### The other columns")
        st.dataframe(
            {"Column": [*rest], "Value": [*rest.values()]}, hide_index=True, key="report-row-fields"
        )


def draw_content(view: View, row: FullRow) -> None:
    """What the golem read, and what it wrote."""
    manifest = view.manifest
    content = row.fields.get(manifest.dataset.column or "")
    is_text = task_class(manifest.task).content == "text"
    if content and is_text:
        with st.container(border=True):
            st.text(content)
    elif not is_text:
        draw_picture(view, row.place, content or "")
    if row.generated_text is not None:
        st.markdown("#### What the golem wrote")
        with st.container(border=True):
            st.text(row.generated_text or "Nothing.")
    if content and is_text and manifest.task in PAGES:
        page, key = PAGES[manifest.task]
        if st.button(
            "Open it on the golem's page", icon=":material/open_in_new:", key="report-row-golem"
        ):
            st.session_state[key] = content
            st.switch_page(page)


def draw_picture(view: View, place: int, name: str) -> None:
    """The picture, or why there is none."""
    found = look_up(view, [place], PICTURE_PIXELS)
    if (picture := found.pictures.get(place)) is not None:
        st.image(picture, caption=plain(name), alt=name or f"Picture of row {place + 1:,}")
        return
    why = found.missing.get(place) or found.notice or "There is no picture."
    st.info(plain(f"{name}: {why}" if name else why), icon=":material/hide_image:")


def draw_scores(row: FullRow) -> None:
    """The scores of the labels that were kept."""
    scores = [(label, score) for label, score in row.scores.items() if score is not None]
    if not scores:
        return
    first = scores[:MOST_SCORES]
    more = len(scores) - len(first)
    tail = f" {more:,} lower ones are in the table." if more else ""
    draw_chart(
        bars(
            [label for label, _ in first],
            [score for _, score in first],
            texts=[f"{score:.4f}" for _, score in first],
            axis="Score",
        ),
        f"{scores[0][0]} scores highest of {len(scores):,} that were kept.{tail}",
        scores,
        ["Label", "Score"],
        key="report-row-scores",
    )
