"""The section with what can be taken away: files, and a dataset of the Hub."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from golems.runs import Run
from tests.hub import UPLOAD_WARNS, HubServer
from tests.pages.conftest import PATIENCE_S
from tests.pages.test_batch import made_run

pytestmark = pytest.mark.filterwarnings(UPLOAD_WARNS)
REPO = "acme/results"


def script(run_id: str) -> None:
    from golems.reports.view import view_of
    from golems.runs import open_run
    from ui.report import take_away

    with view_of(open_run(run_id)) as view:
        take_away.draw(view)


@pytest.fixture
def run(tiny_golems: None, tmp_path: Path) -> Run:
    rows = "".join(f"{n},The soup was hot on day {n}.\n" for n in range(20))
    (tmp_path / "a.csv").write_text(f"<b>id</b>,text\n{rows}999,\n", "utf-8")
    return made_run("reader", tmp_path / "a.csv")


@pytest.fixture
def token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_TOKEN", "hf_writes")


@pytest.fixture
def no_token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HF_TOKEN", raising=False)
    monkeypatch.delenv("HUGGING_FACE_HUB_TOKEN", raising=False)


def section(run: Run) -> AppTest:
    app = AppTest.from_function(script, args=(run.id,), default_timeout=PATIENCE_S).run()
    assert not app.exception
    return app


def name_it(app: AppTest, name: str = REPO) -> AppTest:
    app.text_input(key="report-take-away-name").set_value(name).run()
    return app


def upload(app: AppTest) -> AppTest:
    app.button(key="report-take-away-upload").click().run()
    assert not app.exception
    return app


def said(app: AppTest) -> str:
    return " ".join(one.value for one in app.caption).replace("\\", "")


def test_files_of_every_kind_and_the_failed_rows(run: Run, no_token: None) -> None:
    app = section(run)
    assert [one.label for one in app.download_button] == [
        "Download CSV", "Download Parquet", "Download JSON Lines", "Download Excel",
        "Download errors.csv", "Download the passport", "Download the script",
    ]  # fmt: skip
    assert "21 rows with 2 original columns" in said(app)
    assert "1 row without a prediction" in said(app)


def test_without_a_token_nothing_can_be_uploaded(run: Run, no_token: None) -> None:
    app = name_it(section(run))
    assert "HF_TOKEN" in app.info[0].value
    assert app.button(key="report-take-away-upload").disabled


def test_what_is_sent_and_where_is_said_before(run: Run, token: None, hub: HubServer) -> None:
    app = section(run)
    assert app.button(key="report-take-away-upload").disabled
    assert app.checkbox(key="report-take-away-private").value
    name_it(app)
    assert not app.button(key="report-take-away-upload").disabled
    assert "21 rows with their original columns (<b>id</b>, text)" in said(app)
    assert f"{hub.url}/datasets/{REPO}" in said(app)
    assert not any("<b>id" in one.value for one in app.caption)
    assert not app.warning
    app.checkbox(key="report-take-away-private").uncheck().run()
    assert "Everybody will be able to read" in app.warning[0].value
    assert hub.requests == []


def test_an_upload_ends_with_its_address(run: Run, token: None, hub: HubServer) -> None:
    app = upload(name_it(section(run)))
    assert f"{hub.url}/datasets/{REPO}" in app.success[0].value.replace("\\", "")
    assert "private" in app.success[0].value
    assert hub.is_private(REPO)
    assert "data/results-00000-of-00001.parquet" in hub.dataset_files(REPO)
    app.run()
    assert app.success  # and is uploaded no second time
    assert len([one for one in hub.requests if "/commit/" in one.path]) == 1


def test_a_public_dataset_is_one_when_asked_for(run: Run, token: None, hub: HubServer) -> None:
    app = name_it(section(run))
    app.checkbox(key="report-take-away-private").uncheck().run()
    assert "public" in upload(app).success[0].value
    assert not hub.is_private(REPO)


def test_a_refusal_is_said_in_words(run: Run, token: None, hub: HubServer) -> None:
    hub.writing.refused["hf_writes"] = 403
    app = upload(name_it(section(run)))
    assert "may not write to acme/results" in app.error[0].value.replace("\\", "")
    assert not app.success
    assert "is not the id" in upload(name_it(app, "results")).error[0].value.replace("\\", "")


def test_a_run_that_goes_on_is_not_uploaded(run: Run, token: None) -> None:
    (run.folder / "end.json").unlink()
    app = section(run)
    assert "once the run has ended" in said(app)
    assert not app.button
