"""EfficientNet-Lite: its size, its padding, and its way through the Auto classes."""

from pathlib import Path

import pytest
import torch
from torch.nn import functional
from transformers import AutoConfig, AutoModelForImageClassification

from golems.models.efficientnet_lite import (
    EfficientNetLiteConfig,
    EfficientNetLiteForImageClassification,
    SameConv2d,
    register,
    rename_keys,
)

TINY = {
    "stem_channels": 4,
    "head_channels": 8,
    "stages": [[3, 1, 1, 4, 1], [5, 2, 2, 6, 2]],
    "num_labels": 3,
}


@pytest.fixture
def tiny() -> EfficientNetLiteForImageClassification:
    torch.manual_seed(0)
    return EfficientNetLiteForImageClassification(EfficientNetLiteConfig(**TINY)).eval()


def test_lite0_has_the_published_number_of_parameters() -> None:
    with torch.device("meta"):
        model = EfficientNetLiteForImageClassification(EfficientNetLiteConfig(num_labels=1000))
    assert sum(parameter.numel() for parameter in model.parameters()) == 4_652_008


@pytest.mark.parametrize("size", [(32, 32), (33, 47), (7, 224)])
def test_logits_have_one_row_a_picture(
    tiny: EfficientNetLiteForImageClassification, size: tuple[int, int]
) -> None:
    assert tiny(pixel_values=torch.rand(2, 3, *size)).logits.shape == (2, 3)


@pytest.mark.parametrize(("kernel", "pad"), [(3, (0, 1, 0, 1)), (5, (1, 2, 1, 2))])
def test_stride_two_pads_right_and_bottom_like_tensorflow(
    kernel: int, pad: tuple[int, int, int, int]
) -> None:
    conv = SameConv2d(2, 3, kernel, stride=2, bias=False)
    x = torch.rand(1, 2, 8, 8)
    expected = functional.conv2d(functional.pad(x, pad), conv.weight, stride=2)
    torch.testing.assert_close(conv(x), expected)


def test_labels_give_a_loss(tiny: EfficientNetLiteForImageClassification) -> None:
    output = tiny(torch.rand(2, 3, 32, 32), labels=torch.tensor([0, 2]))
    expected = functional.cross_entropy(output.logits, torch.tensor([0, 2]))
    torch.testing.assert_close(output.loss, expected)


def test_save_and_load_through_the_auto_classes(
    tiny: EfficientNetLiteForImageClassification, tmp_path: Path
) -> None:
    register()
    register()
    tiny.save_pretrained(tmp_path)
    loaded = AutoModelForImageClassification.from_pretrained(tmp_path)
    assert isinstance(AutoConfig.from_pretrained(tmp_path), EfficientNetLiteConfig)
    x = torch.rand(1, 3, 32, 32)
    torch.testing.assert_close(loaded(x).logits, tiny(x).logits)


def test_rename_keys_knows_both_levels_and_keeps_the_rest() -> None:
    names = ["_conv_stem.weight", "_bn1.bias", "_blocks.3._bn1.running_mean", "_fc.bias", "other"]
    renamed = rename_keys({name: torch.zeros(1) for name in names})
    assert list(renamed) == [
        "stem.conv.weight",
        "head.norm.bias",
        "blocks.3.depthwise.norm.running_mean",
        "classifier.bias",
        "other",
    ]
