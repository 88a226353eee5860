"""Linear layers whose weights are packed once. Imported only where one is made: it needs torch."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn
from transformers.activations import GELUActivation
from transformers.pytorch_utils import Conv1D

# A layer and the activation that nothing but its output goes through, as modules of transformers
# name them: BERT's kind, DistilBERT, ViT and the decoders like OPT, GPT-2.
ACTIVATED = (
    ("dense", "intermediate_act_fn"),
    ("lin1", "activation"),
    ("fc1", "activation_fn"),
    ("c_fc", "act"),
)


OPERATIONS = ("_reorder_linear_weight", "_linear_pointwise")


class PackedLinear(nn.Module):
    """A linear layer with its weights in the order in which oneDNN multiplies them.

    A plain layer has them put into that order again for every batch, which costs bfloat16 up to a
    third of its speed; here it is done once. A GELU that follows is computed with the product.

    Attributes:
        weight: Holds no numbers: it only tells shape and type to whoever asks.
    """

    def __init__(self, layer: nn.Linear | Conv1D, gelu: str | None = None) -> None:
        """Pack a layer; its own weights are left as they are.

        Args:
            gelu: The GELU that follows: ``none`` (exact), ``tanh`` (approximated), or None.

        Raises:
            RuntimeError: The processor lacks the instructions that oneDNN wants for this type.
        """
        super().__init__()
        weight: Any = layer.weight.detach()
        self.weight = torch.zeros((), dtype=weight.dtype).expand(weight.shape)
        weight = (weight.t() if isinstance(layer, Conv1D) else weight).contiguous()
        self._packed = torch.ops.mkldnn._reorder_linear_weight(weight, None)
        self._bias = None if layer.bias is None else layer.bias.detach()
        self._then = "none" if gelu is None else "gelu"
        self._how = gelu or ""

    def forward(self, values: torch.Tensor) -> torch.Tensor:
        """Shape = (..., in_features) to (..., out_features), in the type of the weights."""
        found: torch.Tensor = torch.ops.mkldnn._linear_pointwise(
            values, self._packed, self._bias, self._then, [], self._how
        )
        return found


def gelu_of(module: Any) -> str | None:
    """What torch calls this activation's GELU; None if it is another activation."""
    if type(module) is GELUActivation and module.act is nn.functional.gelu:
        return "none"
    return module.approximate if type(module) is nn.GELU else None


def why_not() -> str | None:
    """Why layers can't be packed here: this version of torch has moved what that builds on."""
    missing = [name for name in OPERATIONS if not hasattr(torch.ops.mkldnn, name)]
    return f"this torch has no mkldnn.{missing[0]}" if missing else None


def pack(model: nn.Module) -> None:
    """Pack the linear layers of a model; everything else stays as it is.

    Layers that share their weights with an embedding are left alone: they'd be in memory twice.

    Raises:
        RuntimeError: The processor lacks the instructions that oneDNN wants for this type.
    """
    tables = {id(module.weight) for module in model.modules() if isinstance(module, nn.Embedding)}
    for parent in list(model.modules()):
        gelus = {}
        for layer, activation in ACTIVATED:
            gelu = gelu_of(getattr(parent, activation, None))
            if gelu and type(getattr(parent, layer, None)) in (nn.Linear, Conv1D):
                gelus[layer] = gelu
                setattr(parent, activation, nn.Identity())
        for name, child in list(parent.named_children()):
            if type(child) in (nn.Linear, Conv1D) and id(child.weight) not in tables:
                setattr(parent, name, PackedLinear(child, gelus.get(name)))
