"""A batch of prompts: rows that have ended cost the model no more, and no text changes by it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from transformers import DynamicCache, pipeline

from golems.base import Generation
from golems.golem import Golem
from golems.tasks import quick_way
from golems.tasks.kv_cache import BufferedLayer
from tests import tiny
from tests.conftest import load_golem

TASK = "text-generation"
PROMPTS = ["The road", "Once upon a time", "bell " * 9, "日本 🙂", "Nobody", "a b c"]
NEW_TOKENS = 30
ENDS = list(range(260, 300))  # that many tokens end a text, so that rows end at different times


def wide_window(folder: Path) -> Path:
    """A window that no text of these tests grows past."""
    return tiny.mistral(folder, window_tokens=300)


def narrow_window(folder: Path) -> Path:
    return tiny.mistral(folder, window_tokens=8)


BUFFERED = [tiny.gpt2, tiny.llama, wide_window]
ALL = [*BUFFERED, narrow_window, tiny.mamba]


def with_config(folder: Path, **values: Any) -> Path:
    """A model folder with other values in its generation config."""
    path = folder / "generation_config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | values))
    return folder


def generated(golem: Golem, prompts: list[str], **values: Any) -> list[Generation]:
    outcomes = golem.predict(prompts, golem.parameters(max_new_tokens=NEW_TOKENS, **values))
    for outcome in outcomes:
        assert isinstance(outcome.prediction, Generation), outcome.error
    return [outcome.prediction for outcome in outcomes]  # type: ignore[misc]


def shapes_seen(golem: Golem) -> list[tuple[int, int]]:
    """Rows and columns of each forward pass from now on."""
    seen: list[tuple[int, int]] = []
    golem.task.model.register_forward_pre_hook(
        lambda _, __, inputs: seen.append(tuple(inputs["input_ids"].shape)), with_kwargs=True
    )
    return seen


@pytest.mark.parametrize("build", BUFFERED)
@pytest.mark.parametrize("sample", [False, True])
def test_a_row_that_has_ended_costs_nothing_more(
    build: Callable[[Path], Path], sample: bool, tmp_path: Path
) -> None:
    golem = load_golem(with_config(build(tmp_path), eos_token_id=ENDS), TASK)
    seen = shapes_seen(golem)
    lengths = [one.new_tokens for one in generated(golem, PROMPTS, sample=sample, temperature=2)]
    assert len(set(lengths)) > 2
    # Once the prompts are read, each row that goes on is read a token at a time.
    assert [rows for rows, columns in seen if columns == 1] == [
        sum(length > step for length in lengths) for step in range(1, max(lengths))
    ]


@pytest.mark.parametrize("build", ALL)
@pytest.mark.parametrize(
    "config",
    [
        {"eos_token_id": ENDS},
        {"eos_token_id": ENDS, "repetition_penalty": 1.3, "min_new_tokens": 5},
        {"stop_strings": ["e", "a"]},
    ],
    ids=["ends", "ends and penalty", "stop strings"],
)
def test_greedy_texts_are_those_of_the_pipeline_however_rows_end(
    build: Callable[[Path], Path], config: dict[str, Any], tmp_path: Path
) -> None:
    folder = with_config(build(tmp_path), **config)
    generate = pipeline(TASK, model=str(folder), device="cpu")
    options = {"max_new_tokens": NEW_TOKENS, "do_sample": False, "tokenizer": generate.tokenizer}
    theirs = [generate(prompt, **options)[0]["generated_text"] for prompt in PROMPTS]
    golem = load_golem(folder, TASK)
    assert [one.generated_text for one in generated(golem, PROMPTS)] == theirs
    alone = [generated(golem, [prompt])[0].generated_text for prompt in PROMPTS]
    assert alone == theirs


@pytest.mark.parametrize("build", BUFFERED)
def test_padding_is_no_repetition_in_rows_that_have_moved(
    build: Callable[[Path], Path], tmp_path: Path
) -> None:
    golem = load_golem(with_config(build(tmp_path), eos_token_id=ENDS), TASK)
    prompts = [f"{prompt} {word}" for prompt in PROMPTS for word in ("tower", "bell", "it")]
    alone = [generated(golem, [prompt], repetition_penalty=1.5)[0] for prompt in prompts]
    assert len({one.new_tokens for one in alone}) > 2
    # Padding with tokens that the texts are made of would be seen, if it counted.
    for text in sorted({one.continuation for one in alone})[:4]:
        ids = golem.task.tokenizer(text)["input_ids"]
        golem.task.pad_id = ids[-1]  # type: ignore[attr-defined]
        assert generated(golem, prompts, repetition_penalty=1.5) == alone


@pytest.mark.parametrize("build", ALL)
@pytest.mark.parametrize(
    "values",
    [{}, {"top_p": 0.8}, {"top_k": 20, "top_p": 0.9, "repetition_penalty": 1.3}],
    ids=str,
)
def test_drawn_texts_depend_on_no_row_that_stays_or_leaves(
    build: Callable[[Path], Path], values: dict[str, Any], tmp_path: Path
) -> None:
    golem = load_golem(with_config(build(tmp_path), eos_token_id=ENDS), TASK)
    options = {"sample": True, "temperature": 2.0, "seed": 3, **values}
    together = generated(golem, PROMPTS, **options)
    assert len({one.new_tokens for one in together}) > 2
    assert [generated(golem, [prompt], **options)[0] for prompt in PROMPTS] == together
    assert generated(golem, PROMPTS[::-1], **options)[::-1] == together


@pytest.mark.parametrize(
    "config",
    [{"prefill_chunk_size": 4}, {"use_cache": False}, {"cache_implementation": "static"}],
    ids=str,
)
def test_checkpoints_with_another_way_to_use_the_cache_keep_to_it(
    config: dict[str, Any], tmp_path: Path
) -> None:
    folder = with_config(tiny.gpt2(tmp_path), **config)
    generate = pipeline(TASK, model=str(folder), device="cpu")
    options = {"max_new_tokens": NEW_TOKENS, "do_sample": False}
    theirs = [generate(prompt, **options)[0]["generated_text"] for prompt in PROMPTS]
    assert [one.generated_text for one in generated(load_golem(folder, TASK), PROMPTS)] == theirs


def test_short_prompts_are_not_padded_to_the_length_of_long_ones(tmp_path: Path) -> None:
    golem = load_golem(tiny.gpt2(tmp_path, context_tokens=1024), TASK)
    prompts = ["bell " * (60 if place % 2 else 2) for place in range(32)]
    tokens = [len(golem.task.tokenizer(prompt)["input_ids"]) for prompt in prompts]
    seen = shapes_seen(golem)
    generated(golem, prompts)
    assert sum(rows * columns for rows, columns in seen if columns > 1) < 1.2 * sum(tokens)
    # All rows go on together all the same.
    assert seen[-1] == (len(prompts), 1)


@pytest.mark.parametrize("build", [tiny.gpt2, tiny.llama])
def test_long_texts_are_those_of_the_pipeline(build: Callable[..., Path], tmp_path: Path) -> None:
    folder = build(tmp_path, context_tokens=1024)
    generate = pipeline(TASK, model=str(folder), device="cpu")
    options = {"max_new_tokens": 300, "do_sample": False}
    prompts = PROMPTS[:2]
    theirs = [generate(prompt, **options)[0]["generated_text"] for prompt in prompts]
    golem = load_golem(folder, TASK)
    outcomes = golem.predict(prompts, golem.parameters(max_new_tokens=300))
    assert [one.prediction.generated_text for one in outcomes] == theirs  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("build", "reason"),
    [
        (narrow_window, "MistralForCausalLM writes the slow way, .* past its window of 8 tokens"),
        (
            tiny.mamba,
            "MambaForCausalLM writes the slow way, .*: (its cache holds|generate hands over) ",
        ),
    ],
)
def test_a_model_that_goes_the_slow_way_says_why_once(
    build: Callable[[Path], Path],
    reason: str,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(quick_way, "_said", set())
    golem = load_golem(build(tmp_path), TASK)
    for _ in range(2):
        generated(golem, PROMPTS[:2])
    said = [one.message for one in caplog.records if "slow way" in one.message]
    assert len(said) == 1
    assert re.search(reason, said[0])


def test_generate_hands_over_what_the_quick_way_relies_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The contract with transformers: names, cache and layers that are known here."""
    monkeypatch.setattr(quick_way, "_said", set())
    handed: dict[str, Any] = {}

    def why_not(*asked: Any) -> str | None:
        handed.update(asked[-1])
        return before(*asked)

    before = quick_way.why_not
    monkeypatch.setattr(quick_way, "why_not", why_not)
    generated(load_golem(tiny.gpt2(tmp_path), TASK), PROMPTS)
    assert handed.keys() <= quick_way.KNOWN
    assert len(handed.keys() & set(quick_way.CACHE_NAMES)) == 1
    assert type(quick_way.cache_in(handed)) is DynamicCache
    assert all(type(one) is BufferedLayer for one in quick_way.cache_in(handed).layers)
    assert [one.message for one in caplog.records if "slow way" in one.message] == []
