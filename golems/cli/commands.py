"""Command -> what does it."""

from __future__ import annotations

import argparse
from collections.abc import Callable

from golems.cli.predict import predict
from golems.cli.report import report
from golems.cli.roster import fetch_checkpoint, list_golems
from golems.cli.run import resume, run_dataset
from golems.cli.runs import (
    delete_run,
    list_runs,
    rename_run,
    retry_run,
    show_ledger,
    stop_run,
)

COMMANDS: dict[str, Callable[[argparse.Namespace], int]] = {
    "list": list_golems,
    "fetch": fetch_checkpoint,
    "predict": predict,
    "run": run_dataset,
    "report": report,
    "runs": list_runs,
    "resume": resume,
    "stop": stop_run,
    "rename": rename_run,
    "delete": delete_run,
    "retry": retry_run,
    "ledger": show_ledger,
}
