"""Which device and precision are taken, and what is said where they aren't there."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from golems.errors import BadInput
from golems.golem import plan_load
from golems.loading import dtype_of, pick_device, pick_precision
from golems.loading import precision as precisions
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
        (torch.float32, True, "fp32"),  # never lowered unseen
        (torch.float32, False, "fp32"),
        (torch.bfloat16, True, "bf16"),
        (torch.float16, True, "bf16"),
        (torch.bfloat16, False, "fp32"),
    ],
)
def test_auto_precision_keeps_what_the_weights_have(
    stored: torch.dtype, native: bool, chosen: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(precisions, "computes_bf16", lambda device: native)
    assert pick_precision("auto", stored, CPU) == chosen
    for precision in ("fp32", "bf16", "fp16"):
        assert pick_precision(precision, stored, CPU) == precision


def test_an_unknown_precision_is_refused() -> None:
    with pytest.raises(
        BadInput, match="Precision 'fp8' is not known; take auto, fp32, bf16, fp16 or int8."
    ):
        pick_precision("fp8", torch.float32, CPU)


def test_int8_is_refused_where_nothing_computes_in_it(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(BadInput, match="int8 runs on x86 processors, and not on cuda; take auto"):
        pick_precision("int8", torch.float32, torch.device("cuda"))
    monkeypatch.setattr(torch._C, "_has_mkldnn", False)
    with pytest.raises(BadInput, match="and not on cpu"):
        pick_precision("int8", torch.float32, CPU)


def test_weights_are_loaded_in_what_is_computed_in() -> None:
    names = ("fp32", "bf16", "fp16", "int8")
    assert [str(dtype_of(name)).removeprefix("torch.") for name in names] == [
        "float32", "bfloat16", "float16", "float32",
    ]  # fmt: skip


@pytest.mark.usefixtures("plain_bf16")
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
