"""The command line: arguments in, exit codes out.

Exit codes: 0 done, 1 some rows failed, 2 bad usage or input, 70 a bug of ours, 130 stopped.
"""

from __future__ import annotations

import io
import logging
import os
import sys
import traceback
from collections.abc import Sequence

from golems.cli.arguments import parse
from golems.cli.commands import COMMANDS
from golems.cli.exit_codes import BAD_INPUT, BUG, INTERRUPTED
from golems.errors import GolemError


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command.

    Args:
        arguments: What follows ``python -m golems``; None for the process's own.

    Returns:
        The exit code. What a user can mend is one sentence on stderr; a bug is its traceback.
    """
    logging.basicConfig(level=logging.ERROR, format="%(levelname)s: %(message)s")
    os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # where it can't show every character
    given = parse(arguments)
    try:
        return COMMANDS[given.command](given)
    except GolemError as error:
        print(f"error: {error}", file=sys.stderr)
        return BAD_INPUT
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:
        # The reader of our output, `head` for one, has had enough; that is no error of ours.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception:  # noqa: BLE001 - printed whole, under a code of its own
        traceback.print_exc()
        return BUG
