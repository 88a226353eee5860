"""A seeded sample of a dataset's rows, as a dataset."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any

from golems.base import Row
from golems.datasets.contract import Dataset
from golems.errors import BadInput
from golems.words import counted


class Sample(Dataset):
    """Rows drawn without replacement, in file order; the same seed draws the same ones."""

    def __init__(self, whole: Dataset, number: int, seed: int) -> None:
        """Take a dataset to draw from; its rows are counted when the first one is asked for.

        Args:
            whole: A dataset without a limit.
            number: Rows to draw; all of them where there are fewer.
            seed: Any whole number.

        Raises:
            BadInput: The number is below 1.
        """
        super().__init__(whole.path)
        if number < 1:
            raise BadInput(f"A sample of {number} rows leaves nothing; use 1 or more.")
        self._whole, self._number, self._seed = whole, number, seed
        self.kind, self.name = whole.kind, whole.name
        self.columns, self.column = whole.columns, whole.column
        self.classes, self.types = whole.classes, whole.types
        self.notes = (
            *whole.notes,
            f"A sample of at most {counted(number, 'row')}, drawn with seed {seed}.",
        )

    @property
    def address(self) -> str:
        return self._whole.address

    @property
    def extent(self) -> Path:
        return self._whole.extent

    @cached_property
    def _places(self) -> list[int]:
        total = self._whole.count()
        chosen = random.Random(self._seed).sample(range(total), min(self._number, total))  # noqa: S311 - not for secrets
        return sorted(chosen)

    def count(self) -> int:
        """Return the number of rows drawn; counts the whole once."""
        return len(self._places)

    def spec(self) -> dict[str, Any]:
        """The whole's, and what is drawn of it."""
        return {**self._whole.spec(), "sample": self._number, "seed": self._seed}

    def at(self, places: Sequence[int]) -> Iterator[Row]:
        """Stream the rows at some places of the sample; no others are read of the whole."""
        rows = self._whole.at([self._places[place] for place in places])
        for place, row in zip(places, rows, strict=False):
            yield replace(row, index=place)

    def _stream(self) -> Iterator[Row]:
        for index, row in enumerate(self._whole.at(self._places)):
            yield replace(row, index=index)
