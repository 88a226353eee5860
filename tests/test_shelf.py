"""The Shelf keeps to its budget, gives memory back, and lends a golem to one at a time."""

from __future__ import annotations

import gc
import pickle
import subprocess
import sys
import threading
import weakref
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from unittest.mock import MagicMock

import psutil
import pytest
from transformers import BertConfig, BertForSequenceClassification

from golems.base import Card, Classification
from golems.errors import BadInput, BadWeights, NotOnThisMachine, OutOfMemory, ShelfFull
from golems.golem import plan_load
from golems.registry import card_named
from golems.shelf import Shelf
from golems.tasks.text_classification import TextClassification
from tests import tiny
from tests.conftest import folder_card, names
from tests.tiny.saving import save
from tests.tiny.vocabularies import bert_tokenizer

TASK = "text-classification"
TIMEOUT_S = 30.0


@pytest.fixture
def cards(tmp_path: Path) -> list[Card]:
    """Four golems of equal size."""
    return [folder_card(tiny.bert(tmp_path / f"golem{n}", seed=n), TASK) for n in range(4)]


def size_of(card: Card) -> int:
    """Bytes of its weights in memory."""
    return plan_load(card, card.checkpoints[0], device="cpu", precision="fp32").memory_bytes


def wake(shelf: Shelf, card: Card) -> None:
    with shelf.lend(card, device="cpu", precision="fp32") as golem:
        assert golem.predict(["The soup was hot."])[0].error is None


def test_memory_is_counted_as_the_models_bytes(cards: list[Card]) -> None:
    shelf = Shelf(10**9)
    assert shelf.used_bytes == 0
    with shelf.lend(cards[0], device="cpu", precision="fp32") as golem:
        expected = sum(p.numel() * p.element_size() for p in golem.task.model.parameters())
        assert shelf.used_bytes == pytest.approx(expected, rel=0.01)
    with shelf.lend(cards[0], device="cpu", precision="bf16"):
        assert shelf.used_bytes == pytest.approx(1.5 * expected, rel=0.01)


def test_the_least_recently_used_golem_goes_first(cards: list[Card], loads: list[str]) -> None:
    shelf = Shelf(size_of(cards[0]) * 2 + 100)
    for index in (0, 1, 0, 2):
        wake(shelf, cards[index])
    assert names(shelf) == ["golem0", "golem2"]
    assert loads == ["golem0", "golem1", "golem2"]
    assert shelf.used_bytes <= shelf.budget_bytes
    wake(shelf, cards[1])
    assert names(shelf) == ["golem2", "golem1"]


def test_as_many_go_as_it_takes(cards: list[Card], tmp_path: Path) -> None:
    large = folder_card(tiny.bert(tmp_path / "large", max_positions=512), TASK)
    small = size_of(cards[0])
    assert small < size_of(large) < 2 * small
    shelf = Shelf(3 * small)
    for card in cards[:3]:
        wake(shelf, card)
    wake(shelf, large)
    assert names(shelf) == ["golem2", "large"]


def test_an_unloaded_models_memory_is_free(cards: list[Card]) -> None:
    shelf = Shelf(size_of(cards[0]) + 100)
    with shelf.lend(cards[0], device="cpu") as golem:
        model = weakref.ref(golem.task.model)
        weight = weakref.ref(next(golem.task.model.parameters()))
    del golem
    wake(shelf, cards[1])
    gc.collect()
    assert model() is None
    assert weight() is None


def test_memory_is_free_even_if_somebody_kept_the_model(cards: list[Card]) -> None:
    shelf = Shelf(10**9)
    with shelf.lend(cards[0], device="cpu") as golem:
        kept = golem.task.model
    shelf.unload(cards[0])
    assert all(parameter.is_meta for parameter in kept.parameters())


