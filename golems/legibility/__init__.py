"""Whether a checkpoint can read a text."""

from golems.legibility.judge import note_on
from golems.legibility.languages import in_words

__all__ = ["in_words", "note_on"]
