"""Which instructions oneDNN may use here: those of the processor, up to the limit of a variable.

https://uxlfoundation.github.io/oneDNN/dev_guide_cpu_dispatcher_control.html
"""

from __future__ import annotations

import os

LIMITS = ("ONEDNN_MAX_CPU_ISA", "DNNL_MAX_CPU_ISA")  # its older name
WITHOUT_VNNI = ("SSE41", "AVX", "AVX2", "AVX512_CORE")
WITHOUT_BF16 = (*WITHOUT_VNNI, "AVX2_VNNI", "AVX2_VNNI_2", "AVX512_CORE_VNNI")


def limit() -> str:
    """The instruction set beyond which oneDNN doesn't go; empty without a limit."""
    return next((os.environ[name].upper() for name in LIMITS if name in os.environ), "")


def has_vnni() -> bool:
    """Whether products of 8-bit numbers are added up in 32 bits."""
    import torch

    # torch has no public names for these yet; transformers and torchao ask the same way.
    return limit() not in WITHOUT_VNNI and torch.cpu._is_vnni_supported()


def has_bf16() -> bool:
    """Whether bfloat16 is multiplied natively: AVX512-BF16 or AMX."""
    import torch

    if limit() in WITHOUT_BF16:
        return False
    return torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported()
