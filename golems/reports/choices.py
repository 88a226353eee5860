"""What a person chose for the report of a run: the truth, and what labels are called."""

from __future__ import annotations

from collections import Counter

from pydantic import BaseModel, ConfigDict, ValidationError

from golems.errors import BadInput, RunDamaged
from golems.runs import Manifest, Run
from golems.runs.files import write_whole
from golems.runs.judged import CHOICES as FILE


class Choices(BaseModel):
    """How a run is to be read; kept beside it, so that page, command and passport agree.

    Attributes:
        names: Label of the golem -> what it is called instead, as ``LABEL_0`` -> ``negative``.
        truth: The original column that says what is right; None where there is none.
        truth_labels: Value of that column -> the label, as it is called, that it stands for; an
            empty one leaves the value's rows out. Values that are not named stand for themselves.
        positive: Of two labels the one that curves and thresholds are about.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    names: dict[str, str] = {}
    truth: str | None = None
    truth_labels: dict[str, str] = {}
    positive: str | None = None


def choices_of(run: Run) -> Choices:
    """What was chosen for a run; nothing, where nobody did.

    Raises:
        RunDamaged: The file can't be read.
    """
    path = run.folder / FILE
    try:
        return Choices.model_validate_json(path.read_text("utf-8"))
    except FileNotFoundError:
        return Choices()
    except (OSError, ValidationError, ValueError) as error:
        raise RunDamaged(
            f"{path} can't be read. Delete it; the truth is chosen anew then."
        ) from error


def choose(run: Run, choices: Choices) -> None:
    """Keep what was chosen.

    Raises:
        BadInput: The run has no such column, or two labels would have the same name.
        RunFailed: The folder can't be written to.
    """
    refuse_impossible(run.manifest(), choices)
    write_whole(run.folder / FILE, choices.model_dump_json(indent=2).encode())


def refuse_impossible(manifest: Manifest, choices: Choices) -> None:
    """See that choices fit a run.

    Raises:
        BadInput: They don't.
    """
    columns = manifest.dataset.columns
    if choices.truth is not None and choices.truth not in columns:
        raise BadInput(
            f"Column '{choices.truth}' is not in {manifest.dataset.name}; "
            f"columns are: {', '.join(columns)}."
        )
    for name, times in Counter(choices.names.values()).items():
        if times > 1:
            raise BadInput(f"Two labels can't both be called '{name}'; give each its own name.")
