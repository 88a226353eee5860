"""Two golems at work on one machine, as when a batch run and a page share it: both processes with
OpenMP threads that sleep while they wait (``OMP_WAIT_POLICY=passive``, which golems/ sets) against
threads that spin (OpenMP's default). And one process alone, to see what sleeping costs then.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time

ROUNDS = 5
STEPS = 150
WORK = f"""
import time, torch
model = torch.nn.Sequential(*[torch.nn.Linear(576, 576) for _ in range(60)])
row = torch.randn(8, 576)
with torch.inference_mode():
    model(row)
    print(flush=True)
    input()
    for _ in range({STEPS}):
        model(row)
"""


def work(policy: str, processes: int) -> float:
    """Seconds until all processes have done their steps; loading doesn't count."""
    started = [
        subprocess.Popen(
            [sys.executable, "-c", WORK],
            env={**os.environ, "OMP_WAIT_POLICY": policy},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(processes)
    ]
    for process in started:
        assert process.stdout is not None
        process.stdout.readline()
    start = time.perf_counter()
    for process in started:
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.close()
    for process in started:
        process.wait()
    return time.perf_counter() - start


def main() -> None:
    for processes in (1, 2):
        times: dict[str, list[float]] = {"passive": [], "active": []}
        for _ in range(ROUNDS):
            for policy, found in times.items():
                found.append(work(policy, processes))
        passive, active = (statistics.median(found) for found in times.values())
        print(
            f"{processes} at work: passive {passive:.2f} s, active {active:.2f} s, "
            f"active / passive {active / passive:.2f}"
        )
