"""Invented years of one place: its own homes and children, and who may come by its forecast."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice

import numpy as np

from matching.arrivals.drawing import DAYS, WEEKS, stays
from matching.arrivals.year import Arrival, Year
from matching.domain import Caseload, Child, Relationship
from matching.errors import MatchingError
from matching.sufficiency.coming import arrivals
from matching.sufficiency.drawn import drawn
from matching.sufficiency.draws import uniform
from matching.sufficiency.forecast import City
from matching.sufficiency.mix import Mix
from matching.sufficiency.next_month import as_children
from matching.sufficiency.scenario import BASE
from matching.sufficiency.staying import Rates


def years_here(here: Caseload, city: City, *, years: int, seed: int) -> Iterator[Year]:
    """Years from the date of the caseload on, one after another; each draws anew who comes when and how long all stay.

    Weeks and kinds of referral are those of the forecast's base case for `city`, its figures drawn within their ranges.
    Nobody asks to move, or for nights away. Raises `MatchingError` where the city keeps no referrals, or a child's reference is that of an
    invented one (E001 and so on).
    """
    figures, mix = drawn(city.parameters, seed, range(years)), Mix(city.choices)
    start = replace(here, children=tuple(_without_asking(child) for child in here.children), bookings=())
    for run in range(years):
        yield _year(start, city, mix, figures.of_run(run), seed, run)


def _without_asking(child: Child) -> Child:
    return replace(child, move_requested=None, stays=() if child.by_nights else child.stays)


def _year(start: Caseload, city: City, mix: Mix, rates: Rates, seed: int, run: int) -> Year:
    week, kind, _ = arrivals(city.choices, mix, rates, BASE, city.stock, WEEKS, seed, run)
    day = np.minimum((7 * (week + uniform(seed, run, "day of the week", week.size))).astype(int), DAYS - 1)
    order = np.argsort(day, kind="stable")
    coming, plans = _coming(start, city, kind[order].tolist())
    whole = replace(
        start,
        children=(*start.children, *(child for group in coming for child in group)),
        relationships=(*start.relationships, *plans),
    )
    waiting = [Arrival(day=0, children=group.children) for group in start.groups]
    later = [
        Arrival(day=on, children=tuple(child.ref for child in group))
        for on, group in zip(day[order].tolist(), coming, strict=True)
    ]
    came = {ref: arrival.day for arrival in later for ref in arrival.children}
    days = stays(whole, rates, seed, run)
    until = {child.ref: came.get(child.ref, 0) + stay for child, stay in zip(whole.children, days, strict=True)}
    return Year(start=whole, arrivals=(*waiting, *later), until=until, days=DAYS)


def _coming(
    start: Caseload, city: City, kinds: Sequence[int]
) -> tuple[tuple[tuple[Child, ...], ...], tuple[Relationship, ...]]:
    """Those who come, group by group, and the plans for brothers and sisters."""
    referrals = city.referrals
    if referrals is None:
        raise MatchingError("The forecast of this place keeps no referrals, so nobody can come. Make it anew.")
    groups = [city.choices.refs[kind] for kind in kinds]
    every = iter(as_children(referrals, groups, city.as_of - referrals.as_of))
    coming = tuple(tuple(islice(every, len(members))) for members in groups)
    taken = sorted({child.ref for group in coming for child in group} & set(start.child_by_ref))
    if taken:
        raise MatchingError(
            f"References such as {taken[0]} are those of invented children. Name the children otherwise."
        )
    plans = (_plan(referrals, members, children) for members, children in zip(groups, coming, strict=True))
    return coming, tuple(plan for plan in plans if plan is not None)


def _plan(referrals: Caseload, members: tuple[str, ...], children: tuple[Child, ...]) -> Relationship | None:
    """What the plan of a group among the referrals says of those who come."""
    group = referrals.child_by_ref[members[0]].sibling_group
    told = referrals.sibling_plans.get(group) if group else None
    if told is None or len(members) == 1:
        return None
    named = dict(zip(members, (child.ref for child in children), strict=True))
    parts = told.subsets and tuple("+".join(named[ref] for ref in part.split("+")) for part in told.subsets)
    return replace(told, of=children[0].sibling_group or "", subsets=parts)
