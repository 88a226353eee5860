"""What a person has mended and skipped of a run's failed rows, as long as the page is open."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import streamlit as st

from golems.reports import failed_rows, still_failed
from golems.runs import Manifest, Run
from golems.runs.retrying import Attempt

if TYPE_CHECKING:
    import pandas as pd

ROW, TEXT, FILE, REASON, SKIP = "Row", "Text", "File", "Reason", "Skip"
LONG_CHARS = 10_000


@dataclass
class Desk:
    """The failed rows of one run as this person sees them.

    Attributes:
        edits: Place of a row, from 0 -> the text it should have been.
        skip: Places of rows to leave as they are.
        seen: When the attempt was asked for that these rows come from; 0 before the first.
        asked: Whether the attempt that goes on was asked for here.
        page: The page that is open, from 1; 0 for none.
        shown: Its rows as the table got them. They must stay the same while a person edits.
        drawn: Counts the tables: each has a key, and so edits, of its own.
    """

    edits: dict[int, str] = field(default_factory=dict)
    skip: set[int] = field(default_factory=set)
    seen: float = 0.0
    asked: bool = False
    page: int = 0
    shown: pd.DataFrame | None = None
    drawn: int = 0


def desk_of(run: Run) -> Desk:
    """The desk of a run in this session."""
    key = f"desk-{run.id}"
    if key not in st.session_state:
        st.session_state[key] = Desk()
    desk: Desk = st.session_state[key]
    return desk


def catch_up(desk: Desk, run: Run, attempt: Attempt | None) -> None:
    """Forget what was done with, once failed rows were tried again, here or by somebody else."""
    if attempt is None or not attempt.is_over or attempt.at == desk.seen:
        return
    desk.seen = attempt.at
    desk.page = 0
    if attempt.error is None and desk.asked:
        desk.edits.clear()
    desk.asked = False
    left = still_failed(run, {*desk.edits, *desk.skip})
    desk.edits = {place: text for place, text in desk.edits.items() if place in left}
    desk.skip &= left


def table_key(desk: Desk, run: Run) -> str:
    return f"desk-table-{run.id}-{desk.drawn}"


def open_page(desk: Desk, run: Run, manifest: Manifest, page: int, rows: int) -> pd.DataFrame:
    """The rows of a page, with what was mended and skipped before it was opened."""
    import pandas as pd

    if desk.page == page and desk.shown is not None and table_key(desk, run) in st.session_state:
        return desk.shown
    desk.page = page
    desk.drawn += 1
    found = failed_rows(run, rows, first=(page - 1) * rows)
    spec = manifest.dataset
    content = found.iloc[:, 2 + spec.columns.index(spec.column or spec.columns[0])]
    places = [int(number) - 1 for number in found.iloc[:, 0]]
    texts = [shown_text(text) for text in content]
    desk.shown = pd.DataFrame(
        {
            ROW: [place + 1 for place in places],
            TEXT: [desk.edits.get(place, text) for place, text in zip(places, texts, strict=True)],
            REASON: found.iloc[:, 1].astype(str),
            SKIP: [place in desk.skip for place in places],
            # Not shown: what an edit must differ from to be one.
            "was": texts,
        }
    )
    return desk.shown


def shown_text(text: object) -> str:
    """A cell as it is shown; of a very long one its start and end."""
    if not isinstance(text, str):
        return ""  # pandas has None or NaN for a cell that is empty
    if len(text) <= LONG_CHARS:
        return text
    return f"{text[: LONG_CHARS // 2]} […] {text[-LONG_CHARS // 2 :]}"


def take_edits(run: Run) -> None:
    """Take what the open table holds now.

    Streamlit calls it before anything is drawn, too: what was typed just before another page was
    opened is in no table any more.
    """
    desk, key = desk_of(run), table_key(desk_of(run), run)
    if desk.shown is None or key not in st.session_state:
        return
    changed = st.session_state[key]["edited_rows"]
    for number, row in enumerate(desk.shown.to_dict("records")):
        place = int(row[ROW]) - 1
        now = {**row, **changed.get(number, {})}
        text = now[TEXT] or ""  # a cell that was emptied is None
        if text == row["was"]:
            desk.edits.pop(place, None)
        else:
            desk.edits[place] = text
        (desk.skip.add if now[SKIP] else desk.skip.discard)(place)
