"""What can be typed after ``python -m golems``."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from golems.base import PRECISIONS
from golems.cli.report_arguments import add_report
from golems.datasets import KINDS, QUOTES
from golems.tasks import MODULES
from golems.tasks.long_texts import LONG_TEXTS

GOLEM = "analyst, visionary, storyteller, or a model folder or Hub id with --task"


def parser() -> argparse.ArgumentParser:
    """The command line's grammar."""
    top = argparse.ArgumentParser(
        prog="python -m golems",
        description="Pretrained models on texts and pictures, one at a time or a dataset at once.",
        epilog="Exit codes: 0 done, 1 some rows failed, 2 bad usage or input.",
    )
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    _list(commands.add_parser("list", help="show the golems and their checkpoints"))
    _fetch(commands.add_parser("fetch", help="download a checkpoint from the Hub"))
    _predict(commands.add_parser("predict", help="predict one text or picture"))
    _run(commands.add_parser("run", help="predict a whole table, folder or archive"))
    add_report(commands.add_parser("report", help="show or export the results of a run"))
    _runs(commands.add_parser("runs", help="show all runs"))
    for name, what in (
        ("resume", "go on with a run that was stopped, interrupted or failed"),
        ("stop", "stop a run; what is ready is kept"),
        ("rename", "give a run a name"),
        ("delete", "delete a run with its files"),
    ):
        command = commands.add_parser(name, help=what)
        command.add_argument("run", metavar="RUN_DIR", help="a run's folder, or its id")
        if name == "rename":
            command.add_argument("name", metavar="NAME", help="the name; an empty one removes it")
        if name == "delete":
            command.add_argument("--yes", action="store_true", help="don't ask")
    _retry(commands.add_parser("retry", help="try the failed rows of a run again"))
    _ledger(commands.add_parser("ledger", help="show or empty the results already known"))
    return top


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    """What was typed; bad usage ends the program as argparse does.

    Args:
        arguments: What follows ``python -m golems``; None for the process's own.
    """
    grammar = parser()
    given, rest = grammar.parse_known_args(arguments)
    # Before Python 3.13 an optional word is given up at the first option behind GOLEM, as in
    # `predict GOLEM --json TEXT`; it is the one that is left over then. No option has a blank.
    asked = rest[:1] == ["--"]
    words = rest[1:] if asked else rest
    is_text = len(words) == 1 and (asked or not words[0].startswith("-") or " " in words[0])
    if given.command == "predict" and given.text is None and is_text:
        given.text, rest = words[0], []
    if rest:
        grammar.error(f"unrecognized arguments: {' '.join(rest)}")
    return given


def _list(command: argparse.ArgumentParser) -> None:
    command.add_argument("--json", action="store_true", help="print JSON")


def _fetch(command: argparse.ArgumentParser) -> None:
    command.add_argument("golem", metavar="GOLEM", help=GOLEM)
    command.add_argument("--task", choices=MODULES, help="task of a Hub id")
    command.add_argument(
        "--checkpoint", metavar="ID", help="default: the golem's first one of the Hub"
    )
    command.add_argument(
        "--revision", metavar="NAME", help="branch, tag or commit of the Hub; else main"
    )


def _predict(command: argparse.ArgumentParser) -> None:
    command.add_argument("golem", metavar="GOLEM", help=GOLEM)
    command.add_argument("text", metavar="TEXT", nargs="?", help="the text or prompt")
    command.add_argument("--file", type=Path, metavar="PATH", help="a text file or a picture")
    command.add_argument("--json", action="store_true", help="print what the Hub's pipelines give")
    _golem_options(command)
    _parameters(command)


