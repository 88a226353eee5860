"""Ten thousand rows in, ten thousand out, in order, with one in a hundred that is bad."""

from __future__ import annotations

from golems.reports import result_page, summarize
from golems.runs.engine import execute
from tests.cli.poison import reviews_csv
from tests.runs.conftest import MakeRun

ROWS = 10_000


def test_ten_thousand_rows_come_out_in_order(make_run: MakeRun) -> None:
    data, poisoned = reviews_csv(ROWS - 1, poisoned=True)
    run = make_run(data, column="review")
    progress = execute(run)
    refused = {place for place, (_, fine) in poisoned.items() if not fine}
    assert (progress.done, progress.failed) == (ROWS, len(refused))
    table = result_page(run, rows=2 * ROWS)
    assert table["id"].tolist() == [str(n) for n in range(ROWS)]
    assert set(table.index[table["error"].notna()]) == refused
    assert set(table.index[table["predicted_label"].isna()]) == refused
    summary = summarize(run)
    assert sum(one.count for one in summary.labels) + summary.failed == ROWS
