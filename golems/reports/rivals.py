"""Runs that can be compared with one another, and several of them in one connection."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import duckdb

from golems.errors import BadInput, GolemError
from golems.reports.choices import Choices, choices_of, refuse_impossible
from golems.reports.parts import damaged
from golems.reports.same_rows import why_other_rows
from golems.reports.view import View, _create
from golems.runs import Manifest, Run, all_runs
from golems.runs.parts import Signature
from golems.runs.segments import segments_of

MOST = 4  # runs side by side
LETTERS = "ABCD"


@dataclass(frozen=True)
class Rival:
    """A run beside that of a view, in the same connection.

    Attributes:
        rows: Its view there, with the columns of the view ``rows``: ``rows_1``, ``rows_2`` ...
        run: It.
        signature, said: Of its parts, and of what a person chose: what an answer depends on.
    """

    rows: str
    run: Run = field(compare=False)
    manifest: Manifest = field(compare=False)
    choices: Choices = field(compare=False)
    folder: str
    signature: Signature
    said: str


def attach(view: View, runs: Sequence[Run]) -> tuple[Rival, ...]:
    """Open more runs in a view's connection.

    Raises:
        BadInput: What was chosen for one of them doesn't fit it.
        RunFailed: A part of one of them is missing or damaged.
    """
    rivals = []
    for number, run in enumerate(runs, 1):
        manifest, choices, segments = run.manifest(), choices_of(run), segments_of(run)
        refuse_impossible(manifest, choices)
        try:
            _create(view.connection, manifest, choices, segments, f"_{number}")
        except duckdb.Error as error:
            raise damaged(run, error) from error
        said = choices.model_dump_json()
        rivals.append(
            Rival(
                f"rows_{number}", run, manifest, choices, str(run.folder), segments.signature, said
            )
        )
    return tuple(rivals)


def rivals(run: Run) -> list[Run]:
    """Other runs that predict labels for the same rows, newest first.

    Raises:
        BadInput: The run itself predicts none.
    """
    mine = run.manifest()
    refuse_without_labels(mine)
    return [
        other for other, manifest in others(run) if why_unlike(run, mine, other, manifest) is None
    ]


def others(run: Run) -> Iterator[tuple[Run, Manifest]]:
    """All other runs that can be read, newest first."""
    for other in all_runs():
        if other.folder != run.folder:
            try:
                yield other, manifest_of(other)
            except GolemError:
                continue  # the list of runs says what is wrong with it


def manifest_of(run: Run) -> Manifest:
    """A run's manifest; it is read again only where its file has changed.

    Raises:
        GolemError: It can't be read.
    """
    try:
        found = (run.folder / "manifest.json").stat()
    except OSError:
        return run.manifest()  # which says what is wrong
    return _read(run.folder, found.st_mtime_ns, found.st_size)


@lru_cache(maxsize=2048)
def _read(folder: Path, _changed_ns: int, _size: int) -> Manifest:
    return Run(folder).manifest()


def refuse_without_labels(manifest: Manifest) -> None:
    """See that a run predicts labels.

    Raises:
        BadInput: It doesn't.
    """
    if "predicted_label" not in manifest.result_columns:
        raise BadInput(
            f"Run {manifest.id} writes texts and predicts no labels, so there is nothing to "
            "compare label by label. Compare runs of classifiers."
        )


def refuse_unlike(run: Run, rivals: Sequence[Run]) -> None:
    """See that runs can be compared row by row.

    Raises:
        BadInput: They can't, and why.
    """
    if not 1 <= len(rivals) < MOST:
        raise BadInput(
            f"{len(rivals) + 1} runs can't be compared with one another; choose 2 to {MOST}."
        )
    mine = run.manifest()
    refuse_without_labels(mine)
    for number, rival in enumerate(rivals):
        if rival.folder == run.folder or rival.folder in [one.folder for one in rivals[:number]]:
            raise BadInput(f"Run {rival.id} can't be compared with itself; choose another one.")
        manifest = rival.manifest()
        refuse_without_labels(manifest)
        if (why := why_unlike(run, mine, rival, manifest)) is not None:
            raise BadInput(
                f"Runs {run.id} and {rival.id} can't be compared row by row: {why}. Choose runs "
                "over the same rows, or look at Drift."
            )


def why_unlike(run: Run, mine: Manifest, other: Run, manifest: Manifest) -> str | None:
    """Why two runs can't be compared row by row; None where they can."""
    if "predicted_label" not in manifest.result_columns:
        return "one of them predicts no labels"
    return why_other_rows(run, mine, other, manifest)


def is_kin(one: Manifest, other: Manifest) -> bool:
    """Whether two runs are of the same golem: its checkpoint and its weights."""
    return (
        one.engine is not None
        and other.engine is not None
        and (one.task, one.checkpoint, one.engine.commit)
        == (other.task, other.checkpoint, other.engine.commit)
    )


def described(manifests: Sequence[Manifest]) -> list[str]:
    """What tells runs apart, in a few words each; their ids where nothing else does."""
    ways = [_ways(manifest) for manifest in manifests]
    telling = [name for name in ways[0] if len({way[name] for way in ways}) > 1]
    lines = [" · ".join(way[name] for name in telling if way[name]) for way in ways]
    if len(set(lines)) < len(lines):
        lines = [
            " · ".join(filter(None, (line, manifest.id)))
            for line, manifest in zip(lines, manifests, strict=True)
        ]
    return lines


def _ways(manifest: Manifest) -> dict[str, str]:
    engine = manifest.engine
    parameters = ", ".join(
        f"{name} {'all' if value is None else value}"
        for name, value in sorted(manifest.parameters.items())
    )
    return {
        "checkpoint": manifest.checkpoint,
        "commit": engine.commit.removeprefix("sha256:")[:12] if engine else "",
        "precision": engine.precision if engine else f"{manifest.precision}, not started",
        "parameters": parameters,
        "device": engine.device if engine else "",
    }
