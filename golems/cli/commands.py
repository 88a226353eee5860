"""What each command does: parse, call the library, print."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from tqdm import tqdm

from golems.base import Card, Classification, HubSource, Prediction
from golems.errors import BadInput, RunFailed
from golems.loading import fetch, is_here, locate
from golems.registry import card_named, cards, choose_checkpoint
from golems.settings import settings
from golems.tasks import task_class

DONE, ROWS_FAILED = 0, 1
CLASSIFICATION = ("top_k",)
GENERATION = (
    "max_new_tokens", "sample", "temperature", "top_p", "repetition_penalty", "seed", "instruction",
)  # fmt: skip


def list_golems(given: argparse.Namespace) -> int:
    """Print the roster; loads nothing."""
    rows = [
        {
            "golem": card.name,
            "task": card.task,
            "checkpoint": checkpoint.id,
            "commit": found.commit if (found := locate(checkpoint)) else None,
            "here": is_here(checkpoint),
            "in_use": checkpoint == choose_checkpoint(card),
            "size_mb": checkpoint.size_mb,
            "license": checkpoint.license,
        }
        for card in cards().values()
        for checkpoint in card.checkpoints
    ]
    if given.json:
        print(json.dumps(rows, indent=2))
        return DONE
    for row in rows:
        where = "in use" if row["in_use"] else "here" if row["here"] else "on the Hub"
        print(
            f"{row['golem']:<12} {row['task']:<21} {row['checkpoint']:<61} "
            f"{row['size_mb']:>5,.0f} MB  {row['license']:<11} {where}"
        )
    return DONE


def fetch_checkpoint(given: argparse.Namespace) -> int:
    """Download a checkpoint, or assemble an embedded one."""
    card = card_named(given.golem, given.task or first_task(given))
    checkpoint = (
        choose_checkpoint(card, given.checkpoint)
        if given.checkpoint
        else next(
            (one for one in card.checkpoints if isinstance(one.source, HubSource)),
            card.checkpoints[0],
        )
    )
    with share_bar(f"Fetching {checkpoint.id}") as progress:
        folder = fetch(checkpoint, progress)
    print(f"{checkpoint.id} is here: commit {folder.commit}.")
    return DONE


def first_task(given: argparse.Namespace) -> str | None:
    """Fetching needs no task, so a Hub id on no card takes any."""
    known = {one.id for card in cards().values() for one in card.checkpoints} | set(cards())
    return None if given.golem in known else "text-classification"


def predict(given: argparse.Namespace) -> int:
    """Predict one text or picture and print it."""
    card = card_named(given.golem, given.task)
    content = one_content(card, given)
    values = parameters(card, given)
    # Checks the values before a model is loaded for them.
    chosen = task_class(card.task).parameters.of({**card.parameters, **values})
    checkpoint = choose_checkpoint(card, given.checkpoint)

    from golems.golem import Golem, plan_load

    with share_bar("Preparing the golem") as progress:
        plan = plan_load(
            card,
            checkpoint,
            device=given.device or settings().device,
            precision=given.precision,
            progress=progress,
        )
    outcome = Golem.load(plan).predict([content], chosen)[0]
    if outcome.prediction is None:
        raise BadInput(outcome.error or "The row could not be predicted.")
    if given.json:
        print(json.dumps(as_pipeline(outcome.prediction), ensure_ascii=False))
    else:
        print(as_text(outcome.prediction))
    return DONE


def one_content(card: Card, given: argparse.Namespace) -> str | bytes:
    """The text or picture to predict.

    Raises:
        BadInput: None or two were given, or the file can't be read.
    """
    kind = task_class(card.task).content
    if (given.text is None) == (given.file is None):
        raise BadInput("Give either one TEXT or one file with --file.")
    if given.file is None:
        if kind == "image":
            raise BadInput(f"{card.title} looks at pictures: give one with --file PATH.")
        return str(given.text)
    try:
        data: bytes = given.file.read_bytes()
        return data if kind == "image" else data.decode("utf-8-sig")
    except OSError as error:
        raise BadInput(f"{given.file} can't be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise BadInput(
            f"{given.file} is not a UTF-8 text (byte {error.start}); {card.title} reads texts."
        ) from error


def parameters(card: Card, given: argparse.Namespace) -> dict[str, Any]:
    """The task's parameters that were given on the command line.

    Raises:
        BadInput: One of another task.
    """
    chosen = {name: getattr(given, name) for name in (*CLASSIFICATION, *GENERATION)}
    chosen = {name: value for name, value in chosen.items() if value is not None}
    generates = card.task == "text-generation"
    for name in chosen:
        if (name in GENERATION) != generates:
            raise BadInput(f"--{name.replace('_', '-')} is not a parameter of {card.task}.")
    if given.sample_top_k is not None:
        if not generates:
            raise BadInput(f"--sample-top-k is not a parameter of {card.task}.")
        chosen["top_k"] = given.sample_top_k
    return chosen


def as_pipeline(prediction: Prediction) -> list[dict[str, Any]]:
    """A prediction in the shape of transformers' pipelines."""
    if isinstance(prediction, Classification):
        return [asdict(entry) for entry in prediction.scores]
    return [{"generated_text": prediction.generated_text}]


