"""What the benchmarks of text, images and generation have in common: their sides and tables."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path

from benchmarks import material, sides
from benchmarks.rounds import ROUNDS, Spread, ratios, table
from benchmarks.workers import Measured, Side

PEAK = "peak"
PIPELINES = (1, 8, 32)


def precisions() -> list[str]:
    """What ours is measured in: as it comes, and in each precision that is quick here or exact.

    With random weights ``auto`` may find that bf16 changes too many labels, and go on in fp32.
    """
    import torch

    from golems.loading import computes_bf16

    return ["auto", "bf16", "fp32"] if computes_bf16(torch.device("cpu")) else ["auto", "int8"]


def our_sides(
    task: str, model: Path, data: Path, rows: int, parameters: Mapping[str, object] | None = None
) -> list[Side]:
    """Ours as it comes, and with other precisions asked for."""
    return [
        Side(
            f"ours, {precision}",
            sides.ours,
            data,
            rows,
            {
                "model": str(model),
                "task": task,
                "precision": precision,
                "parameters": parameters,
            },
            ours=True,
        )
        for precision in precisions()
    ]


def pipeline_sides(
    task: str,
    model: Path,
    data: Mapping[int, tuple[Path, int]],
    parameters: Mapping[str, object] | None = None,
) -> list[Side]:
    """``transformers.pipeline`` at several batch sizes.

    Args:
        data: By batch size: the file or folder, and its rows.
    """
    return [
        Side(
            f"pipeline(batch_size={size})",
            sides.pipeline,
            path,
            rows,
            {"model": str(model), "task": task, "batch_size": size, "parameters": parameters},
        )
        for size, (path, rows) in data.items()
    ]


def runtime_sides(task: str, model: Path, data: Path, rows: int) -> list[Side]:
    """ONNX Runtime in fp32 and int8, and OpenVINO; each one by one, and with our plan."""
    found = []
    for name, engine, file in (
        ("ONNX Runtime fp32", "onnxruntime", material.onnx_file(model)),
        ("ONNX Runtime int8", "onnxruntime", material.int8_file(model)),
        ("OpenVINO", "openvino", material.openvino_file(model)),
    ):
        for planned in (False, True):
            way = "our plan" if planned else "one by one"
            options = {
                "model": str(model),
                "file": str(file),
                "task": task,
                "engine": engine,
                "planned": planned,
            }
            found.append(Side(f"{name}, {way}", sides.runtime, data, rows, options))
    return found


def peak_side(data: Path) -> Side:
    """The matrix product's peak in fp32 and in the 16-bit type of this machine, like a side."""
    import torch

    from golems.loading import computes_bf16

    found = ["fp32", "bf16"] if computes_bf16(torch.device("cpu")) else ["fp32"]
    return Side(PEAK, sides.peak, data, 1, {"precisions": found})


def resolved(found: Mapping[str, Measured], name: str) -> str:
    """The precision that a side took in the end."""
    return found[name].turns[0].precision


def rows_table(found: Mapping[str, Measured], amount: float = 1.0, unit: str = "rows") -> str:
    """A row a side: rate, how many times as fast ours is, time to load, memory, same answers.

    Args:
        amount: What a row counts for, e.g. tokens.
    """
    shown = {name: one for name, one in found.items() if name != PEAK}
    first = next(iter(shown.values()))
    rows = []
    for name, one in shown.items():
        times = one.seconds_a_row
        rows.append(
            [
                f"{name} ({precision})" if (precision := resolved(found, name)) else name,
                f"{one.side.rows:,}",
                Spread.of(amount / seconds for seconds in times).text(),
                ratios(times, first.seconds_a_row).text(2),
                f"{one.loading:.1f}",
                f"{one.memory_mb:,.0f}",
                same_answers(first, one),
            ]
        )
    return table(
        [
            "side",
            "rows",
            f"{unit} a second",
            f"{first.side.name} is times as fast",
            "load, s",
            "peak memory, MB",
            "same answers",
        ],
        rows,
    )


def same_answers(first: Measured, other: Measured) -> str:
    """The share of rows with the first side's answer; only of sides with the same rows."""
    if first.side.data != other.side.data:
        return "-"
    pairs = zip(first.turns[0].answers, other.turns[0].answers, strict=True)
    return f"{sum(one == two for one, two in pairs) / first.side.rows:.1%}"


def best_of(found: Mapping[str, Measured], start: str) -> str:
    """How many times as fast ours is as the best side whose name starts so, a line a precision."""
    best = min(
        (one for name, one in found.items() if name.startswith(start)),
        key=lambda one: Spread.of(one.seconds_a_row).median,
    )
    return "\n".join(
        f"{one.side.name} against the best of them, {best.side.name}: "
        f"{ratios(best.seconds_a_row, one.seconds_a_row).text(2)} times as fast."
        for one in found.values()
        if one.side.ours
    )


def engine_table(found: Mapping[str, Measured], flops: int | None = None) -> str:
    """Where the time of ours goes, and how much of the processor's peak its model gets.

    Args:
        flops: Operations that the rows need, padding not counted; None to leave the peak out.
    """
    headers = ["side", "in the model, s", "rest of the run, s", "rest of the run, share"]
    if flops is not None:
        headers += ["model, GFLOP/s", "peak, GFLOP/s", "share of the peak"]
    rows = []
    for name, one in found.items():
        if not one.side.ours:
            continue
        model = [turn.model_seconds or 0.0 for turn in one.turns]
        rest = [turn.seconds - inside for turn, inside in zip(one.turns, model, strict=True)]
        shares = [left / turn.seconds for left, turn in zip(rest, one.turns, strict=True)]
        row = [
            f"{name} ({resolved(found, name)})",
            Spread.of(model).text(2),
            Spread.of(rest).text(2),
            Spread.of(shares).text(3),
        ]
        if flops is not None:
            precision = resolved(found, name)
            facts = [turn.facts for turn in found[PEAK].turns]
            # Where the product of a precision isn't measured, fp32 is what it is held against.
            measured = precision if precision in facts[0] else "fp32"
            peaks = [fact[measured] for fact in facts]
            rates = [flops / seconds / 1e9 for seconds in model]
            row += [
                Spread.of(rates).text(0),
                f"{Spread.of(peaks).text(0)} {measured}",
                ratios(rates, peaks).text(2),
            ]
        rows.append(row)
    return table(headers, rows)


def options(description: str | None, rows: int) -> argparse.Namespace:
    """``--rounds`` and ``--rows``, as typed."""
    parser = argparse.ArgumentParser(
        description=description, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--rows", type=int, default=rows)
    return parser.parse_args()
