"""Progress bars on stderr, so that stdout holds results alone."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from tqdm import tqdm

if TYPE_CHECKING:
    from golems.runs import Progress


@contextmanager
def share_bar(title: str) -> Iterator[Callable[[float], None]]:
    """A progress bar on stderr for a share from 0 to 1; there is none while nothing is reported."""
    bar: tqdm[Any] | None = None

    def progress(share: float) -> None:
        nonlocal bar
        bar = bar or tqdm(
            total=100, desc=title, unit="%", file=sys.stderr, bar_format="{l_bar}{bar}| {elapsed}"
        )
        bar.update(round(share * 100) - bar.n)

    try:
        yield progress
    finally:
        if bar is not None:
            bar.close()


@contextmanager
def rows_bar() -> Iterator[Callable[[Progress], None]]:
    """A progress bar on stderr for the rows of a run; its rate leaves out the golem's loading."""
    with tqdm(unit=" rows", file=sys.stderr, dynamic_ncols=True) as bar:

        def watch(progress: Progress) -> None:
            if bar.total != progress.rows or progress.done <= progress.earlier:
                bar.reset(progress.rows)
                bar.n = bar.initial = progress.earlier
            bar.set_description(progress.stage, refresh=False)
            bar.set_postfix_str(progress.said, refresh=False)
            bar.update(progress.done - bar.n)

        yield watch
