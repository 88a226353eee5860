"""/results: files sent as they are made, and nothing else."""

from __future__ import annotations

import http.client
import io
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pyarrow.parquet as pq
import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.testclient import TestClient
from streamlit.testing.v1 import AppTest

from golems.base import Classification, LabelScore, Outcome, Row
from golems.reports import downloads, write_csv
from golems.reports.downloads import Format, Pieces
from golems.runs import Progress, Run, open_run
from golems.runs.columns import as_table, result_of
from tests.pages.test_batch import made_run
from ui import routes

PATIENCE_S = 60


@pytest.fixture
def client() -> TestClient:
    return TestClient(Starlette(routes=list(routes.routes())), "http://localhost")


@pytest.fixture
def run(tiny_golems: None, tmp_path_factory: pytest.TempPathFactory) -> Run:
    path = tmp_path_factory.mktemp("data") / "a.csv"
    rows = "".join(f"{n},The soup was hot on day {n}.\n" for n in range(20))
    path.write_text(f"id,text\n{rows}999,\n", "utf-8")
    return made_run("reader", path)


def whole(run: Run, *, failed: bool = False) -> str:
    text = io.StringIO(newline="")
    write_csv(run, text, failed=failed)
    return text.getvalue()


def test_a_file_in_each_format(client: TestClient, run: Run) -> None:
    answer = client.get(f"/results/{run.id}.csv")
    assert answer.status_code == 200
    assert answer.text == whole(run)
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"] == f'attachment; filename="{run.id}.csv"'
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "no-store"
    table = pq.read_table(io.BytesIO(client.get(f"/results/{run.id}.parquet").content))
    assert table.num_rows == 21
    assert client.get(f"/results/{run.id}.jsonl").text.count("\n") == 21
    answer = client.get(f"/results/{run.id}.xlsx")
    assert answer.content[:2] == b"PK"
    assert answer.headers["content-disposition"].endswith('.xlsx"')


def test_failed_rows_alone(client: TestClient, run: Run) -> None:
    answer = client.get(f"/results/{run.id}.csv?failed=1")
    assert answer.text == whole(run, failed=True)
    assert answer.text.count("\n") == 2
    assert answer.headers["content-disposition"].endswith(f'"{run.id}-errors.csv"')


@pytest.mark.parametrize(
    "name",
    [
        "20260101-000000-nothing.csv", "x.csv", ".csv", "csv", "..csv", "...csv", "..\\x.csv",
        "20260101-000000-nothing", "%00.csv", "%2e%2e%2fx.csv", "a%0d%0aSet-Cookie: a.csv",
    ],
)  # fmt: skip
def test_what_is_no_run_is_not_found(client: TestClient, name: str) -> None:
    answer = client.get(f"/results/{name}")
    assert answer.status_code == 404
    assert "content-disposition" not in answer.headers
    assert "set-cookie" not in answer.headers


def test_no_way_leads_out_of_the_folder_of_runs(client: TestClient, run: Run) -> None:
    outside = run.folder.parents[1] / run.id
    run.folder.rename(outside)
    assert open_run(outside).manifest().id == run.id
    for way in (f"../{run.id}", f"..%2F{run.id}", f"%2e%2e/{run.id}", str(outside), run.id):
        assert client.get(f"/results/{way}.csv").status_code == 404


def test_errors_are_in_words(client: TestClient, run: Run) -> None:
    answer = client.get("/results/20260101-000000-nothing.csv")
    assert "There is no run 20260101-000000-nothing" in answer.text
    assert answer.headers["content-type"].startswith("text/plain")
    assert answer.headers["x-content-type-options"] == "nosniff"
    answer = client.get(f"/results/{run.id}.exe")
    assert (answer.status_code, "csv, parquet" in answer.text) == (404, True)
    answer = client.get(f"/results/{run.id}.parquet?failed=1")
    assert (answer.status_code, "come as csv" in answer.text) == (409, True)
    (run.folder / "parts" / "00000.parquet").write_bytes(b"no parquet")
    answer = client.get(f"/results/{run.id}.csv")
    assert (answer.status_code, "is damaged" in answer.text) == (500, True)
    (run.folder / "manifest.json").write_text("{", "utf-8")
    answer = client.get(f"/results/{run.id}.csv")
    assert (answer.status_code, "manifest.json" in answer.text) == (500, True)


