"""The HTML that every page begins as: Streamlit's, with what spares the browser time.

Streamlit's own looks for its server below the page's address before it looks beside it, and waits
for the server's settings before it connects: a quarter of a second on the way to a page. Where the
page says both, it connects while it asks. And what draws a report's charts is asked for while the
server counts, not after.
"""

from __future__ import annotations

import json
import logging
from functools import cache
from pathlib import Path

import streamlit as st
from starlette.requests import Request
from starlette.responses import HTMLResponse

from ui.browser_ahead import addresses, imports, later
from ui.plotly_chart import ADDRESS

WITH_CHARTS = ("report",)  # pages that begin with them
# All pages lie side by side, behind whatever a proxy puts in front.
CONNECT = """<script>
window.__streamlit = {{
  BACKEND_BASE_URL: new URL(".", location.href).href,
  HOST_CONFIG: {settings},
}};
</script>"""
# Of Streamlit's code what these pages begin with, too; then what draws the charts.
FIRST = ("Html", "ButtonGroup", "Metric", "BidiComponent", "Progress")
CHARTS = '<script type="module">{imports}</script>'
log = logging.getLogger(__name__)


async def index_page(request: Request) -> HTMLResponse:
    """Streamlit's page with what it needs to connect."""
    page = request.url.path.rpartition("/")[2]
    html = index_html(charts=page in WITH_CHARTS)
    return HTMLResponse(html, headers={"Cache-Control": "no-cache"})


@cache
def index_html(*, charts: bool) -> str:
    """Streamlit's index.html with scripts of ours; it names settings as its server does."""
    html = (Path(st.__file__).parent / "static" / "index.html").read_text("utf-8")
    if html.count("<head>") != 1 or html.count("</head>") != 1:
        log.warning(
            "Pages connect late: the index.html of Streamlit %s has no <head>.", st.__version__
        )
        return html
    settings = {
        "allowedOrigins": [*st.get_option("client.allowedOrigins")],
        "useExternalAuthToken": False,
        "enableCustomParentMessages": False,
        "enforceDownloadInNewTab": False,
        "metricsUrl": "",
        "blockErrorDialogs": False,
        "resourceCrossOriginMode": None,
    }
    connect = CONNECT.format(settings=json.dumps(settings))
    first = CHARTS.format(imports=imports(*addresses(FIRST), ADDRESS)) if charts else ""
    more = f"{first}{later()}"  # after Streamlit's own, which come first
    return html.replace("<head>", f"<head>{connect}", 1).replace("</head>", f"{more}</head>", 1)
