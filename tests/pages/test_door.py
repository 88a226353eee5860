"""The door before the app: which names it answers to, and which pages may change something."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocket, WebSocketDisconnect

from ui.door import Door


async def page(request: Request) -> Response:
    return PlainTextResponse(f"{request.method} secret")


async def stream(websocket: WebSocket) -> None:
    await websocket.accept()
    await websocket.send_text("secret")
    await websocket.close()


@pytest.fixture
def client() -> TestClient:
    routes = [Route("/", page, methods=["GET", "PUT", "DELETE"]), WebSocketRoute("/stream", stream)]
    return TestClient(Starlette(routes=routes, middleware=[Middleware(Door)]), "http://localhost")


def status(client: TestClient, host: str) -> int:
    answer = client.get("/", headers={"Host": host})
    assert ("secret" in answer.text) == (answer.status_code == 200)
    return answer.status_code


@pytest.mark.parametrize(
    "host",
    ["localhost", "LocalHost:8501", "localhost.", "localhost.:80", "127.0.0.1:9", "[::1]",
     "[::1]:8501"],
)  # fmt: skip
def test_this_machine_by_its_names(client: TestClient, host: str) -> None:
    assert status(client, host) == 200


@pytest.mark.parametrize(
    "host",
    ["evil.example", "evil.example:8501", "", " ", "localhost.evil.example",
     "evil.example#localhost",
     "localhost@evil.example", "localhost:80@evil.example", "evil.example/localhost",
     "notlocalhost",
     "127.0.0.1.evil.example", "[::1].evil.example", "[::2]", "::1", "0.0.0.0", "localhost:port",
     "localhost evil.example", "10.0.0.1", "a.localhost"],
)  # fmt: skip
def test_a_foreign_name_gets_nothing(client: TestClient, host: str) -> None:
    assert status(client, host) == 403


def test_names_that_the_operator_gave(
    client: TestClient,
    setting: Callable[[str, object], None],
    option: Callable[[str, object], None],
) -> None:
    setting("allowed_hosts", '["Golems.Example.com", "*.team.example", "[fd00::1]"]')
    for host in ("golems.example.com:443", "a.team.example", "a.b.team.example.", "[fd00::1]:80"):
        assert status(client, host) == 200
    for host in ("team.example", "team.example.evil", "xgolems.example.com", "other.example"):
        assert status(client, host) == 403
    option("server.allowedHosts", ["other.example"])
    assert status(client, "other.example") == 200
    option("server.address", "10.0.0.1")
    assert status(client, "10.0.0.1:8501") == 200
    setting("allowed_hosts", '["*"]')
    assert status(client, "any.example") == 200


def test_two_names_are_none(client: TestClient) -> None:
    answer = client.get("/", headers=[("Host", "localhost"), ("Host", "evil.example")])
    assert answer.status_code == 403


@pytest.mark.parametrize(
    ("origin", "let_in"),
    [
        (None, True), ("http://localhost", True), ("https://golems.example", True),
        ("http://localhost:3000", False), ("http://evil.example", False), ("null", False),
        ("http://[", False), ("", False), ("file://", False),
    ],
)  # fmt: skip
def test_pages_of_other_sites_change_nothing(
    client: TestClient,
    origin: str | None,
    let_in: bool,
    setting: Callable[[str, object], None],
) -> None:
    setting("allowed_hosts", '["golems.example"]')
    headers = {} if origin is None else {"Origin": origin}
    assert client.get("/", headers=headers).status_code == 200
    for method in ("PUT", "DELETE"):
        assert (client.request(method, "/", headers=headers).status_code == 200) == let_in
    if let_in:
        with client.websocket_connect("ws://localhost/stream", headers=headers) as socket:
            assert socket.receive_text() == "secret"
    else:
        with (
            pytest.raises(WebSocketDisconnect),
            client.websocket_connect("ws://localhost/stream", headers=headers),
        ):
            pass


def test_a_foreign_name_opens_no_socket(client: TestClient) -> None:
    headers = {"Host": "evil.example", "Origin": "http://evil.example"}
    with (
        pytest.raises(WebSocketDisconnect),
        client.websocket_connect("ws://localhost/stream", headers=headers),
    ):
        pass
