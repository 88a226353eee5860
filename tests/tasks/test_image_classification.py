"""What image classification reads of a picture, what it refuses, and what it answers."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from transformers import ConvNextImageProcessorPil

from golems.base import Classification
from golems.errors import BadRow, BadWeights
from golems.golem import Golem
from tests import tiny
from tests.conftest import load_golem
from tests.tasks.pictures import SIZES, as_file, picture

TASK = "image-classification"
UPSIDE_DOWN = 3  # EXIF orientation
ORIENTATION = 0x0112


@pytest.fixture(params=[tiny.vit, tiny.convnext, tiny.swin])
def golem(request: pytest.FixtureRequest, tmp_path: Path) -> Golem:
    return load_golem(request.param(tmp_path, num_labels=7), TASK)


def predicted(golem: Golem, data: bytes, **values: Any) -> Classification:
    outcome = golem.predict([data], golem.parameters(**values))[0]
    assert isinstance(outcome.prediction, Classification), outcome.error
    return outcome.prediction


def scores(found: Classification) -> dict[str, float]:
    return {entry.label: entry.score for entry in found.scores}


def test_pictures_of_all_sizes_come_back_in_order(golem: Golem) -> None:
    files = [as_file(picture(size, seed=n)) for n, size in enumerate(SIZES * 20)]
    outcomes = golem.predict(files)
    for data, outcome in zip(files, outcomes, strict=True):
        assert isinstance(outcome.prediction, Classification)
        assert scores(outcome.prediction) == pytest.approx(scores(predicted(golem, data)), abs=1e-5)
    assert len({outcome.prediction for outcome in outcomes}) > len(SIZES)


@pytest.mark.parametrize("mode", ["L", "LA", "P", "RGBA", "CMYK", "I;16", "1"])
def test_pictures_of_all_kinds_are_read(golem: Golem, mode: str) -> None:
    kind = "JPEG" if mode == "CMYK" else "PNG"
    source = Image.new("I;16", (40, 30), 30_000) if mode == "I;16" else picture((40, 30), mode)
    found = predicted(golem, as_file(source, kind), top_k=7)
    assert sum(entry.score for entry in found.scores) == pytest.approx(1, abs=1e-6)


@pytest.mark.parametrize(
    "options",
    [{}, {"image_mean": [0.5], "image_std": [0.5]}, {"do_convert_rgb": True},
     {"do_normalize": False}],
)  # fmt: skip
def test_models_of_greys_read_colours_as_greys(tmp_path: Path, options: dict[str, Any]) -> None:
    golem = load_golem(tiny.vit(tmp_path, channels=1, **options), TASK)
    for size in ((40, 30), (28, 28), (3, 5), (1, 1)):
        colours = picture(size)
        greys = scores(predicted(golem, as_file(colours.convert("L"), "PNG"), top_k=3))
        assert scores(predicted(golem, as_file(colours, "PNG"), top_k=3)) == pytest.approx(greys)


def test_greys_are_normalized_as_the_processor_says(tmp_path: Path) -> None:
    values = {"image_mean": [0.2, 0.2, 0.2], "image_std": [0.4, 0.4, 0.4]}
    golem = load_golem(tiny.vit(tmp_path, channels=1, **values), TASK)
    task = golem.task
    pixels = task.encode(as_file(Image.new("RGB", (9, 9), "white"), "PNG"), golem.parameters())
    assert pixels.shape == (1, 32, 32)
    assert pixels.numpy() == pytest.approx((1 - 0.2) / 0.4)


def test_one_mean_serves_all_colours(tmp_path: Path) -> None:
    values = {"image_mean": [0.5], "image_std": [0.5]}
    golem = load_golem(tiny.vit(tmp_path, **values), TASK)
    assert len(predicted(golem, as_file(picture((40, 30)), "PNG")).scores) == 3


def test_a_model_of_other_channels_is_refused_when_it_loads(tmp_path: Path) -> None:
    with pytest.raises(BadWeights, match="pictures of 4 channels"):
        load_golem(tiny.vit(tmp_path, channels=4), TASK)


def test_one_pixel_is_a_picture(golem: Golem) -> None:
    assert len(predicted(golem, as_file(Image.new("RGB", (1, 1), "red"))).scores) == 5


def test_a_turned_picture_is_read_upright(golem: Golem) -> None:
    upright = picture((48, 40))
    exif = Image.Exif()
    exif[ORIENTATION] = UPSIDE_DOWN
    buffer = BytesIO()
    upright.rotate(180).save(buffer, "PNG", exif=exif)
    assert predicted(golem, buffer.getvalue()) == predicted(golem, as_file(upright))
    assert predicted(golem, as_file(upright.rotate(180))) != predicted(golem, as_file(upright))


def test_bad_pictures_fail_alone(golem: Golem, setting: Callable[[str, object], None]) -> None:
    setting("max_image_pixels", 40_000)
    good = as_file(picture((40, 30)))
    bad: list[tuple[bytes | str, str]] = [
        (b"", "empty"),
        (b"not a picture", "not a picture"),
        (as_file(picture((90, 90)))[:2000], "cut off"),
        (as_file(picture((300, 200))), "300 x 200 pixels"),
        ("a text", "This is a text"),
    ]
    outcomes = golem.predict([good, *(data for data, _ in bad), good])
    assert [outcome.error is None for outcome in outcomes] == [True, *[False] * len(bad), True]
    for (_, word), outcome in zip(bad, outcomes[1:-1], strict=True):
        assert word in str(outcome.error)
    assert outcomes[0] == outcomes[-1]


@pytest.mark.parametrize(("top_k", "kept"), [(None, 7), (1, 1), (5, 5), (20, 7)])
def test_top_k_keeps_the_best_labels(golem: Golem, top_k: int | None, kept: int) -> None:
    data = as_file(picture())
    everything = predicted(golem, data, top_k=7).scores
    assert predicted(golem, data, top_k=top_k).scores == everything[:kept]


def test_five_labels_are_kept_if_nothing_is_said(golem: Golem) -> None:
    assert len(golem.parameters().top_k * [0]) == len(predicted(golem, as_file(picture())).scores)


def test_pictures_that_keep_their_shapes_share_a_batch(tmp_path: Path) -> None:
    folder = tiny.convnext(tmp_path)
    ConvNextImageProcessorPil(do_resize=False).save_pretrained(folder)
    golem = load_golem(folder, TASK)
    shapes = [(64, 64), (96, 64), (64, 96), (64, 64), (96, 64)]
    files = [as_file(picture(size, seed=n)) for n, size in enumerate(shapes)]
    together = [scores(outcome.prediction) for outcome in golem.predict(files)]  # type: ignore[arg-type]
    alone = [scores(predicted(golem, data)) for data in files]
    assert together == [pytest.approx(one, abs=1e-5) for one in alone]
    assert len({tuple(one.values()) for one in together}) == len(shapes)


def encoded(golem: Golem, data: bytes) -> Any:
    return golem.task.encode(data, golem.parameters())


def test_camera_pictures_are_decoded_smaller_in_lower_precisions_only(tmp_path: Path) -> None:
    large = picture((30, 20)).resize((1200, 800), Image.Resampling.BICUBIC)
    data, half = as_file(large, "JPEG"), as_file(large.resize((600, 400)), "PNG")
    tiny.vit(tmp_path)
    exact = load_golem(tmp_path, TASK)
    pixels = exact.task.processor(images=Image.open(BytesIO(data)), return_tensors="pt")
    assert encoded(exact, data).equal(pixels["pixel_values"][0])
    lower = load_golem(tmp_path, TASK, precision="int8")
    assert not encoded(lower, data).equal(encoded(exact, data))
    assert encoded(lower, data).shape == encoded(exact, data).shape
    assert (encoded(lower, data) - encoded(exact, data)).abs().mean() < 0.02
    # What isn't a JPEG has no smaller size to be decoded at.
    assert encoded(lower, half).equal(encoded(exact, half))


def test_pictures_that_are_not_resized_keep_their_size_in_all_precisions(tmp_path: Path) -> None:
    tiny.vit(tmp_path)
    lower = load_golem(tmp_path, TASK, precision="int8")
    lower.task.processor.do_resize = False
    again = type(lower.task)(lower.task.model, lower.task.processor)
    again.exact = False
    data = as_file(picture((320, 240)), "JPEG")
    assert again.encode(data, again.parameters()).shape == (3, 240, 320)


def test_a_bad_picture_costs_no_other_where_they_are_encoded_together(golem: Golem) -> None:
    files = [as_file(picture(seed=n)) for n in range(20)]
    files[7] = files[7][:100]
    found = golem.task.encode_many(files, golem.parameters())
    assert [place for place, one in enumerate(found) if isinstance(one, BadRow)] == [7]
    for data, one in zip(files[:7], found[:7], strict=True):
        assert one.equal(encoded(golem, data))
