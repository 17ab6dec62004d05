"""Homes night by night: a child who comes for some nights uses a place and a room on those, and on no others.

A home is looked at on the nights that matter: the first of each stay and booking. On no other night are more children
there, because whoever is there on some night was there on the first night of the one who came last.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from matching.domain import Bedroom, Caseload, Child, Home, Household, Stay, Verdict
from matching.pairs import Side, VerdictMatrix
from matching.rules.base import Counts, SetRule, Sets


@dataclass(frozen=True, kw_only=True)
class ByNight:
    """Sets, each once for every night that matters on which it would be in its home.

    `home` of `sets` is the home on that night, with those who are booked into it; `back` says which set each stands for,
    `nights` the night (`None`: any).
    """

    sets: Sets
    back: Counts
    nights: tuple[date | None, ...] = ()


def by_night(sets: Sets) -> ByNight:
    """The sets night by night; as they are where nobody comes for some nights only."""
    caseload = sets.register.caseload
    if not (caseload.bookings_in or any(group.nights for group in sets.groups)):
        return ByNight(sets=sets, back=np.arange(sets.group.size))
    items = list(sets.register.homes.items)
    told: list[tuple[int, int, date | None]] = []  # set, home on a night, night
    for h in np.unique(sets.home).tolist():
        told += _of_home(sets, h, items)
    at = np.array([position for position, _, _ in told], dtype=np.int64)
    expanded = replace(
        sets,
        register=sets.register.with_homes(Side(items, sets.register.vocabularies)),
        group=sets.group[at],
        mask=sets.mask[at],
        home=np.array([place for _, place, _ in told], dtype=np.int64),
    )
    return ByNight(sets=expanded, back=at, nights=tuple(night for _, _, night in told))


def _of_home(sets: Sets, home: int, items: list[Household]) -> list[tuple[int, int, date | None]]:
    """The sets of a home on each night that matters there; the homes on those nights are added to `items`."""
    caseload, household = sets.register.caseload, items[home]
    mine = {int(at): _nights(sets, int(at)) for at in np.flatnonzero(sets.home == home)}
    nights = nights_that_matter(caseload, household.home.ref, mine.values())
    if not nights:
        return [(at, home, None) for at, stays in mine.items() if stays is None]
    places = {night: len(items) + i for i, night in enumerate(nights)}
    items += [household_on(caseload, household, night) for night in nights]
    return [(at, places[night], night) for at, stays in mine.items() for night in nights if _present(stays, night)]


def judged_by_night(rules: Iterable[SetRule], sets: Sets) -> list[VerdictMatrix]:
    """The strictest verdict of each rule on each set, over the nights on which it would be in its home."""
    nightly = by_night(sets)
    judged = [rule.judge(nightly.sets) for rule in rules]
    return judged if nightly.sets is sets else [_strictest(verdicts, nightly.back, sets) for verdicts in judged]


def _strictest(verdicts: VerdictMatrix, back: Counts, sets: Sets) -> VerdictMatrix:
    result = np.full(sets.group.shape, Verdict.MET, dtype=np.int8)
    np.minimum.at(result, back, verdicts)
    return result


def nights_that_matter(caseload: Caseload, home: str, stays: Iterable[tuple[Stay, ...] | None]) -> list[date]:
    """First nights of bookings in a home and of the stays asked for, none before the caseload's date."""
    booked = {booking.first_night for booking in caseload.bookings_in.get(home, ())}
    asked = {stay.first for some in stays for stay in some or () if stay.last >= caseload.as_of}
    return sorted({max(night, caseload.as_of) for night in booked | asked})


def _nights(sets: Sets, at: int) -> tuple[Stay, ...] | None:
    """The nights of a set, all of whose children ask for the same; `None`: every night."""
    group = sets.groups[sets.group[at]]
    first = group.children[(int(sets.mask[at]) & -int(sets.mask[at])).bit_length() - 1]
    return dict(group.nights).get(first)


def _present(stays: tuple[Stay, ...] | None, night: date) -> bool:
    return stays is None or any(stay.has(night) for stay in stays)


def household_on(caseload: Caseload, household: Household, night: date) -> Household:
    """A household with the children who are booked into it on a night: each uses a place and a room of their own."""
    booked = [b for b in caseload.bookings_in.get(household.home.ref, ()) if b.stay.has(night)]
    if not booked:
        return household
    visitors = [caseload.child_by_ref[booking.child] for booking in booked]
    return replace(
        household, residents=(*household.residents, *visitors), home=_with_visitors(household.home, visitors)
    )


def _with_visitors(home: Home, visitors: Sequence[Child]) -> Home:
    free = None if home.places_free is None else max(0, home.places_free - len(visitors))
    rooms = home.bedrooms
    for child in visitors:
        rooms = _lodged(rooms, child.ref)
    return replace(home, places_free=free, bedrooms=rooms)


def _lodged(rooms: tuple[Bedroom, ...] | None, child: str) -> tuple[Bedroom, ...] | None:
    """The rooms with a child in the smallest one that is free."""
    free = [i for i, room in enumerate(rooms or ()) if room.beds and not room.occupants and not room.with_carers]
    if rooms is None or not free:
        return rooms
    at = min(free, key=lambda i: (rooms[i].beds, i))
    return (*rooms[:at], replace(rooms[at], occupants=(child,)), *rooms[at + 1 :])
