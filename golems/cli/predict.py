"""``predict``: one text or picture."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from typing import Any

from golems.base import Card, Classification, Prediction
from golems.cli.bars import share_bar
from golems.cli.exit_codes import DONE
from golems.cli.parameters import parameters
from golems.errors import BadInput
from golems.registry import card_named, choose_checkpoint
from golems.settings import settings
from golems.sureness import NEAR, hardly_read, is_unsure
from golems.tasks import task_class
from golems.tasks.long_texts import LongTexts
from golems.words import counted


def predict(given: argparse.Namespace) -> int:
    """Predict one text or picture and print it."""
    card = card_named(given.golem, given.task)
    content = one_content(card, given)
    values = parameters(card, given)
    # Checks the values before a model is loaded for them.
    merged = {**card.parameters, **values}
    chosen = task_class(card.task).parameters.of(merged)
    checkpoint = choose_checkpoint(card, given.checkpoint)

    from golems.golem import Golem, plan_load

    with share_bar("Preparing the golem") as progress:
        plan = plan_load(
            card,
            checkpoint,
            device=given.device or settings().device,
            precision=given.precision,
            progress=progress,
        )
    outcome = Golem.load(plan).predict([content], chosen)[0]
    if outcome.prediction is None:
        raise BadInput(outcome.error or "The row could not be predicted.")
    if given.json:
        print(json.dumps(as_pipeline(outcome.prediction), ensure_ascii=False))
    else:
        print(as_text(outcome.prediction, merged.get("long_texts", "head")))
    if outcome.prediction.note:
        print(f"warning: {hardly_read(outcome.prediction.note)}", file=sys.stderr)
    return DONE


def one_content(card: Card, given: argparse.Namespace) -> str | bytes:
    """The text or picture to predict.

    Raises:
        BadInput: None or two were given, or the file can't be read.
    """
    kind = task_class(card.task).content
    if (given.text is None) == (given.file is None):
        raise BadInput("Give either one TEXT or one file with --file.")
    if given.file is None:
        if kind == "image":
            raise BadInput(f"{card.title} looks at pictures: give one with --file PATH.")
        return str(given.text)
    try:
        data: bytes = given.file.read_bytes()
        return data if kind == "image" else data.decode("utf-8-sig")
    except OSError as error:
        raise BadInput(f"{given.file} can't be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise BadInput(
            f"{given.file} is not a UTF-8 text (byte {error.start}); {card.title} reads texts."
        ) from error


def as_pipeline(prediction: Prediction) -> list[dict[str, Any]]:
    """A prediction in the shape of transformers' pipelines."""
    if isinstance(prediction, Classification):
        return [asdict(entry) for entry in prediction.scores]
    return [{"generated_text": prediction.generated_text}]


def as_text(prediction: Prediction, long_texts: LongTexts) -> str:
    """A prediction for people."""
    if not isinstance(prediction, Classification):
        return prediction.generated_text
    lines = [f"{entry.score:8.4f}  {entry.label}" for entry in prediction.scores]
    if is_unsure(prediction.scores):
        lines.append("Unsure: " + NEAR)
    if prediction.tokens_dropped:
        place = "last" if long_texts == "tail" else "first"
        lines.append(
            f"Only the {place} {prediction.tokens:,} tokens were read; "
            f"{prediction.tokens_dropped:,} were cut off."
        )
    if prediction.chunks is not None and prediction.chunks > 1:
        lines.append(
            f"All {prediction.tokens:,} tokens were read, in "
            f"{counted(prediction.chunks, 'chunk')}; the scores are their mean."
        )
    return "\n".join(lines)
