"""Texts past a model's limit: their first tokens, their last, or all of them in chunks."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import torch
from transformers import AutoTokenizer

from golems.base import Classification
from golems.errors import BadInput
from golems.golem import Golem
from golems.tasks.base import BatchLimits
from tests import tiny
from tests.conftest import load_golem

LIMIT = 24  # tokens
TASK = "text-classification"
MODELS: dict[str, Callable[..., Path]] = {
    "distilbert": tiny.distilbert,
    "bert": tiny.bert,
    "roberta": tiny.roberta,
    "xlnet": tiny.xlnet,
    "esm": tiny.esm,
    "gpt2": tiny.gpt2_classifier,
    "gpt2 with a pad token": partial(tiny.gpt2_classifier, pad_token="known"),
}
WORDS = ["the", "soup", "was", "hot", "and", "nobody", "laughed;", "12", "Ünï", "🙂", "golems", "a"]


@pytest.fixture(params=MODELS)
def golem(request: pytest.FixtureRequest, tmp_path: Path) -> Golem:
    return load_golem(MODELS[request.param](tmp_path, num_labels=3, max_positions=LIMIT), TASK)


def text_of(golem: Golem, tokens: int, seed: int = 0) -> str:
    """A text of so many tokens, special ones not counted."""
    draw, text = random.Random(seed), ""
    while len(ids_of(golem, text)) < tokens:
        if golem.task.model.config.model_type == "esm":
            more = text + draw.choice("LAGVSERTIDPKQNFYMHWC")
        else:
            more = f"{text} {draw.choice(WORDS)}".strip()
        if len(ids_of(golem, more)) <= tokens:
            text = more
    return text


def ids_of(golem: Golem, text: str) -> list[int]:
    ids: list[int] = golem.task.tokenizer(text, add_special_tokens=False, verbose=False)[
        "input_ids"
    ]
    return ids


def room_of(golem: Golem) -> int:
    """Tokens of a text that fit beside the special ones."""
    return LIMIT - golem.task.tokenizer.num_special_tokens_to_add()


def around(golem: Golem, ids: list[int]) -> list[int]:
    """A text's tokens with the model's special ones, as they stand around a short text."""
    short = ids_of(golem, "A")
    whole = golem.task.tokenizer("A")["input_ids"]
    place = next(at for at in range(len(whole)) if whole[at : at + len(short)] == short)
    return [*whole[:place], *ids, *whole[place + len(short) :]]


def predicted(golem: Golem, text: str, **values: Any) -> Classification:
    outcome = golem.predict([text], golem.parameters(**values))[0]
    assert isinstance(outcome.prediction, Classification), outcome.error
    return outcome.prediction


def by_label(found: Classification) -> dict[str, float]:
    return {entry.label: entry.score for entry in found.scores}


def logits_of(golem: Golem, ids: list[int]) -> torch.Tensor:
    """What the model says of one sequence, asked without any of our code."""
    model = golem.task.model
    extra = {}
    if "token_type_ids" in golem.task.tokenizer.model_input_names:
        special = golem.task.tokenizer.cls_token_id
        xlnet = model.config.model_type == "xlnet"
        extra["token_type_ids"] = torch.tensor([[2 * (xlnet and one == special) for one in ids]])
    with torch.inference_mode():
        logits: torch.Tensor = model(input_ids=torch.tensor([ids]), **extra).logits[0].double()
    return logits


def windows(golem: Golem, text: str) -> list[tuple[list[int], int]]:
    """The chunks of a text and how many tokens of it each is the first to hold."""
    ids, room = ids_of(golem, text), room_of(golem)
    found, seen = [], 0
    for start in itertools.count(step=room - room // 4):
        end = min(start + room, len(ids))
        found.append((around(golem, ids[start:end]), end - seen))
        seen = end
        if end == len(ids):
            return found
    raise AssertionError


@pytest.mark.parametrize("more", [1, 7, 60])
def test_the_tail_is_what_the_tokenizer_keeps_when_it_cuts_on_the_left(
    golem: Golem, more: int
) -> None:
    text = text_of(golem, room_of(golem) + more)
    oracle = AutoTokenizer.from_pretrained(golem.plan.folder.path, truncation_side="left")
    ids = oracle(text, truncation=True, max_length=LIMIT)["input_ids"]
    assert ids == around(golem, ids_of(golem, text)[more:])
    found = predicted(golem, text, long_texts="tail")
    scores = dict(enumerate(logits_of(golem, ids).softmax(-1).tolist()))
    labels = golem.task.model.config.id2label
    assert by_label(found) == pytest.approx({labels[n]: scores[n] for n in scores}, abs=1e-5)
    assert (found.tokens, found.tokens_dropped) == (LIMIT, more)
    assert found.scores != predicted(golem, text).scores


@pytest.mark.parametrize("side", ["left", "right"])
def test_head_and_tail_are_what_they_say_whatever_the_tokenizers_own_side(
    side: str, tmp_path: Path
) -> None:
    folder = tiny.bert(tmp_path, max_positions=LIMIT)
    usual = load_golem(folder, TASK)
    AutoTokenizer.from_pretrained(folder, truncation_side=side).save_pretrained(folder)
    golem = load_golem(folder, TASK)
    text = text_of(golem, 80)
    for way in ("tail", "chunks", "head"):
        assert predicted(golem, text, long_texts=way) == predicted(usual, text, long_texts=way)
    assert golem.task.tokenizer.truncation_side == side


@pytest.mark.parametrize("tokens", [1, 5, 20])
@pytest.mark.parametrize("way", ["tail", "chunks"])
def test_texts_within_the_limit_are_read_as_ever(golem: Golem, tokens: int, way: str) -> None:
    for text in (text_of(golem, tokens), text_of(golem, room_of(golem))):
        found = predicted(golem, text, long_texts=way)
        assert found == predicted(golem, text) == predicted(golem, text, long_texts="head")
        assert (found.tokens_dropped, found.chunks) == (0, 1)


@pytest.mark.parametrize("limits", [1, 1.04, 1.5, 2.8, 12])
def test_chunks_are_averaged_by_the_tokens_they_add(golem: Golem, limits: float) -> None:
    text = text_of(golem, round(limits * room_of(golem)))
    expected = torch.zeros(3, dtype=torch.float64)
    chunks = windows(golem, text)
    for ids, new in chunks:
        expected += logits_of(golem, ids).softmax(-1) * new / len(ids_of(golem, text))
    found = predicted(golem, text, long_texts="chunks")
    labels = golem.task.model.config.id2label
    scores = {labels[n]: score for n, score in enumerate(expected.tolist())}
    assert by_label(found) == pytest.approx(scores, abs=1e-5)
    assert sum(by_label(found).values()) == pytest.approx(1, abs=1e-6)
    assert found.chunks == len(chunks)
    assert found.tokens == len(golem.task.tokenizer(text, verbose=False)["input_ids"])
    assert found.tokens_dropped == 0


@pytest.mark.parametrize("limits", [1.2, 9.5])
def test_every_token_of_a_text_is_in_a_chunk(golem: Golem, limits: float) -> None:
    text = text_of(golem, round(limits * room_of(golem)), seed=2)
    encoded = golem.task.encode(text, golem.parameters(long_texts="chunks"))
    chunks = [chunk["input_ids"] for chunk in encoded.chunks]
    assert chunks == [ids for ids, _ in windows(golem, text)]
    assert list(encoded.weights) == [new for _, new in windows(golem, text)]
    assert sum(encoded.weights) == len(ids_of(golem, text))
    assert all(len(ids) == LIMIT for ids in chunks[:-1])
    short = golem.task.tokenizer("A")
    for chunk in encoded.chunks:
        assert list(chunk) == list(short)
        assert len({len(numbers) for numbers in chunk.values()}) == 1


def test_the_overlap_of_large_windows_is_128_tokens(tmp_path: Path) -> None:
    golem = load_golem(tiny.bert(tmp_path, max_positions=1024), TASK)
    encoded = golem.task.encode("bell " * 3000, golem.parameters(long_texts="chunks"))
    assert encoded.weights[:2] == (1022, 1022 - 128)


@pytest.mark.parametrize("text", ["The soup, hot. " * 40, "  spaces  " * 30, "Ünï 🙂 " * 99])
@pytest.mark.parametrize("model", ["distilbert", "roberta", "gpt2"])
def test_the_characters_read_hold_the_tokens_read(model: str, text: str, tmp_path: Path) -> None:
    golem = load_golem(MODELS[model](tmp_path, max_positions=LIMIT), TASK)
    found = predicted(golem, text, long_texts="tail")
    assert found.chars_skipped is not None
    assert 0 < found.chars_skipped < len(text)
    read = ids_of(golem, text[found.chars_skipped : found.chars_read])
    kept = ids_of(golem, text)[-room_of(golem) :]
    # Of a character that takes several tokens the last ones may have been kept.
    assert read[-len(kept) + 3 :] == kept[3:]
    assert len(read) <= len(kept) + 3
    assert predicted(golem, text).chars_skipped == 0
    assert predicted(golem, "  spaces before", long_texts="tail").chars_skipped == 0
    chunks = predicted(golem, text, long_texts="chunks")
    assert chunks.chars_skipped == 0
    assert text[: chunks.chars_read].strip() == text.strip()


@pytest.mark.parametrize(
    ("problem", "function"),
    [
        ({"num_labels": 1, "problem_type": "regression"}, lambda logits: logits),
        ({"num_labels": 3, "problem_type": "regression"}, lambda logits: logits),
        ({"num_labels": 1}, torch.sigmoid),
        ({"num_labels": 3, "problem_type": "multi_label_classification"}, torch.sigmoid),
    ],
)
def test_values_and_sigmoids_are_averaged_too(
    problem: dict[str, Any], function: Callable[[torch.Tensor], torch.Tensor], tmp_path: Path
) -> None:
    golem = load_golem(tiny.bert(tmp_path, max_positions=LIMIT, **problem), TASK)
    text = text_of(golem, 90)
    expected = sum(
        function(logits_of(golem, ids)) * new / len(ids_of(golem, text))
        for ids, new in windows(golem, text)
    )
    found = by_label(predicted(golem, text, long_texts="chunks"))
    labels = golem.task.model.config.id2label
    for number, value in enumerate(expected.tolist()):  # type: ignore[union-attr]
        assert found[labels[number]] == pytest.approx(value, abs=1e-5)


def test_long_and_short_rows_keep_to_themselves(golem: Golem) -> None:
    sizes = [3, 200, room_of(golem), 1, 60, room_of(golem) + 1, 12, 500, 60]
    texts = [text_of(golem, size, seed=size) for size in sizes]
    chosen = golem.parameters(long_texts="chunks")
    together = golem.predict([*texts, ""], chosen)
    assert together[-1].prediction is None
    for text, outcome in zip(texts, together, strict=False):
        assert isinstance(outcome.prediction, Classification)
        alone = predicted(golem, text, long_texts="chunks")
        assert by_label(outcome.prediction) == pytest.approx(by_label(alone), abs=1e-5)
        assert outcome.prediction.chunks == alone.chunks


@pytest.mark.parametrize("cost", [LIMIT, 5 * LIMIT, 4096])
@pytest.mark.parametrize("most_rows", [3, 256])
def test_no_more_goes_through_the_model_at_once_than_a_batch_may_hold(
    cost: int, most_rows: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    golem = load_golem(tiny.bert(tmp_path, num_labels=3, max_positions=LIMIT), TASK)
    limits = BatchLimits(cost=cost, rows=most_rows, window=1024)
    monkeypatch.setattr(golem.task, "limits", limits)
    seen: list[torch.Size] = []

    def look(_: Any, __: Any, inputs: dict[str, torch.Tensor]) -> None:
        seen.append(inputs["input_ids"].shape)

    golem.task.model.register_forward_pre_hook(look, with_kwargs=True)
    chosen = golem.parameters(long_texts="chunks")
    texts = ["bell " * words for words in (3000, 5, 22, 23, 70, 71, 300, 1)]
    outcomes = golem.predict(texts, chosen)
    assert all(outcome.error is None for outcome in outcomes)
    assert max(rows * tokens for rows, tokens in seen) <= cost
    encoded = [golem.task.encode(text, chosen) for text in texts]
    assert sum(rows for rows, _ in seen) == sum(len(row.chunks) for row in encoded)
    # The giant's chunks are stacked as far as they may be.
    assert seen[0] == (min(cost // LIMIT, most_rows), LIMIT)


def test_a_chunk_that_breaks_fails_its_row_alone(tmp_path: Path) -> None:
    golem = load_golem(tiny.bert(tmp_path, max_positions=LIMIT), TASK)
    texts = ["the soup " * 40, "the soup " * 40 + "7", "a soup"]
    [token] = set(ids_of(golem, texts[1])) - set(ids_of(golem, texts[0]))
    with torch.no_grad():
        golem.task.model.get_input_embeddings().weight[token] = float("nan")
    outcomes = golem.predict(texts, golem.parameters(long_texts="chunks"))
    assert [outcome.error is None for outcome in outcomes] == [True, False, True]
    assert "scores that are not numbers" in str(outcomes[1].error)


def test_top_k_is_taken_of_the_average(golem: Golem) -> None:
    text = text_of(golem, 150)
    everything = predicted(golem, text, long_texts="chunks").scores
    scores = [entry.score for entry in everything]
    assert scores == sorted(scores, reverse=True)
    assert predicted(golem, text, long_texts="chunks", top_k=1).scores == everything[:1]


@pytest.mark.parametrize("way", ["", "Head", "middle", None])
def test_other_ways_are_refused(way: str | None, tmp_path: Path) -> None:
    golem = load_golem(tiny.bert(tmp_path), TASK)
    with pytest.raises(BadInput, match=f"long_texts is '{way}'; it must be head, tail or chunks"):
        golem.parameters(long_texts=way)
