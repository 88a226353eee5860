"""Who may speak to the server: requests to a name that it has, from its own pages.

A page elsewhere can give its own host name this machine's address, and be let in by the browser as
if it came from here (DNS rebinding). What it can't change is the name that the browser sends.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import streamlit as st
from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from golems.settings import settings

HERE = ("localhost", "127.0.0.1", "::1")
EVERYWHERE = ("", "0.0.0.0", "::")  # noqa: S104 - addresses to listen at that name no host
HOST = re.compile(r"(?:\[(?P<six>[0-9a-f:.]+)\]|(?P<name>[^\s\[\]:/?#@\\]+))(?::[0-9]{0,5})?")
READING = ("GET", "HEAD", "OPTIONS")
STRANGER = (
    "The server isn't called that. It answers to localhost and to the names in "
    "PANTHEON_ALLOWED_HOSTS, a JSON list.\n"
)
ELSEWHERE = "A page of another site may change nothing here.\n"


class Door:
    """Lets nothing of the app be reached under a foreign name: no page, file, socket or figure."""

    def __init__(self, app: ASGIApp) -> None:
        """Take the app that lies behind."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer with the reason, or let the request through."""
        reason = None if scope["type"] == "lifespan" else refusal(scope)
        if reason is None:
            await self._app(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008, "reason": reason.strip()})
        else:
            headers = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
            await PlainTextResponse(reason, 403, headers)(scope, receive, send)


def refusal(scope: Scope) -> str | None:
    """Why a request gets nothing, if so."""
    headers = Headers(scope=scope)
    said = headers.getlist("host")
    if len(said) != 1 or not is_ours(said[0]):
        return STRANGER
    if scope["type"] == "http" and scope["method"] in READING:
        return None
    # Browsers say which page changes something or opens a socket; programs say nothing.
    return (
        None
        if all(comes_from_us(one, said[0]) for one in headers.getlist("origin"))
        else (ELSEWHERE)
    )


def is_ours(host: str) -> bool:
    """Whether a Host header, with its port or without, names this server."""
    name = name_of(host)
    return name is not None and any(fits(name, ours) for ours in (*HERE, *given()))


def comes_from_us(origin: str, host: str) -> bool:
    """Whether a page may change something: one of this very server, or of a name it was given.

    A proxy in front may hand its own name on as Origin alone. Other ports of this machine are other
    programs.
    """
    try:
        place = urlsplit(origin).netloc
    except ValueError:
        return False
    if place.lower() == host.strip().lower():
        return True
    name = name_of(place)
    return name is not None and any(fits(name, ours) for ours in given())


def given() -> list[str]:
    """The names that the operator gave, here or in Streamlit's settings."""
    said = [*settings().allowed_hosts, *st.get_option("server.allowedHosts")]
    address = str(st.get_option("server.address") or "")
    if address not in (*EVERYWHERE, *HERE):
        said.append(address)
    return [plain(name) for name in said]


def fits(name: str, ours: str) -> bool:
    """Whether a name is one of ours; ``*.example.com`` is every name below, ``*`` is any."""
    return ours in (name, "*") or (ours.startswith("*.") and name.endswith(ours[1:]))


def name_of(host: str) -> str | None:
    """The name in ``name:port``, to be compared; None if there is none."""
    found = HOST.fullmatch(host.strip().lower())
    return plain(found["six"] or found["name"]) if found else None


def plain(name: str) -> str:
    """A name as it is compared: names end in a dot or not, and addresses have brackets or not."""
    return name.strip().lower().strip("[]").removesuffix(".")
