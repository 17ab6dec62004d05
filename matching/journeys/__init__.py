"""How long a journey by road takes: from a server, from a matrix on file, else estimated; it always says which."""

from matching.journeys.base import Journeys, Roads
from matching.journeys.caseload import FoundJourneys, journeys_of
from matching.journeys.estimate import Estimate
from matching.journeys.matrix import Matrix
from matching.journeys.server import RouteServer, ServerKind
from matching.journeys.together import FirstOf, Remembered

__all__ = [
    "Estimate",
    "FirstOf",
    "FoundJourneys",
    "Journeys",
    "Matrix",
    "Remembered",
    "Roads",
    "RouteServer",
    "ServerKind",
    "journeys_of",
]
