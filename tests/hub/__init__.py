"""A small Hub-compatible server on localhost, so that tests run the real client code offline."""

from tests.hub.faults import Throttle
from tests.hub.server import HubServer, SeenRequest

__all__ = ["HubServer", "SeenRequest", "Throttle"]
