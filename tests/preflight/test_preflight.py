"""Pre-flight with a golem in this process: what it counts, measures and foretells."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from transformers import AutoTokenizer

from golems.datasets import open_dataset
from golems.errors import BadInput, BadRow
from golems.golem import Golem
from golems.preflight import Preflight, check, preflight
from golems.registry import card_named, choose_checkpoint
from golems.runs import Manifest, create_run, draft
from golems.runs.engine import execute
from golems.runs.setup import reopen
from golems.tasks import Length, task_class
from tests import tiny
from tests.conftest import load_golem

TEXT = "text-classification"
SOUP = ["The soup was hot.", "Nobody laughed", "the " * 90, "soup " * 300, "A day", "hot " * 62]


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Golem:
    return load_golem(tiny.distilbert(tmp_path_factory.mktemp("m") / "distilbert"), TEXT)


@pytest.fixture(scope="module")
def looker(tmp_path_factory: pytest.TempPathFactory) -> Golem:
    return load_golem(tiny.vit(tmp_path_factory.mktemp("m") / "vit"), "image-classification")


@pytest.fixture(scope="module")
def writer(tmp_path_factory: pytest.TempPathFactory) -> Golem:
    return load_golem(tiny.gpt2(tmp_path_factory.mktemp("m") / "gpt2"), "text-generation")


def table(path: Path, texts: list[str]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([["id", "text"], *enumerate(texts)])
    return path


def plan_of(golem: Golem, path: Path, **options: Any) -> Manifest:
    task = golem.plan.card.task
    card = card_named(str(golem.plan.folder.path), task)
    dataset = open_dataset(path, task_kind=task_class(task).content)
    options = {"device": "cpu", "precision": "fp32", **options}
    return draft(card, choose_checkpoint(card), dataset, **options)


def looked_at(golem: Golem, path: Path, *, most: int = 20_000, **options: Any) -> Preflight:
    manifest = plan_of(golem, path, **options)
    return preflight(golem, manifest, reopen(manifest), most_measured=most)


def test_rows_are_told_apart(reader: Golem, tmp_path: Path) -> None:
    texts = [*SOUP, "A day", "", "  ", "A day", "\u200b", *SOUP[:2]]
    path = table(tmp_path / "a.csv", texts)
    with path.open("a", encoding="utf-8") as file:
        file.write("99,too,many,cells\n")
    found = looked_at(reader, path)
    assert (found.rows, found.empty, found.unreadable) == (14, 3, 1)
    assert (found.duplicates, found.known, found.to_compute) == (4, 0, 6)
    assert found.rehearsed == 10
    assert found.seconds is not None
    assert found.seconds > 0
    assert found.memory_bytes > 10**7


def test_without_the_ledger_only_repetitions_in_a_window_are_spared(
    reader: Golem, tmp_path: Path
) -> None:
    path = table(tmp_path / "a.csv", ["one", "one", "two", "one", "two", "two"])
    manifest = plan_of(reader, path, ledger=False).model_copy(update={"window": 3})
    found = preflight(reader, manifest, reopen(manifest))
    assert (found.duplicates, found.to_compute) == (4, 4)
    assert looked_at(reader, path).to_compute == 2


def test_lengths_are_those_of_the_tokenizer(reader: Golem, tmp_path: Path) -> None:
    lengths = looked_at(reader, table(tmp_path / "a.csv", SOUP)).lengths
    tokenizer = AutoTokenizer.from_pretrained(reader.plan.folder.path)
    oracle = [len(tokenizer(text)["input_ids"]) for text in SOUP]
    assert (lengths.shortest, lengths.longest) == (min(oracle), max(oracle))
    assert (lengths.unit, lengths.measured, lengths.is_sample) == ("tokens", 6, False)
    for one in lengths.bins:
        assert one.rows == sum(one.low <= tokens < one.high for tokens in oracle)
    assert sum(one.rows for one in lengths.bins) == 6
    over = sum(tokens > 64 for tokens in oracle)
    assert (lengths.limit, lengths.cut_off) == (64, over)
    assert lengths.cut_off_share == (over / 6,) * 3


@pytest.mark.parametrize("way", ["head", "tail", "chunks"])
@pytest.mark.parametrize("model", [tiny.distilbert, tiny.gpt2_classifier])
def test_measured_costs_are_those_of_encoding(way: str, model: Any, tmp_path: Path) -> None:
    golem = load_golem(model(tmp_path / "model"), TEXT)
    texts = ["soup " * n for n in range(1, 500, 7)]
    parameters = golem.parameters(long_texts=way)
    encoded = [golem.task.encode(text, parameters) for text in texts]
    assert golem.task.measure(texts, parameters) == [
        Length(one.tokens + one.tokens_dropped, one.tokens_dropped, golem.task.cost(one))
        for one in encoded
    ]


def test_of_a_large_dataset_a_sample_is_measured_and_called_one(
    reader: Golem, tmp_path: Path
) -> None:
    path = table(tmp_path / "a.csv", [f"{'the ' * (90 if n % 4 else 9)}{n}" for n in range(400)])
    lengths = looked_at(reader, path, most=100).lengths
    assert (lengths.measured, lengths.is_sample) == (100, True)
    assert lengths.cut_off_share is not None
    share, low, high = lengths.cut_off_share
    assert low < share < high
    assert low < 0.75 < high
    assert looked_at(reader, path, most=100).lengths == lengths


def test_what_the_ledger_knows_need_not_be_computed(reader: Golem, tmp_path: Path) -> None:
    card = card_named(str(reader.plan.folder.path), TEXT)
    dataset = open_dataset(table(tmp_path / "a.csv", SOUP[:4]), task_kind="text")
    execute(create_run(card, choose_checkpoint(card), dataset, device="cpu", precision="fp32"))
    more = table(tmp_path / "b.csv", [*SOUP, SOUP[0]])
    found = looked_at(reader, more)
    assert (found.known, found.duplicates, found.to_compute) == (5, 1, 2)
    found = looked_at(reader, more, parameters={"top_k": 1})
    assert (found.known, found.to_compute) == (0, 6)


def test_pictures_are_measured_in_pixels(looker: Golem, tmp_path: Path) -> None:
    folder = tmp_path / "pictures"
    folder.mkdir()
    for name, size in (("a.png", (40, 30)), ("b.png", (50, 60)), ("c.png", (40, 30))):
        Image.new("RGB", size, "red").save(folder / name)
    (folder / "d.png").write_bytes(b"")
    (folder / "e.png").write_bytes(b"no picture")
    noise = Image.effect_noise((64, 64), 50)
    noise.save(folder / "f.png")
    (folder / "f.png").write_bytes((folder / "f.png").read_bytes()[:900])
    found = looked_at(looker, folder)
    assert (found.rows, found.empty, found.unreadable, found.duplicates) == (6, 1, 1, 1)
    assert found.rehearsal_refused == 1  # the one that is cut off
    assert (found.lengths.unit, found.lengths.limit) == ("pixels", None)
    assert (found.lengths.shortest, found.lengths.longest) == (1200, 4096)
    assert found.lengths.cut_off is None


def test_prompts_that_are_too_long_are_told(writer: Golem, tmp_path: Path) -> None:
    path = table(tmp_path / "a.csv", ["The soup", "hot " * 200])
    found = looked_at(writer, path, parameters={"max_new_tokens": 4})
    assert (found.lengths.measured, found.lengths.refused) == (2, 1)
    assert "too long" in (found.lengths.refused_reason or "")
    parameters = writer.parameters(max_new_tokens=4)
    tokens = len(writer.task.encode("The soup", parameters).ids)
    assert (found.lengths.shortest, found.lengths.longest) == (tokens, tokens)


def test_a_dataset_of_bad_rows_alone_has_a_preflight_too(reader: Golem, tmp_path: Path) -> None:
    found = looked_at(reader, table(tmp_path / "a.csv", ["", " "]))
    assert (found.empty, found.to_compute, found.rehearsed) == (2, 0, 0)
    assert found.lengths.bins == ()
    assert found.lengths.cut_off_share is None


def test_it_survives_json(reader: Golem, tmp_path: Path) -> None:
    found = looked_at(reader, table(tmp_path / "a.csv", SOUP))
    assert Preflight.of(json.loads(json.dumps(found.as_dict()))) == found


def test_a_process_of_its_own_finds_the_same(reader: Golem, tmp_path: Path) -> None:
    manifest = plan_of(reader, table(tmp_path / "a.csv", [*SOUP, ""]))
    stages: list[str] = []
    found = check(manifest, stages.append)
    here = preflight(reader, manifest, reopen(manifest))
    assert found.lengths == here.lengths
    assert (found.rows, found.empty, found.to_compute) == (7, 1, 6)
    assert stages[0] == "Waking the golem"
    assert "Rehearsing" in stages


def test_what_the_process_cannot_read_is_said_in_words(reader: Golem, tmp_path: Path) -> None:
    path = table(tmp_path / "a.csv", SOUP)
    manifest = plan_of(reader, path)
    path.unlink()
    with pytest.raises(BadInput, match="There is no file or folder"):
        check(manifest)
    with pytest.raises(BadInput, match="There is no file or folder"):
        reopen(manifest)


def test_a_row_that_cannot_be_encoded_is_an_answer_of_measure(writer: Golem) -> None:
    [said] = writer.task.measure(["hot " * 200], writer.parameters())
    with pytest.raises(BadRow) as caught:
        writer.task.encode("hot " * 200, writer.parameters())
    assert said == str(caught.value)
