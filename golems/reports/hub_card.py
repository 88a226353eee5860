"""What the Hub is told of a run's results: a dataset's card, and a manifest for others."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import PurePath

import pyarrow as pa

from golems.reports.about import PROGRAM, named
from golems.reports.parity import parity_sentence
from golems.reports.summary import Summary, summarize
from golems.reports.typed import typed
from golems.runs import Manifest, Run
from golems.runs.columns import original_columns, shown_names
from golems.runs.name import name_of
from golems.words import counted

TAG = "pantheon-of-golems"  # by which a dataset of ours is known again
FILES = "data/results-*.parquet"
MOST_LABELS = 20
MARKDOWN = re.compile(r"([!-%'-/:;=?@\[-`{-~])")  # all of ASCII's punctuation but & < >
MEANINGS = {
    "predicted_label": "the label with the highest score",
    "predicted_score": "its score",
    "predicted_scores": "JSON: label to score, best first, as many as were kept",
    "generated_text": "what the golem wrote",
    "error": "why a row has no prediction",
    "tokens": "tokens that the golem read",
    "tokens_dropped": "tokens that it did not read, as the text was too long",
    "note": "why the golem can hardly read the text, so that its result means little",
}


def dataset_card(run: Run) -> str:
    """The README.md of a dataset with a run's results: YAML for the Hub, Markdown for people.

    Names out of a person's file are shown to the letter.

    Raises:
        RunFailed: A part is missing or damaged.
    """
    import yaml

    manifest, summary = run.manifest(), summarize(run)
    name = name_of(run) or f"{manifest.title} on {manifest.dataset.name}"
    head = {
        "license": "unknown",
        "pretty_name": " ".join(name.split()),
        "task_categories": [manifest.task],
        "tags": [TAG, "model-predictions"],
        "configs": [
            {"config_name": "default", "data_files": [{"split": "train", "path": FILES}]},
        ],
    }
    front = yaml.safe_dump(head, sort_keys=False, allow_unicode=True)
    return "\n".join(
        [
            f"---\n{front}---",
            f"# {words(name)}",
            "",
            *_body(manifest, summary, typed(run, manifest).schema),
            "",
        ]
    )


def _body(manifest: Manifest, summary: Summary, columns: pa.Schema) -> Iterator[str]:
    ok = summary.rows - summary.failed
    yield (
        f"Predictions of the checkpoint {words(named(manifest.checkpoint))} for every row of "
        f"{words(manifest.dataset.name)}, made with {PROGRAM}. They are what a model says and not "
        "what is right; nobody has checked them. A score is the model's own number and no "
        "probability of being right."
    )
    yield "\n## What was run\n"
    yield from table(("", ""), _facts(manifest, summary))
    yield "\n## What came of it\n"
    counts = [("Rows", f"{summary.rows:,}"), ("Predicted", f"{ok:,}")]
    if summary.hardly_read:
        counts.append(
            ("Hardly read, so that their results mean little", f"{summary.hardly_read:,}")
        )
    counts.append(("Failed", f"{summary.failed:,}"))
    if summary.cut_off is not None:
        counts.append(("Cut off, so not read to their end", f"{summary.cut_off:,}"))
    yield from table(("", "rows"), counts)
    if summary.labels:
        yield f"\nLabels of the {counted(ok, 'predicted row')}:\n"
        first = summary.labels[:MOST_LABELS]
        yield from table(
            ("label", "rows", "share"),
            ((words(one.label), f"{one.count:,}", f"{one.share:.1%}") for one in first),
        )
        if more := len(summary.labels) - len(first):
            yield f"\n{more:,} rarer labels are left out here."
    yield "\n## Columns\n"
    yield from table(("column", "type", "what it is"), _columns(manifest, columns))
    yield "\n## How to do it again\n"
    yield from _again(manifest)
    yield "\n## License\n"
    yield (
        "Unknown: the rows keep the license of the dataset they come from. The checkpoint's "
        f"license is {words(manifest.license)}."
    )


def _facts(manifest: Manifest, summary: Summary) -> Iterator[tuple[str, str]]:
    dataset = manifest.dataset
    yield "Golem", f"{words(manifest.title)} ({words(manifest.task)})"
    yield "Checkpoint", words(named(manifest.checkpoint))
    if summary.commit:
        yield "Commit", words(summary.commit)
    if summary.precision:
        compared = parity_sentence(summary.parity, summary.task)
        on = f"{summary.precision} on {summary.device}"
        yield "Precision", words(f"{on}. {compared}" if compared else on)
    given = ", ".join(f"{name} {value}" for name, value in manifest.parameters.items())
    yield "Parameters", words(given) or "none"
    yield "Dataset", words(dataset.name)
    if dataset.column:
        yield "Column that was read", words(dataset.column)
    if dataset.fingerprint:
        yield "Dataset's fingerprint", words(dataset.fingerprint)
    yield "State of the run", words(summary.state)
    if summary.rows_of_dataset not in (None, summary.rows):
        yield "Rows of the dataset", f"{summary.rows_of_dataset:,}"
    yield "Started", words(manifest.created_at)


def _columns(manifest: Manifest, columns: pa.Schema) -> Iterator[tuple[str, str, str]]:
    """Name, type and meaning of each column."""
    shown, results = shown_names(manifest), set(manifest.result_columns)
    inside = {shown[name]: name for name in (*original_columns(manifest), *results)}
    for field in columns:
        meaning = MEANINGS.get(inside[field.name], "as in the dataset")
        yield words(field.name), str(field.type), meaning


def _again(manifest: Manifest) -> Iterator[str]:
    """How to run the same on the same."""
    dataset = manifest.dataset
    yield "`manifest.json` holds every setting."
    if PurePath(manifest.golem).is_absolute():
        yield (
            "The checkpoint was a folder of whoever ran it; write the path of your copy of it as "
            "`golem` and `checkpoint` there."
        )
    if dataset.path.startswith("hub:"):
        yield "Then:"
    else:
        yield f"Put your copy of {words(dataset.name)} beside it, and in that folder:"
    yield "\n```\npython -m golems run manifest.json\n```"


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """The lines of a table in Markdown."""
    yield f"| {' | '.join(header)} |"
    yield f"|{' --- |' * len(header)}"
    for row in rows:
        yield f"| {' | '.join(row)} |"


def words(text: str) -> str:
    """Text that Markdown shows to the letter, on one line."""
    line = MARKDOWN.sub(r"\\\1", " ".join(text.replace("\0", " ").split()))
    return line.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def manifest_for_others(manifest: Manifest) -> Manifest:
    """A run's manifest without who ran it and where on their machine things lie."""
    dataset = manifest.dataset
    if not dataset.path.startswith("hub:"):
        path = PurePath(dataset.path).name
        dataset = dataset.model_copy(update={"path": path, "modified_ns": None})
    return manifest.model_copy(
        update={
            "golem": named(manifest.golem),
            "checkpoint": named(manifest.checkpoint),
            "dataset": dataset,
            "asked_by": "",
        }
    )
