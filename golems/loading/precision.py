"""Precisions: what the numbers of a model are computed in."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from golems.base import PRECISIONS, Precision
from golems.errors import BadInput
from golems.loading.processor import has_bf16

if TYPE_CHECKING:
    import torch

log = logging.getLogger(__name__)
LEAST_OUTPUTS = 64  # of a layer worth 8 bits; smaller ones are heads, whose scores are what counts


def computes_bf16(device: torch.device) -> bool:
    """Whether the device multiplies bfloat16 natively: CUDA 8.0 and up, AVX512-BF16 or AMX."""
    if device.type == "cuda":
        import torch

        return torch.cuda.get_device_capability(device) >= (8, 0)
    if device.type == "cpu":
        return has_bf16()
    return False


def pick_precision(
    precision: Precision | str, stored: torch.dtype, device: torch.device
) -> Precision:
    """The precision to compute in.

    ``auto`` keeps what the weights are stored in where that is a 16-bit type and the device
    computes bfloat16 natively, and is fp32 everywhere else: it never lowers a precision unseen. A
    run, which has rows to compare on, may: see ``golems.runs.parity``.

    Args:
        stored: Float type of the weights on disk.

    Raises:
        BadInput: No such precision, or none that this device computes in.
    """
    import torch

    if precision == "auto":
        half = stored in (torch.bfloat16, torch.float16)
        return "bf16" if half and computes_bf16(device) else "fp32"
    if precision not in PRECISIONS:
        raise BadInput(
            f"Precision '{precision}' is not known; take auto, {', '.join(PRECISIONS[:-1])} or "
            f"{PRECISIONS[-1]}."
        )
    has_int8 = device.type == "cpu" and bool(torch._C._has_mkldnn)
    if precision == "int8" and not has_int8:
        raise BadInput(f"int8 runs on x86 processors, and not on {device}; take auto or fp32.")
    if precision == "int8":
        from golems.loading.int8 import why_not

        if (reason := why_not()) is not None:
            raise BadInput(f"int8 can't be computed: {reason} ({torch.__version__}); take fp32.")
    return precision


def dtype_of(precision: Precision | str) -> torch.dtype:
    """The float type that weights are loaded in; those of int8 are quantized afterwards."""
    import torch

    half = {"bf16": torch.bfloat16, "fp16": torch.float16}
    return half.get(precision, torch.float32)


def adapt(model: Any, precision: Precision | str, device: torch.device) -> None:
    """Have the linear layers of a loaded model compute as its precision does best on a device.

    int8 quantizes them; bf16 packs them where a CPU computes it natively; packing fp32 gained
    nothing where it was tried, but scores of tokens are multiplied the other way around. GPT-2's
    activation is computed at once in all precisions.
    """
    at_once(model)
    if precision == "int8":
        quantize(model)
    elif precision == "bf16" and device.type == "cpu" and computes_bf16(device):
        from golems.loading.packed import pack, why_not

        reason = why_not()
        if reason is None:
            pack(model)
        else:
            log.warning("%s computes bf16 the slow way: %s.", type(model).__name__, reason)
    elif precision == "fp32" and device.type == "cpu":
        from golems.loading.head import swap_head

        swap_head(model)


def at_once(model: Any) -> None:
    """Have torch compute GPT-2's GELU in one operation instead of eight, 1e-6 apart at most.

    It is a tenth of the time of a model of GPT-2's size. The formula is that of Hendrycks and
    Gimpel 2016, Gaussian Error Linear Units.
    """
    from torch import nn
    from transformers.activations import NewGELUActivation

    for parent in list(model.modules()):
        for name, child in list(parent.named_children()):
            if type(child) is NewGELUActivation:
                setattr(parent, name, nn.GELU(approximate="tanh"))


def quantize(model: Any) -> None:
    """Have the linear layers of a model compute in 8 bits; everything else stays as it is.

    Layers that share their weights with an embedding are left alone: they'd be in memory twice.
    """
    import torch

    from golems.loading.int8 import Int8Linear

    tables = {
        id(module.weight) for module in model.modules() if isinstance(module, torch.nn.Embedding)
    }
    for parent in list(model.modules()):
        for name, child in list(parent.named_children()):
            if Int8Linear.fits(child, LEAST_OUTPUTS) and id(child.weight) not in tables:
                setattr(parent, name, Int8Linear(child))
