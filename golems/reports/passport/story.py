"""A run in a paragraph of plain words, for whoever never saw the app."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from golems.reports.charts.labels import finding
from golems.reports.overview import Counts, counts, label_shares
from golems.reports.view import View
from golems.reports.words import between, day, percent
from golems.runs import Manifest
from golems.words import counted

NOT_DONE = {
    "queued": "The run has not begun yet.",
    "running": "The run was still going on when this was written.",
    "stopping": "The run was about to stop when this was written.",
    "stopped": "Somebody stopped the run before its end.",
    "interrupted": "The run was interrupted before its end.",
    "failed": "The run failed before its end.",
}


def story(view: View) -> str:
    """What was run on what, when, and what came of it."""
    return " ".join(_sentences(view))


def _sentences(view: View) -> Iterator[str]:
    manifest, found = view.manifest, counts(view)
    when = day(datetime.fromisoformat(manifest.created_at))
    yield (
        f"On {when} the golem {manifest.title} (checkpoint {manifest.checkpoint}) read "
        f"{_what(manifest, found)}."
    )
    if labels := label_shares(view):
        said = finding(found, labels)
        interval = labels[0].interval
        yield f"{said} (95% interval {between(interval)})." if interval else f"{said}."
    elif found.ok:
        yield f"It wrote a text for {counted(found.ok, 'row')}."
    if found.failed:
        share = percent(found.failed / found.rows)
        yield f"{counted(found.failed, 'row')} ({share}) could not be predicted."
    if found.cut_off:
        part = "beginning" if manifest.parameters.get("long_texts") == "tail" else "end"
        yield (
            f"Of {counted(found.cut_off, 'text')} the {part} was not read, as they are longer than "
            "the model reads."
        )
    state = view.run.state()
    if state != "done":
        yield NOT_DONE[state]
        end = view.run.end()
        if end is not None and end.reason:
            yield end.reason


def _what(manifest: Manifest, found: Counts) -> str:
    dataset = manifest.dataset
    column = f", column {dataset.column}" if dataset.column else ""
    rows, name = counted(found.rows, "row"), f"{dataset.name}{column}"
    if "sample" in dataset.options:
        return f"a sample of {rows} of {name} (seed {dataset.options.get('seed', 0)})"
    if dataset.limit is not None and found.is_part:
        return f"the first {rows} of {name}"
    if found.population is not None:
        return f"the first {found.rows:,} of {counted(found.population, 'row')} of {name}"
    return f"{rows} of {name}"
