"""Faults on demand: connections that break, and bodies that only flow when the test lets them."""

import asyncio
import socket
import struct
import sys
import threading
from dataclasses import dataclass
from typing import Literal

from starlette.types import Message, Scope, Send

Break = Literal["reset", "close"]

_TIMEOUT_S = 30.0


class ConnectionCut(Exception):
    """Raised inside a response to end it early; the server then breaks the connection."""

    def __init__(self, how: Break) -> None:
        super().__init__(how)
        self.how = how


@dataclass
class Cut:
    """Break the connection after some bytes of the body, as many times as are left."""

    path_suffix: str
    n_bytes: int
    times_left: int
    how: Break


class Throttle:
    """Holds the body of a response back and passes it on in chunks, as many as the test allows."""

    def __init__(self, path_suffix: str, chunk_bytes: int) -> None:
        self.path_suffix = path_suffix
        self.chunk_bytes = chunk_bytes
        self._sent_bytes = 0
        self._allowed = 0
        self._released = False
        self._changed = threading.Condition()

    def allow(self, chunks: int = 1) -> None:
        """Let this many more chunks through."""
        with self._changed:
            self._allowed += chunks
            self._changed.notify_all()

    def release(self) -> None:
        """Let everything through from now on."""
        with self._changed:
            self._released = True
            self._changed.notify_all()

    def wait_until_sent(self, n_bytes: int, timeout_s: float = _TIMEOUT_S) -> None:
        """Block until this many bytes went out in all.

        Raises:
            TimeoutError: They did not in time.
        """
        with self._changed:
            if not self._changed.wait_for(lambda: self._sent_bytes >= n_bytes, timeout_s):
                raise TimeoutError(f"{self._sent_bytes} of {n_bytes} bytes sent in {timeout_s} s")

    def take(self) -> None:
        """Block until one more chunk may go out; called by the server, off its event loop."""
        with self._changed:
            self._changed.wait_for(lambda: self._released or self._allowed > 0)
            self._allowed = max(self._allowed - 1, 0)

    def count(self, n_bytes: int) -> None:
        """Note bytes that went out; called by the server."""
        with self._changed:
            self._sent_bytes += n_bytes
            self._changed.notify_all()


class Faults:
    """The faults that are armed, and the way a body takes through them."""

    def __init__(self) -> None:
        self.sign_in_page = False
        self.cuts: list[Cut] = []
        self.throttles: list[Throttle] = []

    def release_all(self) -> None:
        """Let through all that is held back, so that no thread of the server waits forever."""
        for throttle in self.throttles:
            throttle.release()

    def apply(self, scope: Scope, send: Send) -> Send:
        """The send function for one request: plain, or one that cuts and throttles."""
        path = scope["path"]
        if scope["method"] != "GET":
            return send
        cut = next((c for c in self.cuts if c.times_left and path.endswith(c.path_suffix)), None)
        if cut:
            cut.times_left -= 1
        throttle = next((t for t in self.throttles if path.endswith(t.path_suffix)), None)
        return _faulty_send(send, cut, throttle) if cut or throttle else send


def _faulty_send(send: Send, cut: Cut | None, throttle: Throttle | None) -> Send:
    bytes_until_cut = cut.n_bytes if cut else sys.maxsize
    bytes_allowed = 0 if throttle else sys.maxsize

    async def send_with_faults(message: Message) -> None:
        nonlocal bytes_until_cut, bytes_allowed
        if message["type"] != "http.response.body":
            await send(message)
            return
        body: bytes = message.get("body", b"")
        while body:
            if cut and bytes_until_cut == 0:
                raise ConnectionCut(cut.how)
            if throttle and bytes_allowed == 0:
                await asyncio.to_thread(throttle.take)
                bytes_allowed = throttle.chunk_bytes
            n_bytes = min(len(body), bytes_allowed, bytes_until_cut)
            await send({**message, "body": body[:n_bytes], "more_body": True})
            body = body[n_bytes:]
            bytes_allowed -= n_bytes
            bytes_until_cut -= n_bytes
            if throttle:
                throttle.count(n_bytes)
        if not message.get("more_body", False):
            await send({**message, "body": b"", "more_body": False})

    return send_with_faults


def break_connection(transport: asyncio.Transport, how: Break) -> None:
    """Close a connection in the middle of a response.

    Args:
        transport: The connection.
        how: "close" ends it in order, as a server being shut down does; "reset" ends it at once,
            as a crashed one does.
    """
    if how == "close":
        transport.close()
        return
    sock = transport.get_extra_info("socket")
    # Lingering for 0 s makes the kernel answer with a reset instead of an orderly end.
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()
