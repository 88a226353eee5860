"""``report``: what a run gave, in figures or as a file."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from golems.cli.bars import share_bar
from golems.cli.exit_codes import DONE
from golems.cli.find import run_named
from golems.cli.truth import choose_truth, truth_as_dict, truth_lines
from golems.errors import BadInput, RunFailed

if TYPE_CHECKING:
    from golems.reports import Summary
    from golems.runs import Run


def report(given: argparse.Namespace) -> int:
    """Print a run's summary, or write its results."""
    from golems.reports import summarize, write_csv, write_parquet

    if given.public and not given.push:
        raise BadInput("--public says who sees what --push uploads; give both, or neither.")
    run = run_named(given.run)
    choose_truth(run, given)
    summary = summarize(run)
    if given.csv:
        with writing(given.csv), given.csv.open("w", encoding="utf-8", newline="") as file:
            write_csv(run, file)
    if given.errors:
        with writing(given.errors), given.errors.open("w", encoding="utf-8", newline="") as file:
            write_csv(run, file, failed=True)
    if given.parquet:
        with writing(given.parquet):
            write_parquet(run, given.parquet)
    written = write_others(run, given)
    if given.passport:
        from golems.reports.passport import write_passport

        with writing(given.passport):
            write_passport(run, given.passport)
    if given.code:
        from golems.reports.script import script

        print(script(run.manifest()), end="")
        return DONE
    if given.json:
        whole = {**summary.as_dict(), "truth": truth_as_dict(run)}
        print(json.dumps(whole, indent=2, ensure_ascii=False))
    elif not (given.csv or given.parquet or given.errors or given.passport or written):
        print("\n".join([*as_lines(summary), *truth_lines(run)]))
    elif summary.state != "done":
        print(f"The run is {summary.state}: these are {so_far(summary)}.", file=sys.stderr)
    return DONE


def write_others(run: Run, given: argparse.Namespace) -> bool:
    """Write what is asked for beside CSV and Parquet; whether anything was."""
    if given.jsonl:
        from golems.reports.json_lines import write_jsonl

        with writing(given.jsonl), given.jsonl.open("w", encoding="utf-8", newline="") as file:
            write_jsonl(run, file)
    if given.excel:
        from golems.reports.excel import write_excel

        with writing(given.excel):
            write_excel(run, given.excel)
    if given.least_sure or given.label_studio:
        write_least_sure(run, given)
    if given.push:
        from golems.reports.hub_push import push

        with share_bar("Uploading") as progress:
            pushed = push(run, given.push, private=not given.public, progress=progress)
        print(f"{pushed.address} ({'private' if pushed.private else 'public'})")
    files = (given.jsonl, given.excel, given.least_sure, given.label_studio)
    return any(files) or bool(given.push)


def write_least_sure(run: Run, given: argparse.Namespace) -> None:
    """Write the rows with the lowest scores, for people to look at."""
    from golems.reports.export import write_rows_csv
    from golems.reports.label_studio import tasks_json
    from golems.reports.threshold import least_sure
    from golems.reports.view import view_of

    if given.rows < 1:
        raise BadInput(f"--rows {given.rows} is less than one row.")
    with view_of(run) as view:
        places = least_sure(view, given.rows)
        if given.label_studio:
            with writing(given.label_studio):
                given.label_studio.write_text(tasks_json(view, places), "utf-8")
    if given.least_sure:
        path = given.least_sure
        with writing(path), path.open("w", encoding="utf-8", newline="") as file:
            write_rows_csv(run, places, file)


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Say in words why a file can't be written.

    Raises:
        RunFailed: It can't.
    """
    try:
        yield
    except OSError as error:
        if isinstance(error, BrokenPipeError):
            raise
        # What pyarrow raises has a long text of its own there, with the path once more.
        why = os.strerror(error.errno) if error.errno else error
        raise RunFailed(f"{path} can't be written: {why}.") from error


def as_lines(summary: Summary) -> Iterator[str]:
    """A summary for people."""
    yield f"{summary.run}: {summary.state}"
    if summary.reason:
        yield summary.reason
    yield f"{summary.golem} on {summary.dataset}, checkpoint {summary.checkpoint}"
    if summary.commit:
        yield f"commit {summary.commit}, {summary.precision} on {summary.device}"
    from golems.reports import parity_sentence

    if compared := parity_sentence(summary.parity, summary.task):
        yield compared
    cut_off = f", {summary.cut_off:,} cut off" if summary.cut_off else ""
    rate = f", {summary.rows_per_second:,.1f} rows/s" if summary.rows_per_second else ""
    yield (f"{so_far(summary)}, {summary.failed:,} failed{cut_off}, {summary.seconds:,.1f} s{rate}")
    for entry in summary.labels:
        yield f"{entry.count:>10,}  {entry.share:6.1%}  {entry.label}"


def so_far(summary: Summary) -> str:
    """How many rows there are, and of how many where some are missing."""
    whole = summary.rows_of_dataset
    of = f" of {whole:,}" if whole is not None and whole != summary.rows else ""
    return f"{summary.rows:,}{of} rows"
