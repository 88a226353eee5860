"""Runs: a dataset through a golem, in a folder of its own that says all there is to know of it."""

from golems.runs.find import all_runs, open_run
from golems.runs.manifest import DatasetSpec, EngineFacts, Manifest
from golems.runs.start import create_run, draft, read_manifest, repeat_run
from golems.runs.state import Progress, State
from golems.runs.store import Run
from golems.runs.worker import start_worker, start_workers

__all__ = [
    "DatasetSpec",
    "EngineFacts",
    "Manifest",
    "Progress",
    "Run",
    "State",
    "all_runs",
    "create_run",
    "draft",
    "open_run",
    "read_manifest",
    "repeat_run",
    "start_worker",
    "start_workers",
]
