"""A text classifier that raises for texts of 13 tokens, and breaks the device at 17."""

from golems.tasks.base import BatchLimits
from golems.tasks.text_classification import TextClassification

POISON = "a b c d e f g h i j k"  # 11 words and two special tokens
DEADLY = "a b c d e f g h i j k l m n o"


class Fragile(TextClassification):
    limits = BatchLimits(cost=4096, rows=64, window=1024)

    def forward(self, batch, parameters):  # type: ignore[no-untyped-def]
        if any(row.tokens == 13 for row in batch):
            raise RuntimeError("mat1 and mat2 shapes cannot be multiplied")
        if any(row.tokens == 17 for row in batch):
            raise RuntimeError("CUDA error: an illegal memory access was encountered")
        return super().forward(batch, parameters)


TASK = Fragile
