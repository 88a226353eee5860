"""Text generation: a prompt in, its continuation out; in batches or streamed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from threading import Event
from typing import TYPE_CHECKING, Any

from golems.base import Generation, ModelFolder, Prediction
from golems.errors import BadInput, BadRow
from golems.loading import load_model, load_tokenizer, token_limit
from golems.tasks.base import BatchLimits, Choice, Length, Task, onto
from golems.tasks.cache_room import tokens_in_cache
from golems.tasks.generation_parameters import MAX_SEED, GenerationParameters
from golems.tasks.text import checked_text, legible
from golems.tasks.watch import Left, leaving

if TYPE_CHECKING:
    import torch

    from golems.tasks.decoding import Decoding


# Of each prompt, where precisions are compared.
COMPARED_TOKENS, COMPARED_SCORES = 64, 20


@dataclass(frozen=True)
class EncodedPrompt:
    """A tokenized prompt, as long as it is: prompts are never cut."""

    text: str
    ids: tuple[int, ...]
    instruction: bool
    new_tokens: int
    note: str | None = None


class TextGeneration(Task[EncodedPrompt, GenerationParameters]):
    """A causal language model with its tokenizer."""

    name = "text-generation"
    content = "text"
    results = ("generated_text", "tokens", "tokens_dropped", "note")
    parameters = GenerationParameters
    # Writing reads all weights for each token, so that many rows cost little more than a few.
    limits = BatchLimits(cost=16_384, rows=64, window=64, overhead=4096)
    calibrates = False  # a batch takes as long as many a run

    def __init__(self, model: Any, tokenizer: Any) -> None:
        self.model = model
        self.tokenizer = tokenizer
        self.max_tokens = token_limit(model, tokenizer)
        self.limits = replace(self.limits, cost=min(self.limits.cost, tokens_in_cache(model)))
        self.own_penalty = float(model.generation_config.repetition_penalty or 1)
        ends = model.generation_config.eos_token_id
        if ends is None:
            ends = tokenizer.eos_token_id
        self.end_ids = frozenset(ends if isinstance(ends, list) else [ends]) - {None}
        pad = tokenizer.pad_token_id
        self.pad_id = next((i for i in (pad, *sorted(self.end_ids)) if i is not None), 0)

    @classmethod
    def load(
        cls, folder: ModelFolder, *, device: torch.device, dtype: torch.dtype
    ) -> TextGeneration:
        model = load_model(folder, "AutoModelForCausalLM", cls.name, device=device, dtype=dtype)
        # Imported by a first prediction, another thread's load could be in the middle of theirs.
        from golems.tasks import decoding, sampling  # noqa: F401

        return cls(model, load_tokenizer(folder.path))

    def encode(self, content: str | bytes, parameters: GenerationParameters) -> EncodedPrompt:
        text = checked_text(content)
        if parameters.instruction:
            if not self.tokenizer.chat_template:
                raise BadInput(
                    "This checkpoint has no chat template, so it takes no instructions; "
                    "switch 'instruction' off to have the prompt continued."
                )
            ids = self._instruction(text)
        else:
            ids = self.tokenizer(text, verbose=False)["input_ids"]
        if not ids:
            raise BadRow("The prompt holds nothing that the model can read.")
        note = legible(text, ids, self.tokenizer, self.languages, sentences=False)
        room = self.max_tokens - len(ids)
        if room < parameters.max_new_tokens:
            way_out = (
                f"ask for at most {room} new tokens or shorten it" if room > 0 else "shorten it"
            )
            raise BadRow(
                f"The prompt is too long: its {len(ids):,} tokens and "
                f"{parameters.max_new_tokens:,} new ones don't fit into the model's "
                f"{self.max_tokens:,}; {way_out}."
            )
        return EncodedPrompt(
            text, tuple(ids), parameters.instruction, parameters.max_new_tokens, note
        )

    def _instruction(self, text: str) -> list[int]:
        from jinja2 import TemplateError

        message = {"role": "user", "content": text}
        try:
            ids: list[int] = self.tokenizer.apply_chat_template(
                [message], add_generation_prompt=True, return_dict=False
            )
        except TemplateError as error:  # templates come from strangers, and run in a sandbox
            raise BadInput(f"The checkpoint's chat template can't be used: {error}") from error
        return ids

    def cost(self, encoded: EncodedPrompt) -> int:
        """Tokens of the prompt and the most that will be written."""
        return len(encoded.ids) + encoded.new_tokens

    def measure(
        self, contents: Sequence[str | bytes], parameters: GenerationParameters
    ) -> list[Length | str]:
        new = parameters.max_new_tokens
        found = super().measure(contents, parameters)
        return [
            one if isinstance(one, str) else replace(one, units=one.units - new) for one in found
        ]

    def forward(
        self, batch: Sequence[EncodedPrompt], parameters: GenerationParameters
    ) -> list[list[int]]:
        """New tokens of each prompt, up to and with its end token."""
        from golems.tasks.decoding import Decoding

        decoding = Decoding(len(batch), self.end_ids, None)
        if self.watch is not None:
            decoding.tell(self.watch, parameters.max_new_tokens)
        try:
            self._generate(decoding, batch, parameters, [parameters.seed] * len(batch))
        except Left:
            raise decoding.left() from None
        return decoding.written

    def choices(self, encoded: EncodedPrompt, parameters: GenerationParameters) -> list[Choice]:
        """The token it would write behind each of the prompt's last tokens."""
        import torch

        with torch.inference_mode():
            ids = torch.tensor([encoded.ids], device=self.model.device)
            logits = self.model(input_ids=ids).logits[0, -COMPARED_TOKENS:]
            found = logits.float().softmax(-1).topk(min(COMPARED_SCORES, logits.shape[-1]))
        scores, tokens = found.values.tolist(), found.indices.tolist()
        return [
            Choice(str(token[0]), dict(zip(map(str, token), score, strict=True)))
            for token, score in zip(tokens, scores, strict=True)
        ]

    def decode(
        self,
        outputs: list[list[int]],
        batch: Sequence[EncodedPrompt],
        parameters: GenerationParameters,
    ) -> list[Prediction]:
        return [self._generation(row, ids) for row, ids in zip(batch, outputs, strict=True)]

    def stream(
        self,
        encoded: EncodedPrompt,
        parameters: GenerationParameters,
        *,
        copies: int,
        on_tokens: Callable[[list[Generation]], None],
        stop: Event,
    ) -> list[Generation]:
        """Write several continuations of one prompt, showing them as they grow.

        Args:
            copies: Continuations, >= 1; the i-th is drawn with ``seed + i``.
            on_tokens: Called after every token with all continuations so far.
            stop: Set it to stop within one layer of the model; what was written is kept.

        Returns:
            The continuations as far as they came, in order.
        """
        from golems.tasks.decoding import Decoding

        seeds = [(parameters.seed + copy) % (MAX_SEED + 1) for copy in range(copies)]

        def show(written: list[list[int]]) -> None:
            on_tokens([self._generation(encoded, ids) for ids in written])

        decoding = Decoding(copies, self.end_ids, show)
        with leaving(self.model, stop.is_set), suppress(Left):
            self._generate(decoding, [encoded] * copies, parameters, seeds)
        return [self._generation(encoded, ids) for ids in decoding.written]

    def _generation(self, prompt: EncodedPrompt, ids: list[int]) -> Generation:
        text = self.tokenizer.decode(ids, skip_special_tokens=True)
        return Generation(
            generated_text=text if prompt.instruction else prompt.text + text,
            continuation=text,
            tokens=len(prompt.ids),
            new_tokens=len(ids),
            note=prompt.note,
        )

    def _generate(
        self,
        decoding: Decoding,
        batch: Sequence[EncodedPrompt],
        parameters: GenerationParameters,
        seeds: Sequence[int],
    ) -> None:
        import torch
        from transformers.generation import StopStringCriteria

        from golems.tasks.sampling import TokenChooser

        longest = max(len(row.ids) for row in batch)
        # Padding goes to the left: every row's next token follows its last real one.
        pads = [longest - len(row.ids) for row in batch]
        ids = torch.tensor(
            [[self.pad_id] * pad + list(row.ids) for pad, row in zip(pads, batch, strict=True)]
        )
        mask = torch.tensor([[0] * pad + [1] * (longest - pad) for pad in pads])
        device = self.model.device
        penalty = parameters.repetition_penalty
        penalty = self.own_penalty if penalty is None else float(penalty)
        stops = self.model.generation_config.stop_strings
        with torch.inference_mode():
            self.model.generate(
                input_ids=onto(ids, device),
                attention_mask=onto(mask, device),
                max_new_tokens=parameters.max_new_tokens,
                # The chooser draws; generate only ever takes the best score it is left with.
                do_sample=False,
                num_beams=1,
                num_return_sequences=1,
                return_dict_in_generate=False,
                repetition_penalty=1.0,
                pad_token_id=self.pad_id,
                eos_token_id=sorted(self.end_ids) or None,
                logits_processor=[TokenChooser(parameters, penalty, pads, seeds, device)],
                # Made here, as generate hands no tokenizer on to a decoding of our own.
                stop_strings=None,
                stopping_criteria=[StopStringCriteria(self.tokenizer, stops)] if stops else None,
                custom_generate=decoding,
            )


TASK = TextGeneration
