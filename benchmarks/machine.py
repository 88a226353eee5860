"""The machine that figures come from: its parts, its memory, its speed at products of matrices."""

from __future__ import annotations

import os
import platform
import time
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

MATTERS = ("avx2", "avx512f", "avx512_vnni", "avx512_bf16", "amx_tile", "amx_bf16", "amx_int8")
LIBRARIES = ("torch", "transformers", "onnxruntime", "openvino")
SIZES = ((1024, 1024, 1024), (2048, 768, 3072), (4096, 768, 768), (2048, 2048, 2048))
PEAK_S = 0.3  # seconds of multiplying a size, at least twice each


def cpu(cpuinfo: str) -> tuple[str, list[str]]:
    """The processor's name and those of its instruction sets that matter here.

    Args:
        cpuinfo: What /proc/cpuinfo says.
    """
    facts: dict[str, str] = {}
    for line in cpuinfo.splitlines():
        name, _, value = line.partition(":")
        facts.setdefault(name.strip(), value.strip())
    flags = set(facts.get("flags", facts.get("Features", "")).split())
    return facts.get("model name", platform.machine()), [name for name in MATTERS if name in flags]


def machine() -> str:
    """The machine in a line: processor, instruction sets, memory, versions of libraries."""
    import psutil

    path = Path("/proc/cpuinfo")
    name, sets = cpu(path.read_text("utf-8") if path.exists() else "")
    parts = [
        name,
        f"{os.cpu_count()} cores",
        " ".join(sets) or "no instruction set that matters",
        f"{psutil.virtual_memory().total / 1e9:.0f} GB of memory",
        f"Python {platform.python_version()}",
    ]
    for library in LIBRARIES:
        try:
            parts.append(f"{library} {version(library)}")
        except PackageNotFoundError:
            parts.append(f"no {library}")
    return ", ".join(parts)


def memory_mb(name: str) -> float:
    """``VmRSS`` (now) or ``VmHWM`` (most so far) of this process; Linux only."""
    for line in Path("/proc/self/status").read_text("ascii").splitlines():
        if line.startswith(name):
            return int(line.split()[1]) * 1024 / 1e6
    return float("nan")


def matmul_gflops(precision: str, sizes: Sequence[tuple[int, int, int]] = SIZES) -> float:
    """Most billions of operations a second that torch multiplies matrices with, of several sizes.

    Args:
        precision: fp32, bf16 or fp16.
        sizes: Rows, inner size and columns.

    Raises:
        KeyError: Another precision.
    """
    import torch

    dtype = {"fp32": torch.float32, "bf16": torch.bfloat16, "fp16": torch.float16}[precision]
    best = 0.0
    for rows, inner, columns in sizes:
        # A linear layer's product: its weights are kept transposed.
        left = torch.randn(rows, inner, dtype=dtype)
        right = torch.randn(columns, inner, dtype=dtype).t()
        left @ right
        end, times = time.perf_counter() + PEAK_S, 0
        while times < 2 or time.perf_counter() < end:
            start = time.perf_counter()
            left @ right
            times += 1
            best = max(best, 2e-9 * rows * inner * columns / (time.perf_counter() - start))
    return best
