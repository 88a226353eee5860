"""The tiny models are what tests take them for: loadable, repeatable and not all the same."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from transformers import AutoTokenizer, pipeline
from transformers.utils import logging

from tests import tiny

Builder = Callable[..., Path]

TEXTS = ["The soup was hot.", "nobody laughed", "A tower, a bell and 12 golems!", "Ünïcödé 日本語"]
TEXT_CLASSIFIERS = [tiny.bert, tiny.distilbert, tiny.roberta]
IMAGE_CLASSIFIERS = [tiny.vit, tiny.convnext, tiny.swin]
GENERATORS = [tiny.gpt2, tiny.llama]
WINDOWED = partial(tiny.mistral, window_tokens=8)


@pytest.fixture(autouse=True)
def quiet_transformers() -> None:
    logging.disable_progress_bar()  # type: ignore[no-untyped-call]


def pictures() -> list[Image.Image]:
    random = np.random.default_rng(0)
    return [
        Image.fromarray(random.integers(0, 256, (40, width, 3), dtype=np.uint8))
        for width in (32, 50, 64)
    ]


@pytest.mark.parametrize("build", TEXT_CLASSIFIERS)
def test_text_classifiers_tell_texts_apart(build: Builder, tmp_path: Path) -> None:
    classify = pipeline("text-classification", model=str(build(tmp_path)))
    scores = {round(prediction["score"], 6) for prediction in classify(TEXTS)}
    assert len(scores) == len(TEXTS)


@pytest.mark.parametrize("build", TEXT_CLASSIFIERS)
@pytest.mark.parametrize("max_positions", [64, 512])
def test_text_classifiers_take_texts_of_full_length(
    build: Builder, max_positions: int, tmp_path: Path
) -> None:
    folder = build(tmp_path, max_positions=max_positions)
    long_text = "golem " * max_positions
    tokenizer = AutoTokenizer.from_pretrained(folder)
    assert len(tokenizer(long_text, truncation=True).input_ids) == max_positions
    assert pipeline("text-classification", model=str(folder))(long_text, truncation=True)


def test_labels_and_kind_of_problem_are_kept(tmp_path: Path) -> None:
    folder = tiny.bert(
        tmp_path / "emotions",
        labels=["joy", "rage", "fear"],
        problem_type="multi_label_classification",
    )
    predictions = pipeline("text-classification", model=str(folder))(TEXTS[0], top_k=None)
    assert {prediction["label"] for prediction in predictions} == {"joy", "rage", "fear"}
    assert sum(prediction["score"] for prediction in predictions) != pytest.approx(1)

    folder = tiny.bert(tmp_path / "stars", num_labels=1, problem_type="regression")
    assert len(pipeline("text-classification", model=str(folder))(TEXTS[0], top_k=None)) == 1


@pytest.mark.parametrize("build", IMAGE_CLASSIFIERS)
def test_image_classifiers_tell_pictures_apart(build: Builder, tmp_path: Path) -> None:
    classify = pipeline("image-classification", model=str(build(tmp_path)))
    scores = {round(predictions[0]["score"], 6) for predictions in classify(pictures())}
    assert len(scores) == len(pictures())


@pytest.mark.parametrize("build", [*GENERATORS, WINDOWED, tiny.mamba])
def test_generators_go_on_differently_after_each_text(build: Builder, tmp_path: Path) -> None:
    generate = pipeline("text-generation", model=str(build(tmp_path)))
    options: dict[str, Any] = {"max_new_tokens": 8, "do_sample": False, "return_full_text": False}
    texts = {result[0]["generated_text"] for result in generate(TEXTS, **options)}
    assert len(texts) == len(TEXTS)


@pytest.mark.parametrize("build", GENERATORS)
def test_generators_have_padding_and_chat_only_on_request(build: Builder, tmp_path: Path) -> None:
    plain = AutoTokenizer.from_pretrained(build(tmp_path / "plain"))
    assert plain.pad_token is None
    assert plain.chat_template is None

    full = AutoTokenizer.from_pretrained(
        build(tmp_path / "full", pad_token=True, chat_template=True)
    )
    assert full.pad_token_id not in (None, full.eos_token_id)
    message = {"role": "user", "content": "Rise!"}
    chat = full.apply_chat_template([message], tokenize=False, add_generation_prompt=True)
    assert chat == "user: Rise!\nassistant: "


@pytest.mark.parametrize("build", [*TEXT_CLASSIFIERS, *IMAGE_CLASSIFIERS, *GENERATORS])
def test_equal_seeds_give_equal_bytes(build: Builder, tmp_path: Path) -> None:
    before = torch.random.get_rng_state()
    first, second = build(tmp_path / "first", seed=1), build(tmp_path / "second", seed=1)
    other = build(tmp_path / "other", seed=2)
    assert torch.equal(torch.random.get_rng_state(), before)
    for path in first.iterdir():
        assert path.read_bytes() == (second / path.name).read_bytes()
    weights = "model.safetensors"
    assert (first / weights).read_bytes() != (other / weights).read_bytes()


@pytest.mark.parametrize("change", [tiny.with_pickled_weights, tiny.with_sharded_weights])
def test_unusual_weights_predict_the_same(change: Builder, tmp_path: Path) -> None:
    folder = tiny.distilbert(tmp_path)
    expected = pipeline("text-classification", model=str(folder))(TEXTS)
    change(folder)
    assert not (folder / "model.safetensors").exists()
    predictions = pipeline("text-classification", model=str(folder))(TEXTS)
    for prediction, before in zip(predictions, expected, strict=True):
        # Where weights lie in memory decides the order of some sums: the last bit may differ.
        assert prediction == {"label": before["label"], "score": pytest.approx(before["score"])}


@pytest.mark.parametrize(
    "change", [tiny.without_config, tiny.without_weights, tiny.with_truncated_weights]
)
def test_broken_folders_do_not_load(change: Builder, tmp_path: Path) -> None:
    folder = change(tiny.distilbert(tmp_path))
    with pytest.raises(Exception, match=r"model_type|Could not load|incomplete metadata"):
        pipeline("text-classification", model=str(folder))