def _run(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "golem", metavar="GOLEM", nargs="?", help=f"{GOLEM}; or the manifest of a run to do again"
    )
    command.add_argument(
        "input",
        metavar="INPUT",
        nargs="?",
        help="a CSV, JSON, Parquet, Excel or text file, a picture, a folder, ZIP or tar of them, "
        "or a dataset of the Hub as hub:owner/name",
    )
    command.add_argument("--resume", metavar="RUN_DIR", help="go on with a run, instead of both")
    command.add_argument(
        "--column", metavar="NAME", help="column of the texts or pictures; else guessed"
    )
    command.add_argument("--out", type=Path, metavar="DIR", help="new folder for the run")
    command.add_argument(
        "--dry-run",
        action="store_true",
        help="say what the run would meet and take, and compute nothing",
    )
    command.add_argument("--json", action="store_true", help="print what --dry-run says as JSON")
    command.add_argument("--limit", type=int, metavar="N", help="only the first N rows")
    command.add_argument(
        "--sample-rows", type=int, metavar="N", help="only N rows, drawn from all, in their order"
    )
    command.add_argument(
        "--sample-seed", type=int, metavar="N", default=0, help="draws others; default: 0"
    )
    command.add_argument("--kind", choices=KINDS, help="how to read INPUT; else by its name")
    command.add_argument("--sheet", metavar="NAME", help="of an Excel file; else the first")
    command.add_argument("--config", metavar="NAME", help="of a Hub dataset")
    command.add_argument("--split", metavar="NAME", help="of a Hub dataset; else train")
    command.add_argument("--revision", metavar="NAME", help="of a Hub dataset; else main")
    command.add_argument(
        "--ledger",
        action=argparse.BooleanOptionalAction,
        help="use results already known, and keep new ones",
    )
    command.add_argument(
        "--stop-when-failed",
        type=float,
        metavar="PERCENT",
        help="fail once more than this share of the rows has",
    )
    command.add_argument("--delimiter", metavar="CHAR", help="of the CSV; else found")
    command.add_argument(
        "--quote", choices=QUOTES, help="around cells of the CSV that hold a delimiter; else found"
    )
    command.add_argument(
        "--escape", choices=("doubled", "backslash"), help="of quotes inside cells; else found"
    )
    command.add_argument(
        "--blanks", choices=("keep", "skip"), help="behind what separates cells; else found"
    )
    command.add_argument(
        "--line-end", choices=("lf", "cr"), help="of the CSV; lf reads CRLF too; else found"
    )
    command.add_argument("--encoding", metavar="NAME", help="of the CSV; else found")
    command.add_argument(
        "--header", choices=("auto", "yes", "no"), default="auto", help="is row one a header?"
    )
    command.add_argument(
        "--batch-tokens",
        type=int,
        metavar="N",
        help="most tokens (pixels of pictures) that go through the model at once, padding "
        "included; else found",
    )
    _golem_options(command)
    _parameters(command)


def _runs(command: argparse.ArgumentParser) -> None:
    command.add_argument("--json", action="store_true", help="print JSON")


def _retry(command: argparse.ArgumentParser) -> None:
    command.add_argument("run", metavar="RUN_DIR", help="a run's folder, or its id")
    command.add_argument(
        "--edit",
        nargs=2,
        action="append",
        default=[],
        metavar=("ROW", "TEXT"),
        help="the text that row (from 1) should have been; may be given several times",
    )
    command.add_argument(
        "--skip",
        action="append",
        default=[],
        metavar="ROW",
        help="leave that row (from 1) as it is; may be given several times",
    )


def _ledger(command: argparse.ArgumentParser) -> None:
    command.add_argument("--empty", action="store_true", help="forget all results")


def _golem_options(command: argparse.ArgumentParser) -> None:
    command.add_argument("--task", choices=MODULES, help="task of a model folder or Hub id")
    command.add_argument("--checkpoint", metavar="ID", help="else the first on this machine")
    # cuda, cpu, mps; whether this machine has it is asked when the golem is loaded.
    command.add_argument("--device", choices=("auto", "cpu", "cuda", "mps"), default=None)
    command.add_argument("--precision", choices=("auto", *PRECISIONS), default="auto")


def _parameters(command: argparse.ArgumentParser) -> None:
    """Parameters of the tasks; those not given are left to the golem's card."""
    classify = command.add_argument_group("classification")
    classify.add_argument("--top-k", type=int, metavar="N", help="labels kept, best first")
    classify.add_argument(
        "--long-texts",
        choices=LONG_TEXTS,
        help="of a text past the model's limit read the first tokens (head, the default), the last "
        "(tail), or all in chunks that overlap, whose scores are averaged",
    )
    generate = command.add_argument_group("generation")
    generate.add_argument("--max-new-tokens", type=int, metavar="N", help="most tokens written")
    generate.add_argument(
        "--sample",
        action=argparse.BooleanOptionalAction,
        help="draw the tokens; --no-sample always takes the likeliest (greedy)",
    )
    generate.add_argument("--temperature", type=float, metavar="T")
    generate.add_argument("--top-p", type=float, metavar="P")
    generate.add_argument(
        "--sample-top-k", type=int, metavar="N", help="draw from the N likeliest tokens; 0: all"
    )
    generate.add_argument(
        "--repetition-penalty",
        type=float,
        metavar="R",
        help="1 is off; else as card or checkpoint say",
    )
    generate.add_argument("--seed", type=int, metavar="N")
    generate.add_argument(
        "--instruction", action=argparse.BooleanOptionalAction, help="ask, rather than go on"
    )
