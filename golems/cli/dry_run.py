"""``run --dry-run``: what a run would meet and take."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

from tqdm import tqdm

from golems.cli.exit_codes import DONE
from golems.words import counted

if TYPE_CHECKING:
    from golems.preflight import Lengths, Preflight
    from golems.runs import Manifest

BAR_CHARS = 40


def dry_run(manifest: Manifest, given: argparse.Namespace) -> int:
    """Print what pre-flight finds; nothing is written."""
    from golems.preflight import check

    with tqdm(bar_format="{desc} ({elapsed})", file=sys.stderr) as line:
        found = check(manifest, line.set_description_str)
    if given.json:
        print(json.dumps(found.as_dict(), indent=2, ensure_ascii=False))
    else:
        print("\n".join(as_lines(found)))
    return DONE


def as_lines(found: Preflight) -> Iterator[str]:
    """What was found, for people."""
    yield f"{found.golem} on {found.dataset}, checkpoint {found.checkpoint}"
    yield f"commit {found.commit}, {found.precision} on {found.device}"
    yield (
        f"{counted(found.rows, 'row')}: {found.empty:,} empty, {found.unreadable:,} unreadable, "
        f"{found.duplicates:,} duplicates, {found.known:,} known; {found.to_compute:,} to compute"
    )
    if found.lengths.bins:
        yield from length_lines(found.lengths)
    if found.rehearsal_refused:
        yield f"{found.rehearsal_refused:,} of {found.rehearsed:,} rehearsed rows will fail"
    device = found.device_memory_bytes
    beside = "" if device is None else f", and {device / 1e6:,.0f} MB on {found.device}"
    yield f"memory: about {found.memory_bytes / 1e6:,.0f} MB at most{beside}"
    if found.seconds is None:
        yield "time: not known, as no row could be predicted"
        return
    yield (
        f"time: about {found.seconds:,.1f} s, and {found.load_s:,.1f} s to load the golem "
        f"(rehearsed on {counted(found.rehearsal_predicted, 'row')})"
    )


def length_lines(lengths: Lengths) -> Iterator[str]:
    """The lengths of the rows, with a bar a line."""
    sample = (
        f", in a random sample of {counted(lengths.measured, 'row')}" if lengths.is_sample else ""
    )
    yield (
        f"{lengths.unit}: {lengths.shortest:,} to {lengths.longest:,}, median "
        f"{lengths.median:,.0f}{sample}"
    )
    most = max(one.rows for one in lengths.bins)
    for one in lengths.bins:
        bar = "#" * round(BAR_CHARS * one.rows / most)
        yield f"{one.low:>12,} to {one.high - 1:>12,} {one.rows:>10,}  {bar}".rstrip()
    if lengths.cut_off is not None and lengths.cut_off_share is not None:
        share, low, high = lengths.cut_off_share
        interval = f" (95 % interval {low:.2%} to {high:.2%})" if lengths.is_sample else ""
        yield (
            f"{lengths.cut_off:,} will be cut off at {lengths.limit:,} tokens: "
            f"{share:.1%}{interval}"
        )
    if lengths.hardly_read:
        yield (
            f"{lengths.hardly_read:,} of {lengths.measured:,} can hardly be read, the first one: "
            f"{lengths.hardly_read_reason}"
        )
    if lengths.refused:
        yield f"{lengths.refused:,} will be refused: {lengths.refused_reason}"
