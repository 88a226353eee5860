"""Tokenizers of a few hundred tokens, made in memory from a short text."""

import json
import re
import string
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from tokenizers import Tokenizer, models, pre_tokenizers, trainers
from transformers import (
    BertTokenizer,
    DistilBertTokenizer,
    EsmTokenizer,
    GPT2Tokenizer,
    LlamaTokenizer,
    PreTrainedTokenizerBase,
    RobertaTokenizer,
    XLNetTokenizer,
)

_TEXT = """
The film was a joy from the first scene to the last, and I would watch it again tomorrow.
The plot was thin, the jokes were old, and nobody in the room laughed.
A good story needs a hero, a road and a reason to walk it.
The service was slow but the soup was hot and the bread was fresh.
I bought this lamp in spring and it broke in summer; the shop paid me back at once.
Golems are made of clay and do what they are told, no more and no less.
She opened the door, looked at the rain and went back to her book.
The battery lasts two days, the screen is bright, the price is fair.
Not what I wanted, not what was shown in the picture, and very hard to send back.
Once upon a time there was a tower at the end of the world, and in the tower was a bell.
"""

_MAX_WORDS = 100
_BPE_TOKENS = 400  # 256 of them are the single bytes
_LLAMA_TOKENS = 500  # 259 of them are the single bytes and the special tokens


def distilbert_tokenizer(max_tokens: int) -> PreTrainedTokenizerBase:
    """A lower-casing WordPiece tokenizer as DistilBERT has it."""
    return DistilBertTokenizer(vocab=_wordpieces(), model_max_length=max_tokens)


def bert_tokenizer(max_tokens: int) -> PreTrainedTokenizerBase:
    """A lower-casing WordPiece tokenizer as BERT has it."""
    return BertTokenizer(vocab=_wordpieces(), model_max_length=max_tokens)


def roberta_tokenizer(max_tokens: int) -> PreTrainedTokenizerBase:
    """A byte-level BPE tokenizer as RoBERTa has it."""
    special = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]
    return RobertaTokenizer(**_byte_level_bpe(special), model_max_length=max_tokens)


def gpt2_tokenizer(max_tokens: int, pad_token: str | None) -> PreTrainedTokenizerBase:
    """A byte-level BPE tokenizer as GPT-2 has it, which has no padding token of its own."""
    special = ["<|endoftext|>"] + ([pad_token] if pad_token else [])
    return GPT2Tokenizer(
        **_byte_level_bpe(special), pad_token=pad_token, model_max_length=max_tokens
    )


def llama_tokenizer(max_tokens: int, pad_token: str | None) -> PreTrainedTokenizerBase:
    """A BPE tokenizer as Llama has it: characters it doesn't know become bytes."""
    special = ["<unk>", "<s>", "</s>"] + ([pad_token] if pad_token else [])
    tokenizer = Tokenizer(models.BPE(unk_token="<unk>", byte_fallback=True, fuse_unk=True))
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    special_and_bytes = special + [f"<0x{byte:02X}>" for byte in range(256)]
    trainer = trainers.BpeTrainer(
        vocab_size=_LLAMA_TOKENS, special_tokens=special_and_bytes, show_progress=False
    )
    return LlamaTokenizer(
        **_trained(tokenizer, trainer),
        pad_token=pad_token,
        add_bos_token=True,
        model_max_length=max_tokens,
    )


def xlnet_tokenizer(max_tokens: int) -> PreTrainedTokenizerBase:
    """A unigram tokenizer as XLNet has it: single characters and the most frequent words."""
    special = ["<unk>", "<s>", "</s>", "<cls>", "<sep>", "<pad>", "<mask>", "<eod>", "<eop>"]
    words = [f"▁{word}" for word in _frequent_words()]
    pieces = ["▁", *string.ascii_letters, *string.digits, *string.punctuation, *words]
    vocab = [(piece, 0.0) for piece in special] + [(piece, -2.0) for piece in pieces]
    return XLNetTokenizer(vocab=vocab, model_max_length=max_tokens)


def esm_tokenizer(folder: Path, max_tokens: int) -> PreTrainedTokenizerBase:
    """A tokenizer of amino acids as ESM has it, in plain Python; reads its file from the folder."""
    special = ["<cls>", "<pad>", "<eos>", "<unk>"]
    folder.mkdir(parents=True, exist_ok=True)
    vocabulary = folder / "vocab.txt"
    vocabulary.write_text("\n".join([*special, *"LAGVSERTIDPKQNFYMHWCXBUZO.-", "<mask>"]))
    return EsmTokenizer(vocabulary, model_max_length=max_tokens)


def _wordpieces() -> dict[str, int]:
    """Special tokens, single characters, and the most frequent words of the text."""
    characters = string.ascii_lowercase + string.digits + string.punctuation
    return _numbered(
        ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"],
        characters,
        (f"##{character}" for character in characters),
        _frequent_words(),
    )


def _frequent_words() -> list[str]:
    words = Counter(re.findall("[a-z]{2,}", _TEXT.lower()))
    # Sorted by word too, as the order of equal counts would otherwise be an accident.
    return sorted(words, key=lambda word: (-words[word], word))[:_MAX_WORDS]


def _numbered(*tokens: Iterable[str]) -> dict[str, int]:
    return {token: index for index, token in enumerate(t for group in tokens for t in group)}


def _byte_level_bpe(special: list[str]) -> dict[str, Any]:
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    trainer = trainers.BpeTrainer(
        vocab_size=_BPE_TOKENS,
        special_tokens=special,
        initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()),
        show_progress=False,
    )
    return _trained(tokenizer, trainer)


def _trained(tokenizer: Tokenizer, trainer: trainers.BpeTrainer) -> dict[str, Any]:
    """The vocabulary and the merges that tokenizers of transformers are made from."""
    tokenizer.train_from_iterator(_TEXT.strip().splitlines(), trainer)
    model = json.loads(tokenizer.to_str())["model"]
    return {"vocab": model["vocab"], "merges": [tuple(pair) for pair in model["merges"]]}
