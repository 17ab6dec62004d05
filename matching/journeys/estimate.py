"""Journeys estimated from the grid: straight line times a stated factor, speed bands, and a table of waters between."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from matching.domain import Place, WaterCrossing
from matching.geo import CIRCUITY, drive_minutes, waters_of
from matching.journeys.base import Journeys, Minutes


@dataclass(frozen=True)
class Estimate:
    """The default, always there; its figures order homes and settle nothing."""

    crossings: tuple[WaterCrossing, ...]
    name: str = f"estimate (straight line times {CIRCUITY}, speed bands, water table)"

    def journeys(self, starts: Sequence[Place], ends: Sequence[Place]) -> Journeys:
        """Estimated minutes; never unavailable."""
        waters = waters_of(self.crossings)
        east, north = _grid(starts)
        other_east, other_north = _grid(ends)
        minutes = drive_minutes(east[:, None], north[:, None], other_east[None, :], other_north[None, :])
        return Journeys.of(minutes + waters.between(starts, ends), self.name)


def _grid(places: Sequence[Place]) -> tuple[Minutes, Minutes]:
    return np.array([float(p.easting) for p in places]), np.array([float(p.northing) for p in places])
