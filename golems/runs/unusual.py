"""What was asked for a run beyond the usual, on one line: what tells runs apart in a list."""

from __future__ import annotations

from dataclasses import fields

from golems.runs.manifest import Manifest
from golems.tasks import task_class


def unusual(manifest: Manifest) -> str:
    """The settings of a run that aren't the defaults, as ``bf16, top_k 3, first 1,000 rows``.

    Raises:
        UnknownName: The run is of a task that is not known here.
    """
    usual = task_class(manifest.task).parameters()
    defaults = {one.name: getattr(usual, one.name) for one in fields(usual)}
    dataset, said = manifest.dataset, []
    if (number := dataset.options.get("sample")) is not None:
        said.append(f"{number:,} rows drawn with seed {dataset.options.get('seed')}")
    elif dataset.limit is not None:
        said.append(f"first {dataset.limit:,} rows")
    said += [one for one in (manifest.precision, manifest.device) if one != "auto"]
    said += [
        f"{name.replace('_', ' ')} {'all' if value is None else value}"
        for name, value in sorted(manifest.parameters.items())
        if value != defaults.get(name)
    ]
    if not manifest.ledger:
        said.append("all computed anew")
    return ", ".join(said)
