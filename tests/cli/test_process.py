"""The command line as a shell sees it: a process, its two streams, its exit code."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from tests.cli.conftest import TEXT

ROOT = Path(__file__).resolve().parents[2]


def python_m_golems(*arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "golems", *map(str, arguments)],
        cwd=ROOT, capture_output=True, text=True, encoding="utf-8", timeout=120,
    )  # fmt: skip


def test_help_and_list_load_no_torch() -> None:
    code = (
        "import sys\n"
        "from golems.cli import main\n"
        "main(['list'])\n"
        "try: main(['--help'])\n"
        "except SystemExit: pass\n"
        "heavy = {'torch', 'transformers', 'streamlit', 'pandas', 'duckdb', 'pyarrow'}\n"
        "print(sorted(heavy & set(sys.modules)), file=sys.stderr)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.stderr == "[]\n"
    assert "Exit codes: 0 done, 1 some rows failed, 2 bad usage or input." in done.stdout


def test_predict_says_nothing_but_its_result(text_model: Path) -> None:
    done = python_m_golems("predict", text_model, "Good: Grüße 🙂", *TEXT, "--json")
    assert (done.returncode, done.stderr) == (0, "")
    assert len(json.loads(done.stdout)) == 2


def test_run_and_report_work_together(text_model: Path, reviews: Path, tmp_path: Path) -> None:
    done = python_m_golems("run", text_model, reviews, *TEXT, "--out", tmp_path / "out")
    assert done.returncode == 1
    assert done.stdout == f"{tmp_path / 'out'}\n"
    said = done.stderr.replace("\r", "\n").splitlines()
    assert said[0] == "Read as UTF-8, separated by commas."
    assert said[-1].startswith("4 rows, 1 failed, ")
    # Between them only our own bar: no library's warnings or bars.
    starts = ("0 rows", "Counting the rows:", "Loading the golem:", "Predicting:", "Done:")
    assert [line for line in said[2:-1] if line.strip() and not line.startswith(starts)] == []
    done = python_m_golems("report", tmp_path / "out", "--csv", tmp_path / "out.csv")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert len((tmp_path / "out.csv").read_text().splitlines()) == 5


def test_an_error_is_one_sentence_and_no_traceback(text_model: Path) -> None:
    done = python_m_golems("run", text_model, "nowhere.csv", *TEXT)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "error: There is no file or folder nowhere.csv; check the path.\n"


def test_no_command_at_all_is_bad_usage() -> None:
    done = python_m_golems()
    assert done.returncode == 2
    assert "usage: python -m golems" in done.stderr


def test_a_terminal_that_cant_show_a_character_gets_its_number(writer_model: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "golems", "predict", str(writer_model), "☃ and on",
         "--task", "text-generation", "--max-new-tokens", "2"],
        cwd=ROOT, capture_output=True, env={**os.environ, "PYTHONIOENCODING": "latin-1"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(b"\\u2603 and on")
