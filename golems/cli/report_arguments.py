"""What can be typed after ``python -m golems report``."""

from __future__ import annotations

import argparse
from pathlib import Path

LEAST_SURE = 200


def add_report(command: argparse.ArgumentParser) -> None:
    """The grammar of ``report``."""
    command.add_argument("run", metavar="RUN_DIR", help="a run's folder, or its id")
    _files(command.add_argument_group("files; - writes to standard output"))
    _truth(command.add_argument_group("the truth, kept for the page and the passport too"))
    command.add_argument(
        "--push",
        metavar="OWNER/NAME",
        help="upload them to the Hub as a dataset with a card",
    )
    command.add_argument(
        "--public", action="store_true", help="let everybody see what --push uploads"
    )
    command.add_argument("--json", action="store_true", help="print the summary as JSON")
    command.add_argument(
        "--code", action="store_true", help="print a script that predicts the same without this"
    )


def _files(files: argparse._ArgumentGroup) -> None:
    files.add_argument("--csv", type=Path, metavar="FILE", help="write the results as CSV")
    files.add_argument("--errors", type=Path, metavar="FILE", help="write the failed rows as CSV")
    files.add_argument(
        "--bom", action="store_true",
        help="begin files of CSV with a byte order mark, by which Excel knows UTF-8",
    )  # fmt: skip
    files.add_argument("--parquet", type=Path, metavar="FILE", help="write them as Parquet")
    files.add_argument("--jsonl", type=Path, metavar="FILE", help="write them as JSON Lines")
    files.add_argument("--excel", type=Path, metavar="FILE", help="write them as an Excel file")
    files.add_argument(
        "--passport", type=Path, metavar="FILE", help="write one HTML file that says all of the run"
    )
    files.add_argument(
        "--least-sure", type=Path, metavar="FILE", help="write the least sure rows as CSV"
    )
    files.add_argument(
        "--label-studio", type=Path, metavar="FILE", help="write them as tasks for Label Studio"
    )
    files.add_argument(
        "--rows", type=int, default=LEAST_SURE, metavar="N",
        help=f"how many rows are the least sure (default {LEAST_SURE})",
    )  # fmt: skip


def _truth(truth: argparse._ArgumentGroup) -> None:
    truth.add_argument(
        "--truth", metavar="COLUMN", help='the column that says what is right; "" for none'
    )
    truth.add_argument(
        "--truth-label", action="append", default=[], metavar="VALUE=LABEL",
        help="the label that a value of that column stands for; VALUE= leaves its rows out",
    )  # fmt: skip
    truth.add_argument(
        "--truth-as-proposed", action="store_true",
        help="take what is proposed for the values that are no labels",
    )  # fmt: skip
    truth.add_argument(
        "--truth-rest-out", action="store_true",
        help="leave out the rows of all values of which nothing else is said",
    )  # fmt: skip
    truth.add_argument(
        "--label-name", action="append", default=[], metavar="LABEL=NAME",
        help="call a label of the golem by another name: LABEL_0=negative",
    )  # fmt: skip
    truth.add_argument(
        "--positive", metavar="LABEL", help="of two labels the one that the curves are about"
    )
