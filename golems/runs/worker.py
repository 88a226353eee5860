"""The worker process: ``python -m golems.runs.worker RUN_DIR``."""

from __future__ import annotations

import logging
import sys
from pathlib import Path

from golems.errors import GolemError
from golems.runs.engine import execute
from golems.runs.store import Run


def main(folder: str) -> int:
    """Work on one run; its folder says how it went.

    Returns:
        0 when it is done or stopped, 1 when it failed.
    """
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    try:
        execute(Run(Path(folder)))
    except GolemError as error:
        logging.error("%s", error)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
