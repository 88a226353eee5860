"""The versions that are installed together lie within the ranges that are allowed."""

from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

PROJECT = Path(__file__).parents[1]


def requirements(name: str) -> list[Requirement]:
    lines = (PROJECT / name).read_text("utf-8").splitlines()
    return [Requirement(line) for line in lines if line and not line.startswith(("#", "-r"))]


LOCKED = {canonicalize_name(one.name): one for one in requirements("constraints.txt")}


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_a_version_of_every_requirement_is_locked_within_its_range(name: str) -> None:
    for wanted in requirements(name):
        locked = LOCKED.get(canonicalize_name(wanted.name))
        assert locked is not None, f"{wanted.name} is not in constraints.txt; run make lock."
        (pin,) = locked.specifier
        assert pin.operator == "=="
        assert wanted.specifier.contains(pin.version), f"{wanted} is locked at {pin.version}."


def test_no_build_of_one_platform_is_locked() -> None:
    assert [str(one) for one in LOCKED.values() if "+" in str(one) or "@" in str(one)] == []
