"""Pantheon of Golems: the entry of the app. Start it with ``streamlit run Home.py``."""

import streamlit as st

from ui.errors import errors_in_words
from ui.sidebar import draw_sidebar

st.set_page_config(page_title="Pantheon of Golems", page_icon="🗿", layout="wide")

# Streamlit's own download of a table is of the rows in sight, and spreadsheets run its cells.
st.html(
    '<style>[data-testid="stElementToolbarButton"]:has(button[aria-label^="Download as CSV"])'
    "{display: none}</style>"
)
page = st.navigation(
    {
        "Golems": [
            st.Page(
                "pages/pantheon.py",
                title="Pantheon",
                icon=":material/account_balance:",
                default=True,
            ),
            st.Page("pages/analyst.py", title="Analyst", icon=":material/psychology:"),
            st.Page("pages/visionary.py", title="Visionary", icon=":material/visibility:"),
            st.Page("pages/storyteller.py", title="Storyteller", icon=":material/auto_stories:"),
        ],
        "Data": [
            st.Page("pages/batch.py", title="Batch", icon=":material/table_rows:"),
            st.Page("pages/runs.py", title="Runs", icon=":material/history:"),
        ],
    }
)
with errors_in_words():
    page.run()
draw_sidebar()
