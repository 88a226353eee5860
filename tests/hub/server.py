"""The server itself: its life cycle, what it serves, what it was asked and how it fails."""

import asyncio
import logging
import socket
import tempfile
import threading
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

import uvicorn
from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.responses import HTMLResponse
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from tests.hub.endpoints import all_routes, answer_error
from tests.hub.faults import Break, ConnectionCut, Cut, Faults, Throttle, break_connection
from tests.hub.repos import HubError, RepoStore
from tests.hub.writing import Writing

_log = logging.getLogger(__name__)

_HOST = "127.0.0.1"


@dataclass(frozen=True)
class SeenRequest:
    """One request that reached the server; `range` is the Range header, if there was one."""

    method: str
    path: str
    range: str | None


class HubServer:
    """A Hub on a free port of localhost, up between entering and leaving its context.

    Attributes:
        requests: What was asked so far, in the order of arrival; clear it as you like.
        writing: Who may write to it.

    Example:
        with HubServer() as hub:
            commit = hub.add_model("acme/tiny", folder)
            snapshot_download("acme/tiny", endpoint=hub.url, cache_dir=cache)
    """

    def __init__(self) -> None:
        self.requests: list[SeenRequest] = []
        self._folder = tempfile.TemporaryDirectory(prefix="tiny-hub-")
        self._store = RepoStore(Path(self._folder.name))
        self._faults = Faults()
        self._port = 0
        self._server: _Server | None = None
        self._thread: threading.Thread | None = None
        self.writing = Writing(self._store)
        self._app = Starlette(
            routes=[*self.writing.routes(), *all_routes(self._store)],
            exception_handlers={HubError: answer_error},
        )

    def __enter__(self) -> Self:
        self.up()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.down()
        self._folder.cleanup()

    @property
    def url(self) -> str:
        """What clients take as their endpoint; stays the same over `down` and `up`."""
        return f"http://{_HOST}:{self._port}"

    def environment(self, hf_home: Path) -> dict[str, str]:
        """Variables that make a fresh process use this server, with nothing cached elsewhere.

        They hold against a process's own settings when they are added to those last.
        """
        return {
            "HF_ENDPOINT": self.url,
            "HF_HOME": str(hf_home),
            "HF_HUB_CACHE": str(hf_home / "hub"),
            "HF_HUB_OFFLINE": "0",
            "HF_HUB_DISABLE_IMPLICIT_TOKEN": "1",
            "HF_HUB_DISABLE_XET": "1",
            "HF_HUB_ETAG_TIMEOUT": "1",
            "HF_HUB_DOWNLOAD_TIMEOUT": "1",
            "DISABLE_SAFETENSORS_CONVERSION": "1",
        }

    def add_model(
        self,
        model_id: str,
        folder: Path,
        *,
        revision: str = "main",
        pipeline_tag: str | None = None,
        gated: bool = False,
    ) -> str:
        """Add the files of a folder as the newest commit of a model.

        Args:
            model_id: "owner/name".
            folder: Its files are copied, those in folders below it too.
            revision: The branch or tag that points to the commit; older commits stay reachable.
            pipeline_tag: The task that the model's page names.
            gated: Whether files are refused to requests without a token.

        Returns:
            The commit's sha, 40 hex digits; the same for the same files and history.
        """
        repo = self._store.get_or_create("models", model_id)
        repo.pipeline_tag = pipeline_tag
        repo.gated = gated
        return self._store.commit(repo, folder, revision)

    def add_dataset(
        self, dataset_id: str, folder: Path, *, revision: str = "main", gated: bool = False
    ) -> str:
        """Add the files of a folder as the newest commit of a dataset, as `add_model` does."""
        repo = self._store.get_or_create("datasets", dataset_id)
        repo.gated = gated
        return self._store.commit(repo, folder, revision)

    def dataset_files(self, dataset_id: str) -> dict[str, bytes]:
        """Path -> content of the files of a dataset as it is now."""
        repo = self._store.get("datasets", dataset_id)
        files = repo.commits[repo.revisions["main"]]
        return {path: file.content.read_bytes() for path, file in files.items()}

    def is_private(self, dataset_id: str) -> bool:
        return self._store.get("datasets", dataset_id).private

    def cut_after(
        self, path_suffix: str, n_bytes: int, *, times: int = 1, how: Break = "reset"
    ) -> None:
        """Break the connection of the next GETs after some bytes of their body.

        Args:
            path_suffix: Which paths it hits: those that end so.
            n_bytes: At most so many bytes of the body go out; fewer than it has, or nothing is cut.
            times: How many responses are cut before all is well again.
            how: On "reset" huggingface_hub raises at once, on "close" it tries again after 1 s.
        """
        self._faults.cuts.append(Cut(path_suffix, n_bytes, times, how))

    def slow(self, path_suffix: str, chunk_bytes: int) -> Throttle:
        """Hold back the bodies of GETs of some paths until the throttle lets them through."""
        throttle = Throttle(path_suffix, chunk_bytes)
        self._faults.throttles.append(throttle)
        return throttle

    def behind_a_sign_in_page(self) -> None:
        """Answer everything with a page of HTML, as the network of a hotel does."""
        self._faults.sign_in_page = True

    def up(self) -> None:
        """Listen; on the port of the last time, if there was one."""
        sock = socket.socket()
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind((_HOST, self._port))
        # From here on clients can connect: they wait in the backlog until the server's loop runs.
        sock.listen()
        self._port = sock.getsockname()[1]
        self._server = _Server(self._answer, self._faults)
        self._thread = threading.Thread(
            target=self._server.run, args=([sock],), name="tiny-hub", daemon=True
        )
        self._thread.start()

    def down(self) -> None:
        """Break all connections, held ones too, and refuse new ones; harmless if down already."""
        if self._server is None or self._thread is None:
            return
        self._server.should_exit = self._server.force_exit = True
        self._thread.join()
        self._server = self._thread = None

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers(scope=scope)
        self.requests.append(SeenRequest(scope["method"], scope["path"], headers.get("range")))
        if self._faults.sign_in_page:
            await HTMLResponse("<html><body>Sign in</body></html>")(scope, receive, send)
            return
        try:
            await self._app(scope, receive, self._faults.apply(scope, send))
        except ConnectionCut as cut:
            assert self._server is not None
            break_connection(self._server.transport_of(scope), cut.how)
        except Exception:
            # uvicorn is silenced, as it would complain about every cut; our own bugs stay loud.
            _log.exception("%s %s failed", scope["method"], scope["path"])
            raise


class _Server(uvicorn.Server):
    """A uvicorn that breaks its connections when it goes down, as a crashed server would."""

    def __init__(self, app: ASGIApp, faults: Faults) -> None:
        config = uvicorn.Config(
            app,
            http="h11",
            interface="asgi3",
            lifespan="off",
            log_config=None,
            log_level="critical",
        )
        super().__init__(config)
        self._faults = faults

    def transport_of(self, scope: Scope) -> asyncio.Transport:
        """The connection on which a request came."""
        for connection in self.server_state.connections:
            if isinstance(connection, H11Protocol) and connection.client == tuple(scope["client"]):
                return connection.transport
        raise LookupError(f"No connection from {scope['client']}")

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Break all connections, then free the threads that hold bodies back."""
        for connection in list(self.server_state.connections):
            connection.transport.abort()
        self._faults.release_all()
        await super().shutdown(sockets)
