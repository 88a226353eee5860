"""Figures as plain data in Plotly's own form: the pages and the passport draw the same ones."""

from golems.reports.charts.template import (
    PALETTE,
    TEMPLATE,
    Chart,
    as_json,
    chart,
    colours,
    markup_free,
)

__all__ = ["PALETTE", "TEMPLATE", "Chart", "as_json", "chart", "colours", "markup_free"]
