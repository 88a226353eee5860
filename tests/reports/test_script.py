"""The script of a run, started as a person would, against the run's own table."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from PIL import Image

from golems.datasets import open_dataset
from golems.errors import BadInput
from golems.registry import card_named, choose_checkpoint
from golems.reports import result_page
from golems.reports.script import script, script_arguments
from golems.runs import Run, create_run
from golems.runs.engine import execute
from tests import tiny

PROJECT = Path(__file__).resolve().parents[2]
TEXTS = ["A joy from first to last", "", "Nobody laughed", 'He said "no", twice', "long " * 90, "x"]
Done = Callable[..., Run]


def done(
    folder: Path | str,
    dataset: Path,
    task: str,
    *,
    options: dict[str, Any] | None = None,
    **more: Any,
) -> Run:
    """A run that was done on the processor in fp32."""
    card = card_named(str(folder), task)
    kind = "image" if task.startswith("image") else "text"
    opened = open_dataset(dataset, task_kind=kind, **(options or {}))  # type: ignore[arg-type]
    run = create_run(
        card, choose_checkpoint(card), opened, parameters=more, device="cpu", precision="fp32",
    )  # fmt: skip
    execute(run)
    return run


def started(run: Run, folder: Path, *, with_library: bool = False) -> pd.DataFrame:
    """What the run's script writes."""
    path = folder / "again.py"
    written, where = script(run.manifest()), script_arguments(run.manifest())
    assert str(folder) not in written
    path.write_text(written, "utf-8")
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    found = {"PYTHONPATH": str(PROJECT)} if with_library else {}
    result = subprocess.run(
        [sys.executable, "-W", "error::DeprecationWarning", str(path), *where],
        cwd=folder, env={**kept, **found, "HF_HUB_OFFLINE": "1"}, capture_output=True, text=True,
        timeout=250, check=False,
    )  # fmt: skip
    assert result.returncode == 0, result.stderr
    return pd.read_csv(folder / "predictions.csv")


def assert_same(run: Run, found: pd.DataFrame) -> None:
    mine = result_page(run, rows=1000)
    names = run.manifest().result_columns
    label, score = names["predicted_label"], names["predicted_score"]
    assert found[label].fillna("").tolist() == mine[label].fillna("").tolist()
    assert found[score].tolist() == pytest.approx(mine[score].tolist(), abs=1e-5, nan_ok=True)
    for one, other in zip(
        found[names["predicted_scores"]], mine[names["predicted_scores"]], strict=True
    ):
        assert isinstance(one, str) == isinstance(other, str)
        if isinstance(one, str):
            assert [*json.loads(one)] == [*json.loads(other)]


def table_of(path: Path, texts: Sequence[str], **how: Any) -> Path:
    pd.DataFrame({"id": range(len(texts)), "review": texts}).to_csv(path, index=False, **how)
    return path


@pytest.mark.parametrize("long_texts", ["head", "tail"])
def test_texts_of_a_csv_get_the_same_labels_and_scores(tmp_path: Path, long_texts: str) -> None:
    folder = tiny.distilbert(tmp_path / "model", labels=["bad", "good", "so-so"])
    dataset = table_of(tmp_path / "reviews.csv", TEXTS, sep=";", encoding="cp1252")
    run = done(folder, dataset, "text-classification", long_texts=long_texts, top_k=2)
    assert_same(run, started(run, tmp_path))


def test_a_broken_row_stays_in_its_place(tmp_path: Path) -> None:
    dataset = tmp_path / "reviews.csv"
    dataset.write_text("review,label\nA joy,1\nOne, two, three,2\nNobody laughed\nfine,1\n")
    run = done(tiny.bert(tmp_path / "model"), dataset, "text-classification")
    assert result_page(run)["error"].notna().tolist() == [False, True, False, False]
    assert_same(run, started(run, tmp_path))


def test_line_ends_within_a_cell_make_no_rows(tmp_path: Path) -> None:
    dataset = tmp_path / "reviews.csv"
    dataset.write_bytes(b'review,note\nA joy,"a\rb"\nA bore,"c\r\nd"\nfine,"e\nf"\n')
    run = done(
        tiny.bert(tmp_path / "model"), dataset, "text-classification", options={"column": "review"}
    )
    found = started(run, tmp_path)
    assert found["note"].tolist() == result_page(run)["note"].tolist()
    assert_same(run, found)


