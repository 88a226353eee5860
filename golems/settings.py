"""Every setting in one typed place, read from the environment with the prefix ``PANTHEON_``.

``python -m golems.settings > docs/settings.md`` writes the table of them.
"""

from __future__ import annotations

import json
import os
import sys
from functools import cache
from ipaddress import ip_address
from pathlib import Path

from platformdirs import user_data_path
from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict, SettingsError

from golems.errors import BadInput

# What the settings that are lists hold, said where one of them isn't a list.
LISTS = {
    "roots": 'folders, such as ["/data/photos"]',
    "allowed_hosts": 'host names, such as ["golems.example.com"]',
}


class Settings(BaseSettings):
    """Settings with their defaults and bounds; docs/settings.md is made from this class."""

    model_config = SettingsConfigDict(
        env_prefix="PANTHEON_", env_ignore_empty=True, extra="ignore", frozen=True
    )

    home: Path = Field(
        default_factory=lambda: user_data_path("pantheon-of-golems", appauthor=False),
        description="Where runs, uploads and assembled checkpoints live.",
        json_schema_extra={"shown": "the user's data folder"},
    )
    memory_budget_mb: int | None = Field(
        default=None,
        ge=1,
        description="Memory that golems the app keeps loaded may take, in MB; commands don't ask.",
        json_schema_extra={"shown": "`PANTHEON_MEMORY_SHARE` of the machine's memory"},
    )
    memory_share: float = Field(
        default=0.5,
        gt=0,
        le=1,
        description="Share of the machine's memory that golems the app keeps loaded may take.",
    )
    warm_up: bool = Field(
        default=True,
        description="Load a golem in the background as soon as its page is open, where there is "
        "free room for it; else at the first click.",
    )
    device: str = Field(
        default="auto", pattern="^(auto|cpu|cuda|mps)$", description="auto, cpu, cuda or mps."
    )
    roots: tuple[Path, ...] = Field(
        default=(),
        description="Server folders that the Batch page and columns of picture paths may read, as "
        'a JSON list: ["/data/photos"].',
    )
    allowed_hosts: tuple[str, ...] = Field(
        default=(),
        description="Host names under which the app answers beside localhost, 127.0.0.1, [::1] and "
        "Streamlit's `server.address`, as a JSON list without ports; `*.example.com` is every name "
        'below: ["golems.example.com"].',
    )
    max_image_mb: int = Field(default=64, ge=1, description="Largest picture file read, in MB.")
    max_image_pixels: int = Field(
        default=100_000_000, ge=1, description="Largest picture read, in pixels (width x height)."
    )
    max_cell_mb: int = Field(default=16, ge=1, description="Largest cell or line read, in MB.")
    max_archive_gb: float = Field(
        default=16.0, gt=0, description="Largest ZIP or tar of pictures read, in GB unpacked."
    )
    workers: int = Field(
        default=1, ge=1, description="Runs that are worked on at the same time; others queue."
    )
    warm_s: float = Field(
        default=120.0,
        ge=0,
        description="Seconds that a worker stays after a run, with its golem loaded, for the next "
        "one; 0 ends it at once.",
    )
    ledger: bool = Field(
        default=True, description="Keep results, so that a row is never computed twice."
    )
    ledger_mb: float = Field(
        default=2000.0, gt=0, description="Most room that kept results take on disk, in MB."
    )
    hub_timeout_s: float = Field(
        default=10.0, gt=0, description="Seconds to wait for the Hub before giving up."
    )

    @field_validator("home", mode="after")
    @classmethod
    def _in_full(cls, home: Path) -> Path:
        """``~`` reaches us as it is where no shell has read it, in a service's file for one."""
        return in_full(home)

    @field_validator("roots", mode="after")
    @classmethod
    def _all_in_full(cls, roots: tuple[Path, ...]) -> tuple[Path, ...]:
        return tuple(map(in_full, roots))

    @field_validator("allowed_hosts", mode="after")
    @classmethod
    def _names_alone(cls, hosts: tuple[str, ...]) -> tuple[str, ...]:
        for host in hosts:
            bare = host.strip().removeprefix("[").removesuffix("]")
            if not bare or "/" in bare or (":" in bare and not is_address(bare)):
                raise ValueError("hosts are names such as golems.example.com, without http or port")
        return hosts

    def as_variables(self) -> dict[str, str]:
        """The settings as variables of an environment, but for the home folder."""
        said = self.model_dump(mode="json", exclude={"home"}, exclude_none=True)
        return {
            f"PANTHEON_{name.upper()}": value if isinstance(value, str) else json.dumps(value)
            for name, value in said.items()
        }

    @property
    def runs_dir(self) -> Path:
        return self.home / "runs"

    @property
    def queue_dir(self) -> Path:
        return self.home / "queue"

    @property
    def checkpoints_dir(self) -> Path:
        return self.home / "checkpoints"


def in_full(path: Path) -> Path:
    """A path from the root on."""
    try:
        return path.expanduser().absolute()
    except RuntimeError as error:
        raise ValueError("there is no such user") from error


def is_address(host: str) -> bool:
    """Whether this is an address and no name."""
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


@cache
def settings() -> Settings:
    """The settings of this process.

    Raises:
        BadInput: A variable has a value that can't be used; names it and the reason.
    """
    try:
        return Settings()
    except ValidationError as error:
        faults = "; ".join(
            f"PANTHEON_{str(fault['loc'][0]).upper()} is {fault['input']!r}: {fault['msg']}"
            for fault in error.errors()
        )
        raise BadInput(f"A setting can't be used. {faults}.") from error
    except SettingsError as error:
        # Lists are JSON; what else is in the variable fails before its type is looked at.
        name = next(name for name in LISTS if f'"{name}"' in str(error))
        variable = f"PANTHEON_{name.upper()}"
        raise BadInput(
            f"A setting can't be used. {variable} is {os.environ.get(variable, '')!r}: it should "
            f"be a JSON list of {LISTS[name]}."
        ) from error


def as_markdown() -> str:
    """The settings as a page of docs/: variable, default, meaning."""
    lines = [
        "# Settings",
        "",
        "Read from the environment when the app or a command starts. This page is made by",
        "`python -m golems.settings > docs/settings.md`.",
        "",
        "| variable | default | meaning |",
        "| --- | --- | --- |",
    ]
    for name, field in Settings.model_fields.items():
        extra = field.json_schema_extra
        shown = extra.get("shown") if isinstance(extra, dict) else None
        if not shown:
            plain = field.default if isinstance(field.default, str) else json.dumps(field.default)
            shown = f"`{plain}`"
        lines.append(f"| `PANTHEON_{name.upper()}` | {shown} | {field.description} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.stdout.write(as_markdown())
