"""Tiny text classifiers.

Each default seed is one whose model gives both labels to a good part of the texts.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from transformers import (
    BertConfig,
    BertForSequenceClassification,
    DistilBertConfig,
    DistilBertForSequenceClassification,
    RobertaConfig,
    RobertaForSequenceClassification,
)

from tests.tiny.saving import INITIALIZER_RANGE, WIDTH, label_names, save, small_encoder
from tests.tiny.vocabularies import bert_tokenizer, distilbert_tokenizer, roberta_tokenizer

ProblemType = Literal["single_label_classification", "multi_label_classification", "regression"]


def distilbert(
    folder: Path,
    *,
    num_labels: int = 2,
    labels: Sequence[str] | None = None,
    problem_type: ProblemType | None = None,
    max_positions: int = 64,
    seed: int = 7,
) -> Path:
    """Save a DistilBERT text classifier; `labels` names the labels and so gives their number."""
    tokenizer = distilbert_tokenizer(max_positions)
    config = DistilBertConfig(
        vocab_size=len(tokenizer),
        max_position_embeddings=max_positions,
        dim=WIDTH,
        hidden_dim=2 * WIDTH,
        n_layers=2,
        n_heads=2,
        initializer_range=INITIALIZER_RANGE,
        problem_type=problem_type,
        **label_names(num_labels, labels),
    )
    return save(DistilBertForSequenceClassification, config, tokenizer, folder, seed)


def bert(
    folder: Path,
    *,
    num_labels: int = 2,
    labels: Sequence[str] | None = None,
    problem_type: ProblemType | None = None,
    max_positions: int = 64,
    seed: int = 2,
) -> Path:
    """Save a BERT text classifier; `labels` names the labels and so gives their number."""
    tokenizer = bert_tokenizer(max_positions)
    config = BertConfig(
        vocab_size=len(tokenizer),
        max_position_embeddings=max_positions,
        problem_type=problem_type,
        **small_encoder(),
        **label_names(num_labels, labels),
    )
    return save(BertForSequenceClassification, config, tokenizer, folder, seed)


def roberta(
    folder: Path,
    *,
    num_labels: int = 2,
    labels: Sequence[str] | None = None,
    problem_type: ProblemType | None = None,
    max_positions: int = 64,
    seed: int = 8,
) -> Path:
    """Save a RoBERTa text classifier; `labels` names the labels and so gives their number."""
    tokenizer = roberta_tokenizer(max_positions)
    config = RobertaConfig(
        vocab_size=len(tokenizer),
        # RoBERTa counts positions from the id of its padding token on, so two are never used.
        max_position_embeddings=max_positions + 2,
        type_vocab_size=1,
        problem_type=problem_type,
        bos_token_id=tokenizer.bos_token_id,
        pad_token_id=tokenizer.pad_token_id,
        eos_token_id=tokenizer.eos_token_id,
        **small_encoder(),
        **label_names(num_labels, labels),
    )
    return save(RobertaForSequenceClassification, config, tokenizer, folder, seed)
