"""What the server gives beside the pages: a run's results as files, sent as they are made."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route


def routes() -> list[Route]:
    """The routes of ``st.App``."""
    return [Route("/results/{file}", results)]


def results(request: Request) -> Response:
    return PlainTextResponse(str(request.path_params["file"]))
