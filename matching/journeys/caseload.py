"""The journeys of a caseload: between the places of every child who needs a home and every home."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from matching.domain import Caseload, Child, Home, Place, Travel
from matching.journeys.base import Journeys, Roads
from matching.wording import Sentence

FIELDS = {
    "minutes_to_home": "home_place",
    "minutes_to_school": "school_place",
    "minutes_to_family_time": "family_time_place",
}


@dataclass(frozen=True)
class FoundJourneys:
    """Rows for travel.csv, how many journeys each source gave, and what stood in for what."""

    travel: tuple[Travel, ...]
    counts: dict[str, int]
    notes: tuple[Sentence, ...]


def journeys_of(caseload: Caseload, roads: Roads, *, left_out: str | None = None) -> FoundJourneys:
    """Ask for every journey once; a journey already given in the caseload stays as given.

    Journeys from the source named `left_out`, the estimate, are counted but not written: matching makes the same
    estimate itself, and there it stays marked as one.
    """
    places = _places(caseload)
    homes = tuple(dict.fromkeys(home.place for home in caseload.homes if home.place))
    if not places or not homes:
        return FoundJourneys(caseload.travel, {}, ())
    told = roads.journeys(places, homes)
    row, column = {place: at for at, place in enumerate(places)}, {place: at for at, place in enumerate(homes)}
    given = caseload.travel_by_pair
    travel = []
    for child in caseload.seeking:
        for home in caseload.homes:
            known = given.get((child.ref, home.ref), Travel(child=child.ref, home=home.ref))
            travel.append(_filled(known, child, home, told, row, column, left_out))
    seeking = {child.ref for child in caseload.seeking}
    others = (one for one in caseload.travel if one.child not in seeking)
    return FoundJourneys(tuple(_said([*others, *travel])), told.counts(), told.notes)


def _places(caseload: Caseload) -> Sequence[Place]:
    found = (getattr(child, name) for child in caseload.seeking for name in FIELDS.values())
    return tuple(dict.fromkeys(place for place in found if place is not None))


def _filled(
    known: Travel,
    child: Child,
    home: Home,
    told: Journeys,
    row: dict[Place, int],
    column: dict[Place, int],
    left_out: str | None,
) -> Travel:
    """A row of travel with what the sources know."""
    changes: dict[str, Any] = {}
    for name, place_name in FIELDS.items():
        place = getattr(child, place_name)
        if getattr(known, name) is None and place is not None and home.place is not None:
            at = row[place], column[home.place]
            minutes = float(told.minutes[at])
            if not np.isnan(minutes) and told.sources[told.source[at]] != left_out:
                changes[name] = round(minutes, 1)
    return replace(known, **changes)


def _said(rows: Iterable[Travel]) -> Iterable[Travel]:
    """Rows that say anything."""
    return (
        row
        for row in rows
        if any(value is not None for value in (row.miles_to_home, *(getattr(row, f) for f in FIELDS)))
    )
