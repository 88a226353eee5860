"""Text classification: a text in, labels with scores out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from golems.base import Classification, ModelFolder, Prediction
from golems.errors import BadRow
from golems.loading import load_model, load_tokenizer, token_limit
from golems.tasks.base import BatchLimits, Task
from golems.tasks.classification import ClassificationParameters, best_labels
from golems.tasks.text import checked_text

if TYPE_CHECKING:
    import torch


@dataclass(frozen=True)
class EncodedText:
    """One tokenized text, cut to the model's limit.

    Attributes:
        inputs: Token lists by the model's input names, all of one length.
        tokens: Tokens kept, special ones included.
        tokens_dropped: Tokens past the limit.
        chars_read: Characters of the text up to the end of the last token kept.
    """

    inputs: dict[str, list[int]]
    tokens: int
    tokens_dropped: int
    chars_read: int | None


class TextClassification(Task[EncodedText, ClassificationParameters]):
    """A sequence classifier with its tokenizer."""

    name = "text-classification"
    content = "text"
    results = ("predicted_label", "predicted_score", "predicted_scores", "tokens", "tokens_dropped")
    parameters = ClassificationParameters
    limits = BatchLimits(cost=4096, rows=256, window=1024)

    def __init__(self, model: Any, tokenizer: Any) -> None:
        self.model = model
        self.tokenizer = tokenizer
        self.max_tokens = token_limit(model, tokenizer)
        pad_id = getattr(model.config, "pad_token_id", None)
        known = pad_id is not None and 0 <= pad_id < model.get_input_embeddings().num_embeddings
        self.pad_id: int | None = pad_id if known else None
        if not known:
            model.config.pad_token_id = None
        # Not as the tokenizer says: most models count positions from the left, so they pad to the
        # right. XLNet's are relative, and it reads its last token.
        self.pads_left = model.config.model_type == "xlnet"

    @classmethod
    def load(
        cls, folder: ModelFolder, *, device: torch.device, dtype: torch.dtype
    ) -> TextClassification:
        model = load_model(
            folder, "AutoModelForSequenceClassification", cls.name, device=device, dtype=dtype
        )
        return cls(model, load_tokenizer(folder.path))

    def encode(self, content: str | bytes, parameters: ClassificationParameters) -> EncodedText:
        text = checked_text(content)
        whole = self.tokenizer(text, verbose=False, return_offsets_mapping=self.tokenizer.is_fast)
        tokens = len(whole["input_ids"])
        if not tokens:
            raise BadRow("The text holds nothing that the model can read.")
        kept = whole
        if tokens > self.max_tokens:
            kept = self.tokenizer(
                text,
                truncation=True,
                max_length=self.max_tokens,
                return_offsets_mapping=self.tokenizer.is_fast,
            )
        inputs = dict(kept)
        offsets = inputs.pop("offset_mapping", None)
        return EncodedText(
            inputs=inputs,
            tokens=len(inputs["input_ids"]),
            tokens_dropped=tokens - len(inputs["input_ids"]),
            chars_read=max(end for _, end in offsets) if offsets else None,
        )

    def cost(self, encoded: EncodedText) -> int:
        return encoded.tokens

    def forward(
        self, batch: Sequence[EncodedText], parameters: ClassificationParameters
    ) -> torch.Tensor:
        """Logits, shape = (n_rows, n_labels), float32."""
        import torch

        pad_id = self._pad_id(batch)
        if pad_id is None:
            return torch.cat([self.forward([row], parameters) for row in batch])
        fill = {"input_ids": pad_id, "token_type_ids": self.tokenizer.pad_token_type_id}
        padded = {
            name: padded_lists(
                [row.inputs[name] for row in batch], fill.get(name, 0), left=self.pads_left
            )
            for name in batch[0].inputs
        }
        with torch.inference_mode():
            device = self.model.device
            inputs = {name: torch.tensor(rows, device=device) for name, rows in padded.items()}
            logits: torch.Tensor = self.model(**inputs).logits
            return logits.float().cpu()

    def _pad_id(self, batch: Sequence[EncodedText]) -> int | None:
        """The token to pad a batch with; None if its rows must go one by one.

        Decoders find the last token of a text as the last one that isn't padding. Where a
        checkpoint has no token for that, it is one that occurs in no text of the batch.
        """
        if self.pad_id is not None:
            return self.pad_id
        if len(batch) == 1:
            self.model.config.pad_token_id = None
            return 0
        used = {token for row in batch for token in row.inputs["input_ids"]}
        ids = range(self.model.get_input_embeddings().num_embeddings)
        spare = next((token for token in ids if token not in used), None)
        self.model.config.pad_token_id = spare
        return spare

    def decode(
        self,
        outputs: torch.Tensor,
        batch: Sequence[EncodedText],
        parameters: ClassificationParameters,
    ) -> list[Prediction]:
        labels = best_labels(outputs, self.model.config, parameters.top_k)
        return [
            Classification(scores, row.tokens, row.tokens_dropped, row.chars_read)
            for scores, row in zip(labels, batch, strict=True)
        ]


def padded_lists(lists: Sequence[list[int]], fill: int, *, left: bool) -> list[list[int]]:
    """Lists of equal length."""
    longest = max(len(numbers) for numbers in lists)
    pads = [[fill] * (longest - len(numbers)) for numbers in lists]
    return [
        pad + numbers if left else numbers + pad for pad, numbers in zip(pads, lists, strict=True)
    ]


TASK = TextClassification
