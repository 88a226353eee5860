"""Figures as plain data in Plotly's own form: the pages and the passport draw the same ones."""

from golems.reports.charts.template import PALETTE, Chart, chart, colours, markup_free

__all__ = ["PALETTE", "Chart", "chart", "colours", "markup_free"]
