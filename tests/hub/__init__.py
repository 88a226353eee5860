"""A small Hub-compatible server on localhost, so that tests run the real client code offline."""

from tests.hub.faults import Throttle
from tests.hub.server import HubServer, SeenRequest

# huggingface_hub's client hands files to httpx2 in a way that this one warns of.
UPLOAD_WARNS = "ignore:Use 'content=:DeprecationWarning"

__all__ = ["UPLOAD_WARNS", "HubServer", "SeenRequest", "Throttle"]
