"""A run as a short script with transformers and pandas: the code behind the page."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from golems.errors import BadInput
from golems.reports import script_parts as parts
from golems.runs import Manifest
from golems.runs.address import Address, address_of

BATCH_SIZE = 32
DTYPES = {"fp32": "float32", "bf16": "bfloat16", "fp16": "float16", "int8": "float32"}
QUOTES = {"double": '"', "single": "'", "none": None}
NO_DELIMITER = "\x1f"  # for a file of one column; it stands in no text
PICTURES = (
    ".avif", ".bmp", ".dib", ".gif", ".heic", ".heif", ".ico", ".jfif", ".jp2", ".jpe", ".jpeg",
    ".jpg", ".pbm", ".pgm", ".png", ".pnm", ".ppm", ".tif", ".tiff", ".webp",
)  # fmt: skip
PREDICT = {
    "text-classification": parts.CLASSIFY_TEXTS,
    "image-classification": parts.CLASSIFY_PICTURES,
    "text-generation": parts.WRITE_TEXTS,
}
AUTO = {
    "text-classification": "AutoModelForSequenceClassification, AutoTokenizer",
    "image-classification": "AutoImageProcessor, AutoModelForImageClassification",
    "text-generation": "AutoModelForCausalLM, AutoTokenizer",
}
HEAD = '''"""A run of Pantheon of Golems done again with transformers and pandas.

