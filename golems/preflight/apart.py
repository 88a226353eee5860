"""Pre-flight in a process of its own: the same as a run's worker, so that its memory is too.

``python -m golems.preflight`` is that process: it takes a manifest on stdin and gives lines of JSON
on stdout, what it is at or what it found.
"""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from tempfile import TemporaryFile
from typing import TYPE_CHECKING, Any

import psutil

from golems import errors
from golems.errors import GolemError, RunFailed
from golems.preflight.report import Preflight

if TYPE_CHECKING:
    from golems.runs.manifest import Manifest


def check(manifest: Manifest, watch: Callable[[str], None] = lambda _: None) -> Preflight:
    """Look at a run's dataset and rehearse the run, in a process of its own.

    Args:
        manifest: Of the run, as ``golems.runs.draft`` makes it.
        watch: Called with what it is at, in words.

    Raises:
        GolemError: The dataset or the golem can't be used, or the process ended early.
    """
    found = _once(manifest, watch)
    # A golem that had to be prepared first has taken memory for that; the run won't have to.
    found = _once(manifest, watch) if found is None else found
    if found is None:
        raise RunFailed(f"{manifest.title} had to be prepared twice; check the disk for space.")
    return found


def _once(manifest: Manifest, watch: Callable[[str], None]) -> Preflight | None:
    from golems.runs.surroundings import environment

    with TemporaryFile() as log:
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", "golems.preflight"],
            env=environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            encoding="utf-8",
        )
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            with suppress(BrokenPipeError):
                process.stdin.write(manifest.model_dump_json())
                process.stdin.close()
            for line in process.stdout:
                said = json.loads(line)
                if "error" in said:
                    raise getattr(errors, said["kind"])(said["error"])
                if "found" in said:
                    return Preflight.of(said["found"])
                if "again" in said:
                    return None
                watch(said["stage"])
            code = process.wait()
            log.seek(0)
            raise RunFailed(why_over(code, log.read().decode("utf-8", "replace")))
        finally:
            # Whoever watches may have left.
            process.kill()
            process.wait()
            process.stdout.close()


def why_over(code: int, log: str) -> str:
    """Why the process ended without a word, from its exit code and the end of what it wrote."""
    if code == -signal.SIGKILL:
        return (
            "The rehearsal was killed (SIGKILL), as the system does when the memory is full: the "
            "run would need more than there is."
        )
    last = (log.strip().splitlines() or ["no message"])[-1]
    return f"The rehearsal broke off with exit code {code}: {last[:300]}."


def main() -> int:
    """Take a manifest on stdin and say what was found.

    Returns:
        0, also where it is an error in words.
    """
    from golems.preflight.report import preflight
    from golems.runs.manifest import Manifest
    from golems.runs.prepare import in_precision, lower_precision
    from golems.runs.setup import load_golem, reopen

    # Libraries may print; what we say goes to whoever started us, and to nobody else.
    out, sys.stdout = sys.stdout, sys.stderr

    def say(**values: Any) -> None:
        print(json.dumps(values), file=out, flush=True)

    try:
        manifest = Manifest.model_validate_json(sys.stdin.read())
        say(stage="Waking the golem")
        dataset = reopen(manifest)
        prepared = False

        def prepare(share: float) -> None:
            nonlocal prepared
            prepared = True
            say(stage=f"Preparing the golem ({share:.0%})")

        # As if its precision had been compared already, and found to be good.
        likely = in_precision(manifest, lower_precision(manifest) or manifest.precision)
        golem = load_golem(likely, prepare)
        if prepared:
            say(again=True)
            return 0
        load_s = time.time() - psutil.Process().create_time()
        found = preflight(
            golem, manifest, dataset, load_s=load_s, watch=lambda stage: say(stage=stage)
        )
        say(found=found.as_dict())
    except GolemError as error:
        # Of an error that a part keeps to itself, the one of all that it is.
        kinds = (one.__name__ for one in type(error).__mro__)
        say(error=str(error), kind=next(kind for kind in kinds if hasattr(errors, kind)))
    return 0
