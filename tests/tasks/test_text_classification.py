"""What text classification reads of a text, what it refuses, and what it answers."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import torch

from golems.base import Classification
from golems.errors import BadInput, BadRow
from golems.golem import Golem
from golems.tasks.text_classification import TextClassification
from tests import tiny
from tests.conftest import load_golem

LIMIT = 64  # tokens
TASK = "text-classification"


@pytest.fixture(params=[tiny.distilbert, tiny.bert, tiny.roberta])
def golem(request: pytest.FixtureRequest, tmp_path: Path) -> Golem:
    return load_golem(request.param(tmp_path, num_labels=3, max_positions=LIMIT), TASK)


def predicted(golem: Golem, text: str, **values: Any) -> Classification:
    outcome = golem.predict([text], golem.parameters(**values))[0]
    assert isinstance(outcome.prediction, Classification), outcome.error
    return outcome.prediction


@pytest.mark.parametrize("words", [1, 30, 62, 63, 64, 200, 20_000])
def test_tokens_read_and_dropped_add_up(golem: Golem, words: int) -> None:
    text = "soup " * words
    ids = golem.task.tokenizer(text, verbose=False)["input_ids"]
    found = predicted(golem, text)
    assert found.tokens == min(len(ids), LIMIT)
    assert found.tokens_dropped == len(ids) - min(len(ids), LIMIT)


@pytest.mark.parametrize(
    "text", ["The soup, hot. " * 40, "Short.", "  spaces around  ", "Ünï " * 99]
)
def test_chars_read_end_with_the_last_token_read(golem: Golem, text: str) -> None:
    tokenizer = golem.task.tokenizer
    read = text[: predicted(golem, text).chars_read]
    kept = tokenizer(text, truncation=True, max_length=LIMIT)["input_ids"]
    assert tokenizer(read)["input_ids"] == kept
    if predicted(golem, text).tokens_dropped:
        assert 0 < len(read) < len(text)
    else:
        assert read.rstrip() == text.rstrip()


def test_what_is_past_the_limit_changes_nothing(golem: Golem) -> None:
    start = "The soup was hot. " * 40
    assert predicted(golem, start + "tower").scores == predicted(golem, start + "bell").scores


@pytest.mark.parametrize(
    "text",
    [
        "the 🙂🙂🙂",
        "the 👩‍👩‍👧",
        "the שלום עולם",
        "the مرحبا",
        "a\0b",
        "\0\0a",
        "the 日本語",
        "?",
        "\u202eabc",
    ],
)
def test_unusual_texts_are_predicted(golem: Golem, text: str) -> None:
    found = predicted(golem, text)
    assert sum(entry.score for entry in found.scores) == pytest.approx(1, abs=1e-6)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("", "empty"),
        (" ", "blank"),
        ("\n\t \r\n", "blank"),
        ("\0", "blank"),
        ("\u00a0\u3000\u2003", "blank"),
        ("\ufeff\u200b\u2060\u200d", "blank"),
        ("half \ud83d", "Character 6 of the text is not valid Unicode"),
    ],
)
def test_texts_that_hold_nothing_are_refused(golem: Golem, text: str, word: str) -> None:
    outcome = golem.predict([text])[0]
    assert outcome.prediction is None
    assert word in str(outcome.error)
    with pytest.raises(BadRow, match=word):
        golem.task.encode(text, golem.parameters())


@pytest.mark.parametrize("text", ["日本語", "x" * 50_000])
def test_texts_of_unknown_tokens_alone_are_refused(tmp_path: Path, text: str) -> None:
    golem = load_golem(tiny.distilbert(tmp_path, num_labels=3, max_positions=LIMIT), TASK)
    outcome = golem.predict([text])[0]
    assert outcome.prediction is None
    said = str(outcome.error)
    assert re.search(r"can't read any of this text: (\d+) of \1 tokens? unknown", said), said


@pytest.mark.parametrize("way", ["head", "tail", "chunks"])
def test_rows_encoded_together_are_those_encoded_alone(golem: Golem, way: str) -> None:
    texts = [
        "The soup was hot.",
        "",
        "bell " * 500,
        b"\x89PNG",
        "é 日本 😀",
        " ",
        "x",
        "half \ud83d",
    ]
    parameters = golem.parameters(long_texts=way)
    together = golem.task.encode_many(texts, parameters)
    for content, found in zip(texts, together, strict=True):
        if isinstance(found, BadRow):
            with pytest.raises(BadRow, match=re.escape(str(found))):
                golem.task.encode(content, parameters)
        else:
            assert found == golem.task.encode(content, parameters)
    assert [isinstance(one, BadRow) for one in together] == [0, 1, 0, 1, 0, 1, 0, 1]
    assert golem.task.encode_many([], parameters) == []


def test_pictures_are_refused(golem: Golem) -> None:
    assert "not a text" in str(golem.predict([b"\x89PNG"])[0].error)


def test_refused_rows_leave_the_others_in_place(golem: Golem) -> None:
    texts = ["The soup was hot.", "", "nobody laughed", " ", "bell " * 99, "12 golems"]
    outcomes = golem.predict(texts)
    assert [outcome.error is None for outcome in outcomes] == [bool(text.strip()) for text in texts]
    for text, outcome in zip(texts, outcomes, strict=True):
        if outcome.error is None:
            assert isinstance(outcome.prediction, Classification)
            alone = {entry.label: entry.score for entry in predicted(golem, text).scores}
            here = {entry.label: entry.score for entry in outcome.prediction.scores}
            assert here == pytest.approx(alone, abs=1e-5)


def test_no_rows_give_no_outcomes(golem: Golem) -> None:
    assert golem.predict([]) == []


@pytest.mark.parametrize(("top_k", "kept"), [(None, 3), (1, 1), (2, 2), (3, 3), (99, 3)])
def test_top_k_keeps_the_best_labels(golem: Golem, top_k: int | None, kept: int) -> None:
    everything = predicted(golem, "The soup was hot.").scores
    assert [entry.score for entry in everything] == sorted(
        (entry.score for entry in everything), reverse=True
    )
    assert predicted(golem, "The soup was hot.", top_k=top_k).scores == everything[:kept]


@pytest.mark.parametrize("top_k", [0, -1])
def test_impossible_top_k_is_refused(golem: Golem, top_k: int) -> None:
    with pytest.raises(BadInput, match=f"top_k is {top_k}; it must be 1 or more"):
        golem.parameters(top_k=top_k)


def test_an_unknown_parameter_lists_the_known_ones(golem: Golem) -> None:
    with pytest.raises(BadInput, match="'topk' is not a parameter .* are: top_k"):
        golem.parameters(topk=3)


def test_the_limit_is_the_smaller_of_tokenizer_and_positions(tmp_path: Path) -> None:
    folder = tiny.roberta(tmp_path, max_positions=LIMIT)
    config = (folder / "tokenizer_config.json").read_text()
    assert f'"model_max_length": {LIMIT}' in config
    unlimited = config.replace(f'"model_max_length": {LIMIT}', f'"model_max_length": {10**30}')
    (folder / "tokenizer_config.json").write_text(unlimited)
    task = load_golem(folder, TASK).task
    assert isinstance(task, TextClassification)
    # RoBERTa has two positions more than it can use: it counts from after its padding token.
    assert task.max_tokens == LIMIT
    assert task.encode("bell " * 500, task.parameters()).tokens == LIMIT


def test_scores_that_are_not_numbers_fail_the_row_alone(tmp_path: Path) -> None:
    broken = load_golem(tiny.bert(tmp_path), TASK)
    tokens = broken.task.tokenizer(["the soup", "the soup 7", "a soup"])["input_ids"]
    [token] = set(tokens[1]) - set(tokens[0]) - set(tokens[2])
    with torch.no_grad():
        broken.task.model.get_input_embeddings().weight[token] = float("nan")
    outcomes = broken.predict(["the soup", "the soup 7", "a soup"])
    assert [outcome.error is None for outcome in outcomes] == [True, False, True]
    assert "scores that are not numbers" in str(outcomes[1].error)