def as_text(prediction: Prediction) -> str:
    """A prediction for people."""
    if not isinstance(prediction, Classification):
        return prediction.generated_text
    lines = [f"{entry.score:8.4f}  {entry.label}" for entry in prediction.scores]
    if prediction.tokens_dropped:
        lines.append(
            f"Only the first {prediction.tokens:,} tokens were read; "
            f"{prediction.tokens_dropped:,} were cut off."
        )
    return "\n".join(lines)


def run_dataset(given: argparse.Namespace) -> int:
    """Predict a whole dataset in this process, with a progress bar on stderr."""
    from golems.datasets import open_dataset
    from golems.runs import Progress, create_run
    from golems.runs.engine import execute

    card = card_named(given.golem, given.task)
    dataset = open_dataset(
        given.input,
        task_kind=task_class(card.task).content,
        column=given.column,
        delimiter=given.delimiter,
        encoding=given.encoding,
        header=given.header,
        limit=given.limit,
    )
    if Path(given.golem).is_dir():
        card = replace(card, name=str(Path(given.golem).resolve()))
    run = create_run(
        card,
        choose_checkpoint(card, given.checkpoint),
        dataset,
        parameters=parameters(card, given),
        device=given.device or settings().device,
        precision=given.precision,
        folder=given.out,
    )
    for note in dataset.notes:
        print(note, file=sys.stderr)
    with tqdm(unit=" rows", file=sys.stderr, dynamic_ncols=True) as bar:

        def watch(progress: Progress) -> None:
            if bar.total != progress.rows:
                bar.reset(progress.rows)
            bar.set_description(progress.stage, refresh=False)
            bar.update(progress.done - bar.n)

        progress = execute(run, watch)
    print(
        f"{progress.done:,} rows, {progress.failed:,} failed, {progress.elapsed_s:,.1f} s.",
        file=sys.stderr,
    )
    print(run.folder)
    return ROWS_FAILED if progress.failed else DONE


def report(given: argparse.Namespace) -> int:
    """Print a run's summary, or write its results."""
    from golems.reports import summarize, write_csv, write_parquet
    from golems.runs import open_run
    from golems.runs.store import RUN_ID

    named = given.run if RUN_ID.fullmatch(given.run) else None
    folder = Path(given.run)
    run = open_run(folder if folder.is_dir() or not named else named)
    try:
        if given.csv:
            with given.csv.open("w", encoding="utf-8", newline="") as file:
                write_csv(run, file)
        if given.parquet:
            write_parquet(run, given.parquet)
    except OSError as error:
        raise RunFailed(f"{error.filename} can't be written: {error.strerror}.") from error
    summary = summarize(run)
    if given.json:
        print(json.dumps(summary.as_dict(), indent=2, ensure_ascii=False))
    elif not (given.csv or given.parquet):
        print(f"{summary.run}: {summary.state}")
        print(f"{summary.golem} on {summary.dataset}, checkpoint {summary.checkpoint}")
        print(f"commit {summary.commit}, {summary.precision} on {summary.device}")
        print(f"{summary.rows:,} rows, {summary.failed:,} failed, {summary.seconds:,.1f} s")
        for entry in summary.labels:
            print(f"{entry.count:>10,}  {entry.share:6.1%}  {entry.label}")
    return DONE


@contextmanager
def share_bar(title: str) -> Iterator[Callable[[float], None]]:
    """A progress bar on stderr for a share from 0 to 1; there is none while nothing is reported."""
    bar: tqdm[Any] | None = None

    def progress(share: float) -> None:
        nonlocal bar
        bar = bar or tqdm(
            total=100, desc=title, unit="%", file=sys.stderr, bar_format="{l_bar}{bar}| {elapsed}"
        )
        bar.update(round(share * 100) - bar.n)

    try:
        yield progress
    finally:
        if bar is not None:
            bar.close()


COMMANDS: dict[str, Callable[[argparse.Namespace], int]] = {
    "list": list_golems,
    "fetch": fetch_checkpoint,
    "predict": predict,
    "run": run_dataset,
    "report": report,
}
