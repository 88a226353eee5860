"""Text classification: a text in, labels with scores out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from golems.base import Classification, ModelFolder, Prediction
from golems.errors import BadInput, BadRow
from golems.loading import load_model, load_tokenizer, token_limit
from golems.tasks.base import BatchLimits, Length, Task, onto
from golems.tasks.classification import ClassificationParameters, best_labels, scores_of
from golems.tasks.long_texts import LONG_TEXTS, LongTexts, averaged, chunked, cut, lengths_of
from golems.tasks.text import checked_text, legible
from golems.tasks.tokens import Tokenized, of_one, padded_lists, tokenized

if TYPE_CHECKING:
    import torch

RESULTS = ("predicted_label", "predicted_score", "predicted_scores")


@dataclass(frozen=True)
class TextParameters(ClassificationParameters):
    """How a text is classified.

    Attributes:
        top_k: Labels kept a text, best first; None keeps all.
        long_texts: What is read of a text with more tokens than the model's limit: ``head`` its
            first tokens; ``tail`` its last; ``chunks`` all of it, in windows of the limit that
            share a quarter of their tokens (at most 128) with the one before. The scores of the
            chunks (after softmax or sigmoid; the bare values of a regression) are averaged, each
            weighted by the tokens that no chunk before it has read, so that every token of the
            text counts once. Texts within the limit are read the same way by all three.
    """

    long_texts: LongTexts = "head"

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.long_texts not in LONG_TEXTS:
            raise BadInput(f"long_texts is '{self.long_texts}'; it must be head, tail or chunks.")


@dataclass(frozen=True)
class EncodedText:
    """One tokenized text, as sequences within the model's limit.

    Attributes:
        chunks: Token lists by the model's input names; one chunk, or several of a long text. Those
            of one text are all as long as the first, but for a shorter last one.
        weights: For each chunk the tokens that no chunk before it has read, >= 1.
        tokens: Tokens of the text that are read, each once, and its special tokens.
        tokens_dropped: Tokens of the text that are not.
        chars_read: Characters of the text up to the end of the last token read.
        chars_skipped: Characters of the text before the first token read, where its start was cut
            off; else 0.
        note: Why the model can hardly read the text.
    """

    chunks: tuple[dict[str, list[int]], ...]
    weights: tuple[int, ...]
    tokens: int
    tokens_dropped: int
    chars_read: int | None
    chars_skipped: int | None
    note: str | None


class TextClassification(Task[EncodedText, TextParameters]):
    """A sequence classifier with its tokenizer."""

    name = "text-classification"
    content = "text"
    results = (*RESULTS, "tokens", "tokens_dropped", "note")
    parameters = TextParameters
    # 64 tokens at once take a processor a quarter longer each than 512 do: as if they were 16 more.
    limits = BatchLimits(cost=1024, rows=256, window=1024, overhead=16)

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

    def encode(self, content: str | bytes, parameters: TextParameters) -> EncodedText:
        text = checked_text(content)
        [whole] = tokenized(self.tokenizer, [text])
        return self._encoded(text, whole, parameters)

    def encode_many(
        self, contents: Sequence[str | bytes], parameters: TextParameters
    ) -> list[EncodedText | BadRow]:
        texts: list[str | BadRow] = []
        for content in contents:
            try:
                texts.append(checked_text(content))
            except BadRow as error:
                texts.append(error)
        wholes = tokenized(self.tokenizer, [text for text in texts if isinstance(text, str)])
        found: list[EncodedText | BadRow] = []
        for text in texts:
            try:
                found.append(
                    self._encoded(text, next(wholes), parameters) if isinstance(text, str) else text
                )
            except BadRow as error:
                found.append(error)
        return found

    def _encoded(self, text: str, whole: Tokenized, parameters: TextParameters) -> EncodedText:
        note = legible(text, whole.lists["input_ids"], self.tokenizer, self.languages)
        tokens = len(whole.lists["input_ids"])
        read, chunks, weights = whole, [whole.lists], [tokens]
        if tokens > self.max_tokens:
            if parameters.long_texts == "chunks":
                chunks, weights = chunked(self.tokenizer, text, self.max_tokens)
            else:
                found = cut(self.tokenizer, text, self.max_tokens, keep=parameters.long_texts)
                read = of_one(found)
                chunks = [read.lists]
        start, end = read.span or (None, None)
        whole_start = tokens <= self.max_tokens or parameters.long_texts != "tail"
        return EncodedText(
            chunks=tuple(chunks),
            weights=tuple(weights),
            tokens=len(read.lists["input_ids"]),
            tokens_dropped=tokens - len(read.lists["input_ids"]),
            chars_read=end,
            chars_skipped=0 if whole_start else start,
            note=note,
        )

    def cost(self, encoded: EncodedText) -> int:
        """Tokens of its chunks, the last one padded to the others."""
        return len(encoded.chunks) * len(encoded.chunks[0]["input_ids"])

    def piece(self, encoded: EncodedText) -> int:
        return len(encoded.chunks[0]["input_ids"])

    def measure(
        self, contents: Sequence[str | bytes], parameters: TextParameters
    ) -> list[Length | str]:
        texts = [checked_text(content) for content in contents]
        return lengths_of(
            self.tokenizer, texts, self.languages, self.max_tokens, parameters.long_texts
        )

    def forward(self, batch: Sequence[EncodedText], parameters: TextParameters) -> torch.Tensor:
        """Logits of all chunks, those of the first row first.

        Returns:
            shape = (n_chunks, n_labels), float32.
        """
        import torch

        chunks = [chunk for row in batch for chunk in row.chunks]
        at_once = len(chunks)
        if len(batch) == 1:
            # The plan keeps several rows within the limits; the chunks of one may be past them.
            longest = len(chunks[0]["input_ids"])
            room = min(self.limits.cost, self.room or self.limits.cost)
            at_once = max(1, min(self.limits.rows, room // longest))
        return torch.cat(
            [
                self._logits(chunks[first : first + at_once])
                for first in range(0, len(chunks), at_once)
            ]
        )

    def _logits(self, chunks: Sequence[dict[str, list[int]]]) -> torch.Tensor:
        """Logits of sequences that go through the model at once, shape = (n_chunks, n_labels)."""
        import torch

        pad_id = self._pad_id(chunks)
        if pad_id is None:
            return torch.cat([self._logits([chunk]) for chunk in chunks])
        fill = {"input_ids": pad_id, "token_type_ids": self.tokenizer.pad_token_type_id}
        padded = {
            name: padded_lists(
                [chunk[name] for chunk in chunks], fill.get(name, 0), left=self.pads_left
            )
            for name in chunks[0]
        }
        with torch.inference_mode():
            device = self.model.device
            inputs = {name: onto(torch.tensor(rows), device) for name, rows in padded.items()}
            logits: torch.Tensor = self.model(**inputs).logits
            return logits.float().cpu()

    def _pad_id(self, chunks: Sequence[dict[str, list[int]]]) -> int | None:
        """The token to pad sequences with; None if they must go one by one.

        Decoders find the last token of a text as the last one that isn't padding. Where a
        checkpoint has no token for that, it is one that occurs in none of these.
        """
        if self.pad_id is not None:
            return self.pad_id
        if len(chunks) == 1:
            self.model.config.pad_token_id = None
            return 0
        used = {token for chunk in chunks for token in chunk["input_ids"]}
        ids = range(self.model.get_input_embeddings().num_embeddings)
        spare = next((token for token in ids if token not in used), None)
        self.model.config.pad_token_id = spare
        return spare

    def decode(
        self,
        outputs: torch.Tensor,
        batch: Sequence[EncodedText],
        parameters: TextParameters,
    ) -> list[Prediction]:
        config = self.model.config
        scores = averaged(scores_of(outputs, config), [row.weights for row in batch])
        labels = best_labels(scores, config, parameters.top_k)
        return [
            Classification(
                scores=best,
                tokens=row.tokens,
                tokens_dropped=row.tokens_dropped,
                chars_read=row.chars_read,
                chars_skipped=row.chars_skipped,
                chunks=len(row.chunks),
                note=row.note,
            )
            for best, row in zip(labels, batch, strict=True)
        ]


TASK = TextClassification
