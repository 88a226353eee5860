"""A text classifier that runs out of memory above 60 padded tokens, and notes each batch."""

from golems.tasks.text_classification import TextClassification

MOST = 60


class Scarce(TextClassification):
    padded: list[int] = []  # noqa: RUF012  (tests empty it)

    def forward(self, batch, parameters):  # type: ignore[no-untyped-def]
        padded = max(row.tokens for row in batch) * len(batch)
        self.padded.append(padded)
        if padded > MOST:
            raise RuntimeError("CUDA out of memory. Tried to allocate 2 GiB")
        return super().forward(batch, parameters)

    @classmethod
    def failures(cls) -> int:
        """Batches that ran out of memory, since the list was emptied."""
        return sum(padded > MOST for padded in cls.padded)


TASK = Scarce
