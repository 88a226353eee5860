"""Datasets: tables, texts, pictures, archives and the Hub's, read as a stream of rows."""

from golems.datasets.contract import Dataset, Doubt
from golems.datasets.csv_columns import guess_column
from golems.datasets.csv_header import HeaderChoice
from golems.datasets.csv_quote import NAMES as QUOTES
from golems.datasets.encoding_guess import USUAL as USUAL_ENCODINGS
from golems.datasets.hub_access import HubReach, hub_reach
from golems.datasets.hub_dataset import hub_splits
from golems.datasets.kinds import KINDS, TABLE_EXTENSIONS
from golems.datasets.opening import TaskKind, open_dataset

__all__ = [
    "KINDS",
    "QUOTES",
    "TABLE_EXTENSIONS",
    "USUAL_ENCODINGS",
    "Dataset",
    "Doubt",
    "HeaderChoice",
    "HubReach",
    "TaskKind",
    "guess_column",
    "hub_reach",
    "hub_splits",
    "open_dataset",
]
