"""EfficientNet-Lite for image classification, in plain torch, as a transformers model.

The network is the one of "EfficientNet: Rethinking Model Scaling for Convolutional Neural
Networks" (Tan & Le, ICML 2019, arXiv:1905.11946) in the "Lite" form published with the TPU
reference models, for phones and other small devices: no squeeze-and-excitation, which their chips
support badly; ReLU6 in place of swish, which quantizes badly; and a stem and a head that keep
their width when the rest is scaled. The defaults below are EfficientNet-Lite0: 4.65 M parameters,
pictures of 224 x 224 pixels.

transformers has an EfficientNet too, but its blocks always carry squeeze-and-excitation, so the
Lite weights don't fit it.
"""

from collections.abc import Sequence
from typing import Any

from torch import Tensor, nn
from torch.nn import functional
from transformers import (
    AutoConfig,
    AutoModelForImageClassification,
    PretrainedConfig,
    PreTrainedModel,
)
from transformers.modeling_outputs import ImageClassifierOutputWithNoAttention
from transformers.utils.generic import can_return_tuple

# One stage a row: kernel, stride, expansion, output channels, number of blocks.
# Table 1 of the paper, stages 2 to 8.
LITE0_STAGES = (
    (3, 1, 1, 16, 1),
    (3, 2, 6, 24, 2),
    (5, 2, 6, 40, 2),
    (3, 2, 6, 80, 3),
    (5, 1, 6, 112, 3),
    (5, 2, 6, 192, 4),
    (3, 1, 6, 320, 1),
)

# Names in the `efficientnet_pytorch` family of weights, and ours.
_OUTSIDE_BLOCKS = {
    "_conv_stem": "stem.conv",
    "_bn0": "stem.norm",
    "_conv_head": "head.conv",
    "_bn1": "head.norm",
    "_fc": "classifier",
}
_INSIDE_BLOCKS = {
    "_expand_conv": "expand.conv",
    "_bn0": "expand.norm",
    "_depthwise_conv": "depthwise.conv",
    "_bn1": "depthwise.norm",
    "_project_conv": "project.conv",
    "_bn2": "project.norm",
}


class EfficientNetLiteConfig(PretrainedConfig):
    """Shape of one EfficientNet-Lite; the defaults are Lite0.

    Args:
        image_size: Height and width in pixels that the weights were trained for.
        num_channels: Colour channels of a picture.
        stem_channels: Output channels of the first convolution, the same for every Lite size.
        head_channels: Features that the classifier sees, the same for every Lite size.
        stages: One (kernel, stride, expansion, channels, blocks) a stage.
        dropout_rate: Share of the features dropped before the classifier; in training only.
        batch_norm_eps: Epsilon of every batch normalization; the weights were trained with 1e-3.
    """

    model_type = "efficientnet-lite"

    def __init__(
        self,
        image_size: int = 224,
        num_channels: int = 3,
        stem_channels: int = 32,
        head_channels: int = 1280,
        stages: Sequence[Sequence[int]] = LITE0_STAGES,
        dropout_rate: float = 0.2,
        batch_norm_eps: float = 1e-3,
        **kwargs: Any,
    ) -> None:
        self.image_size = image_size
        self.num_channels = num_channels
        self.stem_channels = stem_channels
        self.head_channels = head_channels
        self.stages = [list(stage) for stage in stages]
        self.dropout_rate = dropout_rate
        self.batch_norm_eps = batch_norm_eps
        super().__init__(**kwargs)


