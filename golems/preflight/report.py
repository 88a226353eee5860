"""What pre-flight found, and finding it with a golem that is loaded."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from golems.preflight.lengths import SAMPLED, Bin, Lengths

if TYPE_CHECKING:
    from golems.datasets import Dataset
    from golems.golem import Golem
    from golems.preflight.lengths import LengthSample
    from golems.runs.manifest import Manifest


@dataclass(frozen=True)
class Preflight:
    """What a run would meet and take.

    Attributes:
        commit: The Hub's commit of the weights, or ``sha256:`` and a digest.
        rows: Rows of the dataset.
        empty: Rows with nothing in them.
        unreadable: Further rows that can't be read. Damage inside a picture only shows when it is
            decoded; ``rehearsal_refused`` has it for the rows rehearsed.
        duplicates: Readable rows with the content of an earlier row.
        known: Readable rows whose result the ledger has.
        to_compute: Rows that the model will see.
        rehearsed: Rows read and encoded to measure, and ``rehearsal_predicted`` of them predicted.
        load_s: Seconds until the golem was loaded, from when its process began.
        seconds: Predicted for the run, without loading; None where no row could be rehearsed.
        memory_bytes: Predicted peak of the run's process: the one that rehearsed.
        device_memory_bytes: Peak on a CUDA device; None elsewhere.
    """

    golem: str
    dataset: str
    checkpoint: str
    commit: str
    device: str
    precision: str
    rows: int
    empty: int
    unreadable: int
    duplicates: int
    known: int
    to_compute: int
    lengths: Lengths
    rehearsed: int
    rehearsal_predicted: int
    rehearsal_refused: int
    load_s: float
    seconds: float | None
    memory_bytes: int
    device_memory_bytes: int | None

    def as_dict(self) -> dict[str, Any]:
        """Plain numbers, strings, lists and mappings."""
        return asdict(self)

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> Preflight:
        """The same again out of ``as_dict``, also by way of JSON."""
        lengths = dict(values["lengths"])
        lengths["bins"] = tuple(Bin(**one) for one in lengths["bins"])
        if lengths["cut_off_share"] is not None:
            lengths["cut_off_share"] = tuple(lengths["cut_off_share"])
        return cls(**{**values, "lengths": Lengths(**lengths)})


def preflight(
    golem: Golem,
    manifest: Manifest,
    dataset: Dataset,
    *,
    load_s: float = 0.0,
    watch: Callable[[str], None] = lambda _: None,
    most_measured: int = SAMPLED,
) -> Preflight:
    """Look at a dataset and rehearse a run of it in this process.

    Its peak memory is only that of a run's where this process does nothing else: see ``check``.

    Args:
        golem: Loaded as the manifest says.
        manifest: Of the run, as ``golems.runs.draft`` makes it.
        dataset: As the manifest says.
        load_s: Seconds that the golem took to load.
        watch: Called with what it is at, in words.
        most_measured: Rows whose length is measured at most.

    Raises:
        BadInput: The dataset as a whole can't be read.
        GolemError: The model can't predict any row of it.
    """
    from golems.preflight.counting import count_rows
    from golems.preflight.forecast import predicted_seconds
    from golems.preflight.memory import peak_device_bytes, peak_memory_bytes
    from golems.preflight.rehearsal import rehearse
    from golems.runs.known import known_results
    from golems.runs.setup import with_engine

    task = golem.task
    parameters = task.parameters.of(manifest.parameters)
    manifest = with_engine(manifest, golem)
    with ExitStack() as stack:
        counted = count_rows(
            dataset,
            task,
            parameters,
            known=known_results(manifest, stack),
            window=manifest.window,
            watch=lambda rows: watch(f"Looking at the rows: {rows:,}"),
            most_measured=most_measured,
        )
    watch("Rehearsing")
    rehearsal = rehearse(golem, manifest, dataset, spread_places(counted.lengths, manifest.window))
    measured = [one.cost for one in counted.lengths.in_order().values() if one.cost is not None]
    return Preflight(
        golem=manifest.title,
        dataset=manifest.dataset.name,
        checkpoint=manifest.checkpoint,
        commit=golem.plan.folder.commit,
        device=golem.plan.device,
        precision=golem.plan.precision,
        rows=counted.rows,
        empty=counted.empty,
        unreadable=counted.unreadable,
        duplicates=counted.duplicates,
        known=counted.known,
        to_compute=counted.to_compute,
        lengths=counted.lengths.summary(),
        rehearsed=rehearsal.rows,
        rehearsal_predicted=rehearsal.predicted,
        rehearsal_refused=rehearsal.refused,
        load_s=round(load_s, 3),
        seconds=predicted_seconds(
            rehearsal,
            measured or rehearsal.costs,
            rows=counted.rows,
            to_compute=counted.to_compute,
            window=manifest.window,
            limits=task.limits,
        ),
        memory_bytes=peak_memory_bytes(),
        device_memory_bytes=peak_device_bytes(golem.plan.device),
    )


def spread_places(sample: LengthSample, most: int) -> list[int]:
    """Places of at most ``most`` rows that are spread over the lengths, both ends included."""
    lengths = sample.in_order()
    places = sorted(lengths, key=lambda place: (lengths[place].units, place))
    if len(places) <= most:
        return places
    last = len(places) - 1
    return [places[round(last * step / max(1, most - 1))] for step in range(most)]
