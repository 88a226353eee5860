"""Pictures: a whole run of ours over a folder of JPEGs of 1600 x 1200 against
``transformers.pipeline``, ONNX Runtime and OpenVINO on the same folder. A model of ViT-base's size
with random weights; then the Visionary's embedded checkpoint, against pipelines only. A process a
side, in turn; medians of 5 rounds (lowest-highest).

Ours writes its results to disk, the others keep them in memory. Loading the model counts for none.
``python -m benchmarks.images --rounds N --rows M`` for other numbers than 5 and 16; the embedded
checkpoint, which is quicker, gets 3 times as many. Pictures are all alike to the model, so few tell
as much as many.
"""

from __future__ import annotations

from pathlib import Path

from benchmarks import material, sides, throughput
from benchmarks.flops import picture_flops
from benchmarks.machine import machine
from benchmarks.rounds import ROUNDS
from benchmarks.workers import measure

ROWS = 16
QUICKER = 3
WARM_UP = 2


def main(rounds: int = ROUNDS, rows: int = ROWS) -> None:
    print(machine())
    for model, count in ((material.vit(), rows), (material.embedded("visionary"), QUICKER * rows)):
        data = material.photos(count)
        print(f"\n{model.name}: {count} pictures, {rounds} rounds\n", flush=True)
        found = measure(
            [
                *throughput.our_sides(sides.PICTURES, model, data, count),
                throughput.peak_side(data),
                *throughput.pipeline_sides(
                    sides.PICTURES, model, dict.fromkeys(throughput.PIPELINES, (data, count))
                ),
                *(
                    throughput.runtime_sides(sides.PICTURES, model, data, count)
                    if model.name == "vit"
                    else ()
                ),
            ],
            material.photos(WARM_UP),
            rounds,
        )
        print(throughput.rows_table(found, unit="pictures"), "\n")
        for start in ("pipeline", "ONNX", "OpenVINO"):
            if any(name.startswith(start) for name in found):
                print(throughput.best_of(found, start))
        print("\n" + throughput.engine_table(found, count * flops_of(model)), flush=True)


def flops_of(folder: Path) -> int:
    """Operations for a picture of 224 x 224, which both models read."""
    from transformers import AutoModelForImageClassification

    from golems.models import efficientnet_lite

    efficientnet_lite.register()
    options = {"attn_implementation": "eager"} if folder.name == "vit" else {}
    model = AutoModelForImageClassification.from_pretrained(folder, **options)
    return picture_flops(model, 224)


if __name__ == "__main__":
    given = throughput.options(__doc__, ROWS)
    main(given.rounds, given.rows)
