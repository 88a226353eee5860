"""The ledger: results already known, so that nothing is computed twice.

A result is kept under a digest of the row's content and of everything that decides what the golem
says about it: task, weights, parameters and precision. It is a cache: emptying it loses time only.
"""

from golems.ledger.keys import key_of, scope
from golems.ledger.results import Kept, Ledger, remove

__all__ = ["Kept", "Ledger", "key_of", "remove", "scope"]
