"""Care for some nights, read a second time: the limits of short breaks, and each home as it would be on each night."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta

from matching.checker.setting_checks import MET, NOT_KNOWN, NOT_MET
from matching.domain import Bedroom, Booking, CareType, Caseload, Child, CurrentPlacement, Home, Stay, Verdict


def nights_asked(caseload: Caseload, child: Child, home: Home) -> Verdict:
    """The nights are told, none is over, and none is asked for or booked twice."""
    if child.care_type not in (CareType.SHORT_BREAK, CareType.RESPITE):
        return MET
    if child.stays is None:
        return NOT_KNOWN
    asked = [night for stay in child.stays for night in _nights(stay)]
    booked = [night for b in _bookings(caseload, child) for night in _nights(Stay(b.first_night, b.last_night))]
    free = len(asked) == len(set(asked)) and not set(asked) & set(booked)
    return MET if free and all(night >= caseload.as_of for night in asked) else NOT_MET


def break_length(caseload: Caseload, child: Child, home: Home, longest: int) -> Verdict:
    """2010 Regulations 48: no single short break is longer than 17 days."""
    if child.care_type is not CareType.SHORT_BREAK:
        return MET
    if child.stays is None:
        return NOT_KNOWN
    return NOT_MET if any(len(_nights(stay)) > longest for stay in child.stays) else MET


def break_days(caseload: Caseload, child: Child, home: Home, most: int) -> Verdict:
    """2010 Regulations 48: at most 75 days in any twelve months, counted day by day."""
    if child.care_type is not CareType.SHORT_BREAK:
        return MET
    if child.stays is None:
        return NOT_KNOWN
    asked = [night for stay in child.stays for night in _nights(stay)]
    away = asked + [n for b in _bookings(caseload, child) for n in _nights(Stay(b.first_night, b.last_night))]
    for first in away:  # the fullest twelve months begin with a night away
        last = first + timedelta(days=364)
        concerned = any(first <= one <= last for one in asked)
        if concerned and sum(first <= one <= last for one in away) > most:
            return NOT_MET
    return MET


def break_carers(caseload: Caseload, child: Child, home: Home) -> Verdict:
    """2010 Regulations 48: the short breaks of twelve months are in one home."""
    if child.care_type is not CareType.SHORT_BREAK:
        return MET
    year = caseload.as_of - timedelta(days=364)
    elsewhere = [b for b in _bookings(caseload, child) if b.last_night >= year and b.home != home.ref]
    return NOT_MET if elsewhere else MET


def _bookings(caseload: Caseload, child: Child) -> list[Booking]:
    return [booking for booking in caseload.bookings if booking.child == child.ref]


def _nights(stay: Stay) -> list[date]:
    return [stay.first + timedelta(days=n) for n in range((stay.last - stay.first).days + 1)]


def on_each_night(
    caseload: Caseload, home: Home, newcomers: Sequence[Child]
) -> Iterator[tuple[Caseload, Home, list[Child]]]:
    """A home with its newcomers on each night on which somebody comes: who is booked lives there for that night.

    Where nobody comes for some nights only it is always the same.
    """
    booked = [b for b in caseload.bookings if b.home == home.ref and b.last_night >= caseload.as_of]
    booked.sort(key=lambda b: (b.first_night, b.child))  # who came first has the choice of rooms
    if not booked and not any(child.by_nights for child in newcomers):
        yield caseload, home, list(newcomers)
        return
    firsts = {b.first_night for b in booked} | {stay.first for child in newcomers for stay in child.nights or ()}
    for night in sorted({max(first, caseload.as_of) for first in firsts}):
        there = [c for c in newcomers if not c.by_nights or any(night in _nights(stay) for stay in c.stays or ())]
        if there:
            evening = _evening(caseload, home, [b.child for b in booked if b.first_night <= night <= b.last_night])
            yield evening, evening.home(home.ref), there


def _evening(caseload: Caseload, home: Home, booked: list[str]) -> Caseload:
    """The caseload with those who are booked living in the home, in the smallest free rooms."""
    if not booked:
        return caseload
    rooms: list[Bedroom] = list(home.bedrooms or ())
    for child in booked:
        free = [r for r in rooms if r.beds > 0 and not r.occupants and not r.with_carers]
        if free:
            at = rooms.index(min(free, key=lambda room: room.beds))
            rooms[at] = replace(rooms[at], occupants=(child,))
    left = None if home.places_free is None else max(home.places_free - len(booked), 0)
    then = replace(home, places_free=left, bedrooms=None if home.bedrooms is None else tuple(rooms))
    return replace(
        caseload,
        homes=tuple(then if one.ref == home.ref else one for one in caseload.homes),
        placements=(
            *(p for p in caseload.placements if p.child not in booked),
            *(CurrentPlacement(child=child, home=home.ref) for child in booked),
        ),
    )
