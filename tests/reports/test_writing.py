"""What is counted in generated texts, against plain Python over the same ones."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Sequence

import pytest

from golems.base import Generation, Outcome
from golems.reports.charts.writing import grams_chart, length_chart, same_chart
from golems.reports.view import view_of
from golems.reports.writing import Writing, of_length, pairs, writing
from golems.runs import Run
from tests.reports.conftest import WriteRun, failed, predicted

ALPHABET = ["a", "B", "b", "É", "é", "😀", "👩‍👩‍👧", "ß", "日本", "don't", "end.", "-"]
GAPS = [" ", "  ", "\n", "\t", "\r\n", "\u00a0", "\u2003", "\u3000", "\x1c", "\x85", "\u2028"]


def wrote(text: str) -> Outcome:
    return Outcome(Generation(text, text, 3, 5))


def run_of(
    write_run: WriteRun,
    prompts: Sequence[str | None],
    outputs: Sequence[str | None],
    **more: object,
) -> Run:
    """A run whose texts begin with their prompts; None is a failed row."""
    outcomes = [
        failed() if output is None else wrote(f"{prompt}{output}")
        for prompt, output in zip(prompts, outputs, strict=True)
    ]
    rows = [[prompt] for prompt in prompts]
    return write_run(["prompt"], rows, outcomes, task="text-generation", **more)


def counted(run: Run, most: int | None = None) -> Writing:
    with view_of(run) as view:
        return writing(view, most)


def ngrams(words: Sequence[str], n: int) -> list[tuple[str, ...]]:
    return [tuple(words[at : at + n]) for at in range(len(words) - n + 1)]


def repetition(words: Sequence[str], n: int) -> float | None:
    every = ngrams(words, n)
    return 1 - len(set(every)) / len(every) if every else None


def random_texts(seed: int, rows: int) -> list[str | None]:
    draw = random.Random(seed)
    texts: list[str | None] = ["", " ", "one", "\n\n", "a a a a a a a a", "a a a a a a a a", None]
    while len(texts) < rows:
        words = draw.choices(ALPHABET[: draw.randint(1, len(ALPHABET))], k=draw.randint(0, 40))
        texts.append("".join(word + draw.choice(GAPS) for word in words))
    draw.shuffle(texts)
    return texts


@pytest.mark.parametrize("seed", range(4))
def test_the_figures_are_those_of_plain_python(seed: int, write_run: WriteRun) -> None:
    outputs = random_texts(seed, 120)
    prompts = [f"Prompt {place % 90}:" for place in range(len(outputs))]
    found = counted(run_of(write_run, prompts, outputs))
    there = [one for one in outputs if one is not None]
    words = [one.lower().split() for one in there]

    assert (found.rows, found.outputs, found.read) == (120, len(there), len(there))
    assert found.empty == sum(not one for one in words)
    assert found.words.mean == pytest.approx(sum(map(len, words)) / len(words))
    assert found.chars.mean == pytest.approx(sum(map(len, there)) / len(there))
    assert found.words.quantiles[0] == min(map(len, words))
    assert found.words.quantiles[-1] == max(map(len, words))
    for lengths, values in ((found.words, [*map(len, words)]), (found.chars, [*map(len, there)])):
        for low, high, rows in lengths.bins:
            assert rows == sum(low <= value <= high for value in values)
        assert sum(rows for *_, rows in lengths.bins) == len(there)
    for grams in found.grams:
        if grams.n <= 3:
            every = [gram for one in words for gram in ngrams(one, grams.n)]
            assert (grams.different, grams.every) == (len(set(every)), len(every))
            assert grams.distinct == len(set(every)) / len(every)
        each = [rep for one in words if (rep := repetition(one, grams.n)) is not None]
        assert grams.outputs == len(each)
        if grams.n == 4:
            assert grams.repetition == pytest.approx(sum(each) / len(each))
    assert found.repeating == sum((repetition(one, 4) or 0) > 0 for one in words)

    asked = defaultdict(set)
    times: Counter[str] = Counter()
    for prompt, output in zip(prompts, outputs, strict=True):
        if output is not None and output.split():
            asked[output].add(prompt)
            times[output] += 1
    same = {output: times[output] for output, by in asked.items() if len(by) > 1}
    assert (found.same_texts, found.same_rows) == (len(same), sum(same.values()))
    best = sorted(same.values(), reverse=True)[:5]
    assert [one.rows for one in found.same] == best
    for one in found.same:
        assert same[one.output] == one.rows
        assert [outputs[place] for place in one.places] == [one.output] * one.rows


def test_the_groups_hold_the_rows_that_they_name(write_run: WriteRun) -> None:
    outputs = ["", "one two three", "x y z w x y z w", "one", "one two three", None, "a\nb\nc\nd e"]
    found = counted(run_of(write_run, [f"p{place} " for place in range(7)], outputs))
    assert {name: group.places for name, group in found.groups.items()} == {
        "empty": (0,),
        "repetitive": (2,),
        "longest": (2, 6, 1, 4, 3),
        "shortest": (3, 1, 4, 6, 2),
        "the same": (1, 4),
    }
    assert [group.rows for group in found.groups.values()] == [1, 1, 5, 5, 2]


def test_the_same_answer_to_the_same_prompt_is_no_duplicate(write_run: WriteRun) -> None:
    run = run_of(write_run, ["p", "p", "q", "q"], ["yes", "yes", "no", "maybe"])
    assert counted(run).same_rows == 0


def test_a_text_that_does_not_begin_with_its_prompt_counts_as_a_whole(write_run: WriteRun) -> None:
    rows = [["Say hi", "1"], ["Say", "2"]]
    outcomes = [wrote("Well, hi"), wrote("Say again")]
    run = write_run(["prompt", "place"], rows, outcomes, task="text-generation")
    with view_of(run) as view:
        assert pairs(view, (1, 0)) == [(1, "Say", " again"), (0, "Say hi", "Well, hi")]


def test_an_answer_to_an_instruction_is_never_cut(write_run: WriteRun) -> None:
    run = write_run(["prompt"], [["Yes"]], [wrote("Yes indeed")], task="text-generation")
    manifest = run.manifest()
    parameters = {**manifest.parameters, "instruction": True}
    run.write_manifest(manifest.model_copy(update={"parameters": parameters}))
    with view_of(run) as view:
        assert pairs(view, (0,)) == [(0, "Yes", "Yes indeed")]


def test_n_grams_of_some_outputs_say_of_how_many(write_run: WriteRun) -> None:
    run = run_of(write_run, [f"p{n}" for n in range(50)], [f" w{n} common" for n in range(50)])
    found = counted(run, 20)
    assert (found.outputs, found.read) == (50, 20)
    assert (found.grams[0].different, found.grams[0].every) == (21, 40)
    assert found.words.mean == 2


@pytest.mark.parametrize("outputs", [[], [None, None], ["", ""], ["one"]])
def test_without_enough_words_nothing_is_invented(
    outputs: list[str | None], write_run: WriteRun
) -> None:
    run = run_of(write_run, [f"p{n}" for n in range(len(outputs))], outputs)
    found = counted(run)
    assert found.grams[1].distinct is None
    assert found.grams[3].repetition is None
    assert found.outputs == sum(one is not None for one in outputs)
    assert found.repeating == found.same_rows == 0
    for chart in (length_chart(found.words), grams_chart(found), same_chart(found)):
        assert chart.title


def test_a_bar_of_lengths_opens_its_rows(write_run: WriteRun) -> None:
    outputs = ["a", "a b", "a b c", None, "x y"]
    run = run_of(write_run, [f"p{n} " for n in range(5)], outputs)
    with view_of(run) as view:
        assert of_length(view, "words", 2, 2).places == (1, 4)
        assert of_length(view, "chars", 3, 9).places == (1, 2, 4)
        chart = length_chart(writing(view).words)
    assert [point[0] for point in chart.figure["data"][0]["customdata"]] == [
        [0, 0], [1, 1], [2, 2], [3, 3],
    ]  # fmt: skip
    assert [row[2] for row in chart.rows] == [0, 1, 2, 1]


def test_names_and_texts_of_strangers_are_no_markup(write_run: WriteRun) -> None:
    bad = "<img src=x onerror=alert(1)> ' ; DROP TABLE facts"
    run = run_of(write_run, ["p", "q"], [bad, bad])
    found = counted(run)
    assert found.same[0].output == bad
    assert "<img" not in str(same_chart(found).figure)


def test_a_run_that_writes_no_texts_has_no_outputs(write_run: WriteRun) -> None:
    found = counted(write_run(["text"], [["a"]], [predicted("A", 0.9)]))
    assert (found.rows, found.outputs) == (1, 0)
