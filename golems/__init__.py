"""Pantheon of Golems: pretrained models on texts and pictures, one at a time or a dataset at once.

The library behind the app and the command line. It imports no Streamlit, and importing it imports
no torch: heavy modules load when a golem is first used.
"""

import os

# Read by OpenMP when torch is loaded. Threads that spin while they wait make two golems on one
# machine, say a batch run and a page, up to eight times slower than threads that sleep.
os.environ.setdefault("OMP_WAIT_POLICY", "passive")
# For some microseconds they spin all the same, as long as from one operation to the next: a sixth
# quicker where one golem is at work, and little lost where there are two.
os.environ.setdefault("GOMP_SPINCOUNT", "1000")
# Read by Arrow when it is loaded. Its own allocators keep tens of megabytes that nobody uses.
os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")
# No library on board reports how it is used; Streamlit's switch is in .streamlit/config.toml.
os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")

from golems.base import (
    Card,
    Checkpoint,
    Classification,
    FolderSource,
    Generation,
    HubSource,
    LabelScore,
    Outcome,
    PackageSource,
    Row,
)
from golems.errors import GolemError

__all__ = [
    "Card",
    "Checkpoint",
    "Classification",
    "FolderSource",
    "Generation",
    "GolemError",
    "HubSource",
    "LabelScore",
    "Outcome",
    "PackageSource",
    "Row",
]
__version__ = "0.1.0"
