"""Who comes on which day of a year, how long each child stays, and the caseload as it would stand on a day."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cached_property

from matching.domain import Bedroom, Caseload, CurrentPlacement, Home, PlaceState, Standing, Tie
from matching.domain.links import Relationship


@dataclass(frozen=True, kw_only=True)
class Arrival:
    """Brothers and sisters, or one child, who need a home from a day on; days count from the first of the year."""

    day: int
    children: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Year:
    """A caseload on the first day, with everybody who comes later already in it, and what nobody could know that day.

    `until` is the day on which each child's stay ends, whoever cares for them: their place is free from that day on.
    Whoever has no home `patience` days after they came lives elsewhere: a residential home, or out of the area.
    """

    start: Caseload
    arrivals: tuple[Arrival, ...]
    until: Mapping[str, int]
    days: int = 365
    patience: int = 14

    def waiting_on(self, day: int, placed: Collection[str]) -> tuple[str, ...]:
        """Who needs a home on a day, in order of arrival."""
        here = (a for a in self.arrivals if a.day <= day <= a.day + self.patience)
        return tuple(ref for a in here for ref in a.children if ref not in placed and self.until[ref] > day)

    def caseload_on(self, day: int, waiting: Collection[str], placed: Mapping[str, str]) -> Caseload:
        """The caseload of a day: who waits, who still lives where, and which places and beds that leaves."""
        lives = {child: home for child, home in (*self.settled.items(), *placed.items()) if self.until[child] > day}
        here = {*lives, *waiting}
        came: dict[str, list[str]] = defaultdict(list)
        for child in sorted(placed):
            if child in lives:
                came[placed[child]].append(child)
        return replace(
            self.start,
            as_of=self.start.as_of + timedelta(days=day),
            children=tuple(child for child in self.start.children if child.ref in here),
            homes=tuple(self._home(home, lives, came[home.ref]) for home in self.start.homes),
            placements=tuple(
                CurrentPlacement(child=child, home=home, standing=Standing.CURRENT) for child, home in lives.items()
            ),
            relationships=self._relationships(here),
            decisions=tuple(row for row in self.start.decisions if row.child in here),
            refusals=tuple(row for row in self.start.refusals if row.child in here),
            travel=tuple(row for row in self.start.travel if row.child in here),
        )

    @cached_property
    def settled(self) -> dict[str, str]:
        """Who lives where on the first day."""
        return dict(self.start.lives_in)

    @cached_property
    def residents(self) -> dict[str, tuple[str, ...]]:
        """Children of the first day by home."""
        found: dict[str, list[str]] = defaultdict(list)
        for child, home in sorted(self.settled.items()):
            found[home].append(child)
        return {home: tuple(children) for home, children in found.items()}

    def places(self, home: Home, day: int) -> int:
        """Places for those who come, on a day: free on the first day, or left since."""
        gone = sum(self.until[child] <= day for child in self.residents.get(home.ref, ()))
        return (home.places_free or 0) + gone

    def _home(self, home: Home, lives: Mapping[str, str], came: list[str]) -> Home:
        free = (home.places_free or 0) - len(came)
        free += sum(child not in lives for child in self.residents.get(home.ref, ()))
        if free == (home.places_free or 0) and not came:
            return home
        return replace(
            home,
            places_free=max(0, free),
            place_state=PlaceState.VACANT if free > 0 else PlaceState.FILLED,
            bedrooms=None if home.bedrooms is None else _slept_in(home.bedrooms, lives, came),
        )

    def _relationships(self, here: Collection[str]) -> tuple[Relationship, ...]:
        groups = {child.sibling_group for child in self.start.children if child.ref in here}
        kept = []
        for row in self.start.relationships:
            between = row.tie in (Tie.APART, Tie.MAY_SHARE_ROOM)
            known = row.of in groups if row.tie is Tie.SIBLING_PLAN else row.of in here
            if known and (not between or row.to in here):
                kept.append(row)
        return tuple(kept)


def _slept_in(rooms: tuple[Bedroom, ...], lives: Mapping[str, str], came: list[str]) -> tuple[Bedroom, ...]:
    """The bedrooms without those who left and with those who came: an empty room each while there are any."""
    left = [replace(room, occupants=tuple(ref for ref in room.occupants if ref in lives)) for room in rooms]
    for child in came:
        order = sorted(range(len(left)), key=lambda i: (left[i].with_carers, len(left[i].occupants), left[i].beds))
        at = next((i for i in order if left[i].free_beds), None)
        if at is not None:
            left[at] = replace(left[at], occupants=(*left[at].occupants, child))
    return tuple(left)
