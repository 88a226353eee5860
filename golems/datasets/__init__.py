"""Datasets: a CSV of texts, a picture, a folder or a ZIP of pictures, read as a stream of rows."""

from golems.datasets.contract import Dataset
from golems.datasets.csv_columns import guess_column
from golems.datasets.csv_header import HeaderChoice
from golems.datasets.opening import TaskKind, open_dataset

__all__ = ["Dataset", "HeaderChoice", "TaskKind", "guess_column", "open_dataset"]