Needs: pip install torch transformers pandas pillow pyarrow
"""
'''
PLACES = ("DATASET", "MODEL", "GOLEM", "CHECKPOINT")  # that may be on the machine of the run
PLAIN = {"escape": "doubled", "blanks": "keep", "line_end": "lf"}  # CSV as pandas reads it


def script(manifest: Manifest) -> str:
    """A Python program that predicts what a run predicted, and writes it as CSV.

    Whatever comes from a person, such as names, is in it as a literal, never as code. Where things
    are on this machine is not in it: they are its arguments, those of ``script_arguments``.

    Raises:
        UnknownName: The run's golem or checkpoint is gone.
        BadInput: There is no such script for the run's task.
    """
    if manifest.task not in PREDICT:
        raise BadInput(f"There is no plain script for {manifest.task} yet.")
    address = address_of(manifest)
    reading, read_values = _reading(manifest)
    predicting, values = _predicting(manifest, address)
    notes = "".join(f"# {note}\n" for note in _notes(manifest, address))
    values = {**read_values, **values}
    places = _places(values)
    named = {path: name for name, path in places.items()}
    assigned = _arguments(places)
    for name, value in values.items():
        if name not in places:
            known = named.get(value) if name in PLACES else None
            assigned += f"{name} = {known or repr(value)}\n"
    adding = parts.ADD_TEXTS if manifest.task == "text-generation" else parts.ADD_LABELS
    lines = [
        HEAD,
        *_imports(manifest, address, reading),
        "",
        notes + assigned + _dtype(manifest, address) + reading.strip("\n"),
        "",
        predicting.strip("\n"),
        "",
        adding.strip("\n"),
        parts.WRITE.strip("\n"),
    ]
    return "\n".join(lines) + "\n"


def script_arguments(manifest: Manifest) -> list[str]:
    """What a run's script is to be started with on this machine: paths of its data and its model.

    Raises:
        UnknownName: The run's golem or checkpoint is gone.
    """
    address = address_of(manifest)
    return [*_places({**_reading(manifest)[1], **_predicting(manifest, address)[1]}).values()]


def _arguments(places: dict[str, str]) -> str:
    """The lines that take them from the command line."""
    if not places:
        return ""
    names = "".join(f"{name}, " for name in places)
    return parts.ARGUMENTS.format(number=len(places), words=" ".join(places), names=names)


def _places(values: dict[str, Any]) -> dict[str, str]:
    """Name -> the path that it stands for, each path once."""
    found: dict[str, str] = {}
    for name in PLACES:
        value = values.get(name)
        if isinstance(value, str) and Path(value).is_absolute() and value not in found.values():
            found[name] = value
    return found


def _imports(manifest: Manifest, address: Address, reading: str) -> list[str]:
    plain = not address.is_ours
    pictures = manifest.task == "image-classification" and plain
    wanted = {
        "import csv": reading == parts.READ_CSV,
        "import io": pictures,
        "import json": manifest.task != "text-generation",
        "import sys": True,
        "from pathlib import Path": reading == parts.READ_FOLDER,
        "": True,
        "import pandas as pd": True,
        "import torch": plain,
        "from PIL import Image, ImageOps": pictures,
        f"from transformers import {AUTO[manifest.task]}": plain,
    }
    return [line for line, is_wanted in wanted.items() if is_wanted]


def _reading(manifest: Manifest) -> tuple[str, dict[str, Any]]:
    """The lines that read the dataset, and the names that they use."""
    dataset = manifest.dataset
    options = dict(dataset.options)
    values: dict[str, Any] = {
        "DATASET": dataset.path,
        "COLUMNS": list(dataset.columns),
        "COLUMN": dataset.column,
        "LIMIT": dataset.limit,
    }
    pictures = manifest.task == "image-classification"
    if "sample" in options or (pictures and dataset.kind != "image-folder"):
        return _with_golems(manifest, values)
    if dataset.kind == "csv" and PLAIN.items() <= {**PLAIN, **options}.items():
        delimiter = options.get("delimiter", ",")
        quote = options.get("quote", "double")
        return parts.READ_CSV, {
            **values,
            "DELIMITER": NO_DELIMITER if delimiter == "none" else delimiter,
            "ENCODING": options.get("encoding", "utf-8"),
            "HEADER": None if options.get("header") == "no" else 0,
            "QUOTE": QUOTES.get(quote, '"'),
        }
    if dataset.kind == "lines":
        return parts.READ_LINES, {**values, "ENCODING": options.get("encoding", "utf-8")}
    if dataset.kind == "parquet":
        return parts.READ_PARQUET, {**values, "LIMIT": dataset.limit or dataset.rows}
    if dataset.kind == "image-folder":
        return parts.READ_FOLDER, {**values, "PICTURES": PICTURES}
    return _with_golems(manifest, values)


def _with_golems(manifest: Manifest, values: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    dataset = manifest.dataset
    return parts.READ_WITH_GOLEMS, {
        **values,
        "CONTENT": "image" if manifest.task == "image-classification" else "text",
        "KIND": dataset.kind,
        "OPTIONS": dict(dataset.options),
    }


def _predicting(manifest: Manifest, address: Address) -> tuple[str, dict[str, Any]]:
    """The lines that predict, and the names that they use."""
    engine, given = manifest.engine, manifest.parameters
    device = engine.device if engine else "cpu"
    values: dict[str, Any] = {
        "NAMES": manifest.result_columns,
        "OUTPUT": "predictions.csv",
        "DEVICE": device,
        "BATCH_SIZE": BATCH_SIZE,
    }
    if address.is_ours:
        return parts.WITH_GOLEMS, {
            **values,
            "GOLEM": manifest.golem,
            "TASK": manifest.task,
            "CHECKPOINT": manifest.checkpoint,
            "PRECISION": engine.precision if engine else manifest.precision,
            "PARAMETERS": given,
        }
    values["MODEL"] = address.name
    values["WHICH"] = {"revision": address.revision} if address.revision else {}
    if manifest.task == "text-generation":
        return parts.WRITE_TEXTS, {
            **{name: value for name, value in values.items() if name != "BATCH_SIZE"},
            "INSTRUCTION": given.get("instruction", False),
            "SEED": given.get("seed", 0),
            "GENERATION": _generation(given),
        }
    values["TOP_K"] = given.get("top_k")
    if manifest.task == "text-classification":
        tail = given.get("long_texts") == "tail"
        values["TRUNCATION_SIDE"] = "left" if tail else "right"
    return PREDICT[manifest.task].format(scores=parts.SCORES), values


def _generation(given: dict[str, Any]) -> dict[str, Any]:
    """What ``generate`` takes."""
    chosen: dict[str, Any] = {
        "max_new_tokens": given.get("max_new_tokens", 100),
        "do_sample": bool(given.get("sample")),
    }
    if given.get("repetition_penalty") is not None:
        chosen["repetition_penalty"] = given["repetition_penalty"]
    if chosen["do_sample"]:
        chosen |= {name: given[name] for name in ("temperature", "top_k", "top_p") if name in given}
    return chosen


def _dtype(manifest: Manifest, address: Address) -> str:
    if address.is_ours:
        return ""
    precision = manifest.engine.precision if manifest.engine else "fp32"
    return f"DTYPE = torch.{DTYPES.get(precision, 'float32')}\n"


def _notes(manifest: Manifest, address: Address) -> Iterator[str]:
    """What differs from the run, as comments; nothing of a person's is in them."""
    precision = manifest.engine.precision if manifest.engine else "fp32"
    if not address.is_here:
        yield "The model's folder is written when the golem is used for the first time."
    if precision == "int8":
        yield "The run computed in int8, which plain transformers doesn't; this computes in fp32."
    elif precision != "fp32":
        yield f"Computed in {precision}: scores depend a little on which rows share a batch."
    if manifest.parameters.get("long_texts") == "chunks":
        yield "The run read long texts in chunks and averaged their scores; this reads only the"
        yield "beginning of a text that is longer than the model reads."
    if manifest.parameters.get("sample"):
        yield "The run drew its tokens from a generator of its own for each row. transformers draws"
        yield "others, so with the same seed the texts are of the same kind, but not the same."
