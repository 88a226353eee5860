"""A linear layer in 8 bits. Imported only where one is made: it needs torch at the top."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn
from transformers.pytorch_utils import Conv1D

from golems.loading.processor import has_vnni

STEPS = 127  # of a symmetric 8-bit number to either side
OPERATIONS = ("qlinear_prepack", "qlinear_pointwise")


def why_not() -> str | None:
    """Why nothing is computed in 8 bits here: this version of torch has moved what does it."""
    missing = [name for name in OPERATIONS if not hasattr(torch.ops.onednn, name)]
    return f"this torch has no onednn.{missing[0]}" if missing else None


def input_steps() -> int:
    """Steps of an input to either side.

    Without VNNI processors add two products in 16 bits, which holds those of inputs of 7 bits.
    """
    return STEPS if has_vnni() else STEPS // 2


class Int8Linear(nn.Module):
    """A linear layer that multiplies integers of 8 bits.

    Weights have a scale for each output; inputs get one for each row when they come, so that what
    becomes of a row doesn't depend on its batch ("per token" in Dettmers et al. 2022, LLM.int8()).
    The product is oneDNN's.

    Attributes:
        weight: Holds no numbers: it only tells shape and type to whoever asks.
    """

    def __init__(self, layer: nn.Linear | Conv1D) -> None:
        """Quantize a layer; its own weights are left as they are."""
        super().__init__()
        weight: Any = layer.weight.detach().float()
        self.weight = torch.zeros((), dtype=torch.float32).expand(weight.shape)
        weight = weight.t() if isinstance(layer, Conv1D) else weight
        # No scale is 0, also where all weights of an output are.
        scales = (weight.abs().amax(dim=1) / STEPS).clamp(min=1e-12)
        whole = (weight / scales[:, None]).round().to(torch.int8).contiguous()
        self._packed = torch.ops.onednn.qlinear_prepack(whole, None)
        self._scales = scales
        self._zeros = torch.zeros(len(scales), dtype=torch.int32)
        self._steps = input_steps()
        self._bias = None if layer.bias is None else layer.bias.detach().float()

    @staticmethod
    def fits(layer: Any, least_outputs: int) -> bool:
        """Whether this is a linear layer of so many outputs."""
        outputs = {nn.Linear: 0, Conv1D: 1}.get(type(layer))
        return outputs is not None and bool(layer.weight.shape[outputs] >= least_outputs)

    def forward(self, values: torch.Tensor) -> torch.Tensor:
        """Shape = (..., in_features) to (..., out_features), float32."""
        rows = values.reshape(-1, values.shape[-1])
        largest = rows.abs().amax(dim=1, keepdim=True).clamp_(min=1e-12)
        # Unsigned, as the processor's instructions want the left side.
        steps = self._steps
        whole = (rows * (steps / largest)).round_().add_(steps).to(torch.uint8)
        found: torch.Tensor = torch.ops.onednn.qlinear_pointwise(
            whole, 1 / steps, steps, self._packed, self._scales, self._zeros, None,
            1.0, 0, torch.float32, "none", [], "",
        )  # fmt: skip
        found *= largest
        if self._bias is not None:
            found += self._bias
        return found.reshape(*values.shape[:-1], -1)
