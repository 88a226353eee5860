"""Packed linear layers against the plain ones of transformers.

Packing is for bfloat16; float32 is packed alike, and every x86 processor computes it.
"""

from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from torch import nn
from transformers.activations import NewGELUActivation
from transformers.pytorch_utils import Conv1D

from golems.loading import adapt
from golems.loading.packed import PackedLinear, pack
from golems.loading.processor import LIMITS
from tests import tiny
from tests.conftest import load_golem

CPU = torch.device("cpu")
IDS = torch.tensor([[5, 6, 7, 8], [9, 8, 7, 6]])


@pytest.mark.parametrize(
    ("make", "task", "gelus"),
    [
        (tiny.distilbert, "text-classification", True),
        (tiny.bert, "text-classification", True),
        (tiny.roberta, "text-classification", True),
        (tiny.vit, "image-classification", True),
        (tiny.gpt2, "text-generation", True),
        (tiny.llama, "text-generation", False),
    ],
)
def test_packed_models_compute_what_plain_ones_do(
    make: Callable[[Path], Path], task: str, gelus: bool, tmp_path: Path
) -> None:
    model = load_golem(make(tmp_path), task).task.model
    size = getattr(model.config, "image_size", None)
    inputs = {"pixel_values": torch.rand(2, 3, size, size)} if size else {"input_ids": IDS}
    linear = [m for m in model.modules() if type(m) in (nn.Linear, Conv1D)]
    with torch.inference_mode():
        plain = model(**inputs).logits
        pack(model)
        packed = model(**inputs).logits
    # GPT-2's head is its table of tokens.
    kept = [m for m in model.modules() if type(m) in (nn.Linear, Conv1D)]
    head = model.get_output_embeddings() if make is tiny.gpt2 else None
    assert kept == [m for m in linear if m is head]
    assert any(isinstance(m, PackedLinear) for m in model.modules())
    assert any(isinstance(m, nn.Identity) for m in model.modules()) == gelus
    assert packed == pytest.approx(plain, abs=1e-5)
    assert not torch.equal(plain[0], plain[1])


def test_only_bf16_that_the_processor_computes_is_packed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = load_golem(tiny.bert(tmp_path), "text-classification").task.model
    for name in LIMITS:
        monkeypatch.delenv(name, raising=False)

    def packs(precision: str, native: bool) -> bool:
        monkeypatch.setattr(torch.cpu, "_is_amx_tile_supported", lambda: native)
        monkeypatch.setattr(torch.cpu, "_is_avx512_bf16_supported", lambda: False)
        adapt(model, precision, CPU)
        return any(isinstance(module, PackedLinear) for module in model.modules())

    assert not packs("bf16", False)
    assert not packs("fp32", True)
    assert packs("bf16", True)


@pytest.mark.usefixtures("plain_bf16")
@pytest.mark.parametrize("precision", ["fp32", "bf16", "int8"])
def test_the_gelu_of_gpt2_is_computed_in_one_operation(precision: str, tmp_path: Path) -> None:
    model = load_golem(tiny.gpt2(tmp_path), "text-generation", precision=precision).task.model
    activation = model.transformer.h[0].mlp.act
    values = torch.linspace(-8, 8, 4001)
    assert activation(values) == pytest.approx(NewGELUActivation()(values), abs=1e-6)
    with torch.profiler.profile() as profile:
        activation(values)
    assert [event.key for event in profile.key_averages()] == ["aten::gelu"]
