"""What the pages share.

Until ``st.navigation`` is called for the first time in a process, Streamlit takes a folder named
pages/ for an app of its older kind and runs a page without Home.py. A first visit to a page's own
address, say to a run after a restart, would then have another menu and no sidebar.
"""

import streamlit as st
from streamlit.runtime.pages_manager import PagesManager

has_begun_so = PagesManager.uses_pages_directory
PagesManager.uses_pages_directory = False
if has_begun_so:
    st.rerun()
