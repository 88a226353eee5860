"""Reports: what a run's parts say. They read a run's store, never a model."""

from golems.reports.export import write_csv, write_parquet
from golems.reports.parity import parity_sentence
from golems.reports.summary import Summary, summarize
from golems.reports.tables import (
    count_below,
    failed_rows,
    label_counts,
    result_page,
    score_histogram,
    still_failed,
)

__all__ = [
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
