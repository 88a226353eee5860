"""Train the Analyst's sentiment delta: ``python -m training.train_analyst``.

Writes the delta and prints how the checkpoint made with it does on the held-out rows. With
``--validate`` a fifth of the training rows is kept back and reported on instead, so that the
recipe below can be judged without a look at the held-out rows.
"""

from __future__ import annotations

import argparse
import json
import math
import random
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
import transformers
from safetensors.torch import save_file
from torch import Tensor
from torch.nn import functional
from torch.nn.utils.rnn import pad_sequence

from golems.embedded import analyst
from golems.embedded.packages import package_file
from golems.loading.weights import sha256_of
from training import low_rank
from training.evaluate_analyst import evaluate, table
from training.labelled_texts import (
    CACHE,
    SOURCES,
    RatedText,
    cut_validation,
    fetch_archive,
    read_rated,
    split_rows,
)


@dataclass(frozen=True, slots=True)
class Recipe:
    """What decides the result besides the data.

    Attributes:
        rank: Rank of each linear layer's change.
        peak_rate: Highest learning rate, reached after the warm-up share, then down to 0.
        sharpness: A rating r is learnt as the soft target sigmoid(sharpness * r).
        dropout: Share of values zeroed after the embedding and before the classifier.
        max_tokens: Longer texts are cut off in training (there are hardly any).
    """

    rank: int = 48
    epochs: int = 3
    batch_rows: int = 32
    peak_rate: float = 5e-4
    warm_up: float = 0.06
    weight_decay: float = 0.01
    sharpness: float = 2.0
    dropout: float = 0.1
    max_tokens: int = 128
    seed: int = 0


def train(rows: Sequence[RatedText], recipe: Recipe) -> dict[str, Tensor]:
    """Learn the delta from rated texts.

    Returns:
        Tensors by name, as ``golems.embedded.analyst.merge`` reads them.
    """
    torch.manual_seed(recipe.seed)
    order = random.Random(recipe.seed)
    base = package_file(analyst.BASE_PACKAGE, "model", "model.safetensors").parent
    model = transformers.BertForSequenceClassification.from_pretrained(base, num_labels=2).eval()
    low_rank.make_trainable(model, recipe.rank)
    tokens = _token_ids(base, [row.text for row in rows], recipe.max_tokens)
    targets = torch.sigmoid(recipe.sharpness * torch.tensor([row.rating for row in rows]))

    parameters = [parameter for parameter in model.parameters() if parameter.requires_grad]
    groups: list[dict[str, Any]] = [
        {"params": [p for p in parameters if p.dim() > 1], "weight_decay": recipe.weight_decay},
        {"params": [p for p in parameters if p.dim() == 1], "weight_decay": 0.0},
    ]
    optimizer = torch.optim.AdamW(groups, lr=recipe.peak_rate, betas=(0.9, 0.98))
    steps = recipe.epochs * math.ceil(len(rows) / recipe.batch_rows)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer,
        recipe.peak_rate,
        total_steps=steps,
        pct_start=recipe.warm_up,
        anneal_strategy="linear",
        cycle_momentum=False,
    )
    started, recent = time.monotonic(), 0.0
    lengths = [len(ids) for ids in tokens]
    for step, batch in enumerate(_batches(lengths, recipe, order), start=1):
        ids = pad_sequence([tokens[index] for index in batch], batch_first=True)
        scores = low_rank.logits(model, ids, ids != 0, recipe.dropout)
        loss = functional.binary_cross_entropy_with_logits(
            scores[:, 1] - scores[:, 0], targets[batch]
        )
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(parameters, 1.0)
        optimizer.step()
        optimizer.zero_grad()
        schedule.step()
        recent += (loss.item() - recent) / min(step, 100)
        if step % 100 == 0 or step == steps:
            _report(step, steps, recent, time.monotonic() - started)
    return low_rank.delta_of(model)


def _token_ids(base: Path, texts: list[str], max_tokens: int) -> list[Tensor]:
    """Token ids of each text, special tokens included; the padding id is 0."""
    tokenizer = transformers.AutoTokenizer.from_pretrained(base)
    encoded = tokenizer(texts, truncation=True, max_length=max_tokens, padding=False)
    return [torch.tensor(ids) for ids in encoded["input_ids"]]


def _batches(lengths: list[int], recipe: Recipe, order: random.Random) -> Iterator[list[int]]:
    """Row indices of each batch of all epochs; a batch has rows of like length.

    Rows are shuffled, sorted by length inside windows of 64 batches, and the batches shuffled
    again: 3 % of the tokens are padding, and each epoch has other neighbours.
    """
    rows, window = recipe.batch_rows, 64 * recipe.batch_rows
    for _ in range(recipe.epochs):
        indices = order.sample(range(len(lengths)), len(lengths))
        batches = []
        for start in range(0, len(indices), window):
            alike = sorted(indices[start : start + window], key=lambda index: lengths[index])
            batches += [alike[at : at + rows] for at in range(0, len(alike), rows)]
        order.shuffle(batches)
        yield from batches


def _report(step: int, steps: int, loss: float, elapsed_s: float) -> None:
    left_s = elapsed_s / step * (steps - step)
    print(
        f"step {step} of {steps}, loss {loss:.4f}, {elapsed_s:.0f} s, {left_s:.0f} s left",
        file=sys.stderr,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=CACHE / analyst.DELTA.name)
    parser.add_argument("--epochs", type=int, default=Recipe().epochs)
    parser.add_argument("--threads", type=int, default=2, help="CPU threads (default 2)")
    parser.add_argument(
        "--validate",
        action="store_true",
        help="keep back and report on a part of the training rows",
    )
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    transformers.logging.set_verbosity_error()

    split = split_rows(read_rated(SOURCES, fetch_archive()))
    if arguments.validate:
        split = cut_validation(split.train)
    recipe, started = Recipe(epochs=arguments.epochs), time.monotonic()
    delta = train(split.train, recipe)
    print(f"trained on {len(split.train)} rows in {time.monotonic() - started:.0f} s")

    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    metadata = {"base_sha256": analyst.BASE_SHA256, "recipe": json.dumps(asdict(recipe))}
    save_file(delta, arguments.out, metadata=metadata)
    print(f"{arguments.out}\nsha256 {sha256_of(arguments.out)}")
    with tempfile.TemporaryDirectory() as folder:
        analyst.assemble_with(arguments.out, Path(folder), lambda share: None)
        print(table(evaluate(Path(folder), split.held_out)))


if __name__ == "__main__":
    main()
