"""``run`` and ``resume``: a whole dataset in this process."""

from __future__ import annotations

import argparse
import getpass
import shutil
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from golems.cli.again import differences
from golems.cli.bars import rows_bar, share_bar
from golems.cli.contradictions import MANIFESTS, refuse_contradictions
from golems.cli.dry_run import dry_run
from golems.cli.exit_codes import DONE, INTERRUPTED, ROWS_FAILED
from golems.cli.find import run_named
from golems.cli.parameters import parameters
from golems.errors import BadInput, GolemError, HubError
from golems.registry import card_named, choose_checkpoint
from golems.settings import settings
from golems.tasks import task_class
from golems.words import counted

if TYPE_CHECKING:
    from golems.base import Card, Checkpoint
    from golems.datasets import Dataset
    from golems.runs import Manifest, Run


def run_dataset(given: argparse.Namespace) -> int:
    """Predict a whole dataset in this process, with a progress bar on stderr."""
    refuse_contradictions(given)
    if given.resume is not None:
        return resume(argparse.Namespace(run=given.resume))
    from golems.runs import create_run, draft

    if given.input is None:
        manifest = named_manifest(given.golem)
        ledger = manifest.ledger if given.ledger is None else given.ledger
        manifest = manifest.model_copy(update={"ledger": ledger})
        if given.dry_run:
            return dry_run(manifest, given)
        return again(given, manifest)
    card, checkpoint, dataset, options = typed(given)
    say_notes(dataset)
    if given.dry_run:
        return dry_run(draft(card, checkpoint, dataset, **options), given)
    return begin(given, lambda: create_run(card, checkpoint, dataset, folder=given.out, **options))


def say_notes(dataset: Dataset) -> None:
    """What was found and guessed on opening."""
    from golems.datasets import Doubt

    for note in dataset.notes:
        print(f"warning: {note}" if isinstance(note, Doubt) else note, file=sys.stderr)


def again(given: argparse.Namespace, manifest: Manifest) -> int:
    """Do the run of a manifest again, and say what is not as it was."""
    from golems.runs import repeat_run

    made: list[Run] = []

    def make() -> Run:
        made.append(repeat_run(manifest, given.out, asked_by=asker()))
        return made[0]

    code = begin(given, make)
    for line in differences(manifest, made[0].manifest()):
        print(line, file=sys.stderr)
    return code


def begin(given: argparse.Namespace, make: Callable[[], Run]) -> int:
    """Make a run and do it; where it can't even begin, nothing of it is left behind."""
    was_there = given.out is not None and given.out.is_dir()
    run = make()
    try:
        return work(run)
    except GolemError:
        if run.state() == "failed" and not run.parts():
            # It holds nothing but the reason, which is about to be told; --out is free again.
            with suppress(OSError):
                shutil.rmtree(run.folder)
                if was_there:
                    run.folder.mkdir()
        raise


def resume(given: argparse.Namespace) -> int:
    """Go on with a run that ended early."""
    import golems.runs.engine  # noqa: F401 - takes seconds, in which a run must not wait for nobody
    from golems.runs.queue import resume as resume_run

    run = run_named(given.run)
    resume_run(run)
    return work(run)


def named_manifest(name: str) -> Manifest:
    """The manifest of a run that is to be done again.

    Raises:
        BadInput: The name is not that of a manifest.
    """
    from golems.runs import read_manifest

    path = Path(name)
    if path.is_dir():
        path /= "manifest.json"
    if Path(name).suffix in MANIFESTS and not path.exists():
        raise BadInput(f"There is no manifest {name}.")
    if path.suffix not in MANIFESTS or not path.is_file():
        raise BadInput(f"Give an INPUT for {name} to read, or the manifest of a run.")
    return read_manifest(path)


def typed(given: argparse.Namespace) -> tuple[Card, Checkpoint, Dataset, dict[str, Any]]:
    """What the run that was typed is made of, and its options."""
    from golems.datasets import open_dataset

    card = card_named(given.golem, given.task)
    task = task_class(card.task)
    values = parameters(card, given)
    task.parameters.of({**card.parameters, **values})
    checkpoint = choose_checkpoint(card, given.checkpoint)
    device = given.device or settings().device
    dataset = open_dataset(
        given.input,
        task_kind=task.content,
        column=given.column,
        delimiter=given.delimiter,
        quote=given.quote,
        **{name: getattr(given, name) for name in ("escape", "blanks", "line_end")},
        encoding=given.encoding,
        header=given.header,
        limit=given.limit,
        kind=given.kind,
        sheet=given.sheet,
        config=given.config,
        split=given.split,
        revision=given.revision,
        sample=given.sample_rows,
        seed=given.sample_seed,
    )

    from golems.golem import plan_load

    # Asked before the run's folder is made: a device or checkpoint that isn't there leaves nothing
    # behind, and the same --out can be given again.
    with share_bar("Preparing the golem") as share:
        plan_load(card, checkpoint, device=device, precision=given.precision, progress=share)
    options = {
        "parameters": values,
        "device": device,
        "precision": given.precision,
        "batch_cost": given.batch_tokens,
        "ledger": given.ledger,
        "max_failed_share": share_of(given.stop_when_failed),
        "asked_by": asker(),
    }
    return card, checkpoint, dataset, options


def asker() -> str:
    """Who asks for a run here, as far as the system tells."""
    try:
        return f"{getpass.getuser()}, on the command line"
    except (KeyError, ImportError, OSError):  # by version and system: this user has no name
        return "on the command line"


def share_of(percent: float | None) -> float | None:
    """A percentage as a share.

    Raises:
        BadInput: It is out of range.
    """
    if percent is not None and not 0 <= percent <= 100:
        raise BadInput(f"--stop-when-failed is {percent:g}; it must be a percentage, 0 to 100.")
    return None if percent is None else percent / 100


def work(run: Run) -> int:
    """Do a run when it is its turn, and say how it went."""
    from golems.runs import start_workers
    from golems.runs.engine import execute
    from golems.runs.queue import turn

    waiting = -1

    def watch_queue(runs: int) -> None:
        nonlocal waiting
        if runs != waiting:
            print(f"Waiting for {runs + 1} other run{'s' if runs else ''}.", file=sys.stderr)
        waiting = runs

    try:
        with turn(run, watch_queue), rows_bar() as watch:
            progress = execute(run, watch)
    except KeyboardInterrupt:
        progress = run.progress()
    except HubError:
        print(f"Once the Hub is there again, go on with: resume {run.folder}", file=sys.stderr)
        raise
    finally:
        start_workers()
    stopped = run.state() == "stopped"
    known = f"{progress.known:,} of them known or repeated, " if progress.known else ""
    failed = f"{progress.failed:,} failed, {progress.elapsed_s:,.1f} s."
    print(
        f"{'Stopped: ' if stopped else ''}{counted(progress.done, 'row')}, {known}{failed}",
        file=sys.stderr,
    )
    print(run.folder)
    if stopped:
        return INTERRUPTED
    return ROWS_FAILED if progress.failed else DONE