def test_memory_goes_back_to_the_system(tmp_path: Path) -> None:
    # In a process of its own: in this one other tests have left memory that is used again.
    done = subprocess.run(
        [sys.executable, "-c", f"from {__name__} import *; see_memory_go_back({str(tmp_path)!r})"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


LOAD_AT_ONCE = """
import pickle, sys, threading
from golems.shelf import Shelf

shelf = Shelf(10**9)

def wake(card):
    with shelf.lend(card, card.checkpoints[0]) as golem:
        print(golem.plan.card.name)

threads = [threading.Thread(target=wake, args=(card,)) for card in pickle.load(sys.stdin.buffer)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
"""


def test_two_golems_are_loaded_at_the_same_time_as_the_first_of_a_process(tmp_path: Path) -> None:
    # Both threads come to the first import of the libraries.
    two = [
        folder_card(tiny.bert(tmp_path / "text"), TASK),
        folder_card(tiny.vit(tmp_path / "picture"), "image-classification"),
    ]
    done = subprocess.run(
        [sys.executable, "-c", LOAD_AT_ONCE], input=pickle.dumps(two), capture_output=True,
        check=False,
    )  # fmt: skip
    assert (sorted(done.stdout.split()), done.stderr) == ([b"picture", b"text"], b"")


def see_memory_go_back(folder: str) -> None:
    tmp_path = Path(folder)
    tokenizer = bert_tokenizer(64)
    config = BertConfig(
        vocab_size=len(tokenizer), hidden_size=768, intermediate_size=3072, num_hidden_layers=7
    )
    card = folder_card(
        save(BertForSequenceClassification, config, tokenizer, tmp_path / "large", 0), TASK
    )
    weights = size_of(card)
    assert weights > 200e6
    process, shelf = psutil.Process(), Shelf(10**9)
    gc.collect()
    before = process.memory_full_info().uss
    wake(shelf, card)
    assert process.memory_full_info().uss - before > 0.8 * weights
    assert shelf.unload(card) == 0
    assert process.memory_full_info().uss - before < 0.2 * weights
    assert shelf.used_bytes == 0


def test_a_golem_larger_than_the_budget_is_refused_in_words(cards: list[Card]) -> None:
    shelf = Shelf(50_000)
    with pytest.raises(ShelfFull, match=r"needs 0 MB .* budget is 0 MB.*MEMORY_BUDGET_MB"):
        wake(shelf, cards[0])
    assert shelf.places() == []


def test_the_budget_is_the_settings(setting: Callable[[str, object], None]) -> None:
    setting("memory_budget_mb", 123)
    assert Shelf().budget_bytes == 123_000_000
    setting("memory_share", 0.25)
    assert Shelf().budget_bytes == 123_000_000


def test_the_budget_is_else_a_share_of_the_machine(setting: Callable[[str, object], None]) -> None:
    setting("memory_share", 0.25)
    assert Shelf().budget_bytes == pytest.approx(psutil.virtual_memory().total * 0.25)


@pytest.fixture
def fast_switching() -> Iterator[None]:
    """Threads take turns so often that they meet in every gap there is."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    yield
    sys.setswitchinterval(usual)


@pytest.mark.usefixtures("fast_switching")
def test_two_threads_use_one_golem_fifty_times_each(cards: list[Card], loads: list[str]) -> None:
    shelf, inside, overlaps = Shelf(10**9), [], []
    texts = {thread: [f"The soup {n} was {thread} hot. " * (n % 7 + 1) for n in range(50)]
             for thread in range(2)}  # fmt: skip
    with shelf.lend(cards[0], device="cpu") as golem:
        every = [text for group in texts.values() for text in group]
        right = dict(zip(every, (golem.predict([text])[0] for text in every), strict=True))

        def enter(*_: object) -> None:
            inside.append(1)
            overlaps.append(len(inside) > 1)

        golem.task.model.register_forward_pre_hook(enter)
        golem.task.model.register_forward_hook(lambda *_: inside.clear())
    start = threading.Barrier(2)

    def work(thread: int) -> list[bool]:
        start.wait(TIMEOUT_S)
        found = []
        for text in texts[thread]:
            with shelf.lend(cards[0], device="cpu") as golem:
                found.append(golem.predict([text])[0] == right[text])
        return found

    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(work, range(2))) == [[True] * 50] * 2
    assert overlaps == [False] * 100
    assert loads == ["golem0"]


def test_without_its_lock_two_threads_would_be_in_the_model_at_once(cards: list[Card]) -> None:
    shelf, meeting = Shelf(10**9), threading.Barrier(2)
    with shelf.lend(cards[0], device="cpu") as golem:

        def meet(*_: object) -> None:
            meeting.wait(TIMEOUT_S)

        golem.task.model.register_forward_pre_hook(meet)
    shelf.places()[0].lock = MagicMock()
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda _: wake(shelf, cards[0]), range(2)))
    assert not meeting.broken


def test_a_golem_in_use_is_not_lent_again_before_it_is_back(cards: list[Card]) -> None:
    shelf, order, second_has_it = Shelf(10**9), [], threading.Event()

    def second() -> None:
        with shelf.lend(cards[0], device="cpu"):
            order.append("second")
            second_has_it.set()

    with shelf.lend(cards[0], device="cpu"):
        thread = threading.Thread(target=second)
        thread.start()
        assert not second_has_it.wait(0.2)
        order.append("first")
    thread.join(TIMEOUT_S)
    assert order == ["first", "second"]


def test_many_threads_load_a_checkpoint_once(cards: list[Card], loads: list[str]) -> None:
    shelf, start = Shelf(10**9), threading.Barrier(8)

    def work(_: int) -> None:
        start.wait(TIMEOUT_S)
        wake(shelf, cards[0])

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(8)))
    assert loads == ["golem0"]
    assert names(shelf) == ["golem0"]


def test_a_golem_waits_for_room(cards: list[Card]) -> None:
    shelf = Shelf(size_of(cards[0]) + 100, patience_s=TIMEOUT_S)
    waiting, done = threading.Event(), threading.Event()
    make_room = shelf._make_room

    def spy(needed: int) -> bool:
        found = make_room(needed)
        waiting.set()
        return found

    shelf._make_room = spy  # type: ignore[method-assign]

    def second() -> None:
        wake(shelf, cards[1])
        done.set()

    with shelf.lend(cards[0], device="cpu"):
        waiting.clear()
        thread = threading.Thread(target=second)
        thread.start()
        assert waiting.wait(TIMEOUT_S)
        assert not done.is_set()
        assert names(shelf) == ["golem0"]
    assert done.wait(TIMEOUT_S)
    thread.join(TIMEOUT_S)
    assert names(shelf) == ["golem1"]


def test_waiting_for_room_ends_in_words(cards: list[Card]) -> None:
    shelf = Shelf(size_of(cards[0]) + 100, patience_s=0.05)
    with (
        shelf.lend(cards[0], device="cpu"),
        pytest.raises(ShelfFull, match="no room for .*golem1: all golems in memory are in use"),
    ):
        wake(shelf, cards[1])
    wake(shelf, cards[1])
    assert names(shelf) == ["golem1"]


def test_a_golem_in_use_stays(cards: list[Card]) -> None:
    shelf = Shelf(10**9)
    wake(shelf, cards[1])
    with shelf.lend(cards[0], device="cpu") as golem:
        assert shelf.unload(cards[0]) == 1
        assert shelf.unload(cards[1]) == 0
        assert golem.predict(["The soup was hot."])[0].error is None
    assert shelf.unload(cards[0]) == 0
    assert shelf.places() == []
    wake(shelf, cards[0])


def test_a_failed_load_leaves_no_place_behind(tmp_path: Path, cards: list[Card]) -> None:
    shelf = Shelf(size_of(cards[0]) + 100)
    other = folder_card(tiny.vit(tmp_path / "vit"), TASK)
    with pytest.raises(BadWeights, match="can't do text-classification"), shelf.lend(other):
        pass
    assert shelf.places() == []
    assert shelf.used_bytes == 0
    wake(shelf, cards[0])


def test_a_failed_load_fails_for_all_who_wait(tmp_path: Path) -> None:
    shelf, start = Shelf(10**9), threading.Barrier(4)
    other = folder_card(tiny.vit(tmp_path / "vit"), TASK)

    def work(_: int) -> str:
        start.wait(TIMEOUT_S)
        with pytest.raises(BadWeights) as raised, shelf.lend(other):
            pass
        return str(raised.value)

    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(work, range(4)))) == 1
    assert shelf.places() == []


@pytest.mark.parametrize(
    "error", [RuntimeError("CUDA out of memory. Tried to allocate 2 GiB"), MemoryError()]
)
def test_a_device_without_memory_is_told_in_words(
    error: Exception, cards: list[Card], monkeypatch: pytest.MonkeyPatch
) -> None:
    def load(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(TextClassification, "load", load)
    shelf = Shelf(10**9)
    with pytest.raises(OutOfMemory, match="cpu doesn't have free. Unload another golem"):
        wake(shelf, cards[0])
    assert shelf.places() == []


def test_what_a_borrower_raises_frees_the_golem(cards: list[Card]) -> None:
    shelf = Shelf(10**9)
    with pytest.raises(ZeroDivisionError), shelf.lend(cards[0], device="cpu"):
        raise ZeroDivisionError
    assert [place.borrowers for place in shelf.places()] == [0]
    wake(shelf, cards[0])


def test_one_thread_may_borrow_a_golem_twice(cards: list[Card]) -> None:
    shelf = Shelf(10**9)
    with shelf.lend(cards[0], device="cpu") as first, shelf.lend(cards[0], device="cpu") as second:
        assert first is second


def test_changed_weights_are_another_golem(tmp_path: Path) -> None:
    folder, shelf = tiny.bert(tmp_path / "golem", seed=1), Shelf(10**9)
    answers = []
    for seed in (1, 2):
        tiny.bert(folder, seed=seed)
        with shelf.lend(folder_card(folder, TASK), device="cpu") as golem:
            prediction = golem.predict(["The soup was hot."])[0].prediction
            assert isinstance(prediction, Classification)
            answers.append(prediction.score)
    assert answers[0] != answers[1]


def test_a_missing_checkpoint_or_device_is_told_before_anything_is_loaded(
    cards: list[Card], loads: list[str]
) -> None:
    shelf = Shelf(10**9)
    with pytest.raises(NotOnThisMachine), shelf.lend(card_named("acme/none", TASK)):
        pass
    with pytest.raises(BadInput, match="not on this machine"), shelf.lend(cards[0], device="tpu"):
        pass
    assert loads == []
    assert shelf.places() == []
