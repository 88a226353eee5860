"""``runs``, ``stop``, ``delete`` and ``ledger``: what was run, and what is kept of it."""

from __future__ import annotations

import argparse
import json
import sys
from typing import TYPE_CHECKING, Any

from golems.cli.exit_codes import DONE, ROWS_FAILED
from golems.cli.find import run_named
from golems.errors import BadInput, GolemError

if TYPE_CHECKING:
    from golems.runs import Run


def list_runs(given: argparse.Namespace) -> int:
    """Print all runs, newest first."""
    from golems.runs import all_runs

    rows = [as_row(run) for run in all_runs()]
    if given.json:
        print(json.dumps(rows, indent=2, ensure_ascii=False))
        return DONE
    for row in rows:
        if "damage" in row:
            print(f"{row['run']:<64} {row['state']:<14} {row['damage']}")
            continue
        of = (
            f" of {row['rows']:,}" if row["rows"] is not None and row["rows"] != row["done"] else ""
        )
        place = f", {row['runs_before']} before it" if row["runs_before"] is not None else ""
        print(
            f"{row['run']:<64} {row['state'] + place:<14} {row['done']:,}{of} rows, "
            f"{row['failed']:,} failed"
        )
    return DONE


def as_row(run: Run) -> dict[str, Any]:
    """What the list says of a run; of a damaged one only that."""
    from golems.runs.queue import runs_before

    try:
        manifest, progress, state = run.manifest(), run.progress(), run.state()
    except GolemError as error:
        return {"run": run.id, "state": "damaged", "damage": str(error)}
    return {
        "run": run.id,
        "state": state,
        "runs_before": runs_before(run) if state == "queued" else None,
        "golem": manifest.golem,
        "dataset": manifest.dataset.name,
        "created_at": manifest.created_at,
        "rows": progress.rows,
        "done": progress.done,
        "failed": progress.failed,
        "known": progress.known,
        "seconds": round(progress.elapsed_s, 3),
    }


def stop_run(given: argparse.Namespace) -> int:
    """Ask a run to stop."""
    run = run_named(given.run)
    state = run.state()
    if state not in ("queued", "running", "stopping"):
        raise BadInput(f"Run {run.id} can't be stopped: it is {state}.")
    run.ask_to_stop()
    print(f"{run.id} is {run.state()}.")
    return DONE


def delete_run(given: argparse.Namespace) -> int:
    """Delete a run, after asking where there is somebody to ask."""
    from golems.runs.find import remove_run

    run = run_named(given.run)
    if not given.yes:
        if not sys.stdin.isatty():
            raise BadInput(f"Deleting {run.id} with its results needs --yes.")
        print(f"Delete {run.folder} with all its results? [y/N] ", end="", file=sys.stderr)
        if input().strip().lower() not in {"y", "yes"}:
            print("Nothing was deleted.", file=sys.stderr)
            return DONE
    remove_run(run)
    print(f"{run.id} is deleted.")
    return DONE


def retry_run(given: argparse.Namespace) -> int:
    """Try the failed rows of a run again, some of them with another text."""
    from golems.runs.retry import retry

    edits: dict[int, str] = {}
    for row, text in given.edit:
        if not row.isdecimal() or int(row) < 1:
            raise BadInput(f"--edit {row}: rows are counted from 1.")
        edits[int(row) - 1] = text
    run = run_named(given.run)
    tried, failed = retry(run, edits, watch=lambda stage: print(f"{stage} …", file=sys.stderr))
    print(f"{tried:,} rows were tried again, {failed:,} of them failed.")
    return ROWS_FAILED if failed else DONE


def show_ledger(given: argparse.Namespace) -> int:
    """Say how much is known, or forget it."""
    from golems.ledger import Ledger, remove

    if given.empty:
        remove()
        print("The ledger is empty.")
        return DONE
    with Ledger() as ledger:
        print(
            f"{ledger.count():,} results, {ledger.size_bytes() / 1e6:,.1f} MB of at most "
            f"{ledger.max_bytes / 1e6:,.0f} MB, in {ledger.path}."
        )
    return DONE
