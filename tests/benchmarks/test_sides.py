from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from transformers.utils import logging

from benchmarks import material, sides
from golems.settings import settings
from golems.tasks.image_classification import ImageClassification
from golems.tasks.text_classification import TextClassification
from golems.tasks.text_generation import TextGeneration
from tests.tiny import generators, images, text
from tests.tiny.vocabularies import distilbert_tokenizer

TEXTS = ["The film was a joy.", "No.", "The film was a joy from the first scene to the last."]


@pytest.fixture(autouse=True)
def apart(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Sides are made for processes of their own; here what they change is put back."""
    monkeypatch.setenv("PANTHEON_HOME", str(home))
    for task in (TextClassification, ImageClassification, TextGeneration):
        monkeypatch.setattr(task, "forward", task.forward)
    verbosity = logging.get_verbosity()
    yield
    logging.set_verbosity(verbosity)


@pytest.fixture
def texts(tmp_path: Path) -> Path:
    path = tmp_path / "texts.csv"
    material.write_column(path, "text", TEXTS)
    return path


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    folder = tmp_path / "pictures"
    folder.mkdir()
    for number, colour in enumerate(["red", "green", "navy"]):
        Image.new("RGB", (60, 40), colour).save(folder / f"{number}.jpg")
    return folder


def test_ours_is_a_whole_run_with_the_model_and_its_loading_told_apart(
    tmp_path: Path, texts: Path
) -> None:
    model = str(text.distilbert(tmp_path / "model"))

    take = sides.ours(model=model, task=sides.TEXTS, precision="auto")

    turn = take(texts)

    assert len(turn.answers) == len(TEXTS)
    assert turn.precision == "fp32"
    assert turn.model_seconds is not None
    assert turn.loading is not None
    assert 0 < turn.model_seconds < turn.seconds
    assert turn.loading > 0
    assert list((settings().home / "runs").iterdir()) == []


def test_the_home_of_a_side_goes_with_it(tmp_path: Path) -> None:
    model = str(text.distilbert(tmp_path / "model"))
    take = sides.ours(model=model, task=sides.TEXTS, precision="auto")
    home = settings().home
    assert home.is_dir()

    del take
    assert not home.exists()


def test_ours_takes_each_turn_by_itself(tmp_path: Path, texts: Path) -> None:
    take = sides.ours(
        model=str(text.distilbert(tmp_path / "model")), task=sides.TEXTS, precision="bf16"
    )

    assert take(texts).answers == take(texts).answers
    assert take(texts).precision == "bf16"


@pytest.mark.parametrize("batch_size", [1, 2])
def test_a_pipeline_has_the_same_answers_to_texts(
    tmp_path: Path, texts: Path, batch_size: int
) -> None:
    model = str(text.distilbert(tmp_path / "model"))
    ours = sides.ours(model=model, task=sides.TEXTS, precision="fp32")
    theirs = sides.pipeline(model=model, task=sides.TEXTS, batch_size=batch_size)

    assert theirs(texts).answers == ours(texts).answers
    assert theirs(texts).loading == theirs(texts).loading


def test_a_pipeline_has_the_same_answers_to_pictures(tmp_path: Path, pictures: Path) -> None:
    model = str(images.vit(tmp_path / "model"))
    ours = sides.ours(model=model, task=sides.PICTURES, precision="fp32")
    theirs = sides.pipeline(model=model, task=sides.PICTURES, batch_size=2)

    assert theirs(pictures).answers == ours(pictures).answers


def test_a_pipeline_writes_the_same(tmp_path: Path, texts: Path) -> None:
    model = str(generators.gpt2(tmp_path / "model"))
    ours = sides.ours(
        model=model,
        task=sides.PROMPTS,
        precision="fp32",
        parameters={"max_new_tokens": 5, "sample": False},
    )
    theirs = sides.pipeline(
        model=model,
        task=sides.PROMPTS,
        batch_size=1,
        parameters={"max_new_tokens": 5, "do_sample": False},
    )

    assert theirs(texts).answers == ours(texts).answers


def test_a_run_with_a_bad_row_is_no_measurement(tmp_path: Path) -> None:
    path = tmp_path / "texts.csv"
    material.write_column(path, "text", ["The film.", ""])
    take = sides.ours(
        model=str(text.distilbert(tmp_path / "model")), task=sides.TEXTS, precision="fp32"
    )

    with pytest.raises(RuntimeError, match="Not all rows"):
        take(path)


def test_texts_go_one_by_one_or_in_planned_batches() -> None:
    tokenizer = distilbert_tokenizer(64)
    single = list(sides.text_inputs(tokenizer, planned=False)(TEXTS))
    planned = list(sides.text_inputs(tokenizer, planned=True)(TEXTS))

    assert [places for places, _ in single] == [[0], [1], [2]]
    assert [places for places, _ in planned] == [[2, 0, 1]]
    [(_, batch)] = planned
    lengths = [arrays["input_ids"].shape[1] for _, arrays in single]
    assert batch["input_ids"].shape == (3, max(lengths))
    assert batch["attention_mask"].sum(axis=1).tolist() == [lengths[place] for place in (2, 0, 1)]


def test_pictures_go_one_by_one_or_in_planned_batches(tmp_path: Path, pictures: Path) -> None:
    from transformers import AutoImageProcessor

    processor = AutoImageProcessor.from_pretrained(images.vit(tmp_path / "model"))
    paths = sides.read(pictures)
    single = list(sides.picture_inputs(processor, planned=False)(paths))
    planned = list(sides.picture_inputs(processor, planned=True)(paths))

    assert [places for places, _ in single] == [[0], [1], [2]]
    assert [places for places, _ in planned] == [[0, 1, 2]]
    together = np.concatenate([arrays["pixel_values"] for _, arrays in single])
    np.testing.assert_array_equal(planned[0][1]["pixel_values"], together)
