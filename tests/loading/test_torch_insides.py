"""What packed and 8-bit layers rely on of torch's insides, which no version of torch promises."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from golems.errors import BadInput
from golems.loading import int8, packed, precision

MOVED = (
    "torch has moved {}, on which {} builds. Find what takes its place in this version, or leave "
    "the layers plain there and say so in the log."
)
PACKED, INT8 = "golems/loading/packed.py", "golems/loading/int8.py"
PROCESSOR = "golems/loading/processor.py"
WANTED = {  # operation -> who calls it, and with how many arguments in order
    "mkldnn::_reorder_linear_weight": (PACKED, 2),
    "mkldnn::_linear_pointwise": (PACKED, 6),
    "onednn::qlinear_prepack": (INT8, 2),
    "onednn::qlinear_pointwise": (INT8, 13),
}


@pytest.mark.parametrize("name", WANTED)
def test_torch_has_the_operations_that_layers_call(name: str) -> None:
    module, given = WANTED[name]
    space, operation = name.split("::")
    found = getattr(getattr(torch.ops, space), operation, None)
    assert found is not None, MOVED.format(name, module)
    arguments = found.default._schema.arguments
    needed = sum(not one.has_default_value() for one in arguments)
    assert needed <= given <= len(arguments), MOVED.format(f"arguments of {name}", module)


@pytest.mark.parametrize(
    ("name", "module"),
    [
        ("_is_vnni_supported", PROCESSOR),
        ("_is_avx512_bf16_supported", PROCESSOR),
        ("_is_amx_tile_supported", PROCESSOR),
    ],
)
def test_torch_tells_what_the_processor_can(name: str, module: str) -> None:
    asked = getattr(torch.cpu, name, None)
    assert asked is not None, MOVED.format(f"torch.cpu.{name}", module)
    assert isinstance(asked(), bool)


def test_torch_tells_whether_it_has_onednn() -> None:
    has = getattr(torch._C, "_has_mkldnn", None)
    assert has is not None, MOVED.format("torch._C._has_mkldnn", "golems/loading/precision.py")


def test_without_them_layers_stay_plain_and_the_log_says_why(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(packed, "OPERATIONS", ("_moved_in_a_later_version",))
    monkeypatch.setattr(precision, "computes_bf16", lambda _: True)
    model = nn.Sequential(nn.Linear(2, 2))
    precision.adapt(model, "bf16", torch.device("cpu"))
    assert type(model[0]) is nn.Linear
    assert "this torch has no mkldnn._moved_in_a_later_version" in caplog.text


def test_without_them_int8_is_refused_with_the_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(int8, "OPERATIONS", ("_moved_in_a_later_version",))
    with pytest.raises(BadInput, match=r"this torch has no onednn\._moved_in_a_later_version"):
        precision.pick_precision("int8", torch.float32, torch.device("cpu"))
