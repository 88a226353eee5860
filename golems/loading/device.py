"""Which device a golem runs on, and in which precision."""

from __future__ import annotations

from typing import TYPE_CHECKING

from golems.base import DeviceName, Precision
from golems.errors import BadInput

if TYPE_CHECKING:
    import torch


def pick_device(name: DeviceName | str = "auto") -> torch.device:
    """The device of that name; ``auto`` takes cuda, then mps, then cpu.

    Raises:
        BadInput: This machine has no such device.
    """
    import torch

    have = {
        "cuda": torch.cuda.is_available(),
        "mps": torch.backends.mps.is_available(),
        "cpu": True,
    }
    if name == "auto":
        return torch.device(next(device for device, here in have.items() if here))
    if not have.get(name):
        there = ", ".join(device for device, here in have.items() if here)
        raise BadInput(f"Device '{name}' is not on this machine; it has: {there}.")
    return torch.device(name)


def computes_bf16(device: torch.device) -> bool:
    """Whether the device multiplies bfloat16 natively: CUDA 8.0 and up, AVX512-BF16 or AMX."""
    import torch

    if device.type == "cuda":
        return torch.cuda.get_device_capability(device) >= (8, 0)
    if device.type == "cpu":
        # torch has no public name for this yet; transformers and torchao ask the same way.
        return torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported()
    return False


def pick_dtype(
    precision: Precision | str, stored: torch.dtype, device: torch.device
) -> torch.dtype:
    """The float type to compute in.

    ``auto`` keeps what the weights are stored in where that is a 16-bit type and the device
    computes bfloat16 natively, and is fp32 everywhere else: it never lowers a precision.

    Args:
        stored: Float type of the weights on disk.

    Raises:
        BadInput: No such precision.
    """
    import torch

    if precision == "auto":
        half = stored in (torch.bfloat16, torch.float16)
        return torch.bfloat16 if half and computes_bf16(device) else torch.float32
    named = {"fp32": torch.float32, "bf16": torch.bfloat16}
    if precision not in named:
        raise BadInput(f"Precision '{precision}' is not known; take auto, fp32 or bf16.")
    return named[precision]


def precision_name(dtype: torch.dtype) -> str:
    """``fp32`` or ``bf16``, as shown to people."""
    import torch

    return {torch.float32: "fp32", torch.bfloat16: "bf16"}[dtype]
