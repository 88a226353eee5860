"""The scores of tokens, multiplied the other way around, against the layer of torch."""

from pathlib import Path

import pytest
import torch
from torch import nn

from golems.loading.head import MOST_ROWS, Head
from tests import tiny
from tests.conftest import load_golem


@pytest.mark.parametrize(
    "shape", [(1, 8), (2, 8), (3, 1, 8), (2, 5, 8), (MOST_ROWS + 1, 8), (0, 8)]
)
def test_heads_compute_what_the_layer_does(shape: tuple[int, ...]) -> None:
    layer = nn.Linear(8, 50, bias=False)
    values = torch.randn(shape)
    with torch.inference_mode():
        found, wanted = Head(layer)(values), layer(values)
    assert found.shape == wanted.shape
    assert found == pytest.approx(wanted, abs=1e-6)


@pytest.mark.usefixtures("plain_bf16")
@pytest.mark.parametrize("make", [tiny.gpt2, tiny.llama])
def test_writers_in_fp32_share_their_weights_as_before(make: object, tmp_path: Path) -> None:
    model = load_golem(make(tmp_path), "text-generation").task.model  # type: ignore[operator]
    head, table = model.get_output_embeddings(), model.get_input_embeddings()
    assert isinstance(head, Head)
    assert (head.weight is table.weight) == model.config.tie_word_embeddings
    lower = load_golem(tmp_path, "text-generation", precision="bf16").task.model
    assert type(lower.get_output_embeddings()) is nn.Linear


def test_classifiers_have_no_such_head(tmp_path: Path) -> None:
    model = load_golem(tiny.bert(tmp_path), "text-classification").task.model
    assert not any(isinstance(module, Head) for module in model.modules())
