"""The passport and the code of a run, as a page offers them."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from golems.reports.script import script
from golems.runs import Run
from tests.reports.conftest import WriteRun, failed, predicted, write_run
from ui.report.passport import passport_bytes

__all__ = ["write_run"]

PAGE = """
from pathlib import Path

from golems.reports.view import view_of
from golems.runs import Run
from ui.report.passport import draw_passport

with view_of(Run(Path({folder!r}))) as view:
    draw_passport(view)
"""


def drawn(run: Run) -> AppTest:
    app = AppTest.from_string(PAGE.format(folder=str(run.folder)), default_timeout=60).run()
    assert not app.exception
    return app


@pytest.mark.parametrize("rows", [0, 2])
def test_a_run_gives_its_passport_and_its_code(write_run: WriteRun, rows: int) -> None:
    run = write_run(["text"], [["x"]] * rows, [predicted("A", 0.9), failed()][:rows])
    manifest = run.manifest()
    run.write_manifest(manifest.model_copy(update={"golem": manifest.checkpoint}))
    app = drawn(run)
    assert [one.label for one in app.get("download_button")] == [
        "Download the passport",
        "Download the script",
    ]
    assert app.code[0].value.startswith(f"python {run.id}.py ")
    assert app.code[1].value.strip() == script(run.manifest()).strip()
    assert passport_bytes(run).startswith(b"<!DOCTYPE html>")


def test_a_golem_that_is_gone_is_said_in_words(write_run: WriteRun) -> None:
    run = write_run(["text"], [["x"]], [predicted("A", 0.9)])
    manifest = run.manifest()
    run.write_manifest(manifest.model_copy(update={"golem": "nobody", "checkpoint": "nobody"}))
    app = drawn(run)
    assert "nobody" in app.error[0].value
    assert [one.label for one in app.get("download_button")] == ["Download the passport"]
