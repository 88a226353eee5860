"""``run``: a whole dataset in this process."""

from __future__ import annotations

import argparse
import shutil
import sys
from contextlib import suppress

from golems.cli.bars import rows_bar, share_bar
from golems.cli.exit_codes import DONE, INTERRUPTED, ROWS_FAILED
from golems.cli.parameters import parameters
from golems.errors import GolemError
from golems.registry import card_named, choose_checkpoint
from golems.settings import settings
from golems.tasks import task_class


def run_dataset(given: argparse.Namespace) -> int:
    """Predict a whole dataset in this process, with a progress bar on stderr."""
    from golems.datasets import open_dataset
    from golems.runs import create_run

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
        encoding=given.encoding,
        header=given.header,
        limit=given.limit,
    )

    from golems.golem import plan_load
    from golems.runs.engine import execute

    # Asked before the run's folder is made: a device or checkpoint that isn't there leaves nothing
    # behind, and the same --out can be given again.
    with share_bar("Preparing the golem") as share:
        plan_load(card, checkpoint, device=device, precision=given.precision, progress=share)
    was_there = given.out is not None and given.out.exists()
    run = create_run(
        card,
        checkpoint,
        dataset,
        parameters=values,
        device=device,
        precision=given.precision,
        folder=given.out,
    )
    for note in dataset.notes:
        print(note, file=sys.stderr)
    try:
        with rows_bar() as watch:
            progress = execute(run, watch)
    except KeyboardInterrupt:
        progress = run.progress()
    except GolemError:
        if run.state() == "failed" and not run.parts():
            # It holds nothing but the reason, which is about to be told; --out is free again.
            with suppress(OSError):
                shutil.rmtree(run.folder)
                if was_there:
                    run.folder.mkdir()
        raise
    stopped = run.state() == "stopped"
    print(
        f"{'Stopped: ' if stopped else ''}{progress.done:,} rows, {progress.failed:,} failed, "
        f"{progress.elapsed_s:,.1f} s.",
        file=sys.stderr,
    )
    print(run.folder)
    if stopped:
        return INTERRUPTED
    return ROWS_FAILED if progress.failed else DONE