def test_a_model_without_padding_reads_one_text_at_a_time(tmp_path: Path) -> None:
    dataset = table_of(tmp_path / "reviews.csv", TEXTS)
    run = done(tiny.gpt2_classifier(tmp_path / "model"), dataset, "text-classification")
    assert_same(run, started(run, tmp_path))


def test_a_dialect_that_pandas_reads_otherwise_is_read_by_the_library(tmp_path: Path) -> None:
    dataset = tmp_path / "reviews.csv"
    dataset.write_text('id, text\n1, "The \\"best\\" film"\n2, "bad, dull"\n')
    run = done(tiny.bert(tmp_path / "model"), dataset, "text-classification")
    found = started(run, tmp_path, with_library=True)
    assert found["text"].tolist() == ['The "best" film', "bad, dull"]
    assert_same(run, found)


def test_a_script_without_its_arguments_says_what_it_needs(tmp_path: Path) -> None:
    dataset = table_of(tmp_path / "reviews.csv", TEXTS)
    run = done(tiny.bert(tmp_path / "model"), dataset, "text-classification")
    path = tmp_path / "again.py"
    path.write_text(script(run.manifest()), "utf-8")
    result = subprocess.run(
        [sys.executable, str(path)], capture_output=True, text=True, timeout=250, check=False
    )
    assert result.returncode == 1
    assert result.stderr.strip().endswith("again.py DATASET MODEL")


@pytest.mark.parametrize("kind", ["lines", "parquet", "sample", "limit", "one column"])
def test_other_datasets_are_read_as_the_run_read_them(tmp_path: Path, kind: str) -> None:
    texts = [*TEXTS[:4], "And", "", "so on"]
    options: dict[str, Any] = {}
    if kind == "lines":
        dataset = tmp_path / "texts.txt"
        dataset.write_text("\n".join(texts) + "\n", "utf-8")
    elif kind == "parquet":
        dataset = tmp_path / "texts.parquet"
        pd.DataFrame({"text": texts}).to_parquet(dataset)
    elif kind == "one column":
        dataset = tmp_path / "texts.csv"
        dataset.write_text("text\n" + "\n".join(one.replace('"', "") for one in texts) + "\n")
        options = {"kind": "csv", "header": "yes"}
    else:
        dataset = table_of(tmp_path / "texts.csv", texts)
        options = {"sample": 3, "seed": 4} if kind == "sample" else {"limit": 3}
    folder = tiny.roberta(tmp_path / "model")
    run = done(folder, dataset, "text-classification", options=options)
    found = started(run, tmp_path, with_library=kind == "sample")
    assert_same(run, found)
    assert list(found.columns[: len(run.manifest().dataset.columns)]) == [
        *run.manifest().dataset.columns
    ]


def test_pictures_of_a_folder_get_the_same_labels_and_scores(tmp_path: Path) -> None:
    (tmp_path / "pictures" / "b").mkdir(parents=True)
    for n, name in enumerate(("z.png", "A.jpg", "b/c.png", "b/.hidden.png")):
        Image.effect_noise((60 + n, 40), 60).convert("RGBA").convert("RGB").save(
            tmp_path / "pictures" / name
        )
    (tmp_path / "pictures" / "broken.png").write_bytes(b"no picture")
    folder = tiny.vit(tmp_path / "model", labels=["cat", "dog", "bird"])
    run = done(folder, tmp_path / "pictures", "image-classification", top_k=2)
    assert result_page(run)["error"].notna().sum() == 1
    assert_same(run, started(run, tmp_path))


@pytest.mark.parametrize("penalty", [None, 1.3])
def test_greedy_texts_are_the_same(tmp_path: Path, penalty: float | None) -> None:
    folder = tiny.gpt2(tmp_path / "model")
    dataset = table_of(tmp_path / "prompts.csv", ["Once upon a time", "", "The end", "word " * 80])
    run = done(
        folder, dataset, "text-generation", max_new_tokens=6, sample=False,
        repetition_penalty=penalty,
    )  # fmt: skip
    found = started(run, tmp_path)["generated_text"].fillna("")
    assert found.tolist() == result_page(run)["generated_text"].fillna("").tolist()


