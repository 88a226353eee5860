"""``python -m golems predict``."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PIL import Image

from golems.cli.commands import COMMANDS
from tests.cli.conftest import PICTURE, TEXT, WRITE, Golems


def test_a_text_gets_all_labels_best_first(golems: Golems, text_model: Path) -> None:
    said = golems("predict", text_model, "The soup was hot.", *TEXT, "--json")
    assert said.code == 0
    scores = json.loads(said.out)
    assert {entry["label"] for entry in scores} == {"BAD", "GOOD"}
    assert sum(entry["score"] for entry in scores) == pytest.approx(1, abs=1e-6)
    assert scores[0]["score"] >= scores[1]["score"]
    assert all(set(entry) == {"label", "score"} for entry in scores)


def test_top_k_keeps_the_best(golems: Golems, text_model: Path) -> None:
    every = json.loads(golems("predict", text_model, "Hot.", *TEXT, "--json").out)
    best = json.loads(golems("predict", text_model, "Hot.", *TEXT, "--json", "--top-k", 1).out)
    assert best == every[:1]
    more = json.loads(golems("predict", text_model, "Hot.", *TEXT, "--json", "--top-k", 9).out)
    assert more == every


def test_the_text_may_stand_behind_the_options(golems: Golems, text_model: Path) -> None:
    usual = golems("predict", text_model, "Hot.", *TEXT, "--json")
    assert golems("predict", text_model, *TEXT, "--json", "Hot.") == usual


@pytest.mark.parametrize("arguments", [("--jsno",), ("--jsno", "Hot."), ("Hot.", "--jsno")])
def test_options_that_do_not_exist_are_never_a_text(
    golems: Golems, text_model: Path, arguments: tuple[str, ...]
) -> None:
    said = golems("predict", text_model, *TEXT, *arguments)
    assert (said.code, said.out) == (2, "")
    assert "unrecognized arguments: " in said.err


def test_without_json_it_is_a_line_for_each_label(golems: Golems, text_model: Path) -> None:
    said = golems("predict", text_model, "Hot.", *TEXT)
    best, other, unsure = said.out.splitlines()
    assert sorted(line.split()[1] for line in (best, other)) == ["BAD", "GOOD"]
    assert unsure.startswith("Unsure")  # as random weights are


def test_a_text_can_come_from_a_file(golems: Golems, text_model: Path, tmp_path: Path) -> None:
    (tmp_path / "hot.txt").write_text("\ufeffThe soup was hot, für alle.", "utf-8")
    by_file = golems("predict", text_model, "--file", tmp_path / "hot.txt", *TEXT, "--json")
    typed = golems("predict", text_model, "The soup was hot, für alle.", *TEXT, "--json")
    assert by_file.out == typed.out


def test_a_long_text_says_how_much_was_read(golems: Golems, text_model: Path) -> None:
    said = golems("predict", text_model, "golem " * 20_000, *TEXT)
    assert said.code == 0
    assert "Only the first 64 tokens were read; " in said.out
    assert "Token indices sequence length" not in said.err


@pytest.mark.parametrize(
    ("way", "words"),
    [
        ("head", "Only the first 64 tokens were read; 138 were cut off."),
        ("tail", "Only the last 64 tokens were read; 138 were cut off."),
        ("chunks", "All 202 tokens were read, in 4 chunks; the scores are their mean."),
    ],
)
def test_a_long_text_is_read_as_asked(
    golems: Golems, text_model: Path, way: str, words: str
) -> None:
    text = "soup " * 100 + "the " * 100
    said = golems("predict", text_model, text, *TEXT, "--long-texts", way)
    assert said.code == 0
    assert said.out.splitlines()[-1] == words
    usual = golems("predict", text_model, text, *TEXT)
    assert (said.out == usual.out) == (way == "head")
    short = golems("predict", text_model, "Hot.", *TEXT, "--long-texts", way)
    assert short == golems("predict", text_model, "Hot.", *TEXT)


def test_only_classifiers_of_texts_are_asked_how_long_texts_are_read(
    golems: Golems, text_model: Path, picture_model: Path, tmp_path: Path
) -> None:
    Image.new("RGB", (50, 40), "red").save(tmp_path / "red.png")
    given = ("--file", tmp_path / "red.png", *PICTURE, "--long-texts", "tail")
    said = golems("predict", picture_model, *given)
    assert said.code == 2
    assert said.error == "--long-texts is not a parameter of image-classification."
    said = golems("predict", text_model, "Hot.", *TEXT, "--long-texts", "middle")
    assert said.code == 2
    assert "choose from" in said.err


def test_a_picture_comes_from_a_file(golems: Golems, picture_model: Path, tmp_path: Path) -> None:
    Image.new("RGB", (50, 40), "red").save(tmp_path / "red.png")
    said = golems("predict", picture_model, "--file", tmp_path / "red.png", *PICTURE, "--json")
    assert {entry["label"] for entry in json.loads(said.out)} == {"cat", "dog", "bird"}


def test_a_generation_has_the_shape_of_the_hubs(golems: Golems, writer_model: Path) -> None:
    given = ("predict", writer_model, "Once upon", *WRITE, "--max-new-tokens", 4, "--no-sample")
    (entry,) = json.loads(golems(*given, "--json").out)
    assert set(entry) == {"generated_text"}
    assert entry["generated_text"].startswith("Once upon")
    assert golems(*given).out.rstrip("\n") == entry["generated_text"].rstrip("\n")


def test_nothing_but_the_result_is_printed(golems: Golems, text_model: Path) -> None:
    assert golems("predict", text_model, "Hot.", *TEXT).err == ""


@pytest.mark.parametrize(
    ("text", "words"), [("", "The text is empty."), ("  \n", "The text is blank")]
)
def test_a_text_without_words_is_bad_input(
    golems: Golems, text_model: Path, text: str, words: str
) -> None:
    said = golems("predict", text_model, text, *TEXT)
    assert said.code == 2
    assert words in said.error


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "Give either one TEXT or one file"),
        (("a", "--file", "b.txt"), "Give either one TEXT or one file"),
        (("--file", "nowhere.txt"), "nowhere.txt can't be read: No such file or directory."),
        (("--file", "/"), "/ can't be read: Is a directory."),
        (("a", "--top-k", "0"), "top_k is 0; it must be 1 or more."),
        (("a", "--top-k", "-3"), "top_k is -3"),
        (("a", "--seed", "1"), "--seed is not a parameter of text-classification."),
        (("a", "--sample-top-k", "1"), "--sample-top-k is not a parameter"),
        (("a", "--device", "cuda"), "Device 'cuda' is not on this machine"),
        (("a", "--checkpoint", "nonsense"), "has no checkpoint 'nonsense'; it has: "),
        (("a", "--checkpoint", "owner/never-fetched"), "owner/never-fetched"),
    ],
)
def test_bad_usage_is_one_sentence(
    golems: Golems, text_model: Path, arguments: tuple[str, ...], words: str
) -> None:
    import torch

    if "cuda" in arguments and torch.cuda.is_available():
        pytest.skip("This machine has the device.")
    said = golems("predict", text_model, *TEXT, *arguments)
    assert said.code == 2
    assert words in said.error


def test_a_picture_is_no_text(golems: Golems, text_model: Path, tmp_path: Path) -> None:
    Image.new("RGB", (5, 4)).save(tmp_path / "red.png")
    said = golems("predict", text_model, "--file", tmp_path / "red.png", *TEXT)
    assert said.code == 2
    assert "red.png is not a UTF-8 text" in said.error


def test_a_golem_of_pictures_wants_a_file(golems: Golems, picture_model: Path) -> None:
    said = golems("predict", picture_model, "a cat", *PICTURE)
    assert said.code == 2
    assert "looks at pictures: give one with --file" in said.error


def test_a_text_file_is_no_picture(golems: Golems, picture_model: Path, reviews: Path) -> None:
    said = golems("predict", picture_model, "--file", reviews, *PICTURE)
    assert said.code == 2
    assert "picture" in said.error


def test_a_golem_that_is_not_there_is_answered_with_those_that_are(golems: Golems) -> None:
    said = golems("predict", "analist", "a")
    assert said.code == 2
    assert "There is no golem 'analist'; golems are: analyst, visionary, storyteller" in said.error


def test_a_model_folder_needs_its_task(golems: Golems, text_model: Path) -> None:
    said = golems("predict", text_model, "a")
    assert said.code == 2
    assert "say what it does with --task: text-classification, " in said.error


def test_a_task_that_is_not_there_is_bad_usage(golems: Golems, text_model: Path) -> None:
    said = golems("predict", text_model, "a", "--task", "translation")
    assert said.code == 2
    assert "invalid choice: 'translation'" in said.err


def test_a_model_of_another_task_is_refused(golems: Golems, writer_model: Path) -> None:
    said = golems("predict", writer_model, "a", *TEXT)
    assert said.code == 2
    assert said.error


def test_the_analyst_does_one_task(golems: Golems) -> None:
    said = golems("predict", "analyst", "a", *PICTURE)
    assert said.code == 2
    assert "analyst does text-classification, not image-classification" in said.error


def test_a_bug_of_ours_is_loud_and_no_failed_row(
    golems: Golems, text_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_: object) -> int:
        raise ZeroDivisionError("a bug")

    monkeypatch.setitem(COMMANDS, "predict", broken)
    said = golems("predict", text_model, "A text.", *TEXT)
    assert (said.code, said.out) == (70, "")
    assert "Traceback" in said.err
    assert said.err.endswith("ZeroDivisionError: a bug\n")


@pytest.mark.parametrize(
    "words", [("--json", "- not good"), ("--json", "--", "-bad"), ("--json", "--", "--json")]
)
def test_a_text_may_begin_with_a_dash(
    golems: Golems, text_model: Path, words: tuple[str, ...]
) -> None:
    said = golems("predict", text_model, *TEXT, *words)
    assert said.code == 0
    assert said.out == golems("predict", text_model, *TEXT, "--json", "--", words[-1]).out
