"""The HTML that pages begin as, and the library that draws their charts."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Callable, Iterator

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient
from streamlit.web.server.starlette.starlette_routes import create_host_config_routes

from golems.reports.charts.library import plotly_js
from ui import routes
from ui.index_page import index_html
from ui.plotly_chart import ADDRESS

SCRIPTS = re.compile(r"<script[^>]*>(.*?)</script>", re.DOTALL)


@pytest.fixture
def client(setting: Callable[[str, object], None]) -> Iterator[TestClient]:
    setting("warm_up", True)
    index_html.cache_clear()
    served = [*routes.routes(["", "runs", "report"]), *create_host_config_routes(None)]
    yield TestClient(Starlette(routes=served), "http://localhost")
    index_html.cache_clear()


def test_pages_say_what_streamlits_server_would(client: TestClient) -> None:
    html = client.get("/report?run=x").text
    [told] = re.findall(r"HOST_CONFIG: (\{.*\}),", html)
    assert json.loads(told) == client.get("/_stcore/host-config").json()


def test_hosts_that_may_frame_the_page_are_told(
    client: TestClient, option: Callable[[str, object], None]
) -> None:
    option("client.allowedOrigins", ["https://my.host"])
    assert '"allowedOrigins": ["https://my.host"]' in client.get("/").text


def test_they_are_streamlits_own_and_never_kept(client: TestClient) -> None:
    answer = client.get("/")
    assert '<div id="root"></div>' in answer.text
    assert answer.text.index("window.__streamlit") < answer.text.index("static/js/index.")
    assert answer.headers["cache-control"] == "no-cache"
    assert client.get("/nothing").status_code == 404


def test_what_draws_charts_is_asked_for_at_once_where_a_page_begins_with_them(
    client: TestClient,
) -> None:
    def at_once(path: str) -> list[str]:
        found = SCRIPTS.findall(client.get(path).text)
        return [one for one in found if ADDRESS in one and "requestIdleCallback" not in one]

    [code] = at_once("/report")
    for part in ("Html", "ButtonGroup", "Metric", "BidiComponent", "Progress"):
        assert re.search(rf'import\("\./static/js/{part}\.[^/"]+\.js"\)', code)
    assert at_once("/runs") == []


def test_nothing_is_asked_for_ahead_where_nobody_wants_it(
    client: TestClient, setting: Callable[[str, object], None]
) -> None:
    assert "requestIdleCallback" in client.get("/runs").text
    setting("warm_up", False)
    index_html.cache_clear()
    assert "requestIdleCallback" not in client.get("/runs").text


@pytest.mark.parametrize(("accepted", "sent"), [("gzip, br", "gzip"), ("identity", None)])
def test_the_library_is_sent_as_the_browser_takes_it(
    client: TestClient, accepted: str, sent: str | None
) -> None:
    with client.stream("GET", f"/{ADDRESS}", headers={"Accept-Encoding": accepted}) as answer:
        body = b"".join(answer.iter_raw())
    assert answer.headers.get("content-encoding") == sent
    assert (gzip.decompress(body) if sent else body) == plotly_js().encode()
    assert "immutable" in answer.headers["cache-control"]
    assert answer.headers["content-type"].startswith("text/javascript")
