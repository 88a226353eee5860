"""What the server gives beside the pages: results as files, and the library that draws charts."""

from __future__ import annotations

import gzip
import logging
from collections.abc import Iterable
from functools import cache
from typing import Any

import anyio
import streamlit as st
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route
from starlette.types import Send

from golems.errors import BadInput, GolemError, UnknownName
from golems.reports.charts.library import plotly_js
from golems.reports.downloads import Format, Pieces, download
from golems.runs import open_run
from ui.index_page import index_page
from ui.plotly_chart import ADDRESS

PATH = "results"
HEADERS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
JAVASCRIPT = "text/javascript; charset=utf-8"
log = logging.getLogger(__name__)
made = False


def routes(pages: Iterable[str] = ()) -> list[Route]:
    """The routes of ``st.App``; from then on pages may link to them.

    Args:
        pages: Paths of pages, without a slash in front.
    """
    global made
    made = True
    base = str(st.get_option("server.baseUrlPath") or "").strip("/")
    root = f"/{base}" if base else ""
    packed()
    return [
        Route(f"{root}/{PATH}/{{file}}", results),
        Route(f"{root}/{ADDRESS}", library),
        *(Route(f"{root}/{path}", index_page) for path in pages),
    ]


def are_served() -> bool:
    """Whether the server that draws this page has the routes, too."""
    from streamlit import runtime

    return made and runtime.exists()


async def results(request: Request) -> Response:
    """``/results/RUN.csv``, or another format; with ``?failed=1`` the failed rows alone."""
    asked = {name: request.query_params.get(name) == "1" for name in ("failed", "bom")}
    try:
        name, kind, pieces, first = await run_in_threadpool(
            begin, str(request.path_params["file"]), **asked
        )
    except GolemError as error:
        status = {UnknownName: 404, BadInput: 409}.get(type(error), 500)
        return in_words(status, str(error))
    answer = Sending(name, kind, pieces, first)
    if request.method == "HEAD":
        await answer.end()
        return Response(headers=dict(answer.headers))
    return answer


async def library(request: Request) -> Response:
    """What draws charts; its address names its content, so that browsers may keep it."""
    headers = {"Cache-Control": "public, max-age=31536000, immutable", "Vary": "Accept-Encoding"}
    if "gzip" in request.headers.get("accept-encoding", ""):
        headers["Content-Encoding"] = "gzip"
        return Response(packed(), headers=headers, media_type=JAVASCRIPT)
    return Response(plotly_js(), headers=headers, media_type=JAVASCRIPT)


@cache
def packed() -> bytes:
    """The library as it is sent; to pack it for each browser takes as long as to draw a chart."""
    return gzip.compress(plotly_js().encode(), mtime=0)


def begin(file: str, *, failed: bool, bom: bool) -> tuple[str, Format, Pieces, bytes]:
    """Find the run, and make its file up to the first piece.

    Returns:
        The file's name, its format, its pieces and the first one of them.

    Raises:
        UnknownName: There is no such run or format.
        BadInput: The results don't fit the format.
        RunFailed: They can't be read.
    """
    run_id, _, suffix = file.rpartition(".")
    run = open_run(run_id)
    kind, pieces = download(run, suffix, failed=failed, bom=bom)
    first = next(pieces)
    return f"{run.id}{'-errors' if failed else ''}.{suffix}", kind, pieces, first


def in_words(status: int, message: str) -> Response:
    """An error for people."""
    return PlainTextResponse(message, status, HEADERS)


class Sending(StreamingResponse):
    """A file that is made while it is sent, in threads, never faster than it is taken.

    Where it can't be made to its end, or isn't wanted any more, the connection breaks: no half of a
    file passes for a whole one.
    """

    def __init__(self, name: str, kind: Format, pieces: Pieces, first: bytes) -> None:
        headers = {
            **HEADERS,
            "Content-Disposition": f'attachment; filename="{name}"',
            # Or Streamlit would compress it, which takes longer than the way to a browser here.
            "Content-Encoding": "identity",
        }
        super().__init__(pieces, headers=headers, media_type=kind.media_type)
        self._name, self._pieces, self._first = name, pieces, first

    async def stream_response(self, send: Send) -> None:
        """Send all pieces."""
        try:
            await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
            piece: Any = self._first
            while piece is not None:
                if piece:
                    await send({"type": "http.response.body", "body": piece, "more_body": True})
                piece = await run_in_threadpool(next, self._pieces, None)
            await send({"type": "http.response.body", "body": b"", "more_body": False})
        except GolemError as error:
            # The server breaks a connection whose response has no end.
            log.error("Sending %s broke off: %s", self._name, error)
        finally:
            await self.end()

    async def end(self) -> None:
        """Stop making the file."""
        with anyio.CancelScope(shield=True):
            await run_in_threadpool(self._pieces.close)
