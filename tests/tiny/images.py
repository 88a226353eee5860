"""Tiny image classifiers.

Each default seed is one whose model gives every label to some of the pictures.
"""

from collections.abc import Sequence
from pathlib import Path

from transformers import (
    ConvNextConfig,
    ConvNextForImageClassification,
    ConvNextImageProcessorPil,
    SwinConfig,
    SwinForImageClassification,
    ViTConfig,
    ViTForImageClassification,
    ViTImageProcessorPil,
)

from tests.tiny.saving import INITIALIZER_RANGE, WIDTH, label_names, save, small_encoder

IMAGE_SIZE = 32  # pixels, both ways


def vit(
    folder: Path, *, num_labels: int = 3, labels: Sequence[str] | None = None, seed: int = 9,
    channels: int = 3, **options: object,
) -> Path:  # fmt: skip
    """Save a ViT image classifier.

    Args:
        channels: Of the pictures that it reads: 1 for greys, as of handwritten digits.
        options: Of its processor.
    """
    config = ViTConfig(
        image_size=IMAGE_SIZE,
        patch_size=8,
        num_channels=channels,
        **small_encoder(),
        **label_names(num_labels, labels),
    )
    size = {"height": IMAGE_SIZE, "width": IMAGE_SIZE}
    processor = ViTImageProcessorPil(size=size, **options)
    return save(ViTForImageClassification, config, processor, folder, seed)


def convnext(
    folder: Path, *, num_labels: int = 3, labels: Sequence[str] | None = None, seed: int = 4
) -> Path:
    """Save a ConvNeXt image classifier."""
    config = ConvNextConfig(
        image_size=IMAGE_SIZE,
        hidden_sizes=[8, 16, 24, WIDTH],
        depths=[1, 1, 1, 1],
        # The usual 1e-6 would switch the blocks off, as nothing has trained the scale up.
        layer_scale_init_value=1.0,
        initializer_range=INITIALIZER_RANGE,
        **label_names(num_labels, labels),
    )
    processor = ConvNextImageProcessorPil(size={"shortest_edge": IMAGE_SIZE})
    return save(ConvNextForImageClassification, config, processor, folder, seed)


def swin(
    folder: Path, *, num_labels: int = 3, labels: Sequence[str] | None = None, seed: int = 8
) -> Path:
    """Save a Swin image classifier."""
    config = SwinConfig(
        image_size=IMAGE_SIZE,
        patch_size=4,
        embed_dim=WIDTH // 2,
        depths=[1, 2],
        num_heads=[2, 2],
        window_size=4,
        initializer_range=INITIALIZER_RANGE,
        **label_names(num_labels, labels),
    )
    processor = ViTImageProcessorPil(size={"height": IMAGE_SIZE, "width": IMAGE_SIZE})
    return save(SwinForImageClassification, config, processor, folder, seed)
