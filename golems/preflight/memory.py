"""The most memory that this process has had."""

from __future__ import annotations

import sys
from pathlib import Path

import psutil


def peak_memory_bytes() -> int:
    """Largest resident memory of this process since it began, in bytes."""
    if sys.platform == "linux":
        # Not getrusage: that begins with what the process had from which this one was started.
        for line in Path("/proc/self/status").read_text("ascii", "replace").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    memory = psutil.Process().memory_info()
    if sys.platform == "win32":
        return int(memory.peak_wset)
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return max(int(memory.rss), peak if sys.platform == "darwin" else peak * 1024)


def peak_device_bytes(device: str) -> int | None:
    """Most bytes of tensors on a CUDA device so far; None where there is none to ask."""
    if not device.startswith("cuda"):
        return None
    import torch

    return int(torch.cuda.max_memory_allocated(device))
