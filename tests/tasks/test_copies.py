"""Where the numbers of a batch go before the model reads them."""

from unittest.mock import MagicMock, call

import torch

from golems.tasks.base import onto


def test_a_gpu_copies_from_pinned_memory_by_itself() -> None:
    values, gpu = MagicMock(spec=torch.Tensor), torch.device("cuda:1")
    onto(values, gpu)
    assert values.mock_calls == [call.pin_memory(), call.pin_memory().to(gpu, non_blocking=True)]


def test_the_processor_copies_nothing() -> None:
    values = torch.arange(3)
    assert onto(values, torch.device("cpu")) is values
