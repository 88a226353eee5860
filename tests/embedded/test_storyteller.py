"""The Storyteller's folder, unpacked from the real package, and stories told with its card."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from transformers import AutoModelForCausalLM, AutoTokenizer

from golems.base import Generation
from golems.embedded import storyteller
from golems.errors import BadWeights
from golems.golem import Golem, plan_load
from golems.registry import card_named, choose_checkpoint
from golems.settings import settings

pytest.importorskip(storyteller.PACKAGE)
PROMPTS = (
    "The lighthouse keeper had not spoken to anyone for a year when",
    "Dear diary, today the circus came to town and",
    "The three most important rules of a good kitchen are",
)


@pytest.fixture(scope="module")
def golem(embedded_home: Path) -> Iterator[Golem]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PANTHEON_HOME", str(embedded_home))
        settings.cache_clear()
        card = card_named("storyteller")
        shares: list[float] = []
        plan = plan_load(
            card, choose_checkpoint(card, card.checkpoints[0].id), device="cpu",
            progress=shares.append,
        )  # fmt: skip
        settings.cache_clear()
    assert shares == sorted(shares)
    return Golem.load(plan)


def repeated(tokens: list[int], n: int = 4) -> float:
    """Share of the runs of n tokens that stood before: 0 for none, near 1 for a loop."""
    grams = [tuple(tokens[at : at + n]) for at in range(len(tokens) - n + 1)]
    return 1 - len(set(grams)) / len(grams)


def test_loads_as_any_folder_does_and_is_whole(golem: Golem) -> None:
    folder = golem.plan.folder.path
    model, report = AutoModelForCausalLM.from_pretrained(folder, output_loading_info=True)
    assert not any(report.values())
    assert model.num_parameters() == 134_515_008  # as the model card has it: 135M
    assert not hasattr(model.config, "quantization_config")
    tokenizer = AutoTokenizer.from_pretrained(folder)
    assert tokenizer.decode(tokenizer("Grüße, 世界! 🙂")["input_ids"]) == "Grüße, 世界! 🙂"
    assert tokenizer.chat_template


def test_does_not_loop_under_its_cards_defaults(golem: Golem) -> None:
    outcomes = golem.predict(PROMPTS, golem.parameters(max_new_tokens=200, seed=7))
    tokenizer = AutoTokenizer.from_pretrained(golem.plan.folder.path)
    for outcome in outcomes:
        story = outcome.prediction
        assert isinstance(story, Generation)
        tokens = tokenizer(story.continuation)["input_ids"]
        assert len(tokens) > 20
        assert repeated(tokens) < 0.1


def test_a_damaged_package_is_said_in_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "damaged.gguf").write_bytes(b"GGUF")
    monkeypatch.setattr(storyteller, "package_file", lambda *_: tmp_path / "damaged.gguf")
    with pytest.raises(BadWeights, match=r"damaged\.gguf is damaged. Reinstall"):
        storyteller.assemble(tmp_path, lambda _: None)
