"""A run that writes: how far it is inside a window, and what is kept of one that was left."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PIL import Image

from golems.datasets import open_dataset
from golems.registry import card_named, choose_checkpoint
from golems.reports import result_page
from golems.runs import Progress, Run, create_run
from golems.runs.engine import execute
from golems.tasks import task_class, watch
from tests import tiny
from tests.runs.conftest import MakeRun

ROWS, TOKENS = 12, 40
ENDS = list(range(280, 300))


@pytest.fixture
def writing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Of a few texts in one window, most of which end before they have all their tokens."""
    monkeypatch.setattr(watch, "LOOK_S", 0.0)
    folder = tiny.gpt2(tmp_path / "gpt2", context_tokens=128)
    config = folder / "generation_config.json"
    # So many tokens end a text that rows end at different times.
    config.write_text(json.dumps(json.loads(config.read_text()) | {"eos_token_id": ENDS}))
    (tmp_path / "prompts.csv").write_text(
        "".join(
            ["text\n", *(f"{'the golem ' * (place % 3 + 1)}{place}\n" for place in range(ROWS))]
        )
    )
    card = card_named(str(folder), "text-generation")
    dataset = open_dataset(tmp_path / "prompts.csv", task_kind="text")
    values = {"max_new_tokens": TOKENS, "sample": True, "temperature": 2.0}
    return create_run(
        card, choose_checkpoint(card), dataset, parameters=values, device="cpu", precision="fp32"
    )


def copy_of(run: Run, **changes: object) -> Run:
    from golems.runs import repeat_run

    return repeat_run(run.manifest().model_copy(update=changes))


def test_progress_moves_with_the_tokens_of_a_window(writing: Run) -> None:
    seen: list[Progress] = []
    execute(writing, seen.append)
    inside = [one for one in seen if one.said]
    assert inside.pop(0).said == "reading the texts"
    assert len(inside) > 10
    assert inside[0].said == f"{ROWS} tokens written"
    assert any(0 < one.done < ROWS for one in inside)
    shares = [one.share for one in inside]
    assert shares == sorted(shares)
    assert shares[0] < 0.2
    assert shares[-1] == 1
    assert all(one.is_predicting and one.left_s is not None for one in inside)


def test_a_window_left_in_the_middle_keeps_the_rows_that_were_ready(writing: Run) -> None:
    undisturbed = copy_of(writing, ledger=False)
    execute(undisturbed)
    ready: list[int] = []

    def stop(progress: Progress) -> None:
        if progress.said and progress.done and progress.done < ROWS and not ready:
            ready.append(progress.done)
            writing.ask_to_stop()

    execute(writing, stop)
    assert (writing.state(), writing.parts()) == ("stopped", [])
    writing.resume()
    progress = execute(writing)
    assert progress.known == ready[0] > 0
    assert result_page(writing).equals(result_page(undisturbed))


@pytest.mark.parametrize("task", ["text-classification", "image-classification"])
def test_a_batch_that_is_left_before_any_row_is_ready_gives_nothing(
    make_run: MakeRun, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, task: str
) -> None:
    monkeypatch.setattr(watch, "LOOK_S", 0.0)
    for place in range(3):
        Image.new("RGB", (8, 8), (place, 0, 0)).save(tmp_path / f"{place}.png")
    data = "text\none\ntwo\n" if task == "text-classification" else tmp_path
    run = make_run(data, task=task)
    forward = task_class(task).forward

    def stop(self: object, *of: object) -> object:
        run.ask_to_stop()
        return forward(self, *of)

    monkeypatch.setattr(task_class(task), "forward", stop)
    progress = execute(run)
    assert (progress.done, progress.stage, run.parts()) == (0, "Stopped", [])
    monkeypatch.undo()
    run.resume()
    assert execute(run).done == run.progress().rows
