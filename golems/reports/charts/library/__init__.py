"""The JavaScript library that draws the charts; where it is from stands in README.md."""

from pathlib import Path

PLOTLY = Path(__file__).with_name("plotly-cartesian-4.1.1.min.js")
