"""Every setting in one typed place, read from the environment with the prefix ``PANTHEON_``."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from platformdirs import user_data_path
from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from golems.errors import BadInput


class Settings(BaseSettings):
    """Settings with their defaults and bounds; docs/settings.md is made from this class."""

    model_config = SettingsConfigDict(env_prefix="PANTHEON_", extra="ignore", frozen=True)

    home: Path = Field(
        default_factory=lambda: user_data_path("pantheon-of-golems", appauthor=False),
        description="Where runs, caches and assembled checkpoints live.",
    )
    memory_budget_mb: int | None = Field(
        default=None,
        ge=1,
        description="Memory for golems, in MB. Default: memory_share of the machine's memory.",
    )
    memory_share: float = Field(
        default=0.5, gt=0, le=1, description="Share of the machine's memory golems may take."
    )
    device: str = Field(
        default="auto", pattern="^(auto|cpu|cuda|mps)$", description="auto, cpu, cuda or mps."
    )
    roots: tuple[Path, ...] = Field(
        default=(),
        description='Server folders the Batch page may read, as a JSON list: ["/data/photos"].',
    )
    max_image_mb: int = Field(default=64, ge=1, description="Largest picture file read, in MB.")
    max_image_pixels: int = Field(
        default=100_000_000, ge=1, description="Largest picture read, in pixels (width x height)."
    )
    max_cell_mb: int = Field(default=16, ge=1, description="Largest CSV cell read, in MB.")
    max_archive_gb: float = Field(
        default=16.0, gt=0, description="Largest ZIP of pictures read, in GB unpacked."
    )
    hub_timeout_s: float = Field(
        default=10.0, gt=0, description="Seconds to wait for the Hub before giving up."
    )

    @property
    def runs_dir(self) -> Path:
        return self.home / "runs"

    @property
    def checkpoints_dir(self) -> Path:
        return self.home / "checkpoints"


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
            f"PANTHEON_{'_'.join(str(part) for part in fault['loc']).upper()}: {fault['msg']}"
            for fault in error.errors()
        )
        raise BadInput(f"A setting can't be used. {faults}.") from error
