"""Journeys between a child's places and each home: given in the caseload, or estimated from the grid."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from matching.domain import Child, Household, Place, Travel
from matching.geo import Waters, drive_minutes, miles_between, waters_of
from matching.pairs.pairs import Pairs

Minutes = npt.NDArray[np.float64]
PlaceOf = Callable[[Child], Place | None]
UNSURE = 1.5  # a journey may take so many times the estimate, or so many times less


@dataclass(frozen=True)
class _Coordinate:
    """Column of one coordinate, or the district, of a place of the child."""

    place: PlaceOf
    axis: str

    def __call__(self, child: Child) -> int | None:
        found = self.place(child)
        return None if found is None else int(getattr(found, self.axis))


def _easting(household: Household) -> int | None:
    return household.home.place.easting if household.home.place else None


def _northing(household: Household) -> int | None:
    return household.home.place.northing if household.home.place else None


def family_home(child: Child) -> Place | None:
    """Where the child's family lives."""
    return child.home_place


def school(child: Child) -> Place | None:
    """Where the child goes to school or nursery."""
    return child.school_place


def family_time(child: Child) -> Place | None:
    """Where family time happens."""
    return child.family_time_place


GIVEN: dict[PlaceOf, Callable[[Travel], float | None]] = {
    family_home: lambda travel: travel.minutes_to_home,
    school: lambda travel: travel.minutes_to_school,
    family_time: lambda travel: travel.minutes_to_family_time,
}


def _grid(pairs: Pairs, place: PlaceOf) -> tuple[Minutes, Minutes, Minutes, Minutes]:
    east, north = pairs.of_children(_Coordinate(place, "easting")), pairs.of_children(_Coordinate(place, "northing"))
    return east, north, pairs.of_homes(_easting), pairs.of_homes(_northing)


def miles_to_family_home(pairs: Pairs) -> Minutes:
    """Straight-line miles on the grid between the family home and the home; NaN where not known."""
    miles = miles_between(*_grid(pairs, family_home))
    return _replaced(pairs, miles, lambda travel: travel.miles_to_home)


def minutes_to(pairs: Pairs, place: PlaceOf) -> Minutes:
    """Minutes by road between a place of the child and the home; NaN where not known."""
    minutes = drive_minutes(*_grid(pairs, place)) + _across_water(pairs, place)
    return _replaced(pairs, minutes, GIVEN[place])


def minutes_between(pairs: Pairs, place: PlaceOf, kind: PlaceOf | None = None) -> tuple[Minutes, Minutes]:
    """Least and most minutes by road that the journey may take: as given for places of its kind, else around the estimate."""
    nothing = np.full(pairs.shape, np.nan)
    given = _replaced(pairs, nothing, GIVEN[kind or place])
    estimate = np.broadcast_to(drive_minutes(*_grid(pairs, place)) + _across_water(pairs, place), pairs.shape)
    told = ~np.isnan(given)
    return np.where(told, given, estimate / UNSURE), np.where(told, given, estimate * UNSURE)


@dataclass(frozen=True)
class _ChildShore:
    """Column: the row of the district of a place of the child."""

    place: PlaceOf
    waters: Waters

    def __call__(self, child: Child) -> int:
        return self.waters.row(self.place(child))


@dataclass(frozen=True)
class _HomeShore:
    """Column: the row of the district of the home."""

    waters: Waters

    def __call__(self, household: Household) -> int:
        return self.waters.row(household.home.place)


def _across_water(pairs: Pairs, place: PlaceOf) -> Minutes:
    """Minutes to add where the two ends lie on different shores."""
    waters = waters_of(pairs.caseload.crossings)
    ends = pairs.of_children(_ChildShore(place, waters)), pairs.of_homes(_HomeShore(waters))
    added: Minutes = waters.minutes[ends[0].astype(np.intp), ends[1].astype(np.intp)]
    return added


def _replaced(pairs: Pairs, estimate: Minutes, read: Callable[[Travel], float | None]) -> Minutes:
    """The estimate, with the caseload's own journeys in their place."""
    if not pairs.caseload.travel:
        return estimate
    journeys = pairs.homes.remembered("journeys by child", lambda: _by_child(pairs))
    grid = np.full((len(pairs.children.items), len(pairs.homes.items)), np.nan)
    known = pairs.homes.remembered("children with journeys", lambda: frozenset(journeys))
    for row, ref in enumerate(pairs.children.among(_ref, known, _ref)):
        for column, travel in journeys.get(ref, ()):
            value = read(travel)
            if value is not None:
                grid[row, column] = value
    given = grid if pairs.at is None else grid[pairs.at]
    return np.where(np.isnan(given), estimate, given)


def _by_child(pairs: Pairs) -> dict[Hashable, list[tuple[int, Travel]]]:
    """The journeys given for each child, with the position of the home."""
    found: dict[Hashable, list[tuple[int, Travel]]] = {}
    for travel in pairs.caseload.travel:
        if travel.home in pairs.home_index:
            found.setdefault(travel.child, []).append((pairs.home_index[travel.home], travel))
    return found


def _ref(child: Child) -> str:
    return child.ref
