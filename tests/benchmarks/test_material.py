import csv
import statistics
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

import pytest
from PIL import Image

import benchmarks
from benchmarks import material
from benchmarks.__main__ import BENCHMARKS
from tests.tiny.vocabularies import distilbert_tokenizer


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(material, "CACHE", tmp_path / "cache")
    return tmp_path / "cache"


@pytest.mark.parametrize("module", [one.name for one in iter_modules(benchmarks.__path__)])
def test_each_module_can_be_imported_and_says_what_it_is(module: str) -> None:
    assert import_module(f"benchmarks.{module}").__doc__


@pytest.mark.parametrize("name", BENCHMARKS)
def test_each_benchmark_runs_without_arguments(name: str) -> None:
    main = BENCHMARKS[name]
    defaults, names = main.__defaults__ or (), main.__code__.co_argcount
    assert len(defaults) == names
    assert main.__module__ == f"benchmarks.{name}"


@pytest.mark.parametrize("rows", [32, 96, 1000])
def test_lengths_are_spread_alike_whatever_their_number(rows: int) -> None:
    found = material.lengths(rows)

    assert len(found) == rows
    assert statistics.mean(found) == pytest.approx(100, rel=0.04)
    assert statistics.median(found) == pytest.approx(73, rel=0.05)
    assert min(found) >= 4
    assert 300 < max(found) <= 512
    assert sum(one > 124 for one in found) / rows == pytest.approx(0.25, abs=0.03)


def test_lengths_are_shuffled_and_always_the_same() -> None:
    found = material.lengths(50)

    assert found == material.lengths(50)
    assert found not in (sorted(found), sorted(found, reverse=True))


def test_texts_have_just_the_tokens_that_were_asked_for() -> None:
    tokenizer = distilbert_tokenizer(512)
    wanted = [*[4] * 60, 30, 200, 512]

    found = material.texts_of(wanted, tokenizer)

    assert [len(tokenizer(text)["input_ids"]) for text in found] == wanted
    assert len(set(found)) == len(wanted)


def test_prompts_differ_and_are_as_many_as_asked_for() -> None:
    with material.prompts(64).open(encoding="utf-8", newline="") as file:
        found = [row["text"] for row in csv.DictReader(file)]

    assert len(found) == len(set(found)) == 64


def test_photos_are_as_large_as_a_camera_makes_them() -> None:
    paths = sorted(material.photos(3).iterdir())

    assert len(paths) == 3
    for path in paths:
        with Image.open(path) as picture:
            assert (picture.format, picture.size) == ("JPEG", (1600, 1200))


def test_what_is_in_the_cache_is_not_made_again(cache: Path) -> None:
    def write(path: Path) -> None:
        path.write_text("first")

    assert material.made("thing", write) == cache / "thing"
    material.made("thing", lambda path: path.write_text("second"))
    assert (cache / "thing").read_text() == "first"


def test_what_was_half_made_is_made_again(cache: Path) -> None:
    def break_off(path: Path) -> None:
        path.mkdir()
        (path / "left").write_text("")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        material.made("thing", break_off)
    assert not (cache / "thing").exists()

    found = material.made("thing", lambda path: path.mkdir())
    assert list(found.iterdir()) == []
