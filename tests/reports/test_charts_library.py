"""The JavaScript library that draws the charts is the one that its README says."""

from __future__ import annotations

import hashlib
import re

import plotly.offline

from golems.reports.charts.library import PLOTLY, plotly_js

README = PLOTLY.with_name("README.md").read_text("utf-8")


def test_it_is_the_file_whose_source_is_told() -> None:
    [told] = re.findall(r"sha256: ([0-9a-f]{64})", README)
    assert hashlib.sha256(PLOTLY.read_bytes()).hexdigest() == told
    assert PLOTLY.name in README
    assert PLOTLY.with_name("LICENSE").read_text("utf-8").startswith("MIT License")


def test_it_draws_what_the_python_package_describes() -> None:
    major = plotly.offline.get_plotlyjs_version().split(".")[0]
    assert PLOTLY.name.startswith(f"plotly-cartesian-{major}.")


def test_nothing_but_parentheses_is_added_to_it() -> None:
    plain, served = PLOTLY.read_text("utf-8"), plotly_js()
    assert len(served) == len(plain) + 2
    assert re.sub("[()]", "", served) == re.sub("[()]", "", plain)
    assert re.search(r", \(\(\) => \{\n\"use strict\";", served[:600])
