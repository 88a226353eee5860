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
    EsmConfig,
    EsmForSequenceClassification,
    GPT2Config,
    GPT2ForSequenceClassification,
    RobertaConfig,
    RobertaForSequenceClassification,
    XLNetConfig,
    XLNetForSequenceClassification,
)

from tests.tiny.saving import INITIALIZER_RANGE, WIDTH, label_names, save, small_encoder
from tests.tiny.vocabularies import (
    bert_tokenizer,
    distilbert_tokenizer,
    esm_tokenizer,
    gpt2_tokenizer,
    roberta_tokenizer,
    xlnet_tokenizer,
)

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


def gpt2_classifier(
    folder: Path,
    *,
    num_labels: int = 3,
    max_positions: int = 64,
    pad_token: Literal["known", "none", "in the tokenizer alone"] = "none",
    seed: int = 1,
) -> Path:
    """Save a GPT-2 that classifies by a text's last token, which it finds by its padding token."""
    tokenizer = gpt2_tokenizer(max_positions, None if pad_token == "none" else "<|pad|>")
    config = GPT2Config(
        vocab_size=len(tokenizer),
        n_positions=max_positions,
        n_embd=WIDTH,
        n_layer=2,
        n_head=2,
        num_labels=num_labels,
        initializer_range=INITIALIZER_RANGE,
        pad_token_id=tokenizer.pad_token_id if pad_token == "known" else None,
    )
    return save(GPT2ForSequenceClassification, config, tokenizer, folder, seed)


def xlnet(folder: Path, *, num_labels: int = 3, max_positions: int = 64, seed: int = 1) -> Path:
    """Save an XLNet text classifier: its special tokens stand behind the text."""
    tokenizer = xlnet_tokenizer(max_positions)
    config = XLNetConfig(
        vocab_size=len(tokenizer),
        d_model=WIDTH,
        n_layer=2,
        n_head=2,
        d_inner=WIDTH,
        num_labels=num_labels,
        pad_token_id=tokenizer.pad_token_id,
    )
    return save(XLNetForSequenceClassification, config, tokenizer, folder, seed)


def esm(folder: Path, *, num_labels: int = 3, max_positions: int = 64, seed: int = 1) -> Path:
    """Save an ESM classifier of protein sequences: its tokenizer is one in plain Python."""
    tokenizer = esm_tokenizer(folder, max_positions)
    config = EsmConfig(
        vocab_size=len(tokenizer),
        # As RoBERTa it counts positions from the id of its padding token on.
        max_position_embeddings=max_positions + 2,
        pad_token_id=tokenizer.pad_token_id,
        mask_token_id=tokenizer.mask_token_id,
        **small_encoder(),
        **label_names(num_labels, None),
    )
    return save(EsmForSequenceClassification, config, tokenizer, folder, seed)
