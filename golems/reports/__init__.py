"""Reports: what a run's parts say. They read a run's store, never a model."""

from golems.reports.export import write_csv, write_parquet
from golems.reports.summary import Summary, summarize
from golems.reports.tables import failed_rows, label_counts, result_page, score_histogram

__all__ = [
    "Summary",
    "failed_rows",
    "label_counts",
    "result_page",
    "score_histogram",
    "summarize",
    "write_csv",
    "write_parquet",
]
