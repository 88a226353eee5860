"""What generation writes: by its own seed alone, within the context, token by token, stoppable."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from threading import Event
from typing import Any

import pytest
import torch

from golems.base import Generation
from golems.errors import BadInput
from golems.golem import Golem
from tests import tiny
from tests.conftest import load_golem

TASK = "text-generation"
CONTEXT = 128  # tokens
PROMPTS = [
    "Once upon a time",
    "The",
    "A good story needs a hero, a road and",
    "日本 🙂",
    "bell " * 9,
]
SAMPLING = {"sample": True, "temperature": 1.5, "max_new_tokens": 12}


@pytest.fixture(params=[tiny.gpt2, tiny.llama])
def golem(request: pytest.FixtureRequest, tmp_path: Path) -> Golem:
    return load_golem(request.param(tmp_path), TASK)


def generated(golem: Golem, prompts: list[str], **values: Any) -> list[Generation]:
    outcomes = golem.predict(prompts, golem.parameters(**values))
    for outcome in outcomes:
        assert isinstance(outcome.prediction, Generation), outcome.error
    return [outcome.prediction for outcome in outcomes]  # type: ignore[misc]


def streamed(
    golem: Golem,
    prompt: str,
    *,
    copies: int = 1,
    on_tokens: Callable[[list[Generation]], None] = lambda _: None,
    stop: Event | None = None,
    **values: Any,
) -> list[Generation]:
    parameters = golem.parameters(**values)
    written: list[Generation] = golem.task.stream(  # type: ignore[attr-defined]
        golem.task.encode(prompt, parameters),
        parameters,
        copies=copies,
        on_tokens=on_tokens,
        stop=stop or Event(),
    )
    return written


def test_prompt_continuation_and_tokens_are_told_apart(golem: Golem) -> None:
    for prompt, found in zip(PROMPTS, generated(golem, PROMPTS, max_new_tokens=7), strict=True):
        assert found.generated_text == prompt + found.continuation
        assert found.tokens == len(golem.task.tokenizer(prompt)["input_ids"])
        assert found.new_tokens == 7
        assert found.tokens_dropped == 0


def test_the_same_seed_gives_the_same_text_alone_in_a_batch_and_in_any_order(golem: Golem) -> None:
    together = generated(golem, PROMPTS, seed=5, **SAMPLING)
    alone = [generated(golem, [prompt], seed=5, **SAMPLING)[0] for prompt in PROMPTS]
    reverse = generated(golem, PROMPTS[::-1], seed=5, **SAMPLING)[::-1]
    assert together == alone == reverse
    torch.manual_seed(99)  # what else the process draws doesn't matter
    assert generated(golem, PROMPTS, seed=5, **SAMPLING) == together


def test_different_seeds_give_different_texts(golem: Golem) -> None:
    texts = {generated(golem, ["The"], seed=seed, **SAMPLING)[0].continuation for seed in range(20)}
    assert len(texts) == 20
    greedy = {generated(golem, ["The"], seed=seed, sample=False)[0] for seed in range(3)}
    assert len(greedy) == 1


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"temperature": 0.5},
        {"temperature": 2.0},
        {"temperature": 2.0, "top_k": 10},
        {"temperature": 2.0, "top_p": 0.7},
        {"temperature": 3.0, "top_k": 30, "top_p": 0.8},
    ],
    ids=str,
)
def test_sampling_follows_the_softmax(values: dict[str, float], tmp_path: Path) -> None:
    golem = load_golem(tiny.gpt2(tmp_path), TASK)
    tokenizer, prompt, draws = golem.task.tokenizer, "Once upon a time", 3000
    theirs = golem.task.model.generate(
        **tokenizer(prompt, return_tensors="pt"),
        max_new_tokens=1,
        do_sample=True,
        output_scores=True,
        return_dict_in_generate=True,
        pad_token_id=0,
        **{"top_k": 0} | values,
    )
    expected: Counter[str] = Counter()
    for token, share in enumerate(theirs.scores[0][0].double().softmax(-1).tolist()):
        expected[tokenizer.decode([token], skip_special_tokens=True)] += share * draws
    found = Counter(
        one.continuation
        for one in streamed(golem, prompt, copies=draws, sample=True, max_new_tokens=1, **values)
    )
    assert all(expected[text] > 0 for text in found)  # nothing that was ruled out
    # Chi-square over the texts that are frequent enough for it, the rest taken together.
    bins = [text for text in expected if expected[text] >= 5]
    pairs = [(found[text], expected[text]) for text in bins]
    pairs.append((draws - sum(n for n, _ in pairs), draws - sum(share for _, share in pairs)))
    chi_square = sum((n - share) ** 2 / share for n, share in pairs if share >= 5)
    freedom = sum(share >= 5 for _, share in pairs) - 1
    assert freedom >= 2
    assert chi_square < freedom + 5 * math.sqrt(2 * freedom)


def test_repetition_penalty_is_that_of_transformers_whatever_is_padded(golem: Golem) -> None:
    tokenizer = golem.task.tokenizer
    expected = []
    for prompt in PROMPTS:
        inputs = tokenizer(prompt, return_tensors="pt")
        ids = golem.task.model.generate(
            **inputs, max_new_tokens=20, do_sample=False, repetition_penalty=1.7, pad_token_id=0
        )
        new = ids[0, inputs["input_ids"].shape[1] :]
        expected.append(tokenizer.decode(new, skip_special_tokens=True))
    # Padding with the very token that comes first would be seen, if it counted as a repetition.
    golem.task.pad_id = tokenizer(expected[1])["input_ids"][0]  # type: ignore[attr-defined]
    options: dict[str, Any] = {"max_new_tokens": 20, "repetition_penalty": 1.7}
    assert [one.continuation for one in generated(golem, PROMPTS, **options)] == expected
    plain = [one.continuation for one in generated(golem, PROMPTS, max_new_tokens=20)]
    assert plain != expected


def test_a_prompt_longer_than_the_context_is_refused_with_the_numbers(golem: Golem) -> None:
    prompt = "bell " * 300
    tokens = len(golem.task.tokenizer(prompt, verbose=False)["input_ids"])
    outcomes = golem.predict(["The", prompt, "A"], golem.parameters(max_new_tokens=10))
    assert [outcome.error is None for outcome in outcomes] == [True, False, True]
    for part in (f"{tokens}", "10 new", f"{CONTEXT}", "shorten"):
        assert part in str(outcomes[1].error)


def test_a_prompt_may_fill_the_context_to_the_last_token(golem: Golem) -> None:
    parameters = golem.parameters(max_new_tokens=20)
    words = 1
    while len(golem.task.tokenizer("bell " * (words + 1))["input_ids"]) <= CONTEXT - 20:
        words += 1
    fits, too_long = "bell " * words, "bell " * (words + 3)
    room = CONTEXT - len(golem.task.tokenizer(too_long)["input_ids"])
    outcomes = golem.predict([fits, too_long], parameters)
    assert outcomes[0].error is None
    assert f"at most {room} new tokens" in str(outcomes[1].error)
    assert golem.predict([too_long], golem.parameters(max_new_tokens=room))[0].error is None


def test_blank_prompts_are_refused(golem: Golem) -> None:
    outcomes = golem.predict(["", " \n", "The"])
    assert [outcome.error is None for outcome in outcomes] == [False, False, True]


def test_an_instruction_goes_through_the_chat_template(tmp_path: Path) -> None:
    golem = load_golem(tiny.gpt2(tmp_path, chat_template=True), TASK)
    answer = generated(golem, ["Rise!"], instruction=True, max_new_tokens=9)[0]
    # The template of the tiny models, written out.
    plain = generated(golem, ["user: Rise!\nassistant: "], max_new_tokens=9)[0]
    assert answer.continuation == answer.generated_text == plain.continuation
    assert answer.tokens == plain.tokens


def test_an_instruction_needs_a_chat_template(golem: Golem) -> None:
    with pytest.raises(BadInput, match="no chat template"):
        golem.predict(["Rise!"], golem.parameters(instruction=True))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("max_new_tokens", 0),
        ("temperature", 0),
        ("temperature", float("nan")),
        ("top_p", 0),
        ("top_p", 1.1),
        ("top_k", -1),
        ("repetition_penalty", 0.5),
        ("seed", -1),
        ("seed", 2**32),
    ],
)
def test_parameters_out_of_range_are_refused(golem: Golem, name: str, value: float) -> None:
    with pytest.raises(BadInput, match=f"{name} is {value}; it must be between"):
        golem.parameters(**{name: value})


def test_tokens_are_streamed_one_by_one(golem: Golem) -> None:
    seen: list[Generation] = []
    final = streamed(golem, "The", on_tokens=lambda now: seen.append(now[0]), seed=3, **SAMPLING)
    assert [one.new_tokens for one in seen] == list(range(1, 13))
    assert final == [seen[-1]] == generated(golem, ["The"], seed=3, **SAMPLING)


def test_copies_are_distinct_and_each_has_its_own_seed(golem: Golem) -> None:
    copies = streamed(golem, "The", copies=4, seed=2**32 - 2, **SAMPLING)
    assert len({one.continuation for one in copies}) == 4
    seeds = [2**32 - 2, 2**32 - 1, 0, 1]
    assert copies == [generated(golem, ["The"], seed=seed, **SAMPLING)[0] for seed in seeds]


def test_copies_end_each_at_its_own_end_token(tmp_path: Path) -> None:
    golem = load_golem(tiny.gpt2(tmp_path), TASK)
    # A token that some copies draw early and others late is made the end token.
    ids = golem.task.tokenizer(" the")["input_ids"]
    golem.task.end_ids = frozenset(ids[:1]) | set(range(300, 330))  # type: ignore[attr-defined]
    values = {**SAMPLING, "max_new_tokens": 40}
    copies = streamed(golem, "Once", copies=8, seed=0, **values)
    assert len({one.new_tokens for one in copies}) > 2
    assert copies == [generated(golem, ["Once"], seed=seed, **values)[0] for seed in range(8)]


def test_stop_keeps_what_was_written(golem: Golem) -> None:
    stop, seen = Event(), []

    def on_tokens(now: list[Generation]) -> None:
        seen.append(now)
        if now[0].new_tokens == 3:
            stop.set()

    whole = generated(golem, ["The"], seed=1, **SAMPLING)[0]
    final = streamed(golem, "The", on_tokens=on_tokens, stop=stop, seed=1, **SAMPLING)
    assert final == seen[-1]
    assert final[0].new_tokens == 3
    assert whole.continuation.startswith(final[0].continuation.rstrip("�"))
    # And it's as good as new.
    assert generated(golem, ["The"], seed=1, **SAMPLING)[0] == whole


def test_stop_leaves_the_reading_of_a_long_prompt(golem: Golem) -> None:
    layers = next(m for m in golem.task.model.modules() if isinstance(m, torch.nn.ModuleList))
    stop, read = Event(), []
    layers[0].register_forward_hook(lambda *_: stop.set())
    layers[1].register_forward_hook(lambda *_: read.append(1))
    final = streamed(golem, "bell " * 15, copies=2, stop=stop, max_new_tokens=9)
    assert [one.new_tokens for one in final] == [0, 0]
    assert read == []


def test_stop_before_the_start_writes_nothing(golem: Golem) -> None:
    stop = Event()
    stop.set()
    assert streamed(golem, "The", stop=stop)[0].continuation == ""


def test_what_a_listener_raises_reaches_the_caller(golem: Golem) -> None:
    def on_tokens(now: list[Generation]) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        streamed(golem, "The", on_tokens=on_tokens)
    assert generated(golem, ["The"], max_new_tokens=2)[0].new_tokens == 2