def test_nothing_of_a_persons_names_is_executed(tmp_path: Path) -> None:
    bad = '"); open("broken", "w") #\n\'\'\'\n"""{x!r}\\'
    dataset = tmp_path / "x'); open('broken', 'w') #.csv"
    pd.DataFrame({bad: ["A joy", "Nobody laughed"], "id": [1, 2]}).to_csv(dataset, index=False)
    folder = tiny.bert(tmp_path / 'model"""', labels=["'''\nimport os", '"""'])
    run = done(folder, dataset, "text-classification", options={"column": bad})
    assert_same(run, started(run, tmp_path))
    assert not (tmp_path / "broken").exists()
    manifest = run.manifest()
    spec = manifest.dataset.model_copy(
        update={"name": bad, "notes": (bad,), "options": {"encoding": bad, "delimiter": bad}}
    )
    hostile = manifest.model_copy(
        update={"title": bad, "license": bad, "asked_by": bad, "id": bad, "dataset": spec}
    )
    called = {
        node.func.id
        for node in ast.walk(ast.parse(script(hostile)))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }
    assert "keep" in called
    assert "open" not in called


@pytest.mark.parametrize(
    ("task", "parameters", "said"),
    [
        ("text-classification", {"long_texts": "chunks"}, "read long texts in chunks"),
        ("text-generation", {"sample": True}, "drew its tokens from a generator of its own"),
    ],
)
def test_what_differs_is_said_in_a_comment(
    tmp_path: Path, task: str, parameters: dict[str, Any], said: str
) -> None:
    model = tiny.gpt2 if task == "text-generation" else tiny.bert
    card = card_named(str(model(tmp_path / "model")), task)
    dataset = open_dataset(table_of(tmp_path / "x.csv", TEXTS), task_kind="text")
    run = create_run(card, card.checkpoints[0], dataset, parameters=parameters)
    written = script(run.manifest())
    assert said in written
    ast.parse(written)


def test_a_lower_precision_is_said_too(tmp_path: Path) -> None:
    card = card_named(str(tiny.bert(tmp_path / "model")), "text-classification")
    dataset = open_dataset(table_of(tmp_path / "x.csv", TEXTS), task_kind="text")
    run = create_run(card, card.checkpoints[0], dataset, device="cpu", precision="int8")
    execute(run)
    written = script(run.manifest())
    assert "The run computed in int8" in written
    assert "DTYPE = torch.float32" in written


def test_a_task_without_a_script_is_refused_in_words(tmp_path: Path) -> None:
    card = card_named(str(tiny.bert(tmp_path / "model")), "text-classification")
    dataset = open_dataset(table_of(tmp_path / "x.csv", TEXTS), task_kind="text")
    run = create_run(card, card.checkpoints[0], dataset)
    with pytest.raises(BadInput, match="no plain script for something-else"):
        script(run.manifest().model_copy(update={"task": "something-else"}))


@pytest.fixture
def at_home(embedded_home: Path, setting: Callable[[str, object], None]) -> None:
    setting("home", embedded_home)


def test_the_embedded_analyst_is_plain_transformers(at_home: None, tmp_path: Path) -> None:
    dataset = table_of(tmp_path / "reviews.csv", TEXTS)
    run = done("analyst", dataset, "text-classification")
    written = script(run.manifest())
    assert "golems" not in written.split('"""')[2]
    assert_same(run, started(run, tmp_path))


def test_the_embedded_visionary_needs_the_library(at_home: None, tmp_path: Path) -> None:
    (tmp_path / "pictures").mkdir()
    for n in range(3):
        Image.effect_noise((60 + n, 40), 60).convert("RGB").save(tmp_path / "pictures" / f"{n}.png")
    run = done("visionary", tmp_path / "pictures", "image-classification")
    assert "Plain transformers doesn't know this architecture" in script(run.manifest())
    assert_same(run, started(run, tmp_path, with_library=True))
