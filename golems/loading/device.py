"""Which device a golem runs on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from golems.base import DeviceName
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
