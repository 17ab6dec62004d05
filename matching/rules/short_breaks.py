"""Rules about care for some nights: which nights, how many in a row, how many in twelve months, and with whom.

Regulation 48 lets a short break go ahead with a short plan instead of a full care plan as long as its limits are kept.
A night counts as one day.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from matching.domain import CareType, Caseload, Child, Household, Level, Stay
from matching.pairs import Pairs, Truth, VerdictMatrix, verdicts
from matching.rules.base import Rule, Source
from matching.wording import Sentence, counted, listed, written

BREAKS = Source(
    text="Care Planning, Placement and Case Review (England) Regulations 2010",
    paragraph="regulation 48",
    read_on=date(2026, 11, 26),
)
TWELVE_MONTHS = timedelta(days=364)  # from the first to the last day of them
BY_NIGHTS = (CareType.SHORT_BREAK, CareType.RESPITE)
ASK = "We do not know for which nights {child} needs care. Ask the parents and the social worker."


def _of_children(pairs: Pairs, answers: list[bool | None]) -> VerdictMatrix:
    """One answer for each child, the same for all homes."""
    column = np.array([np.nan if answer is None else float(answer) for answer in answers], dtype=np.float64)
    spread = pairs.spread_children(column)
    return verdicts(Truth.of(spread == 1, ~np.isnan(spread)), pairs.shape)


@dataclass(frozen=True)
class NightsAsked(Rule):
    """The nights are told, still to come, and the child is booked nowhere else on them."""

    code = "nights-asked"
    title = "The nights are known, and the child is free on them"
    purpose = "Care for some nights uses a bed on those nights only, so they must be known and not be booked already."
    source = BREAKS
    level = Level.NEVER

    def judge(self, pairs: Pairs) -> VerdictMatrix:
        caseload = pairs.caseload
        return _of_children(pairs, [self._free(caseload, child) for child in pairs.children.items])

    def _free(self, caseload: Caseload, child: Child) -> bool | None:
        if child.care_type not in BY_NIGHTS:
            return True
        return None if child.stays is None else not _clash(caseload, child, child.stays)

    def because(self, caseload: Caseload, child: Child, household: Household) -> Sentence:
        night = None if child.stays is None else _clash(caseload, child, child.stays)
        if night is None:
            return Sentence.of(ASK, child=child.ref)
        if night < caseload.as_of:
            return Sentence.of("The night of {day}, asked for {child}, is over.", day=written(night), child=child.ref)
        return Sentence.of("{child} is asked for or booked twice on {day}.", child=child.ref, day=written(night))


def _clash(caseload: Caseload, child: Child, stays: tuple[Stay, ...]) -> date | None:
    """The first night that is over, asked for twice, or booked already."""
    past = [stay.first for stay in stays if stay.first < caseload.as_of]
    booked = [booking.stay for booking in caseload.bookings_of.get(child.ref, ())]
    twice = [
        max(stay.first, other.first)
        for i, stay in enumerate(stays)
        for other in (*stays[i + 1 :], *booked)
        if stay.meets(other)
    ]
    return min([*past, *twice], default=None)


@dataclass(frozen=True)
class ShortBreakLength(Rule):
    """No stay is longer than a short break may be."""

    longest: int = 17  # days in a row

    code = "short-break-length"
    title = "No single stay is longer than a short break may be"
    purpose = "A short break is at most 17 days in a row; a longer stay is asked for as another kind of care."
    source = BREAKS
    level = Level.NEVER

    def judge(self, pairs: Pairs) -> VerdictMatrix:
        return _of_children(pairs, [self._short(child) for child in pairs.children.items])

    def _short(self, child: Child) -> bool | None:
        if child.care_type is not CareType.SHORT_BREAK:
            return True
        return None if child.stays is None else all(stay.nights <= self.longest for stay in child.stays)

    def because(self, caseload: Caseload, child: Child, household: Household) -> Sentence:
        if child.stays is None:
            return Sentence.of(ASK, child=child.ref)
        nights = max(stay.nights for stay in child.stays)
        template = "One stay asked for {child} is {days}; a short break is at most {longest}."
        return Sentence.of(template, child=child.ref, days=counted(nights, "day"), longest=counted(self.longest, "day"))


@dataclass(frozen=True)
class ShortBreakDays(Rule):
    """In any twelve months the child has no more days of short breaks than the law lets them have."""

    most: int = 75  # days in twelve months, those booked and past included

    code = "short-break-days"
    title = "Short breaks stay within their days in twelve months"
    purpose = "Short breaks are at most 75 days in twelve months; with more, a child needs a full care plan."
    source = BREAKS
    level = Level.NEVER

    def judge(self, pairs: Pairs) -> VerdictMatrix:
        caseload = pairs.caseload
        return _of_children(pairs, [self._within(caseload, child) for child in pairs.children.items])

    def _within(self, caseload: Caseload, child: Child) -> bool | None:
        if child.care_type is not CareType.SHORT_BREAK:
            return True
        return None if child.stays is None else _days(caseload, child, child.stays) <= self.most

    def because(self, caseload: Caseload, child: Child, household: Household) -> Sentence:
        if child.stays is None:
            return Sentence.of(ASK, child=child.ref)
        template = "{child} would have {days} of short breaks in twelve months; {most} is the most."
        return Sentence.of(
            template, child=child.ref, days=counted(_days(caseload, child, child.stays), "day"), most=self.most
        )


def _days(caseload: Caseload, child: Child, stays: tuple[Stay, ...]) -> int:
    """The most days in any twelve months that hold a night asked for."""
    every = [*stays, *(booking.stay for booking in caseload.bookings_of.get(child.ref, ()))]
    return max((sum(stay.within(*year) for stay in every) for year in _years(stays, every)), default=0)


def _years(stays: tuple[Stay, ...], every: list[Stay]) -> Iterator[tuple[date, date]]:
    """Twelve months that begin or end with some stay, and hold a night asked for."""
    for stay in every:
        for year in ((stay.first, stay.first + TWELVE_MONTHS), (stay.last - TWELVE_MONTHS, stay.last)):
            if any(asked.within(*year) for asked in stays):
                yield year


@dataclass(frozen=True)
class ShortBreakSameCarers(Rule):
    """A child who has had short breaks in the last twelve months goes to the same home again."""

    code = "short-break-same-carers"
    title = "Short breaks are with the same carers each time"
    purpose = "A child who knows the carers settles sooner; another home begins a series of its own, with a new plan."
    source = BREAKS
    level = Level.NEEDS_DECISION
    lifted_by = ("nominated-officer",)

    def judge(self, pairs: Pairs) -> VerdictMatrix:
        known = [_homes_known(pairs.caseload, child) for child in pairs.children.items]
        strange = np.zeros((len(known), len(pairs.homes.items)), dtype=bool)
        for row, homes in enumerate(known):
            if homes:
                strange[row] = [homes != {household.home.ref} for household in pairs.homes.items]
        return verdicts(Truth.of(~(strange if pairs.at is None else strange[pairs.at])), pairs.shape)

    def because(self, caseload: Caseload, child: Child, household: Household) -> Sentence:
        homes = sorted(_homes_known(caseload, child) - {household.home.ref})
        template = "{child} has had short breaks at {homes}; a new home begins a new series."
        return Sentence.of(template, child=child.ref, homes=listed(homes))


def _homes_known(caseload: Caseload, child: Child) -> set[str]:
    """Homes of the child's short breaks booked, or past by less than twelve months."""
    if child.care_type is not CareType.SHORT_BREAK:
        return set()
    since = caseload.as_of - TWELVE_MONTHS
    return {b.home for b in caseload.bookings_of.get(child.ref, ()) if b.last_night >= since}
