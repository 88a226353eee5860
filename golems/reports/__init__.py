"""Reports: what a run's parts say. They read a run's store, never a model."""

from golems.reports.export import write_csv
from golems.reports.figures import UNSURE, count_below, label_counts, score_histogram
from golems.reports.parity import parity_sentence
from golems.reports.parquet import write_parquet
from golems.reports.summary import Summary, summarize
from golems.reports.tables import failed_rows, result_page, still_failed

__all__ = [
    "UNSURE",
    "Summary",
    "count_below",
    "failed_rows",
    "label_counts",
    "parity_sentence",
    "result_page",
    "score_histogram",
    "still_failed",
    "summarize",
    "write_csv",
    "write_parquet",
]
