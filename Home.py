"""Pantheon of Golems: the entry of the app. Start it with ``streamlit run Home.py``.

Streamlit's server imports this file once, for ``app``, and runs it as a script for each page.
"""

import streamlit as st

from ui.errors import errors_in_words
from ui.sidebar import draw_sidebar
from ui.widgets_ahead import OUT_OF_SIGHT

PAGES = {
    "Golems": [
        ("pages/pantheon.py", "Pantheon", ":material/account_balance:"),
        ("pages/analyst.py", "Analyst", ":material/psychology:"),
        ("pages/visionary.py", "Visionary", ":material/visibility:"),
        ("pages/storyteller.py", "Storyteller", ":material/auto_stories:"),
    ],
    "Data": [
        ("pages/batch.py", "Batch", ":material/table_rows:"),
        ("pages/runs.py", "Runs", ":material/history:"),
        ("pages/report.py", "Report", ":material/bar_chart:"),
    ],
}
# Streamlit's own download of a table is of the rows in sight, and spreadsheets run its cells. Its
# captions, the keys named on buttons and, in the dark, what is chosen are too pale for people who
# don't see well: 4 to 1
# against their ground, where WCAG 2.2 asks for 4.5.
STYLE = """
[data-testid="stElementToolbarButton"]:has(button[aria-label^="Download as CSV"]) {display: none}
[data-testid="stCaptionContainer"] {color: inherit; opacity: 0.8}
button kbd {color: inherit !important; opacity: 1 !important}
[data-testid="stButtonGroup"] [data-selected="true"], [data-testid="stSliderThumbValue"]
{color: inherit !important; font-weight: 600}"""


def main() -> None:
    """Draw the page that the address names."""
    st.set_page_config(page_title="Pantheon of Golems", page_icon="🗿", layout="wide")
    st.html(f"<style>{STYLE}{OUT_OF_SIGHT}</style>")
    page = st.navigation(
        {
            section: [
                st.Page(path, title=title, icon=icon, default=title == "Pantheon")
                for path, title, icon in pages
            ]
            for section, pages in PAGES.items()
        }
    )
    with errors_in_words():
        page.run()
    draw_sidebar()


if __name__ == "__main__":
    main()
else:
    import inspect
    from pathlib import Path

    import pandas  # noqa: F401
    import plotly.graph_objects  # noqa: F401
    import streamlit.emojis
    from starlette.middleware import Middleware
    from streamlit.runtime.pages_manager import PagesManager

    import ui.report.sections  # noqa: F401
    from golems.reports.database import SPILLED, open_database
    from golems.settings import settings
    from ui.door import Door
    from ui.routes import routes

    # Streamlit looks up who draws the first element, through all modules; Python keeps their files.
    inspect.stack()
    # As st.navigation does once Home was drawn; whoever comes first may come to another page.
    PagesManager.uses_pages_directory = False
    # What the first page needs is there before the server answers, and not while someone waits.
    open_database(settings().runs_dir / SPILLED)
    paths = [Path(path).stem for pages in PAGES.values() for path, *_ in pages]
    app = st.App(__file__, routes=routes(["", *paths]), middleware=[Middleware(Door)])
