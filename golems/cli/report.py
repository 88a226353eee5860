"""``report``: what a run gave, in figures or as a file."""

from __future__ import annotations

import argparse
import json
import os
import shlex
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, TextIO

from golems.cli.bars import share_bar
from golems.cli.exit_codes import DONE
from golems.cli.find import run_named
from golems.cli.truth import choose_truth, truth_as_dict, truth_lines
from golems.errors import BadInput, RunFailed
from golems.words import counted, counted_of

if TYPE_CHECKING:
    from golems.reports import Summary
    from golems.runs import Run

STANDARD_OUTPUT = Path("-")  # as typed for a file


def report(given: argparse.Namespace) -> int:
    """Print a run's summary, or write its results."""
    from golems.reports import summarize, write_csv, write_parquet

    if given.public and not given.push:
        raise BadInput("--public says who sees what --push uploads; give both, or neither.")
    refuse_mixture(given)
    run = run_named(given.run)
    choose_truth(run, given)
    summary = summarize(run)
    if given.csv:
        with writing_text(given.csv, given.bom) as file:
            write_csv(run, file)
    if given.errors:
        with writing_text(given.errors, given.bom) as file:
            write_csv(run, file, failed=True)
    if given.parquet:
        with writing(given.parquet) as path:
            write_parquet(run, path)
    written = write_others(run, given)
    if given.passport:
        from golems.reports.passport import write_passport

        with writing(given.passport) as path:
            write_passport(run, path)
    if given.code:
        from golems.reports.script import script, script_arguments

        manifest = run.manifest()
        print(script(manifest), end="")
        print("Start it with:", shlex.join(script_arguments(manifest)), file=sys.stderr)
        return DONE
    if given.json:
        whole = {**summary.as_dict(), "truth": truth_as_dict(run)}
        print(json.dumps(whole, indent=2, ensure_ascii=False))
    elif not (given.csv or given.parquet or given.errors or given.passport or written):
        print("\n".join([*as_lines(summary), *truth_lines(run)]))
    elif summary.state != "done":
        rows = counted_of(summary.rows, summary.rows_of_dataset, "row")
        print(f"The run is {summary.state}: these are {rows}.", file=sys.stderr)
    return DONE


def write_others(run: Run, given: argparse.Namespace) -> bool:
    """Write what is asked for beside CSV and Parquet; whether anything was."""
    if given.jsonl:
        from golems.reports.json_lines import write_jsonl

        with writing_text(given.jsonl) as file:
            write_jsonl(run, file)
    if given.excel:
        from golems.reports.excel import write_excel

        with writing(given.excel) as path:
            write_excel(run, path)
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
            with writing(given.label_studio) as path:
                path.write_text(tasks_json(view, places), "utf-8")
    if given.least_sure:
        with writing_text(given.least_sure, given.bom) as file:
            write_rows_csv(run, places, file)


def refuse_mixture(given: argparse.Namespace) -> None:
    """See that no more than one thing goes to standard output.

    Raises:
        BadInput: More would.
    """
    asked = [name for name, value in vars(given).items() if value == STANDARD_OUTPUT]
    asked += [name for name in ("json", "code", "push") if getattr(given, name)]
    if len(asked) > 1 and STANDARD_OUTPUT in vars(given).values():
        names = " and ".join(f"--{name.replace('_', '-')}" for name in asked)
        raise BadInput(
            f"{names} can't both write to standard output; give one of them a file, not -."
        )


@contextmanager
def writing(path: Path) -> Iterator[Path]:
    """Give the path to write to, and say in words why that can't be done.

    What is written for ``-`` goes to standard output once it is whole.

    Raises:
        RunFailed: It can't be written.
    """
    try:
        if path != STANDARD_OUTPUT:
            yield path
            return
        with TemporaryDirectory() as folder:
            whole = Path(folder, "whole")
            yield whole
            with whole.open("rb") as file:
                shutil.copyfileobj(file, sys.stdout.buffer)
            sys.stdout.buffer.flush()
    except OSError as error:
        if isinstance(error, BrokenPipeError):
            raise
        # What pyarrow raises has a long text of its own there, with the path once more.
        why = os.strerror(error.errno) if error.errno else error
        raise RunFailed(f"{path} can't be written: {why}.") from error


@contextmanager
def writing_text(path: Path, bom: bool = False) -> Iterator[TextIO]:
    """The same for a file of text in UTF-8, with a byte order mark or without."""
    encoding = "utf-8-sig" if bom else "utf-8"
    with writing(path) as place, place.open("w", encoding=encoding, newline="") as file:
        yield file


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
    if summary.hardly_read:
        yield (
            f"{counted(summary.hardly_read, 'row')} the golem can hardly read: what it says "
            "there means little; the column 'note' says why"
        )
    rows = counted_of(summary.rows, summary.rows_of_dataset, "row")
    yield (f"{rows}, {summary.failed:,} failed{cut_off}, {summary.seconds:,.1f} s{rate}")
    for entry in summary.labels:
        yield f"{entry.count:>10,}  {entry.share:6.1%}  {entry.label}"
