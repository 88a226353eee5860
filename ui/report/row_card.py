"""One row of a run: everything there is to say of it."""

from __future__ import annotations

import streamlit as st

from golems.base import LabelScore
from golems.errors import GolemError
from golems.reports.rows import FullRow, beside, full_row
from golems.reports.selection import ALL, Order, Selection
from golems.reports.truncation import way_of
from golems.reports.view import View
from golems.sureness import hardly_read, headline
from golems.tasks import task_class
from golems.words import counted
from ui.errors import draw_error
from ui.figures import bars, draw_chart
from ui.looking import FROM_REPORT, GIVEN
from ui.report.going import close_row, open_row
from ui.report.thumbnails import look_up, whole
from ui.text import plain

# Task -> its golem's page, and what takes the text there.
PAGES = {
    "text-classification": ("pages/analyst.py", "analyst-text"),
    "text-generation": ("pages/storyteller.py", "story-prompt"),
}
OPEN = "Open it on the golem's page"
MOST_SCORES = 20
PICTURE_PIXELS = 480


def draw_row(view: View, place: int, selection: Selection = ALL, order: Order = "place") -> None:
    """Draw the row at a place, from 0.

    Args:
        selection, order: Of the rows it was opened out of; the row before and the next are theirs.

    Raises:
        BadInput: There is none.
    """
    found = beside(view, place, selection, order)
    with st.container(horizontal=True, vertical_alignment="center"):
        if st.button("Back to the rows", icon=":material/arrow_back:", key="report-row-back"):
            close_row()
        for label, side, key, there in (
            ("Row before", "left", "before", found.before if found else None),
            ("Next row", "right", "next", found.after if found else None),
        ):
            if st.button(
                label,
                icon=f":material/chevron_{side}:",
                key=f"report-row-{key}",
                disabled=there is None,
            ):
                step_to(there)
    row = full_row(view, place)
    if found is None:
        st.caption("This row is none of those that were asked for.")
    elif selection != ALL:
        st.caption(f"{found.at:,} of the {counted(found.rows, 'row')} that were asked for.")
    st.subheader(plain(f"Row {place + 1:,}{said_of(row)}"))
    if row.error is not None:
        draw_error(row.error)
    if row.note is not None:
        st.warning(plain(hardly_read(row.note)), icon=":material/translate:")
    draw_content(view, row)
    draw_scores(row)
    if row.truth is not None:
        draw_truth(row.truth, row.label)
    draw_reading(view, row)
    rest = {name: cell for name, cell in row.fields.items() if name != view.manifest.dataset.column}
    if rest:
        st.markdown("#### The other columns")
        st.dataframe(
            {"Column": [*rest], "Value": [*rest.values()]},
            hide_index=True,
            placeholder="",
            key="report-row-fields",
        )


def said_of(row: FullRow) -> str:
    """What the golem says of a row, and whether it is sure."""
    scores = [LabelScore(name, one) for name, one in row.scores.items() if one is not None]
    if scores and scores[0].label == row.label:
        return f": {headline(scores)}"
    return f": {row.label}" if row.label is not None else ""


def step_to(place: int | None) -> None:
    """Open a neighbour; of the second press of two there may be none. Ends the script."""
    if place is not None:
        open_row(place)


def draw_truth(truth: str, label: str | None) -> None:
    """The truth, and whether the golem found it; of a row without a label it can't be wrong."""
    said = f"Truth: **{plain(truth)}**"
    if label is None:
        st.markdown(f":material/remove: {said}; the golem gave no label, so nothing is compared")
    elif label == truth:
        st.markdown(f":material/check: {said}")
    else:
        st.markdown(f":material/close: {said}, so the golem was wrong here")


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
        if st.button(OPEN, icon=":material/open_in_new:", key="report-row-golem"):
            st.session_state[key] = content
            st.switch_page(page, query_params={})  # as below


def draw_reading(view: View, row: FullRow) -> None:
    """How much of a text was read, and which end of it was not."""
    if row.tokens_dropped:
        left_out = {"head": "from its end ", "tail": "from its start "}
        where = left_out.get(way_of(view.manifest) or "", "")
        st.warning(
            f"The golem didn't read all of this text: {counted(row.tokens_dropped, 'token')} "
            f"{where}{'was' if row.tokens_dropped == 1 else 'were'} cut off, "
            f"{row.tokens or 0:,} read. The golem's page strikes out what it doesn't read.",
            icon=":material/content_cut:",
        )
    elif row.tokens is not None:
        all_read = " Nothing was cut off." if row.tokens_dropped is not None else ""
        st.caption(f"{counted(row.tokens, 'token')} read.{all_read}")


def draw_picture(view: View, place: int, name: str) -> None:
    """The picture, or why there is none."""
    found = look_up(view, [place], PICTURE_PIXELS)
    if (picture := found.pictures.get(place)) is not None:
        st.image(picture, caption=plain(name), alt=name or f"Picture of row {place + 1:,}")
        if st.button(OPEN, icon=":material/open_in_new:", key="report-row-golem"):
            hand_over(view, place, name)
        return
    why = found.missing.get(place) or found.notice or "There is no picture."
    st.info(plain(f"{name}: {why}" if name else why), icon=":material/hide_image:")


def hand_over(view: View, place: int, name: str) -> None:
    """Open the page that looks at one picture, with this one."""
    try:
        data = whole(view, place)
    except GolemError as error:
        draw_error(str(error))
        return
    st.session_state[GIVEN] = (name or f"row {place + 1:,}", data)
    st.session_state["visionary-source"] = FROM_REPORT
    # Left out, Streamlit refuses to drop the section, which a widget is bound to.
    st.switch_page("pages/visionary.py", query_params={})


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
