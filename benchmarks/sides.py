"""The sides of the benchmarks of speed: this project's runs, ``transformers.pipeline``, ONNX
Runtime and OpenVINO. Each reads the same file or folder.

Only ``ours`` uses this project's engine. Those with a plan get its batches, and nothing else of it.
"""

from __future__ import annotations

import csv
import json
import os
import shutil
import tempfile
import time
import weakref
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.machine import matmul_gflops
from benchmarks.workers import Take, Turn

if TYPE_CHECKING:
    import numpy as np

TEXTS, PICTURES, PROMPTS = "text-classification", "image-classification", "text-generation"
Arrays = Mapping[str, "np.ndarray[Any, Any]"]
Infer = Callable[[Iterator[tuple[list[int], Arrays]]], Iterator[tuple[list[int], Any]]]


def read(data: Path) -> list[str]:
    """The texts of a CSV, or the paths of a folder's pictures."""
    if data.is_dir():
        return [str(path) for path in sorted(data.iterdir())]
    with data.open(encoding="utf-8", newline="") as file:
        return [row["text"] for row in csv.DictReader(file)]


def ours(
    *,
    model: str,
    task: str,
    precision: str,
    parameters: Mapping[str, Any] | None = None,
    answers: bool = True,
) -> Take:
    """A whole run: from opening the file to the last part and the end of the run on disk.

    The engine loads the golem anew in each run; the seconds of that are told apart.

    Args:
        answers: Tell what the run gave.
    """
    home = tempfile.mkdtemp(prefix="benchmark-home-")
    os.environ["PANTHEON_HOME"] = home

    import torch
    import transformers  # noqa: F401  # as for the other sides, importing is no loading

    from golems.datasets import open_dataset
    from golems.registry import card_named, choose_checkpoint
    from golems.runs import Progress, create_run
    from golems.runs.engine import execute
    from golems.settings import settings
    from golems.tasks import task_class

    settings.cache_clear()
    assert torch.get_num_threads()
    spans = watched(task_class(task))
    kind = task_class(task).content

    def take(data: Path) -> Turn:
        spans.clear()
        began: dict[str, float] = {}

        def watch(progress: Progress) -> None:
            began.setdefault(progress.stage, time.perf_counter())

        start = time.perf_counter()
        card = card_named(model, task)
        dataset = open_dataset(data, task_kind=kind, column="text" if kind == "text" else None)
        run = create_run(
            card,
            choose_checkpoint(card),
            dataset,
            device="cpu",
            precision=precision,
            ledger=False,
            parameters=parameters,
        )
        progress = execute(run, watch)
        whole = time.perf_counter() - start
        if progress.failed or progress.done != progress.rows:
            raise RuntimeError(f"Not all rows were predicted: {progress}")
        predicting = began["Predicting"]
        loading = predicting - began["Loading the golem"]
        engine = run.manifest().engine
        assert engine is not None
        turn = Turn(
            seconds=whole - loading,
            answers=results_of(run, task) if answers else [],
            model_seconds=sum(end - start for start, end in spans if start >= predicting),
            loading=loading,
            precision=engine.precision,
        )
        shutil.rmtree(run.folder)
        return turn

    weakref.finalize(take, shutil.rmtree, home)
    return take


def watched(task: type[Any]) -> list[tuple[float, float]]:
    """When the model was at work: start and end of each batch, filled as it goes."""
    spans: list[tuple[float, float]] = []
    forward = task.forward

    @wraps(forward)
    def timed(*args: Any, **options: Any) -> Any:
        start = time.perf_counter()
        found = forward(*args, **options)
        spans.append((start, time.perf_counter()))
        return found

    task.forward = timed
    return spans


def results_of(run: Any, task: str) -> list[str]:
    """The labels or the texts of a run, in order."""
    import pyarrow.parquet as pq

    name = run.manifest().result_columns["generated_text" if task == PROMPTS else "predicted_label"]
    return [one for part in run.parts() for one in pq.read_table(part)[name].to_pylist()]


def pipeline(
    *, model: str, task: str, batch_size: int, parameters: Mapping[str, Any] | None = None
) -> Take:
    """``transformers.pipeline``, fp32, on a list of texts or paths."""
    import torch
    from transformers import pipeline as make
    from transformers.utils import logging

    if "efficientnet" in (Path(model) / "config.json").read_text("utf-8"):
        from golems.models import efficientnet_lite

        efficientnet_lite.register()
    assert torch.get_num_threads()
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    start = time.perf_counter()
    pipe = make(task, model=model, device="cpu", dtype=torch.float32)
    loading = time.perf_counter() - start
    options: dict[str, Any] = {"batch_size": batch_size, **(parameters or {})}
    if task == TEXTS:
        options |= {"truncation": True, "top_k": None}

    def answer(found: Any) -> str:
        if task == PROMPTS:
            return str(found[0]["generated_text"])
        return str(found[0]["label"])

    def take(data: Path) -> Turn:
        start = time.perf_counter()
        answers = [answer(found) for found in pipe(read(data), **options)]
        return Turn(time.perf_counter() - start, answers, loading=loading, precision="fp32")

    return take


