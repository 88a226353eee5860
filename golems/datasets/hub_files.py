"""Which files of a Hub dataset are which split of which config, by the Hub's conventions."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from golems.errors import BadInput

# Config -> split -> paths of Parquet files.
Layout = dict[str, dict[str, list[str]]]
DEFAULT = "default"

_KEYWORDS = {
    "train": ("train", "training"),
    "validation": ("validation", "valid", "dev", "val"),
    "test": ("test", "testing", "eval", "evaluation"),
}
_SHARD = re.compile(r"data/([\w.]+)-\d{5}-of-\d{5}.*\.parquet")
_CONVERTED = re.compile(r"([^/]+)/([^/]+)/\d+\.parquet")


def lay_out(paths: Sequence[str], configs: Sequence[Mapping[str, Any]]) -> Layout:
    """Sort a repository's Parquet files into configs and splits.

    Args:
        paths: All its files.
        configs: What its card says, if anything; its word goes before the names of the files.

    Returns:
        Config -> split -> files in order; nothing if there are no Parquet files.
    """
    parquet = sorted(path for path in paths if path.endswith(".parquet"))
    said = {
        str(config.get("config_name", DEFAULT)): _of_card(config, parquet) for config in configs
    }
    if found := {name: splits for name, splits in said.items() if splits}:
        return found
    converted = [_CONVERTED.fullmatch(path) for path in parquet]
    if converted and all(converted) and not any(path.startswith("data/") for path in parquet):
        layout: Layout = {}
        for match in converted:
            if match:
                splits = layout.setdefault(match[1], {})
                splits.setdefault(match[2], []).append(match[0])
        return layout
    splits = {}
    for path in parquet:
        if split := _split_of(path):
            splits.setdefault(split, []).append(path)
    splits = splits or ({"train": parquet} if parquet else {})
    return {DEFAULT: splits} if splits else {}


def choose(what: str, given: str | None, names: Sequence[str], usual: str, owner: str) -> str:
    """Choose a config or split.

    Args:
        what: ``config`` or ``split``.
        given: As chosen by a person.
        names: Those there are, at least one.
        usual: Taken where none was chosen, if it is there.
        owner: Whose they are, for the message.

    Raises:
        BadInput: The one chosen isn't there; or none was, and there are several configs.
    """
    if given is not None:
        if given in names:
            return given
        raise BadInput(f"{owner} has no {what} {given!r}; it has: {', '.join(names)}.")
    if usual in names:
        return usual
    if what == "config" and len(names) > 1:
        raise BadInput(f"{owner} has several configs; choose one: {', '.join(names)}.")
    return names[0]


def _of_card(config: Mapping[str, Any], parquet: Sequence[str]) -> dict[str, list[str]]:
    """The splits of one config as a card writes them: a pattern, a list, or split by split."""
    from fsspec.utils import glob_translate

    folder = str(config.get("data_dir") or "").strip("./")
    splits: dict[str, list[str]] = {}
    for split, pattern in _patterns(config.get("data_files") or ("**" if folder else [])):
        full = f"{folder}/{pattern}" if folder else pattern.removeprefix("./")
        matches = re.compile(glob_translate(full)).match
        for path in filter(matches, parquet):
            found = splits.setdefault(split or _split_of(path) or "train", [])
            if path not in found:
                found.append(path)
    return splits


def _patterns(files: Any) -> Iterator[tuple[str | None, str]]:
    if isinstance(files, str):
        yield None, files
    elif isinstance(files, Mapping) and "path" in files:
        paths = files["path"]
        for path in [paths] if isinstance(paths, str) else paths:
            yield str(files.get("split", "train")), str(path)
    elif isinstance(files, Mapping):
        for split, paths in files.items():
            for path in [paths] if isinstance(paths, str) else paths:
                yield str(split), str(path)
    elif isinstance(files, Sequence):
        for one in files:
            yield from _patterns(one)


def _split_of(path: str) -> str | None:
    """The split that a path names, in a folder's name before the file's."""
    if match := _SHARD.fullmatch(path):
        return match[1]
    words = [re.split(r"[-._ 0-9]+", part) for part in path.lower().split("/")]
    for part in words:
        for split, keywords in _KEYWORDS.items():
            if any(word in keywords for word in part):
                return split
    return None
