"""Weight files of a model folder: found, checked for safety, measured."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping
from pathlib import Path
from pickle import UnpicklingError
from typing import TYPE_CHECKING, Any

from golems.errors import BadWeights

if TYPE_CHECKING:
    import torch

SINGLE = "model.safetensors"
INDEX = "model.safetensors.index.json"
PICKLE = "pytorch_model.bin"
CHUNK_BYTES = 1 << 20


def sha256_of(path: Path) -> str:
    """Hexadecimal SHA-256 of a file."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(CHUNK_BYTES):
            digest.update(chunk)
    return digest.hexdigest()


def weight_files(folder: Path, sha256: Mapping[str, str] | None = None) -> list[Path]:
    """The files of a folder that hold its weights: safetensors, or a pickle of known digest.

    Args:
        sha256: File name -> digest of pickles that may be read.

    Raises:
        BadWeights: There are none, a shard is missing, or there are only unknown pickles.
    """
    if (folder / SINGLE).is_file():
        return [folder / SINGLE]
    if (folder / INDEX).is_file():
        shards = shard_names(folder / INDEX)
        missing = [name for name in shards if not (folder / name).is_file()]
        if missing:
            raise BadWeights(f"{folder} lacks {missing[0]}, one of its {len(shards)} weight files.")
        return [folder / name for name in shards]
    pickles = sorted(
        path.name for path in folder.iterdir() if path.suffix in {".bin", ".pt", ".pth", ".ckpt"}
    )
    if PICKLE in (sha256 or {}) and (folder / PICKLE).is_file():
        return [folder / PICKLE]
    if pickles:
        raise BadWeights(
            f"{folder} has only pickled weights ({pickles[0]}), which can run code when opened. "
            "Convert them to model.safetensors, or list their sha256 on the golem's card."
        )
    raise BadWeights(f"{folder} has no weights: {SINGLE} was not found.")


def shard_names(index: Path) -> list[str]:
    """The weight files that an index lists.

    Raises:
        BadWeights: It isn't an index, or lists something else than files beside it.
    """
    try:
        shards = sorted(set(json.loads(index.read_text("utf-8"))["weight_map"].values()))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BadWeights(f"{index} is damaged: it lists no weight files.") from error
    for name in shards:
        if Path(name).name != name or not name.endswith(".safetensors"):
            raise BadWeights(f"{index} lists '{name}', which is no weight file beside it.")
    return shards


def read_pickle(path: Path, sha256: str) -> dict[str, torch.Tensor]:
    """A state dict from a pickle whose digest is known, read without running its code.

    Raises:
        BadWeights: The digest differs, or it holds something else than weights.
    """
    import torch

    found = sha256_of(path)
    if found != sha256:
        raise BadWeights(
            f"{path.name} is not the file the card knows: its sha256 is {found}, not {sha256}."
        )
    try:
        state: dict[str, torch.Tensor] = torch.load(path, map_location="cpu", weights_only=True)
    except UnpicklingError as error:
        raise BadWeights(f"{path.name} holds more than weights, so it was not opened.") from error
    return state


def headers(files: list[Path]) -> dict[str, Any]:
    """Name -> dtype and shape of every tensor, from the safetensors headers alone.

    Raises:
        BadWeights: A file is cut off or not in safetensors format.
    """
    found: dict[str, Any] = {}
    for path in files:
        found |= header_of(path)
    return found


def header_of(path: Path) -> dict[str, Any]:
    """The same of one file."""
    with path.open("rb") as file:
        head = file.read(8)
        length = int.from_bytes(head, "little")
        size = path.stat().st_size
        if len(head) < 8 or length > size - 8:
            raise BadWeights(f"{path} is damaged: {size:,} bytes are too few. Fetch it again.")
        text = file.read(length)
    try:
        header: dict[str, Any] = json.loads(text)
        header.pop("__metadata__", None)
        end = max((entry["data_offsets"][1] for entry in header.values()), default=0)
        if not all(entry["dtype"] and math.prod(entry["shape"]) >= 0 for entry in header.values()):
            raise ValueError("a tensor without type or shape")
    except (ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
        raise BadWeights(f"{path} is not a safetensors file. Fetch it again.") from error
    if size != 8 + length + end:
        raise BadWeights(
            f"{path} is damaged: it has {size:,} bytes and should have {8 + length + end:,}. "
            "Fetch it again."
        )
    return header


def stored_dtype(files: list[Path]) -> str:
    """The safetensors dtype that most of the weights are stored in, e.g. ``F32`` or ``BF16``."""
    if files[0].suffix != ".safetensors":
        return "F32"
    sizes: dict[str, int] = {}
    for entry in headers(files).values():
        sizes[entry["dtype"]] = sizes.get(entry["dtype"], 0) + math.prod(entry["shape"])
    return max(sizes, key=lambda dtype: sizes[dtype], default="F32")


def memory_needed(files: list[Path], bytes_each: int) -> int:
    """Bytes that the weights take in memory at ``bytes_each`` bytes a parameter."""
    if files[0].suffix != ".safetensors":
        return sum(path.stat().st_size for path in files)
    parameters = sum(math.prod(entry["shape"]) for entry in headers(files).values())
    return bytes_each * int(parameters)
