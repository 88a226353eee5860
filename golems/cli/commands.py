"""Command -> what does it."""

from __future__ import annotations

import argparse
from collections.abc import Callable

from golems.cli.predict import predict
from golems.cli.report import report
from golems.cli.roster import fetch_checkpoint, list_golems
from golems.cli.run import run_dataset

COMMANDS: dict[str, Callable[[argparse.Namespace], int]] = {
    "list": list_golems,
    "fetch": fetch_checkpoint,
    "predict": predict,
    "run": run_dataset,
    "report": report,
}
