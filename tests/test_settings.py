"""Settings: from the environment, checked, and all of them in the docs."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from golems.cli import main
from golems.errors import BadInput
from golems.settings import Settings, as_markdown, settings

ROOT = Path(__file__).resolve().parents[1]
Set = Callable[[str, object], None]


def test_settings_come_from_the_environment(setting: Set) -> None:
    setting("memory_budget_mb", 500)
    setting("device", "cpu")
    setting("roots", '["/data/a", "/data/b"]')
    assert settings().memory_budget_mb == 500
    assert settings().device == "cpu"
    assert settings().roots == (Path("/data/a"), Path("/data/b"))


def test_an_empty_variable_is_as_good_as_none(setting: Set) -> None:
    default = Settings.model_fields["home"].get_default(call_default_factory=True)
    setting("home", "")
    setting("memory_budget_mb", "")
    assert settings().home == default
    assert settings().memory_budget_mb is None


def test_home_is_a_whole_path(
    setting: Set, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    setting("home", "~/golems")
    assert settings().runs_dir == tmp_path / "golems" / "runs"
    monkeypatch.chdir(tmp_path)
    setting("home", "here")
    assert settings().checkpoints_dir == tmp_path / "here" / "checkpoints"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("memory_budget_mb", "0"),
        ("memory_budget_mb", "much"),
        ("memory_share", "0"),
        ("memory_share", "1.1"),
        ("device", "tpu"),
        ("max_image_mb", "-1"),
        ("max_image_pixels", "0"),
        ("max_cell_mb", "0"),
        ("max_archive_gb", "0"),
        ("hub_timeout_s", "0"),
        ("roots", "/data/photos"),
        ("roots", "7"),
        ("allowed_hosts", "golems.example.com"),
        ("allowed_hosts", '["golems.example.com:8501"]'),
        ("allowed_hosts", '["http://golems.example.com"]'),
        ("home", "~nobody-of-that-name/golems"),
    ],
)
def test_a_value_out_of_bounds_is_named_with_its_variable(
    setting: Set, name: str, value: str
) -> None:
    setting(name, value)
    with pytest.raises(BadInput) as caught:
        settings()
    assert f"PANTHEON_{name.upper()} is " in str(caught.value)
    assert value.strip('[]"') in str(caught.value)


def test_the_command_line_says_it_in_one_sentence(
    setting: Set, capsys: pytest.CaptureFixture[str]
) -> None:
    setting("max_cell_mb", "0")
    assert main(["list"]) == 2
    error = capsys.readouterr().err
    assert error.startswith("error: A setting can't be used. PANTHEON_MAX_CELL_MB is '0': ")
    assert len(error.splitlines()) == 1


def test_settings_cant_be_changed_afterwards() -> None:
    with pytest.raises(ValueError, match="frozen"):
        settings().device = "cuda"  # type: ignore[misc]


def test_the_docs_have_every_setting() -> None:
    page = (ROOT / "docs" / "settings.md").read_text("utf-8")
    assert page == as_markdown(), "Run: python -m golems.settings > docs/settings.md"
    for name, field in Settings.model_fields.items():
        assert field.description
        assert f"| `PANTHEON_{name.upper()}` |" in page


def test_the_command_of_the_docs_writes_them() -> None:
    command = [sys.executable, "-m", "golems.settings"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, encoding="utf-8")
    assert (done.stdout, done.stderr) == (as_markdown(), "")
