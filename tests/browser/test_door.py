"""The whole app under a foreign host name: raw requests to the running server."""

from __future__ import annotations

import re
import socket
from urllib.parse import urlsplit

import pytest

from tests.browser.conftest import Runs, Server

PATHS = (
    "/", "/report", "/runs", "/batch?run=x", "/results/{run}.csv", "/results/{run}.jsonl?failed=1",
    "/_stcore/health", "/_stcore/script-health-check", "/_stcore/metrics", "/_stcore/host-config",
    "/_stcore/upload_file/a/b", "/_stcore/agent/v1", "/media/x.png", "/component/x/index.html",
    "/_stcore/bidi-components/x/y.js", "/static/js/nothing.js", "/favicon.png", "/index.html",
    "/app/static/x", "/nothing/at/all", "/%2e%2e/x", "//", "{script}", "{plotly}",
)  # fmt: skip
UPGRADE = (
    "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: streamlit\r\n"
)


def ask(server: Server, path: str, *headers: str, method: str = "GET", more: str = "") -> bytes:
    """Send a request byte by byte as it is here, and read the answer until its end."""
    place = urlsplit(server.url)
    assert place.hostname is not None
    lines = "".join(f"{line}\r\n" for line in headers)
    connection = "Upgrade" if more else "close"
    with socket.create_connection((place.hostname, place.port or 80), timeout=60) as sock:
        sock.sendall(
            f"{method} {path} HTTP/1.1\r\n{lines}{more}Connection: {connection}\r\n\r\n".encode()
        )
        answer = sock.recv(65536)
        while not more and (piece := sock.recv(65536)):
            answer += piece
    return answer


@pytest.fixture(scope="module")
def paths(server: Server, runs: Runs) -> list[str]:
    html = ask(server, "/report", "Host: localhost").decode()
    [script] = re.findall(r'src="\./(static/js/index\.[^"]+)"', html)
    [plotly] = set(re.findall(r'import\("\./([^"]*plotly[^"]*)"\)', html))
    known = {"run": runs.reviews, "script": f"/{script}", "plotly": f"/{plotly}"}
    return [path.format(**known) for path in PATHS]


def test_a_foreign_name_gets_nothing_from_any_address(server: Server, paths: list[str]) -> None:
    for path in paths:
        for method in ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"):
            answer = ask(server, path, "Host: evil.example", method=method)
            assert answer.startswith(b"HTTP/1.1 403 "), (method, path)
            head, _, body = answer.partition(b"\r\n\r\n")
            assert b"PANTHEON_ALLOWED_HOSTS" in body or method == "HEAD", (method, path)
            assert b"set-cookie" not in head.lower()
    answered = {path: ask(server, path, "Host: localhost")[9:12] for path in paths}
    for path in ("/", "/report", "/_stcore/health", *paths[-2:], paths[4]):
        assert answered[path] == b"200", path


def test_a_foreign_name_or_page_opens_no_socket(server: Server) -> None:
    host = urlsplit(server.url).netloc
    for path in ("/_stcore/stream", "/_stcore/other"):
        for headers in (
            ("Host: evil.example", "Origin: http://evil.example"), ("Host: evil.example",),
            (f"Host: {host}", "Origin: http://evil.example"),
            (f"Host: {host}", "Origin: http://localhost:1"), (f"Host: {host}", "Origin: null"),
        ):  # fmt: skip
            assert ask(server, path, *headers, more=UPGRADE).startswith(b"HTTP/1.1 403 ")
    mine = (f"Host: {host}", f"Origin: http://{host}")
    assert ask(server, "/_stcore/stream", *mine, more=UPGRADE).startswith(b"HTTP/1.1 101 ")


def test_a_page_of_another_site_changes_nothing(server: Server) -> None:
    host = urlsplit(server.url).netloc
    address = "/_stcore/upload_file/a/b"
    for method in ("PUT", "POST", "DELETE"):
        answer = ask(server, address, f"Host: {host}", "Origin: http://evil.example", method=method)
        assert b"A page of another site may change nothing here." in answer
