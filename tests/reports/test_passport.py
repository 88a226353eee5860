"""The passport of a run, as the text of its file."""

from __future__ import annotations

import base64
import io
import json
import math
import re
from hashlib import sha256
from html.parser import HTMLParser
from pathlib import Path

import pytest

from golems.base import Generation, Outcome
from golems.reports.charts import chart
from golems.reports.choices import Choices, choose
from golems.reports.hub_card import manifest_for_others
from golems.reports.passport import Section, Table, passport, write_passport
from golems.reports.view import View, view_of
from golems.runs import EngineFacts, Run
from golems.runs.manifest import Parity
from tests.reports.conftest import WriteRun, failed, predicted

STRANGE = (
    "<script>x()</script>",
    "]]>-->",
    "a\u2028b\u2029c",
    "&amp;",
    "\"'`",
    "{{ 1 }}",
    "\x00\x1b",
)


class Words(HTMLParser):
    """What a page says, and its scripts."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.scripts: list[str] = []
        self.policy = self.said = ""
        self.links: list[str] = []
        self._in = ""
        self.feed(html)
        self.said = " ".join(self.said.split())

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = dict(attributes)
        assert not [name for name in given if name.startswith("on")]
        self._in = tag
        if tag == "script":
            self.scripts.append("")
        if given.get("http-equiv") == "Content-Security-Policy":
            self.policy = str(given["content"])
        if tag == "a":
            self.links.append(str(given["href"]))

    def handle_endtag(self, tag: str) -> None:
        self._in = ""

    def handle_data(self, data: str) -> None:
        if self._in == "script":
            self.scripts[-1] += data
        elif self._in != "style":
            self.said += data


def words_of(run: Run) -> Words:
    file = io.BytesIO()
    write_passport(run, file)
    return Words(file.getvalue().decode("utf-8"))


def changed(run: Run, dataset: dict[str, object] | None = None, **more: object) -> Run:
    manifest = run.manifest()
    spec = manifest.dataset.model_copy(update=dataset or {})
    run.write_manifest(manifest.model_copy(update={"dataset": spec, **more}))
    return run


ENGINE = EngineFacts(
    commit="sha256:abc",
    device="cpu",
    precision="bf16",
    parity=Parity(
        precision="bf16", rows=8, choices=8, same=8, largest_difference=0.001, taken=True
    ),
    batch_cost=1024,
    machine="Linux x86_64, Python 3.11.7",
    versions={"torch": "2.13.0"},
)


def test_it_says_in_words_what_was_run_on_what(write_run: WriteRun) -> None:
    outcomes = [*[predicted("GOOD", 0.9, tokens_dropped=1)] * 6, *[predicted("BAD", 0.6)] * 2]
    run = write_run(["text"], [["x"]] * 10, [*outcomes, failed(), failed()])
    when = "2026-11-21T09:30:00+00:00"
    run = changed(run, created_at=when, engine=ENGINE, checkpoint="test/model")
    said = words_of(run).said
    assert (
        "On 21 November 2026 the golem Test (checkpoint test/model) read 10 rows of listed.csv, "
        "column text. 75.0% of 8 predicted rows are GOOD. 2 rows (20.0%) could not be predicted. "
        "Of 6 texts the end was not read" in said
    )
    assert "bf16 gave 8 of 8 labels as fp32 does" in said
    for fact in ("sha256:abc", "2.13.0", "Linux x86_64", "python -m golems run manifest.json"):
        assert fact in said


@pytest.mark.parametrize(
    ("dataset", "sentence"),
    [
        ({"options": {"sample": 4, "seed": 9}}, "a sample of 4 rows of listed.csv, column text"),
        ({"limit": 4}, "read the first 4 rows of listed.csv"),
        ({"limit": 5, "rows": 4}, "read 4 rows of listed.csv"),
        ({"rows": 9}, "read the first 4 of 9 rows of listed.csv"),
    ],
)
def test_a_part_of_a_dataset_is_called_one(
    write_run: WriteRun, dataset: dict[str, object], sentence: str
) -> None:
    run = write_run(["text"], [["x"]] * 4, [predicted(one, 0.9) for one in "AAAB"])
    said = words_of(changed(run, dataset)).said
    assert sentence in said
    assert ("95% interval" in said) == (dataset.get("limit") != 5)


@pytest.mark.parametrize(
    ("state", "sentence"),
    [("stopped", "stopped the run before its end"), ("failed", "The disk is full.")],
)
def test_a_run_that_did_not_end_well_says_so(
    write_run: WriteRun, state: str, sentence: str
) -> None:
    run = write_run(["text"], [["x"]], [failed()])
    run.write_end(state, "The disk is full." if state == "failed" else None)  # type: ignore[arg-type]
    assert sentence in words_of(run).said


def test_a_queued_run_without_rows_has_a_passport(write_run: WriteRun) -> None:
    run = write_run(["text"], [], [])
    (run.folder / "end.json").unlink()
    said = words_of(run).said
    assert "read 0 rows of listed.csv" in said
    assert "The run has not begun yet." in said


def test_generated_texts_are_shown(write_run: WriteRun) -> None:
    told = Outcome(Generation("Once upon a time", " upon a time", 1, 3))
    run = write_run(["text"], [["Once"]], [told], task="text-generation")
    said = words_of(run).said
    assert "It wrote a text for 1 row." in said
    assert "Once upon a time" in said


def test_the_least_sure_rows_come_first_and_are_cut(write_run: WriteRun) -> None:
    scores = [0.5 + n / 200 for n in range(80)]
    rows = [["x" * 500, str(n)] for n in range(80)]
    run = write_run(["text", "id"], rows, [predicted("A", one) for one in reversed(scores)])
    said = words_of(run).said
    assert "50 rows with the lowest scores" in said
    assert said.index("80A0.5") < said.index("79A0.505")
    assert "31A" in said
    assert "30A" not in said
    assert "x" * 299 + "…" in said
    assert "x" * 300 not in said


def test_it_may_run_nothing_but_its_own_scripts(write_run: WriteRun) -> None:
    rows = [[f"{one} {n}", one] for n, one in enumerate(STRANGE)]
    outcomes = [predicted(one, 0.9) for one in STRANGE[:5]] + [failed(one) for one in STRANGE[5:]]
    found = words_of(write_run(["text<script>", "b</td>"], rows, outcomes))
    assert len(found.scripts) == 3
    for script in found.scripts[1:]:
        digest = base64.b64encode(sha256(script.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in found.policy
    assert found.policy.startswith("default-src 'none'; script-src 'sha256-")
    assert not re.search("[<>&\u2028\u2029]", found.scripts[0])
    labels = {point[0] for point in json.loads(found.scripts[0])[0]["data"][0]["customdata"]}
    assert labels == set(STRANGE[:5])
    assert "<script>x()</script> 0" in found.said
    assert [link.split(",")[0] for link in found.links] == ["data:application/json;base64"]


def test_the_manifest_is_whole(write_run: WriteRun) -> None:
    run = write_run(["text"], [["x"]], [predicted("A", 0.9)])
    [link] = words_of(run).links
    manifest = manifest_for_others(run.manifest()).model_dump_json()
    assert json.loads(base64.b64decode(link.split(",")[1])) == json.loads(manifest)


def test_it_says_how_the_truth_was_read_and_nothing_of_this_machine(write_run: WriteRun) -> None:
    truths = ["1", "1", "0", "meh", None]
    outcomes = [predicted(one, 0.9) for one in ("POS", "NEG", "NEG", "NEG", "NEG")]
    rows = [["x", one] for one in truths]
    run = write_run(["text", "label"], rows, outcomes, labels=["NEG", "POS"])
    asked = Choices(truth="label", truth_labels={"1": "POS", "0": "NEG"})
    choose(run, asked)
    assert "can't be counted yet" in words_of(run).said
    choose(run, asked.model_copy(update={"truth_labels": {"1": "POS", "0": "NEG", "meh": ""}}))
    said = words_of(run).said
    assert "2 of 3 rows are right" in said
    assert "1 row without a truth are not counted. 1 row left out by hand: not counted." in said
    bare = "".join(said.split())
    for row in ("ValueinlabelRowsStandsfor", "12POS", "01NEG", "meh1leftout"):
        assert row in bare
    assert str(run.folder.parent) not in said
    assert run.manifest().dataset.path not in said


def test_it_is_a_file_of_less_than_2_mb(write_run: WriteRun, tmp_path: Path) -> None:
    outcomes = [predicted(f"label {n}", n / 1000) for n in range(1000)]
    run = write_run(["text"], [["x" * 5000]] * 1000, outcomes, window=500)
    write_passport(run, tmp_path / "passport.html")
    assert 1_500_000 < (tmp_path / "passport.html").stat().st_size < 2_000_000
    assert "The 200 most frequent of 1,000 labels." in (tmp_path / "passport.html").read_text()


def test_huge_cells_and_labels_are_cut(write_run: WriteRun) -> None:
    huge = [f"{number}{'x' * 400_000}" for number in range(3)]
    rows = [[huge[at % 3], huge[at % 3]] for at in range(60)]
    run = write_run(["text", "note"], rows, [predicted(huge[at % 2], 0.9) for at in range(60)])
    choose(run, Choices(truth="note"))
    file = io.BytesIO()
    write_passport(run, file)
    assert b"x" * 600 not in file.getvalue()
    assert b"x" * 400 in file.getvalue()


def test_sections_of_others_are_drawn_too(write_run: WriteRun) -> None:
    drawn = chart(
        "Found", "It is so.", [{"type": "bar", "y": [math.nan, 1.0]}], columns=("a",), rows=[(1,)]
    )

    def mine(view: View) -> Section:
        return Section("Mine", ("Said.",), (drawn,), (Table("Told", ("x",), ((1234,),)),))

    def nothing(view: View) -> None:
        return None

    with view_of(write_run(["text"], [["x"]], [predicted("A", 0.9)])) as view:
        found = Words(passport(view, [nothing, mine]))
    assert json.loads(found.scripts[0])[0]["data"][0]["y"] == [None, 1.0]
    assert "Mine Said. Found It is so." in found.said
    assert "Told x 1,234" in found.said