class SameConv2d(nn.Conv2d):
    """A convolution that pads like TensorFlow's "SAME": output size = ceil(input size / stride).

    The weights come from TensorFlow. With stride 2 and an even input its one odd pixel of padding
    goes to the right and the bottom; torch's symmetric padding would shift every map by a pixel.
    """

    def forward(self, x: Tensor) -> Tensor:
        """(n, inputs, height, width) -> (n, outputs, ceil(height / s), ceil(width / s))."""
        rows, columns = (
            max((-(-size // stride) - 1) * stride + kernel - size, 0)
            for size, stride, kernel in zip(
                x.shape[-2:], self.stride, self.kernel_size, strict=True
            )
        )
        # The convolution pads evenly by itself, without a copy; only an odd pixel needs one.
        if rows % 2 or columns % 2:
            x = functional.pad(x, (0, columns % 2, 0, rows % 2))
        return functional.conv2d(
            x,
            self.weight,
            self.bias,
            self.stride,
            padding=(rows // 2, columns // 2),
            groups=self.groups,
        )


class ConvNorm(nn.Sequential):
    """Convolution without bias, batch normalization, and ReLU6 where ``activate``."""

    def __init__(
        self,
        inputs: int,
        outputs: int,
        *,
        eps: float,
        kernel: int = 1,
        stride: int = 1,
        groups: int = 1,
        activate: bool = True,
    ) -> None:
        super().__init__()
        self.conv = SameConv2d(inputs, outputs, kernel, stride, groups=groups, bias=False)
        self.norm = nn.BatchNorm2d(outputs, eps=eps)
        if activate:
            self.activation = nn.ReLU6()


class InvertedResidual(nn.Module):
    """MBConv without squeeze-and-excitation: widen, filter each channel, narrow.

    The input is added to the output where their shapes agree.
    """

    def __init__(
        self, inputs: int, outputs: int, kernel: int, stride: int, expansion: int, eps: float
    ) -> None:
        super().__init__()
        wide = inputs * expansion
        # The first stage has expansion 1 and no weights for it.
        self.expand = ConvNorm(inputs, wide, eps=eps) if expansion != 1 else nn.Identity()
        self.depthwise = ConvNorm(wide, wide, eps=eps, kernel=kernel, stride=stride, groups=wide)
        self.project = ConvNorm(wide, outputs, eps=eps, activate=False)
        self.adds_input = stride == 1 and inputs == outputs

    def forward(self, x: Tensor) -> Tensor:
        """(n, inputs, height, width) -> (n, outputs, ceil(height / s), ceil(width / s))."""
        out: Tensor = self.project(self.depthwise(self.expand(x)))
        return x + out if self.adds_input else out


class EfficientNetLiteForImageClassification(PreTrainedModel):
    """EfficientNet-Lite with its classifier: pictures in, one logit a label out."""

    config_class = EfficientNetLiteConfig
    config: EfficientNetLiteConfig
    main_input_name = "pixel_values"
    base_model_prefix = "efficientnet_lite"

    def __init__(self, config: EfficientNetLiteConfig) -> None:
        super().__init__(config)
        eps = config.batch_norm_eps
        self.stem = ConvNorm(config.num_channels, config.stem_channels, eps=eps, kernel=3, stride=2)
        blocks: list[nn.Module] = []
        inputs = config.stem_channels
        for kernel, stride, expansion, outputs, repeats in config.stages:
            for repeat in range(repeats):
                # Only the first block of a stage changes the size of the map.
                step = stride if repeat == 0 else 1
                blocks.append(InvertedResidual(inputs, outputs, kernel, step, expansion, eps))
                inputs = outputs
        self.blocks = nn.Sequential(*blocks)
        self.head = ConvNorm(inputs, config.head_channels, eps=eps)
        self.dropout = nn.Dropout(config.dropout_rate)
        self.classifier = nn.Linear(config.head_channels, len(config.id2label or ()))
        self.post_init()

    @can_return_tuple
    def forward(
        self,
        pixel_values: Tensor,
        labels: Tensor | None = None,
        **kwargs: Any,
    ) -> ImageClassifierOutputWithNoAttention:
        """Classify a batch of pictures.

        Args:
            pixel_values: Normalized pictures, shape = (n_batch, num_channels, height, width).
            labels: Class indices for the cross-entropy loss, shape = (n_batch,); None for no loss.
            kwargs: ``return_dict``, and what callers pass to every image model; the rest is unused.

        Returns:
            Logits of shape (n_batch, num_labels), and the loss where labels were given.
        """
        features = self.head(self.blocks(self.stem(pixel_values))).mean(dim=(2, 3))
        logits = self.classifier(self.dropout(features))
        loss = None if labels is None else functional.cross_entropy(logits, labels)
        return ImageClassifierOutputWithNoAttention(loss=loss, logits=logits)


def register() -> None:
    """Make the Auto classes know ``efficientnet-lite``; calling it again changes nothing.

    AutoImageProcessor needs no entry: it takes the class named in preprocessor_config.json.
    """
    AutoConfig.register(EfficientNetLiteConfig.model_type, EfficientNetLiteConfig, exist_ok=True)
    AutoModelForImageClassification.register(
        EfficientNetLiteConfig, EfficientNetLiteForImageClassification, exist_ok=True
    )


def rename_keys(state: dict[str, Tensor]) -> dict[str, Tensor]:
    """Turn the parameter names of the ``efficientnet_pytorch`` family into those of this module.

    Args:
        state: Tensors under names such as ``_blocks.3._depthwise_conv.weight``.

    Returns:
        The same tensors under names such as ``blocks.3.depthwise.conv.weight``. Unknown names stay
        as they are, so that a strict load reports them.
    """
    return {_rename_key(name): tensor for name, tensor in state.items()}


def _rename_key(name: str) -> str:
    first, *rest = name.split(".")
    if first == "_blocks":
        number, part, *rest = rest
        return ".".join(["blocks", number, _INSIDE_BLOCKS.get(part, part), *rest])
    return ".".join([_OUTSIDE_BLOCKS.get(first, first), *rest])
