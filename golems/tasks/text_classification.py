"""Text classification: a text in, labels with scores out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from golems.base import Classification, ModelFolder, Prediction
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
    parameters = ClassificationParameters
    limits = BatchLimits(cost=4096, rows=256, window=1024)

    def __init__(self, model: Any, tokenizer: Any) -> None:
        self.model = model
        self.tokenizer = tokenizer
        self.max_tokens = token_limit(model, tokenizer)
        if tokenizer.pad_token_id is None:
            # Decoder models such as GPT-2 come without one; the mask hides what is padded.
            tokenizer.pad_token = tokenizer.eos_token or tokenizer.unk_token
        if model.config.pad_token_id is None:
            # Decoder classifiers find a text's last token by it.
            model.config.pad_token_id = tokenizer.pad_token_id

    @classmethod
    def load(
        cls, folder: ModelFolder, *, device: torch.device, dtype: torch.dtype
    ) -> TextClassification:
        tokenizer = load_tokenizer(folder.path)
        model = load_model(
            folder, "AutoModelForSequenceClassification", cls.name, device=device, dtype=dtype
        )
        return cls(model, tokenizer)

    def encode(self, content: str | bytes, parameters: ClassificationParameters) -> EncodedText:
        text = checked_text(content)
        whole = self.tokenizer(text, verbose=False, return_offsets_mapping=self.tokenizer.is_fast)
        tokens = len(whole["input_ids"])
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

        padded = self.tokenizer.pad(
            {name: [row.inputs[name] for row in batch] for name in batch[0].inputs},
            return_tensors="pt",
            verbose=False,
        )
        with torch.inference_mode():
            logits: torch.Tensor = self.model(**padded.to(self.model.device)).logits
            return logits.float().cpu()

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


TASK = TextClassification
