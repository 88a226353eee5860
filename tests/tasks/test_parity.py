"""On the same folder of weights, in fp32, our results are those of transformers' pipelines."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from PIL import Image
from transformers import AutoTokenizer, pipeline

from golems.base import Classification, Generation
from golems.cli import main
from golems.golem import Golem
from tests import tiny
from tests.conftest import load_golem
from tests.tasks.pictures import SIZES, as_file, picture

Builder = Callable[..., Path]

TOLERANCE = 1e-5
TEXTS = [
    "The soup was hot.",
    "a",
    "Nobody laughed, not once, and the bread was old; the plot went back to the tower. " * 2,
    "Ünïcödé 日本語 🙂 שלום",
    "The film was a joy from the first scene to the last, and I would watch it again tomorrow.",
    "\x00 NUL and\ttabs\r\n",
    "golem " * 500,  # past every limit here
    "A tower, a bell and 12 golems!",
]
PROMPTS = [
    "Once upon a time",
    "The",
    "A good story needs a hero, a road and",
    "日本 🙂",
    "bell " * 9,
]
PROBLEMS: list[dict[str, Any]] = [
    {"num_labels": 2},
    {"num_labels": 3},
    {"num_labels": 1},
    {"num_labels": 3, "problem_type": "single_label_classification"},
    {"labels": ["joy", "rage", "fear"], "problem_type": "multi_label_classification"},
    {"num_labels": 1, "problem_type": "regression"},
    {"num_labels": 2, "problem_type": "regression"},
]


def pipe(task: str, folder: Path) -> Any:
    return pipeline(task, model=str(folder), dtype=torch.float32, device="cpu")


def scores(
    golem: Golem, contents: list[str] | list[bytes], **values: Any
) -> list[dict[str, float]]:
    """Label -> score of each content, best first; all must have been predicted."""
    found = []
    for outcome in golem.predict(contents, golem.parameters(**values)):
        assert isinstance(outcome.prediction, Classification), outcome.error
        found.append({entry.label: entry.score for entry in outcome.prediction.scores})
    return found


def assert_same(ours: list[dict[str, float]], theirs: list[list[dict[str, Any]]]) -> None:
    assert len(ours) == len(theirs)
    for mine, entries in zip(ours, theirs, strict=True):
        assert list(mine) == [entry["label"] for entry in entries]
        expected = [entry["score"] for entry in entries]
        assert list(mine.values()) == pytest.approx(expected, abs=TOLERANCE, rel=TOLERANCE)


@pytest.mark.parametrize("build", [tiny.distilbert, tiny.bert, tiny.roberta])
@pytest.mark.parametrize(
    "problem", PROBLEMS, ids=lambda problem: "-".join(map(str, problem.values()))
)
def test_text_classifiers(build: Builder, problem: dict[str, Any], tmp_path: Path) -> None:
    folder = build(tmp_path, **problem)
    classify = pipe("text-classification", folder)
    theirs = [classify(text, top_k=None, truncation=True) for text in TEXTS]
    golem = load_golem(folder, "text-classification")
    assert_same(scores(golem, TEXTS), theirs)
    # One by one too, where nothing is padded.
    assert_same([scores(golem, [text])[0] for text in TEXTS], theirs)


@pytest.mark.parametrize("side", ["left", "right"])
def test_text_classifiers_whose_tokenizer_pads_on_either_side(side: str, tmp_path: Path) -> None:
    folder = tiny.bert(tmp_path)
    AutoTokenizer.from_pretrained(folder, padding_side=side).save_pretrained(folder)
    classify = pipe("text-classification", folder)
    theirs = [classify(text, top_k=None, truncation=True) for text in TEXTS]
    assert_same(scores(load_golem(folder, "text-classification"), TEXTS), theirs)


@pytest.fixture(params=["known", "none", "in the tokenizer alone"])
def decoder_classifier(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    return tiny.gpt2_classifier(tmp_path, pad_token=request.param)


def test_xlnet_which_reads_its_last_token(tmp_path: Path) -> None:
    folder = tiny.xlnet(tmp_path)
    classify = pipe("text-classification", folder)
    theirs = [classify(text, top_k=None, truncation=True) for text in TEXTS]
    assert_same(scores(load_golem(folder, "text-classification"), TEXTS), theirs)


def test_decoders_as_classifiers(decoder_classifier: Path) -> None:
    every_byte = "".join(map(chr, range(32, 127)))
    texts = [*TEXTS, every_byte, "The end.<|endoftext|>", "<|endoftext|>", "It is over.<|pad|>"]
    classify = pipe("text-classification", decoder_classifier)
    theirs = [classify(text, top_k=None, truncation=True) for text in texts]
    golem = load_golem(decoder_classifier, "text-classification")
    assert_same(scores(golem, texts), theirs)
    assert_same([scores(golem, [text])[0] for text in texts], theirs)


@pytest.mark.parametrize("build", [tiny.vit, tiny.convnext, tiny.swin])
@pytest.mark.parametrize("labels", [1, 3, 7])
def test_image_classifiers(build: Builder, labels: int, tmp_path: Path) -> None:
    folder = build(tmp_path / "model", num_labels=labels)
    files: list[bytes] = []
    paths: list[str] = []
    for number, size in enumerate(SIZES):
        for mode, kind in [("RGB", "JPEG"), ("RGB", "PNG"), ("L", "JPEG"), ("L", "PNG")]:
            files.append(as_file(picture(size, mode, seed=number), kind))
            paths.append(str(tmp_path / f"{number}-{mode}.{kind.lower()}"))
            Path(paths[-1]).write_bytes(files[-1])
    classify = pipe("image-classification", folder)
    golem = load_golem(folder, "image-classification")
    assert_same(scores(golem, files), [classify(path, top_k=5) for path in paths])
    assert_same(scores(golem, files, top_k=1), [classify(path, top_k=1) for path in paths])


def texts_of(golem: Golem, prompts: list[str], **values: Any) -> list[str]:
    found = []
    for outcome in golem.predict(prompts, golem.parameters(**values)):
        assert isinstance(outcome.prediction, Generation), outcome.error
        found.append(outcome.prediction.generated_text)
    return found


@pytest.mark.parametrize("build", [tiny.gpt2, tiny.llama])
@pytest.mark.parametrize("pad_token", [False, True])
@pytest.mark.parametrize("seed", range(3))
def test_generators_write_the_same_greedy_text(
    build: Builder, pad_token: bool, seed: int, tmp_path: Path
) -> None:
    folder = build(tmp_path, pad_token=pad_token, seed=seed)
    generate = pipe("text-generation", folder)
    options = {"max_new_tokens": 24, "do_sample": False}
    theirs = [generate(prompt, **options)[0]["generated_text"] for prompt in PROMPTS]
    golem = load_golem(folder, "text-generation")
    assert texts_of(golem, PROMPTS, max_new_tokens=24) == theirs  # padded on the left
    assert [texts_of(golem, [one], max_new_tokens=24)[0] for one in PROMPTS] == theirs


@pytest.mark.parametrize("build", [tiny.gpt2, tiny.llama])
@pytest.mark.parametrize(
    "values",
    [
        {"repetition_penalty": 1.3},
        {"repetition_penalty": 0.8},
        {"no_repeat_ngram_size": 2},
        {"return_dict_in_generate": True},
        {"stop_strings": ["e", "a"]},
    ],
    ids=lambda values: next(iter(values)),
)
def test_generators_keep_to_their_own_generation_config(
    build: Builder, values: dict[str, Any], tmp_path: Path
) -> None:
    folder = build(tmp_path)
    path = folder / "generation_config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | values))
    generate = pipe("text-generation", folder)
    # The pipeline itself can't read a dictionary of results.
    options = {"max_new_tokens": 24, "do_sample": False, "return_dict_in_generate": False}
    options["tokenizer"] = generate.tokenizer
    theirs = [generate(prompt, **options)[0]["generated_text"] for prompt in PROMPTS]
    golem = load_golem(folder, "text-generation")
    assert [texts_of(golem, [one], max_new_tokens=24)[0] for one in PROMPTS] == theirs
    assert texts_of(golem, PROMPTS, max_new_tokens=24) == theirs
    assert texts_of(golem, PROMPTS, max_new_tokens=24, repetition_penalty=1.0)


@pytest.mark.parametrize("build", [tiny.gpt2, tiny.llama])
def test_generators_that_write_an_end_token_stop_there(build: Builder, tmp_path: Path) -> None:
    folder = build(tmp_path)
    # Made likely: an end token that the model writes soon after any prompt.
    golem = load_golem(folder, "text-generation")
    ids = [golem.task.tokenizer(text)["input_ids"] for text in texts_of(golem, PROMPTS)]
    common = ids[0][len(golem.task.tokenizer(PROMPTS[0])["input_ids"]) + 3]
    path = folder / "generation_config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"eos_token_id": common}))
    generate = pipe("text-generation", folder)
    theirs = [generate(one, max_new_tokens=40, do_sample=False) for one in PROMPTS]
    ended = load_golem(folder, "text-generation")
    ours = texts_of(ended, PROMPTS, max_new_tokens=40)
    assert ours == [result[0]["generated_text"] for result in theirs]
    assert ours[0] != texts_of(golem, PROMPTS, max_new_tokens=40)[0]


@pytest.mark.parametrize("build", [tiny.gpt2, tiny.llama])
def test_chat_models_answer_an_instruction_alike(build: Builder, tmp_path: Path) -> None:
    folder = build(tmp_path, chat_template=True)
    generate = pipe("text-generation", folder)
    theirs = [
        generate([{"role": "user", "content": one}], max_new_tokens=16, do_sample=False)
        for one in PROMPTS
    ]
    golem = load_golem(folder, "text-generation")
    assert texts_of(golem, PROMPTS, max_new_tokens=16, instruction=True) == [
        result[0]["generated_text"][-1]["content"] for result in theirs
    ]


def cli_json(capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    capsys.readouterr()
    assert main([*arguments, "--json", "--precision", "fp32"]) == 0
    return json.loads(capsys.readouterr().out)


def test_the_command_line_prints_what_the_pipelines_give(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text_folder = tiny.roberta(tmp_path / "text", num_labels=3)
    theirs = pipe("text-classification", text_folder)(TEXTS[0], top_k=None)
    ours = cli_json(capsys, "predict", str(text_folder), TEXTS[0], "--task", "text-classification")
    assert [entry["label"] for entry in ours] == [entry["label"] for entry in theirs]
    assert [entry["score"] for entry in ours] == pytest.approx(
        [entry["score"] for entry in theirs], abs=TOLERANCE
    )

    image_folder, path = tiny.swin(tmp_path / "image", num_labels=7), tmp_path / "a.png"
    path.write_bytes(as_file(picture((50, 40))))
    theirs = pipe("image-classification", image_folder)(Image.open(path), top_k=2)
    ours = cli_json(
        capsys, "predict", str(image_folder), "--file", str(path),
        "--task", "image-classification", "--top-k", "2",
    )  # fmt: skip
    assert [entry["label"] for entry in ours] == [entry["label"] for entry in theirs]
    assert [entry["score"] for entry in ours] == pytest.approx(
        [entry["score"] for entry in theirs], abs=TOLERANCE
    )

    folder = tiny.gpt2(tmp_path / "generator")
    theirs = pipe("text-generation", folder)(PROMPTS[0], max_new_tokens=9, do_sample=False)
    ours = cli_json(
        capsys, "predict", str(folder), PROMPTS[0],
        "--task", "text-generation", "--max-new-tokens", "9",
    )  # fmt: skip
    assert ours == theirs


@pytest.mark.parametrize(
    ("build", "task", "contents"),
    [
        (tiny.bert, "text-classification", TEXTS),
        (tiny.roberta, "text-classification", TEXTS),
        (tiny.vit, "image-classification", [as_file(picture(size)) for size in SIZES]),
        (tiny.convnext, "image-classification", [as_file(picture(size)) for size in SIZES]),
        (tiny.swin, "image-classification", [as_file(picture(size)) for size in SIZES]),
        (tiny.gpt2, "text-generation", PROMPTS),
        (tiny.llama, "text-generation", PROMPTS),
    ],
)
def test_bf16_predicts_every_row(
    build: Builder, task: str, contents: list[str] | list[bytes], tmp_path: Path
) -> None:
    golem = load_golem(build(tmp_path), task, precision="bf16")
    assert golem.task.model.dtype == torch.bfloat16
    outcomes = golem.predict(contents)
    assert [outcome.error for outcome in outcomes] == [None] * len(contents)
