"""Pre-flight: what a run would meet and take, before anybody starts it."""

from golems.preflight.apart import check
from golems.preflight.lengths import Bin, Lengths
from golems.preflight.report import Preflight, preflight

__all__ = ["Bin", "Lengths", "Preflight", "check", "preflight"]
