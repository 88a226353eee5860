"""What the tests of loading need to mean the same on every processor."""

from __future__ import annotations

import pytest

from golems.loading import precision as precisions


@pytest.fixture
def plain_bf16(monkeypatch: pytest.MonkeyPatch) -> None:
    """A processor that doesn't compute bfloat16 natively, so that its layers stay torch's own."""
    monkeypatch.setattr(precisions, "computes_bf16", lambda device: False)
