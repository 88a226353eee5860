"""Which instructions are counted on: those of the processor, up to oneDNN's own limit."""

from __future__ import annotations

import pytest
import torch

from golems.loading import computes_bf16
from golems.loading.int8 import input_steps
from golems.loading.processor import LIMITS


@pytest.fixture(autouse=True)
def newest_processor(monkeypatch: pytest.MonkeyPatch) -> None:
    """One that has all of them, with no limit."""
    for name in ("_is_vnni_supported", "_is_avx512_bf16_supported", "_is_amx_tile_supported"):
        monkeypatch.setattr(torch.cpu, name, lambda: True)
    for name in LIMITS:
        monkeypatch.delenv(name, raising=False)


def found() -> tuple[bool, int]:
    return computes_bf16(torch.device("cpu")), input_steps()


def test_without_a_limit_all_are_used() -> None:
    assert found() == (True, 127)


@pytest.mark.parametrize(
    ("limit", "expected"),
    [
        ("SSE41", (False, 63)),
        ("avx2", (False, 63)),
        ("AVX2_VNNI", (False, 127)),
        ("AVX512_CORE", (False, 63)),
        ("AVX512_CORE_VNNI", (False, 127)),
        ("AVX512_CORE_BF16", (True, 127)),
        ("AVX512_CORE_AMX", (True, 127)),
        ("DEFAULT", (True, 127)),
    ],
)
@pytest.mark.parametrize("name", LIMITS)
def test_what_onednn_may_not_use_is_not_counted_on(
    name: str, limit: str, expected: tuple[bool, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, limit)
    assert found() == expected
