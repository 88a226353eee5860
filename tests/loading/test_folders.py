"""Model folders: loaded where they are whole and safe, refused in a sentence where they aren't."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from transformers import AutoTokenizer, BertForSequenceClassification

from golems.base import Card, Checkpoint, FolderSource
from golems.errors import BadInput, BadWeights, OutOfMemory
from golems.golem import Golem, plan_load
from golems.loading import commit_of, fetch, is_here, locate, ready
from golems.loading.weights import PICKLE, stored_dtype, weight_files
from tests import tiny
from tests.conftest import folder_card, load_golem

TEXT, IMAGE, GENERATION = "text-classification", "image-classification", "text-generation"
WEIGHTS, INDEX = "model.safetensors", "model.safetensors.index.json"
LABELS = ["joy", "rage"]


def answer(golem: Golem) -> Any:
    outcome = golem.predict(["The soup was hot."])[0]
    assert outcome.error is None
    return outcome.prediction


def changed_json(path: Path, **values: Any) -> None:
    path.write_text(json.dumps(json.loads(path.read_text()) | values))


def changed_config(folder: Path, **values: Any) -> Path:
    changed_json(folder / "config.json", **values)
    return folder


def overwritten(name: str, content: bytes) -> Callable[[Path], Path]:
    def change(folder: Path) -> Path:
        (folder / name).write_bytes(content)
        return folder

    return change


def without_tokenizer(folder: Path) -> Path:
    for path in folder.glob("*token*"):
        path.unlink()
    return folder


def without_a_shard(folder: Path) -> Path:
    next(tiny.with_sharded_weights(folder).glob("model-00002*")).unlink()
    return folder


def with_index(content: str) -> Callable[[Path], Path]:
    def change(folder: Path) -> Path:
        (tiny.with_sharded_weights(folder) / INDEX).write_text(content)
        return folder

    return change


def quantized(method: str, **values: Any) -> Callable[[Path], Path]:
    return lambda folder: changed_config(
        folder, quantization_config={"quant_method": method, **values}
    )


def with_token_limit(limit: Any) -> Callable[[Path], Path]:
    def change(folder: Path) -> Path:
        changed_json(folder / "tokenizer_config.json", model_max_length=limit)
        return folder

    return change


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (tiny.without_weights, "has no weights: model.safetensors was not found"),
        (tiny.with_pickled_weights, r"only pickled weights \(pytorch_model.bin\)"),
        (tiny.without_config, "it has no config.json"),
        (tiny.with_truncated_weights, r"model.safetensors is damaged: it has [\d,]+ bytes"),
        (overwritten(WEIGHTS, b""), "model.safetensors is damaged: 0 bytes"),
        (overwritten(WEIGHTS, b"garbage!" * 99), "model.safetensors is damaged"),
        (overwritten(WEIGHTS, b"\2\0\0\0\0\0\0\0[]"), "is not a safetensors file"),
        (overwritten(WEIGHTS, b"\7\0\0\0\0\0\0\0{\"a\":1}"), "is not a safetensors file"),
        (overwritten("config.json", b"{"), "is not valid JSON"),
        (overwritten("config.json", b"[]"), "holds no JSON object"),
        (overwritten("tokenizer.json", b"{"), "no tokenizer that can be read"),
        (without_tokenizer, "has no tokenizer: tokenizer.json was not found"),
        (without_a_shard, "lacks model-00002-of-.*, one of its . weight files"),
        (with_index("{"), "is damaged: it lists no weight files"),
        (with_index('{"weight_map": {"a": "../model.safetensors"}}'), "no weight file beside it"),
        (lambda folder: changed_config(folder, hidden_size=64), "another shape than config.json"),
        (lambda folder: changed_config(folder, hidden_size="x"), "config.json can't be used"),
        (lambda folder: changed_config(folder, model_type="golem"), "its model type 'golem'"),
        (lambda folder: changed_config(folder, model_type=["bert"]), "its model type "),
        (lambda folder: changed_config(folder, num_attention_heads=7), "not a multiple of"),
        (lambda folder: changed_config(folder, num_attention_heads=0), "config.json can't be used"),
        (lambda folder: changed_config(folder, hidden_act="nope"), "names 'nope', which transf"),
        (lambda folder: changed_config(folder, dtype="garbage"), "can't be used: .* 'garbage'"),
        (lambda folder: changed_config(folder, id2label=["a", "b"]), "config.json can't be used"),
        (with_token_limit("abc"), "model_max_length is 'abc', which is no number"),
        (quantized("gptq"), r"quantized weights \(gptq\).* choose the plain one"),
        (quantized("awq"), "quantized checkpoints can't be used"),
        (quantized("bitsandbytes", load_in_8bit=True), "quantized checkpoints can't be used"),
        (quantized("compressed-tensors"), "quantized checkpoints can't be used"),
    ],
)  # fmt: skip
def test_unusable_folders_are_refused_in_a_sentence(
    change: Callable[[Path], Path], words: str, tmp_path: Path
) -> None:
    folder = change(tiny.bert(tmp_path))
    with pytest.raises(BadWeights, match=words) as raised:
        load_golem(folder, TEXT)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize("error", [MemoryError(), RuntimeError("CUDA out of memory.")])
def test_a_lack_of_memory_is_not_taken_for_bad_weights(
    error: Exception, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(BertForSequenceClassification, "from_pretrained", fail)
    with pytest.raises(OutOfMemory, match="needs .* MB"):
        load_golem(tiny.bert(tmp_path), TEXT)


@pytest.mark.parametrize("sampled", [False, True])
def test_a_generator_made_for_several_texts_writes_one(sampled: bool, tmp_path: Path) -> None:
    folder = tiny.gpt2(tmp_path)
    plain = load_golem(folder, GENERATION).predict(["Once upon a time"])
    path = folder / "generation_config.json"
    changed_json(path, num_return_sequences=2, do_sample=sampled)
    assert load_golem(folder, GENERATION).predict(["Once upon a time"]) == plain


@pytest.mark.parametrize(
    ("build", "task"),
    [
        (tiny.vit, TEXT), (tiny.gpt2, TEXT), (tiny.llama, IMAGE), (tiny.bert, IMAGE),
        (tiny.bert, GENERATION), (tiny.roberta, GENERATION), (tiny.convnext, GENERATION),
    ],
)  # fmt: skip
@pytest.mark.parametrize("says_what_it_is", [True, False])
def test_folders_of_another_task_are_refused(
    build: Callable[[Path], Path], task: str, says_what_it_is: bool, tmp_path: Path
) -> None:
    folder = build(tmp_path)
    if not says_what_it_is:
        changed_config(folder, architectures=None)
    # One that says what it is is refused for that; else its weights give it away.
    words = f"can't do {task}" if says_what_it_is else f"can't do {task}|not trained for {task}"
    with pytest.raises(BadWeights, match=words):
        load_golem(folder, task)


def test_pictures_need_a_processor(tmp_path: Path) -> None:
    folder = tiny.vit(tmp_path)
    for path in folder.glob("*processor*"):
        path.unlink()
    with pytest.raises(BadWeights, match=r"no image processor: preprocessor_config.json"):
        load_golem(folder, IMAGE)


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    checkpoint = Checkpoint(id="gone", source=FolderSource(tmp_path / "gone"))
    assert not is_here(checkpoint)
    assert commit_of(checkpoint) is None
    for use in (locate, ready, fetch):
        with pytest.raises(BadWeights, match="There is no model folder"):
            use(checkpoint)


def test_sharded_weights_predict_the_same(tmp_path: Path) -> None:
    folder = tiny.bert(tmp_path)
    whole = answer(load_golem(folder, TEXT))
    golem = load_golem(tiny.with_sharded_weights(folder), TEXT)
    assert len(weight_files(folder)) > 1
    assert answer(golem).score == pytest.approx(whole.score, abs=1e-6)


def pickled_card(folder: Path, sha256: str) -> Card:
    card = folder_card(folder, TEXT)
    checkpoint = replace(card.checkpoints[0], sha256={PICKLE: sha256})
    return replace(card, checkpoints=(checkpoint,))


def test_a_pickle_that_the_card_knows_is_read(tmp_path: Path) -> None:
    folder = tiny.bert(tmp_path)
    whole = answer(load_golem(folder, TEXT))
    tiny.with_pickled_weights(folder)
    card = pickled_card(folder, hashlib.sha256((folder / PICKLE).read_bytes()).hexdigest())
    golem = Golem.load(plan_load(card, card.checkpoints[0], device="cpu"))
    assert golem.plan.precision == "fp32"
    assert answer(golem).score == pytest.approx(whole.score, abs=1e-6)


def test_a_pickle_with_another_digest_is_refused_unread(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tiny.with_pickled_weights(tiny.bert(tmp_path))
    monkeypatch.setattr(torch, "load", None)
    card = pickled_card(folder, "0" * 64)
    with pytest.raises(BadWeights, match="is not the file the card knows: its sha256"):
        Golem.load(plan_load(card, card.checkpoints[0], device="cpu"))


class Trap:
    """Pickles as code that makes a file."""

    def __init__(self, marker: Path) -> None:
        self.marker = marker

    def __reduce__(self) -> tuple[Any, ...]:
        return Path.touch, (self.marker,)


def test_a_pickle_that_the_card_knows_still_runs_no_code(tmp_path: Path) -> None:
    folder, marker = tiny.without_weights(tiny.bert(tmp_path / "model")), tmp_path / "ran"
    torch.save({"weight": Trap(marker)}, folder / PICKLE)
    card = pickled_card(folder, hashlib.sha256((folder / PICKLE).read_bytes()).hexdigest())
    with pytest.raises(BadWeights, match="holds more than weights"):
        Golem.load(plan_load(card, card.checkpoints[0], device="cpu"))
    assert not marker.exists()


def with_code(folder: Path, marker: Path) -> Path:
    """Add code to a repository that would make a file if it ever ran."""
    code = f"open({str(marker)!r}, 'w').close()\n"
    for name in ("custom.py", "__init__.py", "modeling_custom.py"):
        (folder / name).write_text(code)
    return folder


AUTO_MAP = {
    "AutoConfig": "custom.Config",
    "AutoModelForSequenceClassification": "custom.Model",
    "AutoTokenizer": ["custom.Tokenizer", "custom.Tokenizer"],
    "AutoImageProcessor": "custom.Processor",
}


def test_code_of_an_unknown_model_is_never_run(tmp_path: Path) -> None:
    marker = tmp_path / "ran"
    folder = with_code(tiny.bert(tmp_path / "model"), marker)
    changed_config(folder, model_type="golemic", auto_map=AUTO_MAP)
    with pytest.raises(BadWeights, match="code from a repository is never run"):
        load_golem(folder, TEXT)
    assert not marker.exists()


def test_code_beside_a_known_model_is_never_run(tmp_path: Path) -> None:
    marker = tmp_path / "ran"
    folder = with_code(tiny.bert(tmp_path / "model"), marker)
    changed_config(folder, auto_map=AUTO_MAP)
    changed_json(folder / "tokenizer_config.json", auto_map=AUTO_MAP)
    assert answer(load_golem(folder, TEXT))
    assert not marker.exists()


def test_code_of_an_image_processor_is_never_run(tmp_path: Path) -> None:
    marker = tmp_path / "ran"
    folder = with_code(tiny.vit(tmp_path / "model"), marker)
    path = next(folder.glob("*processor_config.json"))
    changed_json(path, auto_map=AUTO_MAP, image_processor_type="Custom")
    with pytest.raises(BadWeights, match="code from a repository is never run"):
        load_golem(folder, IMAGE)
    assert not marker.exists()


def test_a_chat_template_that_reaches_too_far_is_refused(tmp_path: Path) -> None:
    folder = tiny.llama(tmp_path, chat_template=True)
    template = "{{ ''.__class__.__mro__[1].__subclasses__() }}"
    (folder / "chat_template.jinja").write_text(template)
    golem = load_golem(folder, GENERATION)
    with pytest.raises(BadInput, match="chat template can't be used"):
        golem.predict(["Rise!"], golem.parameters(instruction=True))


def test_the_commit_of_a_folder_follows_its_files(tmp_path: Path) -> None:
    folder = tiny.bert(tmp_path / "a", seed=1)
    checkpoint = folder_card(folder, TEXT).checkpoints[0]

    def commit() -> str:
        found = locate(checkpoint)
        assert found is not None
        assert is_here(checkpoint)
        return found.commit

    first = commit()
    assert first.startswith("sha256:")
    assert commit() == first
    assert (
        locate(folder_card(tiny.bert(tmp_path / "b", seed=1), TEXT).checkpoints[0]).commit == first
    )  # type: ignore[union-attr]
    changed_config(folder, id2label={"0": "a", "1": "b"})
    relabelled = commit()
    tiny.bert(folder, seed=2)
    assert len({first, relabelled, commit()}) == 3


def test_labels_are_those_of_the_folder(tmp_path: Path) -> None:
    golem = load_golem(tiny.bert(tmp_path, labels=LABELS), TEXT)
    assert {entry.label for entry in answer(golem).scores} == set(LABELS)


@pytest.mark.usefixtures("plain_bf16")
def test_the_stored_type_is_that_of_most_weights(tmp_path: Path) -> None:
    folder = tiny.bert(tmp_path)
    assert stored_dtype(weight_files(folder)) == "F32"
    model = load_golem(folder, TEXT, precision="bf16").task.model
    model.save_pretrained(folder)
    assert stored_dtype(weight_files(folder)) == "BF16"


def test_a_folder_may_be_moved_with_its_tokenizer(tmp_path: Path) -> None:
    folder = tiny.roberta(tmp_path / "before")
    before = answer(load_golem(folder, TEXT))
    assert answer(load_golem(folder.rename(tmp_path / "näch  her"), TEXT)) == before
    assert AutoTokenizer.from_pretrained(tmp_path / "näch  her").is_fast