def runtime(*, model: str, file: str, task: str, engine: str, planned: bool) -> Take:
    """ONNX Runtime or OpenVINO.

    Args:
        model: The folder, for the tokenizer or image processor.
        file: The model in the runtime's own format.
        engine: ``onnxruntime`` or ``openvino``.
        planned: In the batches that our plan makes; otherwise one by one: without padding, which
            on processors is quicker than fixed batches, and as the runtimes' guides show it.
    """
    import transformers

    labels = json.loads((Path(model) / "config.json").read_text("utf-8")).get("id2label", {})
    start = time.perf_counter()
    infer = with_onnxruntime(file) if engine == "onnxruntime" else with_openvino(file, planned)
    loading = time.perf_counter() - start
    if task == TEXTS:
        inputs = text_inputs(transformers.AutoTokenizer.from_pretrained(model), planned)
    else:
        inputs = picture_inputs(transformers.AutoImageProcessor.from_pretrained(model), planned)

    def take(data: Path) -> Turn:
        start = time.perf_counter()
        contents = read(data)
        answers = [""] * len(contents)
        for places, logits in infer(inputs(contents)):
            for place, best in zip(places, logits.argmax(axis=1).tolist(), strict=True):
                answers[place] = labels.get(str(best), f"LABEL_{best}")
        return Turn(time.perf_counter() - start, answers, loading=loading)

    return take


def text_inputs(
    tokenizer: Any, planned: bool
) -> Callable[[Sequence[str]], Iterator[tuple[list[int], Arrays]]]:
    """Texts as arrays, with their places."""

    def inputs(texts: Sequence[str]) -> Iterator[tuple[list[int], Arrays]]:
        if not planned:
            for place, text in enumerate(texts):
                yield [place], dict(tokenizer(text, truncation=True, return_tensors="np"))
            return

        from golems.batching import plan
        from golems.tasks import task_class

        ids = tokenizer(list(texts), truncation=True)["input_ids"]
        for places in plan([len(one) for one in ids], task_class(TEXTS).limits):
            batch = {"input_ids": [ids[place] for place in places]}
            yield places, dict(tokenizer.pad(batch, return_tensors="np"))

    return inputs


def picture_inputs(
    processor: Any, planned: bool
) -> Callable[[Sequence[str]], Iterator[tuple[list[int], Arrays]]]:
    """Pictures as arrays, with their places."""
    from PIL import Image

    def pixels(paths: Sequence[str]) -> Arrays:
        pictures = []
        for path in paths:
            with Image.open(path) as picture:
                pictures.append(picture.convert("RGB"))
        return {"pixel_values": processor(images=pictures, return_tensors="np")["pixel_values"]}

    def inputs(paths: Sequence[str]) -> Iterator[tuple[list[int], Arrays]]:
        batches = [[place] for place in range(len(paths))]
        if planned:
            from golems.batching import plan
            from golems.tasks import task_class

            size = processor.size
            batches = plan(
                [size["height"] * size["width"]] * len(paths), task_class(PICTURES).limits
            )
        for places in batches:
            yield places, pixels([paths[place] for place in places])

    return inputs


def with_onnxruntime(file: str) -> Infer:
    """A session on the processor with its default options."""
    import onnxruntime

    session = onnxruntime.InferenceSession(file, providers=["CPUExecutionProvider"])

    def infer(
        batches: Iterator[tuple[list[int], Arrays]],
    ) -> Iterator[tuple[list[int], Any]]:
        for places, arrays in batches:
            yield places, session.run(["logits"], dict(arrays))[0]

    return infer


def with_openvino(file: str, planned: bool) -> Infer:
    """One by one: a queue of asynchronous requests tuned for throughput, as its guide advises; in
    planned batches: one after another, each with all cores.
    """
    import openvino

    hint = "LATENCY" if planned else "THROUGHPUT"
    compiled = openvino.Core().compile_model(file, "CPU", {"PERFORMANCE_HINT": hint})

    def in_turn(
        batches: Iterator[tuple[list[int], Arrays]],
    ) -> Iterator[tuple[list[int], Any]]:
        for places, arrays in batches:
            yield places, compiled(dict(arrays))[0]

    def at_once(
        batches: Iterator[tuple[list[int], Arrays]],
    ) -> Iterator[tuple[list[int], Any]]:
        queue = openvino.AsyncInferQueue(compiled)
        found: list[tuple[list[int], Any]] = []
        queue.set_callback(
            lambda request, places: found.append((places, request.get_output_tensor(0).data.copy()))
        )
        for places, arrays in batches:
            queue.start_async(dict(arrays), places)
        queue.wait_all()
        yield from found

    return in_turn if planned else at_once


def peak(*, precisions: Sequence[str]) -> Take:
    """No model at all: how fast torch multiplies matrices, as the fact of each precision."""

    def take(_: Path) -> Turn:
        start = time.perf_counter()
        facts = {precision: matmul_gflops(precision) for precision in precisions}
        return Turn(time.perf_counter() - start, facts=facts)

    return take
