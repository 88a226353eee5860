"""``python -m benchmarks [NAME ...]``: run benchmarks; all of them without a name."""

from __future__ import annotations

import argparse
import sys

from benchmarks import (
    analyst,
    contention,
    downloads,
    engine,
    generation,
    growth,
    images,
    intervals,
    kills,
    mixes,
    parity,
    preflight,
    reports,
    shelf,
    text,
    waits,
)

BENCHMARKS = {
    "text": text.main,
    "images": images.main,
    "generation": generation.main,
    "mixes": mixes.main,
    "growth": growth.main,
    "parity": parity.main,
    "analyst": analyst.main,
    "contention": contention.main,
    "downloads": downloads.main,
    "engine": engine.main,
    "intervals": intervals.main,
    "kills": kills.main,
    "preflight": preflight.main,
    "reports": reports.main,
    "shelf": shelf.main,
    "waits": waits.main,
}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(BENCHMARKS))
    names = parser.parse_args().names or list(BENCHMARKS)
    unknown = [name for name in names if name not in BENCHMARKS]
    if unknown:
        parser.error(f"there is no benchmark {unknown[0]}; there are: {', '.join(BENCHMARKS)}")
    for name in names:
        print(f"\n## {name}\n{(sys.modules[BENCHMARKS[name].__module__].__doc__ or '').strip()}\n")
        BENCHMARKS[name]()
    return 0


if __name__ == "__main__":
    sys.exit(main())
