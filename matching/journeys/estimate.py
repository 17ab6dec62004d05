"""Journeys estimated from the grid: straight line times a stated factor, speed bands, and a table of waters between."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from matching.domain import Place, WaterCrossing
from matching.geo import CIRCUITY, drive_minutes
from matching.journeys.base import Journeys, Minutes


@dataclass(frozen=True)
class Estimate:
    """The default, always there; its figures order homes and settle nothing."""

    crossings: tuple[WaterCrossing, ...]
    name: str = f"estimate (straight line times {CIRCUITY}, speed bands, water table)"

    def journeys(self, starts: Sequence[Place], ends: Sequence[Place]) -> Journeys:
        """Estimated minutes; never unavailable."""
        east, north = _grid(starts)
        other_east, other_north = _grid(ends)
        minutes = drive_minutes(east[:, None], north[:, None], other_east[None, :], other_north[None, :])
        return Journeys.of(minutes + self._across_water(starts, ends), self.name)

    def _across_water(self, starts: Sequence[Place], ends: Sequence[Place]) -> Minutes:
        """Minutes to add where start and end lie on different shores: the largest crossing that applies."""
        added = np.zeros((len(starts), len(ends)))
        for crossing in self.crossings:
            near, far = _shores(crossing, starts)
            other_near, other_far = _shores(crossing, ends)
            apart = (near[:, None] & other_far[None, :]) | (far[:, None] & other_near[None, :])
            added = np.maximum(added, crossing.added_minutes * apart)
        return added


def _grid(places: Sequence[Place]) -> tuple[Minutes, Minutes]:
    return np.array([float(p.easting) for p in places]), np.array([float(p.northing) for p in places])


def _shores(crossing: WaterCrossing, places: Sequence[Place]) -> tuple[np.ndarray, np.ndarray]:
    near = np.array([place.district in crossing.near for place in places], dtype=bool)
    if crossing.far is None:
        return near, ~near
    return near, np.array([place.district in crossing.far for place in places], dtype=bool)
