"""The passport of a run: one HTML file to hand on, readable without the app."""

from golems.reports.passport.page import SECTIONS, passport, write_passport
from golems.reports.passport.section import Build, Section, Table

__all__ = ["SECTIONS", "Build", "Section", "Table", "passport", "write_passport"]
