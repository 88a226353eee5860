import pytest
import torch
from torch.utils.flop_counter import FlopCounterMode
from transformers import (
    DistilBertConfig,
    DistilBertForSequenceClassification,
    ViTConfig,
    ViTForImageClassification,
)

from benchmarks.flops import picture_flops, text_flops
from benchmarks.machine import cpu, machine, matmul_gflops, memory_mb


@pytest.mark.parametrize("length", [5, 40])
def test_operations_of_a_text_are_those_that_torch_counts(length: int) -> None:
    config = DistilBertConfig(
        vocab_size=50, dim=32, hidden_dim=80, n_layers=3, n_heads=2, num_labels=5
    )
    config._attn_implementation = "eager"  # the only one that torch counts
    model = DistilBertForSequenceClassification(config).eval()
    counter = FlopCounterMode(display=False)
    with torch.inference_mode(), counter:
        model(input_ids=torch.ones(1, length, dtype=torch.long))

    assert text_flops([length], config) == counter.get_total_flops()
    assert text_flops([length, length], config) == 2 * counter.get_total_flops()


def test_operations_of_a_picture_count_attention_and_patches() -> None:
    width, inner, tokens, labels = 32, 64, 1 + 4, 3
    config = ViTConfig(
        image_size=32,
        patch_size=16,
        hidden_size=width,
        intermediate_size=inner,
        num_hidden_layers=2,
        num_attention_heads=2,
        num_labels=labels,
    )
    config._attn_implementation = "eager"
    model = ViTForImageClassification(config).eval()

    layer = 2 * tokens * (4 * width**2 + 2 * width * inner) + 4 * tokens**2 * width
    patches = 2 * 4 * width * 3 * 16 * 16
    assert picture_flops(model, 32) == 2 * layer + patches + 2 * width * labels


CPUINFO = """processor\t: 0
model name\t: Some Processor 9000
flags\t\t: fpu avx2 avx512f amx_tile amx_bf16
power management:

processor\t: 1
model name\t: Some Processor 9000
flags\t\t: fpu avx2 avx512f amx_tile amx_bf16
"""


def test_a_processor_is_told_with_its_instruction_sets() -> None:
    name, sets = cpu(CPUINFO)

    assert name == "Some Processor 9000"
    assert sets == ["avx2", "avx512f", "amx_tile", "amx_bf16"]


def test_a_machine_that_tells_nothing_still_has_a_line() -> None:
    name, sets = cpu("")

    assert name
    assert sets == []
    assert f"torch {torch.__version__}" in machine()


def test_memory_is_that_of_the_process() -> None:
    before = memory_mb("VmHWM")
    block = bytearray(200_000_000)
    block[::4096] = b"x" * len(block[::4096])

    assert memory_mb("VmHWM") >= before + 150 or memory_mb("VmRSS") >= 200


def test_the_peak_is_of_a_precision_that_is_known() -> None:
    assert matmul_gflops("fp32", [(8, 8, 8)]) > 0
    with pytest.raises(KeyError):
        matmul_gflops("fp64", [(8, 8, 8)])
