"""``runs`` and what can be done with one of them, and ``ledger``: what is kept of them."""

from __future__ import annotations

import argparse
import json
import sys
from typing import TYPE_CHECKING, Any

from golems.cli.exit_codes import DONE, ROWS_FAILED
from golems.cli.find import run_named
from golems.errors import BadInput
from golems.words import counted_of

if TYPE_CHECKING:
    from golems.runs.facts import RunFacts


def list_runs(given: argparse.Namespace) -> int:
    """Print all runs, newest first."""
    from golems.runs.facts import all_facts

    facts = all_facts()
    if given.json:
        print(json.dumps([as_row(one) for one in facts], indent=2, ensure_ascii=False))
        return DONE
    for one in facts:
        print(as_line(one))
    return DONE


def as_line(facts: RunFacts) -> str:
    """What the list for people says of a run."""
    if facts.damage is not None:
        return f"{facts.run.id:<64} {'damaged':<14} {facts.damage}"
    row = as_row(facts)
    rows = counted_of(row["done"], row["rows"], "row")
    place = f", {row['runs_before']} before it" if row["runs_before"] is not None else ""
    again = ", trying failed rows again" if facts.is_retrying else ""
    right = "" if facts.accuracy is None else f", {facts.accuracy:.1%} right"
    more = "".join(f"  {one}" for one in (facts.settings, facts.name) if one)
    return (
        f"{facts.run.id:<64} {row['state'] + place + again:<14} {rows}, {row['failed']:,} "
        f"failed{right}{more}"
    )


def as_row(facts: RunFacts) -> dict[str, Any]:
    """What the list says of a run; of a damaged one ``error`` says why the rest is missing."""
    from golems.runs.queue import runs_before

    if facts.damage is not None:
        return {"run": facts.run.id, "state": "damaged", "error": facts.damage}
    progress = facts.progress
    return {
        "run": facts.run.id,
        "name": facts.name,
        "state": facts.state,
        "retrying": facts.is_retrying,
        "runs_before": runs_before(facts.run) if facts.state == "queued" else None,
        "golem": facts.golem,
        "checkpoint": facts.checkpoint,
        "dataset": facts.dataset,
        "settings": facts.settings,
        "created_at": facts.created_at,
        "rows": progress.rows,
        "done": progress.done,
        "failed": progress.failed,
        "known": progress.known,
        "accuracy": facts.accuracy,
        "seconds": round(progress.elapsed_s, 3),
    }


def rename_run(given: argparse.Namespace) -> int:
    """Give a run a name, or take it away."""
    from golems.runs.name import rename

    run = run_named(given.run)
    name = rename(run, given.name)
    print(f"{run.id} is called {name}." if name else f"{run.id} has no name now.")
    return DONE


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
    from golems.runs.retrying import retry_in_turn

    edits = {place_of("--edit", row): text for row, text in given.edit}
    skip = frozenset(place_of("--skip", row) for row in given.skip)
    if both := sorted(skip & set(edits)):
        raise BadInput(f"Row {both[0] + 1} is both in --edit and in --skip; name it in one.")
    run = run_named(given.run)
    before = ""

    def watch(stage: str) -> None:
        nonlocal before
        what = stage.partition(":")[0]  # without how many rows it is by now
        if what != before:
            print(f"{what} …", file=sys.stderr)
        before = what

    done = retry_in_turn(run, edits, skip, watch)
    print(done.outcome())
    return ROWS_FAILED if done.failed else DONE


def place_of(option: str, row: str) -> int:
    """The place, from 0, of a row that people count from 1.

    Raises:
        BadInput: It is no such number.
    """
    if not (row.isascii() and row.isdecimal()) or int(row) < 1:
        raise BadInput(f"{option} {row}: rows are counted from 1.")
    return int(row) - 1


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
