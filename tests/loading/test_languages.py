"""Languages of a checkpoint: its card's, or those its model card names."""

from __future__ import annotations

from pathlib import Path

import pytest

from golems.base import Checkpoint, FolderSource, ModelFolder
from golems.loading import languages_of


@pytest.mark.parametrize(
    ("card", "languages"),
    [
        ("---\nlanguage: en\nlicense: mit\n---\n# Model", ("en",)),
        ("---\nlanguage:\n- de\n- no\n- en-US\n---\n", ("de", "no", "en")),
        ("---\nlanguage: multilingual\n---\n", ()),
        ("---\nlicense: mit\n---\n", ()),
        ("---\nlanguage: [\n---\n", ()),
        ("# No header", ()),
        (None, ()),
    ],
)
def test_a_model_card_says_them(tmp_path: Path, card: str | None, languages: tuple[str]) -> None:
    if card is not None:
        (tmp_path / "README.md").write_text(card)
    checkpoint = Checkpoint("x", FolderSource(tmp_path))
    assert languages_of(checkpoint, ModelFolder(tmp_path, "c")) == languages
    known = Checkpoint("x", FolderSource(tmp_path), languages=("fi",))
    assert languages_of(known, ModelFolder(tmp_path, "c")) == ("fi",)
