"""A big run's results as a download: sent as they are made, against made in memory and sent then
(what a download button with a callable does). Each download has a server of its own, just started,
that has read every part of the run once; both sides write the files with the same code. Memory is
what the server's most (VmHWM) grew by. ``python -m benchmarks.downloads --rows N --rounds M`` for
another run than 1,000,000 rows, and other rounds than 3; ``--home DIR --run ID`` for a run that is
there already.
"""

from __future__ import annotations

import argparse
import http.client
import os
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.machine import machine, memory_mb
from benchmarks.rounds import Spread, in_turn, table

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

PROJECT = Path(__file__).resolve().parents[1]
ROWS, ROUNDS = 1_000_000, 3
SIDES = {"in memory": "old", "streamed": "results"}
FORMATS = ("csv", "parquet", "jsonl")


def main(
    rows: int = ROWS, rounds: int = ROUNDS, home: Path | None = None, run_id: str | None = None
) -> None:
    from benchmarks.waits import write_run

    print(f"{machine()}\n{rounds} rounds, median (least-most)\n", flush=True)
    found: defaultdict[tuple[str, str], list[tuple[float, float, float]]] = defaultdict(list)
    with tempfile.TemporaryDirectory() as folder:
        if home is None or run_id is None:
            home = Path(folder, "home")
            run_id = write_run(home, Path(folder), rows)
        size: dict[str, int] = {}
        for number in range(rounds):
            for suffix in FORMATS:
                for side in in_turn(SIDES, number):
                    with serving(home) as port:
                        *taken, size[suffix] = fetch(port, SIDES[side], f"{run_id}.{suffix}")
                    first_s, whole_s, grown_mb = taken
                    found[suffix, side].append((first_s, whole_s, grown_mb))
    print(
        table(
            ["file", "MB", "first byte, s", "whole, s", "memory, MB"],
            (
                [
                    f"{suffix}, {side}",
                    f"{size[suffix] / 1e6:,.0f}",
                    *(
                        Spread.of(values).text(digits)
                        for values, digits in zip(
                            zip(*found[suffix, side], strict=True), (2, 1, 0), strict=True
                        )
                    ),
                ]
                for suffix in FORMATS
                for side in SIDES
            ),
        )
    )


@contextmanager
def serving(home: Path) -> Iterator[int]:
    """A server of both sides in a process of its own; its port."""
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.downloads", "--serve"],
        cwd=PROJECT, env={**os.environ, "PANTHEON_HOME": str(home)}, stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    try:
        assert process.stdout is not None
        yield int(process.stdout.readline())
    finally:
        process.kill()
        process.wait()


def fetch(port: int, side: str, file: str) -> tuple[float, float, float, int]:
    """Download a file.

    Returns:
        Seconds to its first byte and to its last, megabytes by which the server grew, its bytes.
    """
    connection = http.client.HTTPConnection("127.0.0.1", port)
    ask(connection, f"/results/{file.rpartition('.')[0]}.csv?failed=1")  # reads every part once
    before = float(ask(connection, "/peak"))
    start = time.perf_counter()
    connection.request("GET", f"/{side}/{file}")
    answer = connection.getresponse()
    size = len(answer.read(1))
    first_s = time.perf_counter() - start
    while piece := answer.read(2**20):
        size += len(piece)
    whole_s = time.perf_counter() - start
    return first_s, whole_s, float(ask(connection, "/peak")) - before, size


def ask(connection: http.client.HTTPConnection, path: str) -> bytes:
    connection.request("GET", path)
    return connection.getresponse().read()


def serve() -> None:
    """Serve both sides on a free port, and print it."""
    import socket

    import uvicorn
    from starlette.applications import Starlette
    from starlette.responses import PlainTextResponse
    from starlette.routing import Route

    from ui.routes import routes

    def peak(_: Request) -> Response:
        return PlainTextResponse(str(memory_mb("VmHWM")))

    sock = socket.socket()
    sock.bind(("127.0.0.1", 0))
    sock.listen()
    app = Starlette(routes=[*routes(), Route("/old/{file}", old), Route("/peak", peak)])
    print(sock.getsockname()[1], flush=True)
    uvicorn.Server(uvicorn.Config(app, log_level="error", lifespan="off")).run([sock])


def old(request: Request) -> Response:
    """A file made in memory, as the download buttons had it."""
    import io

    from starlette.responses import Response

    from golems.reports import write_csv, write_parquet
    from golems.reports.json_lines import write_jsonl
    from golems.runs import open_run

    run_id, _, suffix = str(request.path_params["file"]).rpartition(".")
    run = open_run(run_id)
    if suffix == "parquet":
        buffer = io.BytesIO()
        write_parquet(run, buffer)
        return Response(buffer.getvalue())
    text = io.StringIO(newline="")
    {"csv": write_csv, "jsonl": write_jsonl}[suffix](run, text)
    return Response(text.getvalue().encode())


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m benchmarks.downloads", description=__doc__)
    parser.add_argument("--rows", type=int, default=ROWS)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--home", type=Path)
    parser.add_argument("--run")
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.serve:
        serve()
    else:
        main(given.rows, given.rounds, given.home, given.run)
