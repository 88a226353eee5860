"""Which device and precision are taken, and what is said where they aren't there."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from golems.errors import BadInput
from golems.golem import plan_load
from golems.loading import device as devices
from golems.loading import pick_device, pick_dtype, precision_name
from tests import tiny
from tests.conftest import folder_card, load_golem

CPU = torch.device("cpu")


@pytest.mark.parametrize(
    ("cuda", "mps", "chosen"),
    [(True, True, "cuda"), (False, True, "mps"), (True, False, "cuda"), (False, False, "cpu")],
)
def test_auto_takes_the_fastest_there_is(
    cuda: bool, mps: bool, chosen: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: cuda)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: mps)
    assert str(pick_device("auto")) == chosen
    assert str(pick_device("cpu")) == "cpu"


def test_a_device_that_is_not_there_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)
    with pytest.raises(BadInput, match="Device 'cuda' is not on this machine; it has: cpu."):
        pick_device("cuda")
    with pytest.raises(BadInput, match="Device 'abacus'"):
        pick_device("abacus")


@pytest.mark.parametrize(
    ("stored", "native", "chosen"),
    [
        (torch.float32, True, torch.float32),  # never lowered unasked
        (torch.float32, False, torch.float32),
        (torch.bfloat16, True, torch.bfloat16),
        (torch.float16, True, torch.bfloat16),
        (torch.bfloat16, False, torch.float32),
    ],
)
def test_auto_precision_keeps_what_the_weights_have(
    stored: torch.dtype, native: bool, chosen: torch.dtype, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(devices, "computes_bf16", lambda device: native)
    assert pick_dtype("auto", stored, CPU) == chosen
    assert pick_dtype("fp32", stored, CPU) == torch.float32
    assert pick_dtype("bf16", stored, CPU) == torch.bfloat16


def test_an_unknown_precision_is_refused() -> None:
    with pytest.raises(BadInput, match="Precision 'fp8' is not known; take auto, fp32 or bf16."):
        pick_dtype("fp8", torch.float32, CPU)


def test_precisions_have_names() -> None:
    assert [precision_name(t) for t in (torch.float32, torch.bfloat16)] == ["fp32", "bf16"]


@pytest.mark.parametrize(("precision", "bytes_each"), [("fp32", 4), ("bf16", 2), ("auto", 4)])
def test_plans_say_the_memory_that_loading_takes(
    precision: str, bytes_each: int, tmp_path: Path
) -> None:
    card = folder_card(tiny.bert(tmp_path), "text-classification")
    plan = plan_load(card, card.checkpoints[0], device="cpu", precision=precision)
    golem = load_golem(tmp_path, "text-classification", precision=precision)
    parameters = sum(parameter.numel() for parameter in golem.task.model.parameters())
    assert plan.memory_bytes == bytes_each * parameters
    assert golem.plan.precision == ("bf16" if bytes_each == 2 else "fp32")
    assert not golem.task.model.training
