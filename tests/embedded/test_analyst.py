"""The Analyst's folder, assembled from the real package and the committed delta."""

from pathlib import Path

import numpy as np
import pytest
from transformers import AutoModelForSequenceClassification, AutoTokenizer, pipeline

from golems.base import PackageSource
from golems.embedded import analyst, packages
from golems.errors import BadWeights, MissingPackage
from golems.loading.weights import sha256_of
from golems.registry import card_named

pytest.importorskip(analyst.BASE_PACKAGE)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("analyst")
    shares: list[float] = []
    analyst.assemble(target, shares.append)
    assert shares == sorted(shares)
    assert (shares[0], shares[-1]) == (0.0, 1.0)
    return target


def test_loads_without_missing_or_unexpected_weights(folder: Path) -> None:
    model, report = AutoModelForSequenceClassification.from_pretrained(
        folder, output_loading_info=True
    )
    assert not any(report.values())
    assert model.config.id2label == {0: "NEGATIVE", 1: "POSITIVE"}


def test_tokenizer_reads_what_the_model_can(folder: Path) -> None:
    tokenizer = AutoTokenizer.from_pretrained(folder)
    assert tokenizer.model_max_length == 512
    assert len(tokenizer("word " * 600)["input_ids"]) == 602  # no truncation saved in the file
    assert len(tokenizer("word")["input_ids"]) == 3  # and no padding


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("A warm, funny, beautiful film.", "POSITIVE"),
        ("I love this phone :)", "POSITIVE"),
        ("The battery died after two days and nobody answered my mail.", "NEGATIVE"),
        ("Dull, endless and badly acted.", "NEGATIVE"),
        ("This is not good at all.", "NEGATIVE"),
    ],
)
def test_plain_sentences(folder: Path, text: str, label: str) -> None:
    classify = pipeline("text-classification", model=str(folder))
    assert classify(text)[0]["label"] == label


def test_the_card_names_the_very_delta() -> None:
    """A new delta gets a new folder; else the old one would be used on and on."""
    source = card_named("analyst").checkpoints[0].source
    assert isinstance(source, PackageSource)
    assert sha256_of(analyst.DELTA).startswith(source.version)


def test_delta_is_small() -> None:
    assert analyst.DELTA.stat().st_size < 8_000_000


def test_merge_adds_products_and_replaces_the_rest() -> None:
    base = {
        "layer.weight": np.ones((2, 3), np.float32),
        "layer.bias": np.zeros(2, np.float32),
        analyst.POSITIONS: np.arange(4),
    }
    delta = {
        "bert.layer.low_rank_down": np.array([[1, 2, 3]], np.float16),
        "bert.layer.low_rank_up": np.array([[1], [2]], np.float16),
        "bert.layer.bias": np.array([5, 6], np.float32),
        "classifier.bias": np.array([7, 8], np.float32),
    }
    merged = analyst.merge(base, delta)
    assert merged["bert.layer.weight"].tolist() == [[2, 3, 4], [3, 5, 7]]
    assert merged["bert.layer.bias"].tolist() == [5, 6]
    assert merged.keys() == {"bert.layer.weight", "bert.layer.bias", "classifier.bias"}


def test_damaged_delta_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    damaged = tmp_path / "analyst_delta.safetensors"
    damaged.write_bytes(analyst.DELTA.read_bytes()[:-1])
    monkeypatch.setattr(analyst, "DELTA", damaged)
    with pytest.raises(BadWeights, match="analyst_delta"):
        analyst.assemble(tmp_path, lambda share: None)


def test_missing_package_names_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(analyst, "BASE_PACKAGE", "no_such_package_anywhere")
    with pytest.raises(MissingPackage, match=packages.INSTALL_COMMAND):
        analyst.assemble(tmp_path, lambda share: None)
