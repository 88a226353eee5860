"""Languages that a checkpoint reads, by its card here or by its model card."""

from __future__ import annotations

from typing import Any

from golems.base import Checkpoint, ModelFolder

MODEL_CARD = "README.md"
NO_LANGUAGE = {"code", "multilingual", ""}


def languages_of(checkpoint: Checkpoint, folder: ModelFolder) -> tuple[str, ...]:
    """Codes of the languages a checkpoint reads; empty: several, or nobody knows."""
    if checkpoint.languages:
        return checkpoint.languages
    try:
        said = header((folder.path / MODEL_CARD).read_text("utf-8"))
    except (OSError, UnicodeDecodeError):
        return ()
    named = said.get("language") or []
    codes = [str(one).lower().strip() for one in (named if isinstance(named, list) else [named])]
    if NO_LANGUAGE & {*codes}:
        return ()
    return tuple(dict.fromkeys(code.replace("_", "-").split("-")[0] for code in codes))


def header(text: str) -> dict[str, Any]:
    """What stands between the lines of dashes at the top of a model card; nothing without them."""
    import yaml

    first, _, rest = text.lstrip("\ufeff").partition("\n")
    if first.strip() != "---":
        return {}
    try:
        # YAML takes a bare "no", which is Norwegian, for false; as text it is what was written.
        found = yaml.load(rest.partition("\n---")[0], Loader=yaml.BaseLoader)  # noqa: S506
    except yaml.YAMLError:
        return {}
    return found if isinstance(found, dict) else {}
