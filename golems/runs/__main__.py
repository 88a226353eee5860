"""The processes of runs, each in a session of its own.

``python -m golems.runs`` works through the queue, each run in a process of its own, and tells how
those end; ``python -m golems.runs RUN_DIR`` is such a process. With ``--stay`` it takes further
runs from the one that started it; with ``--retry`` it tries the run's failed rows again instead.
"""

from __future__ import annotations

import argparse
import logging
import sys
from pathlib import Path

from golems.errors import GolemError
from golems.runs.store import Run


def main(arguments: list[str]) -> int:
    """Do what is asked for.

    Returns:
        0 when it is done or stopped, 1 when it failed.
    """
    parser = argparse.ArgumentParser(prog="python -m golems.runs")
    parser.add_argument("run", nargs="?", type=Path, metavar="RUN_DIR")
    parser.add_argument("--retry", action="store_true", help="try its failed rows again")
    parser.add_argument("--stay", action="store_true", help="take further runs afterwards")
    asked = parser.parse_args(arguments)
    if (asked.retry or asked.stay) and asked.run is None:
        parser.error("--retry and --stay need a RUN_DIR")
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    try:
        if asked.run is None:
            from golems.runs.supervisor import work_through_queue

            work_through_queue()
        elif asked.retry:
            from golems.runs.retrying import retry_as_asked

            retry_as_asked(Run(asked.run))
        elif asked.stay:
            from golems.runs.serving import serve

            serve(Run(asked.run))
        else:
            from golems.runs.engine import execute

            execute(Run(asked.run))
    except GolemError as error:
        logging.error("%s", error)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
