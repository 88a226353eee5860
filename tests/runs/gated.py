"""A text classifier that says when it is at a batch, and waits there until it is let on.

It works in a worker process: ``at-<n>`` appears in the folder named by GATE when batch n has come,
and the batch goes on when ``go-<n>`` or ``go-all`` is there.
"""

import os
from itertools import count
from pathlib import Path

from golems.tasks.base import BatchLimits
from golems.tasks.text_classification import TextClassification
from tests.waiting import wait_until


class Gated(TextClassification):
    limits = BatchLimits(cost=4096, rows=2, window=4, overhead=4096)
    numbers = count(1)

    def forward(self, batch, parameters):  # type: ignore[no-untyped-def]
        gate, number = Path(os.environ["GATE"]), next(self.numbers)
        (gate / f"at-{number}").touch()
        wait_until(lambda: (gate / f"go-{number}").exists() or (gate / "go-all").exists())
        return super().forward(batch, parameters)


TASK = Gated
