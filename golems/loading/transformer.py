"""Models, tokenizers and image processors out of a folder, through transformers' Auto classes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from golems.base import ModelFolder
from golems.errors import BadWeights
from golems.faults import is_out_of_memory
from golems.loading.weights import PICKLE, read_pickle, weight_files

if TYPE_CHECKING:
    import torch

UNLIMITED_TOKENS = 10**9  # tokenizers without a limit say 10**30
VOCABULARIES = {"tokenizer.json", "vocab.txt", "vocab.json", "tekken.json"}
PROCESSORS = ("preprocessor_config.json", "processor_config.json")
UNREADABLE = (OSError, ValueError, KeyError, TypeError, AttributeError, ImportError)
OFFLINE: dict[str, Any] = {"local_files_only": True, "trust_remote_code": False}


def read_config(folder: Path) -> dict[str, Any]:
    """A folder's config.json.

    Raises:
        BadWeights: There is none, or it isn't a JSON object.
    """
    path = folder / "config.json"
    if not path.is_file():
        raise BadWeights(f"{folder} is not a model folder: it has no config.json.")
    try:
        config = json.loads(path.read_text("utf-8"))
    except ValueError as error:
        raise BadWeights(f"{path} is not valid JSON.") from error
    if not isinstance(config, dict):
        raise BadWeights(f"{path} holds no JSON object.")
    return config


def load_model(
    source: ModelFolder, auto_class: str, task: str, *, device: torch.device, dtype: torch.dtype
) -> Any:
    """A model in evaluation mode on a device.

    Args:
        auto_class: Name of the Auto class, e.g. ``AutoModelForCausalLM``.
        task: The task it is loaded for, for the messages.

    Raises:
        BadWeights: Weights are missing, unsafe or damaged, or the folder is of another task.
    """
    import transformers

    from golems.models import efficientnet_lite

    efficientnet_lite.register()
    transformers.utils.logging.disable_progress_bar()  # loading takes a second; bars are ours
    folder = source.path
    config_json = read_config(folder)
    refuse_quantized(folder, config_json)
    files = weight_files(folder, source.sha256)
    auto = getattr(transformers, auto_class)
    kind = config_json.get("model_type", "none")
    if not isinstance(kind, str) or kind not in transformers.CONFIG_MAPPING:
        raise BadWeights(
            f"{folder} can't be loaded: its model type '{kind}' is not one that transformers "
            "brings with it, and code from a repository is never run."
        )
    with explained(folder):
        config = transformers.AutoConfig.from_pretrained(folder, **OFFLINE)
    if type(config) not in auto._model_mapping:
        raise BadWeights(f"{folder} holds a {config.model_type} model, which can't do {task}.")
    model_class = class_for(folder, config, auto, task)
    options: dict[str, Any] = {"config": config, "dtype": dtype, "output_loading_info": True}
    # Tensors of another shape are reported like missing ones instead of raising.
    options["ignore_mismatched_sizes"] = True
    if files[0].name == PICKLE:
        options["state_dict"] = read_pickle(files[0], source.sha256[PICKLE])
    with explained(folder):
        if files[0].name == PICKLE:
            model, info = model_class.from_pretrained(None, **options)
        else:
            options |= generation_options(folder)
            model, info = model_class.from_pretrained(
                folder, use_safetensors=True, **OFFLINE, **options
            )
    if info["mismatched_keys"]:
        name = sorted(str(key[0]) for key in info["mismatched_keys"])[0]
        raise BadWeights(f"{folder} is damaged: '{name}' has another shape than config.json says.")
    if info["missing_keys"]:
        name = sorted(info["missing_keys"])[0]
        raise BadWeights(f"{folder} is not trained for {task}: its weights lack '{name}'.")
    return model.to(device).eval()


def refuse_quantized(folder: Path, config_json: dict[str, Any]) -> None:
    """Weights of a few bits need a package and often a device of their own.

    Raises:
        BadWeights: The folder's weights are quantized.
    """
    quantized = config_json.get("quantization_config") or config_json.get("compression_config")
    if not quantized:
        return
    method = quantized.get("quant_method") if isinstance(quantized, dict) else None
    raise BadWeights(
        f"{folder} holds quantized weights{f' ({method})' if method else ''}, and quantized "
        "checkpoints can't be used: choose the plain one that it was made from."
    )


def generation_options(folder: Path) -> dict[str, Any]:
    """The folder's generation_config.json, where it can't be read as it is.

    transformers refuses one that asks for several texts without sampling; we ask for one anyway.
    """
    from transformers import GenerationConfig

    path = folder / "generation_config.json"
    if not path.is_file():
        return {}
    try:
        values = json.loads(path.read_text("utf-8"))
    except ValueError:
        return {}  # transformers goes without it
    if not isinstance(values, dict) or values.pop("num_return_sequences", None) is None:
        return {}
    return {"generation_config": GenerationConfig.from_dict(values)}


@contextmanager
def explained(folder: Path) -> Iterator[None]:
    """Turn what transformers raises about a folder's configuration into a sentence.

    Its fields are checked here and there while a model is built, and raise whatever they raise.

    Raises:
        BadWeights: Anything but a lack of memory.
    """
    try:
        yield
    except Exception as error:
        if is_out_of_memory(error):
            raise
        said = one_line(error)
        if isinstance(error, KeyError):
            said = f"it names {said.rstrip('.')}, which transformers doesn't know."
        raise BadWeights(f"{folder / 'config.json'} can't be used: {said}") from error


def class_for(folder: Path, config: Any, auto: Any, task: str) -> Any:
    """The class that a folder's model is loaded as.

    Refuses a model whose config says that it was made for another task: transformers would load it
    with a random head and predict noise.

    Raises:
        BadWeights: None of its architectures does this task.
    """
    made_for = config.architectures or []
    fits = auto._model_mapping[type(config)]
    classes = {found.__name__: found for found in (fits if isinstance(fits, tuple) else (fits,))}
    if not made_for:
        return next(iter(classes.values()))
    for name in made_for:
        if name in classes:
            return classes[name]
    raise BadWeights(
        f"{folder} holds a {made_for[0]}, which can't do {task}; "
        f"that takes a {' or '.join(sorted(classes))}."
    )


def load_tokenizer(folder: Path) -> Any:
    """The tokenizer of a model folder.

    Raises:
        BadWeights: The folder has none that can be read.
    """
    from transformers import AutoTokenizer

    # Without its vocabulary transformers would make a tokenizer that knows no word.
    if not any(path.name in VOCABULARIES or path.suffix == ".model" for path in folder.iterdir()):
        raise BadWeights(f"{folder} has no tokenizer: tokenizer.json was not found.")
    try:
        tokenizer = AutoTokenizer.from_pretrained(folder, **OFFLINE)
    except UNREADABLE as error:
        raise BadWeights(
            f"{folder} has no tokenizer that can be read: {one_line(error)}"
        ) from error
    if not isinstance(tokenizer.model_max_length, int | float):
        raise BadWeights(
            f"{folder / 'tokenizer_config.json'} can't be used: its model_max_length is "
            f"'{tokenizer.model_max_length}', which is no number."
        )
    return tokenizer


def load_image_processor(folder: Path) -> Any:
    """The image processor of a model folder, on PIL: torchvision isn't needed.

    Raises:
        BadWeights: The folder has none that can be read.
    """
    from transformers import AutoImageProcessor

    if not any((folder / name).is_file() for name in PROCESSORS):
        raise BadWeights(f"{folder} has no image processor: {PROCESSORS[0]} was not found.")
    try:
        return AutoImageProcessor.from_pretrained(folder, **OFFLINE)
    except UNREADABLE as error:
        raise BadWeights(
            f"{folder} has no image processor that can be read: {one_line(error)}"
        ) from error


def one_line(error: Exception) -> str:
    """What a library says, cut to a sentence; its advice to run foreign code is left out."""
    if "custom code" in str(error):
        return "it needs code of its own, and code from a repository is never run."
    return " ".join(str(error).split())[:200].rstrip(".") + "."


def token_limit(model: Any, tokenizer: Any) -> int:
    """Tokens that a model reads at most, special ones included."""
    import torch

    limits = [tokenizer.model_max_length, UNLIMITED_TOKENS]
    limits.append(getattr(model.config, "max_position_embeddings", None))
    for name, module in model.named_modules():
        if name.endswith("position_embeddings") and isinstance(module, torch.nn.Embedding):
            # RoBERTa's family counts positions from after its padding index.
            taken = 0 if module.padding_idx is None else module.padding_idx + 1
            limits.append(module.num_embeddings - taken)
    # XLNet says -1 for no limit.
    return int(min(limit for limit in limits if limit is not None and limit > 0))