def test_a_csv_for_excel_begins_with_a_byte_order_mark(
    client: TestClient, run: Run, open_page: Callable[..., AppTest]
) -> None:
    for more, failed in (("bom=1", False), ("failed=1&bom=1", True)):
        sent = client.get(f"/results/{run.id}.csv?{more}").content
        assert sent == whole(run, failed=failed).encode("utf-8-sig")
    answer = client.get(f"/results/{run.id}.xlsx?bom=1")
    assert (answer.status_code, "byte order mark comes with csv" in answer.text) == (409, True)
    app = open_page("batch", run=run.id)
    app.checkbox(key="download-bom").check().run()
    assert not app.exception


def test_files_are_for_reading_alone(client: TestClient, run: Run) -> None:
    for method in ("POST", "PUT", "DELETE", "PATCH"):
        assert client.request(method, f"/results/{run.id}.csv").status_code == 405
    answer = client.head(f"/results/{run.id}.csv")
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["content-disposition"] == f'attachment; filename="{run.id}.csv"'


def test_the_routes_lie_below_the_servers_base_path(
    run: Run, option: Callable[[str, object], None]
) -> None:
    option("server.baseUrlPath", "/my/base/")
    client = TestClient(Starlette(routes=list(routes.routes())))
    assert client.get(f"/my/base/results/{run.id}.csv").text == whole(run)
    assert client.get(f"/results/{run.id}.csv").status_code == 404


@contextmanager
def serving() -> Iterator[tuple[str, int]]:
    """The routes behind a real server."""
    sock = socket.socket()
    sock.bind(("127.0.0.1", 0))
    sock.listen()
    server = uvicorn.Server(
        uvicorn.Config(Starlette(routes=list(routes.routes())), log_level="error", lifespan="off")
    )
    thread = threading.Thread(target=server.run, args=([sock],))
    thread.start()
    try:
        yield sock.getsockname()
    finally:
        server.should_exit = True
        thread.join()


def large_run(run: Run) -> Run:
    """The same run with parts that no buffer on the way holds all of: 40 of a megabyte."""
    manifest = run.manifest()
    for path in (run.folder / "parts").iterdir():
        path.unlink()
    result = result_of(Outcome(Classification((LabelScore("a", 0.5),))))
    for number in range(40):
        row = Row(number, "", {"id": str(number), "text": f"{number:02d}" * 500_000})
        run.write_part(number, as_table(manifest, [row], [result]))
    run.write_progress(Progress(40, 40, 0, 1.0, "Done"))
    return run


@pytest.mark.parametrize("suffix", ["csv", "parquet", "jsonl"])
def test_what_cant_be_sent_to_its_end_breaks_off(
    run: Run, suffix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("golems.reports.parquet.GROUP_BYTES", 1)
    large_run(run)
    with serving() as (host, port):
        for damaged in (False, True):
            connection = http.client.HTTPConnection(host, port, timeout=PATIENCE_S)
            connection.request("GET", f"/results/{run.id}.{suffix}")
            answer = connection.getresponse()
            assert answer.status == 200
            assert answer.read(4)
            if damaged:
                (run.folder / "parts" / "00039.parquet").unlink()
                with pytest.raises(http.client.IncompleteRead):
                    answer.read()
            else:
                assert answer.read()
            connection.close()


def test_who_goes_away_ends_the_work(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    ended = threading.Event()

    def endless(_: Run) -> Pieces:
        try:
            while True:
                yield b"x" * 2**20
        finally:
            ended.set()

    monkeypatch.setitem(downloads.FORMATS, "csv", Format("CSV", "text/csv", "", endless))
    with serving() as (host, port):
        connection = http.client.HTTPConnection(host, port, timeout=PATIENCE_S)
        connection.request("GET", f"/results/{run.id}.csv")
        assert connection.getresponse().read(10) == b"x" * 10
        assert not ended.is_set()
        connection.close()
        assert ended.wait(PATIENCE_S)


def test_pages_link_to_the_files_where_they_are_served(
    open_page: Callable[..., AppTest], run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    routes.routes()
    app = open_page("batch", run=run.id)
    assert [one.label for one in app.download_button] == []
    links = "".join(one.proto.body for one in app.get("html"))
    for suffix in ("csv", "parquet", "jsonl", "xlsx", "csv?failed=1"):
        assert f'download href="results/{run.id}.{suffix}"' in links


def test_more_rows_than_excel_holds_have_no_excel_file(
    open_page: Callable[..., AppTest], run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ui.downloads.MOST_ROWS", 20)
    app = open_page("batch", run=run.id)
    assert "Download Excel" not in [one.label for one in app.download_button]
    assert any("Excel holds 20 rows; the run has 21" in one.value for one in app.caption)
