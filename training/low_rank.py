"""Low-rank changes to a BERT classifier, trained while the packaged weights stay as they are."""

from __future__ import annotations

import math
from typing import cast

import torch
from torch import Tensor, nn
from torch.nn import functional
from transformers import BertForSequenceClassification
from transformers.models.bert.modeling_bert import BertLayer


class LowRankLinear(nn.Linear):
    """A linear layer whose weight is frozen, plus a product of two thin matrices that learns.

    Computes ``x @ (weight + up @ down).T + bias``. ``up`` starts at zero, so the layer starts as
    the one it replaces. E. Hu and others, "LoRA: Low-Rank Adaptation of Large Language Models",
    2021; here without its scale factor, and the bias learns too.
    """

    def __init__(self, linear: nn.Linear, rank: int) -> None:
        super().__init__(linear.in_features, linear.out_features, device="meta")
        self.weight, self.bias = linear.weight, linear.bias
        self.weight.requires_grad_(False)
        down = torch.randn(rank, linear.in_features) / math.sqrt(linear.in_features)
        self.low_rank_down = nn.Parameter(down)
        self.low_rank_up = nn.Parameter(torch.zeros(linear.out_features, rank))

    def forward(self, input: Tensor) -> Tensor:
        change = functional.linear(functional.linear(input, self.low_rank_down), self.low_rank_up)
        return super().forward(input) + change


def make_trainable(model: BertForSequenceClassification, rank: int) -> None:
    """Freeze the embedding tables; give each linear layer of the encoder a low-rank change.

    LayerNorms, biases, the pooler and the classifier learn in full.
    """
    for table in model.bert.embeddings.modules():
        if isinstance(table, nn.Embedding):
            table.requires_grad_(False)
    for block in list(model.bert.encoder.modules()):
        for name, child in list(block.named_children()):
            if isinstance(child, nn.Linear):
                setattr(block, name, LowRankLinear(child, rank))


def logits(
    model: BertForSequenceClassification, ids: Tensor, mask: Tensor, dropout: float
) -> Tensor:
    """The classifier's logits, without computing what only other tokens would need.

    The pooler reads the first token alone, so the last block computes just that one: a seventh
    less work than the model's own forward, with the same result where ``dropout`` is 0.

    Args:
        ids: Token ids, shape (rows, tokens).
        mask: True where a token is not padding, same shape.
        dropout: Share of the embedding's and the pooler's values set to zero, 0 to predict.

    Returns:
        Shape (rows, 2).
    """
    heads = model.config.num_attention_heads
    attended = mask[:, None, None, :]
    hidden = model.bert.embeddings(input_ids=ids)
    hidden = functional.dropout(hidden, dropout)
    *blocks, last = model.bert.encoder.layer
    for block in blocks:
        hidden = _block(block, hidden, hidden, attended, heads)
    first = _block(last, hidden[:, :1], hidden, attended, heads)
    pooler = cast(nn.Module, model.bert.pooler)  # None only in models made without one
    return cast(Tensor, model.classifier(functional.dropout(pooler(first), dropout)))


def delta_of(model: BertForSequenceClassification) -> dict[str, Tensor]:
    """What was learnt, as ``golems.embedded.analyst.merge`` reads it: fp16, vectors fp32."""
    return {
        name: parameter.detach().to(torch.float16 if parameter.dim() > 1 else torch.float32)
        for name, parameter in model.named_parameters()
        if parameter.requires_grad
    }


def _block(
    block: BertLayer, queries: Tensor, hidden: Tensor, attended: Tensor, heads: int
) -> Tensor:
    """One encoder block for the query tokens, shape (rows, query tokens, width)."""

    def by_head(values: Tensor) -> Tensor:
        return values.view(*values.shape[:2], heads, -1).transpose(1, 2)

    attention = block.attention.self
    context = functional.scaled_dot_product_attention(
        by_head(attention.query(queries)),
        by_head(attention.key(hidden)),
        by_head(attention.value(hidden)),
        attn_mask=attended,
    )
    attention_output = block.attention.output
    mixed = attention_output.dense(context.transpose(1, 2).flatten(-2))
    mixed = attention_output.LayerNorm(mixed + queries)
    widened = block.output.dense(block.intermediate(mixed))
    return cast(Tensor, block.output.LayerNorm(widened + mixed))
