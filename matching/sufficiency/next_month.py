"""Who may come in the next four weeks, as children to plan beside those who wait: one future whose number is the middle."""

from collections.abc import Sequence
from dataclasses import fields, replace
from datetime import date, timedelta
from typing import Any

import numpy as np

from matching.domain import Caseload, Child
from matching.sufficiency.coming import arrivals
from matching.sufficiency.drawn import drawn
from matching.sufficiency.forecast import City
from matching.sufficiency.mix import Mix
from matching.sufficiency.scenario import BASE

MONTH = 4  # weeks
FIRST = "E001"


def expected_children(city: City, *, runs: int, seed: int) -> tuple[Child, ...]:
    """The invented children of one future in its first four weeks, of the base case, dates moved to the city's date.

    Of all runs it is the first with as many children as the middle one, so that it tells neither a quiet month nor a
    rush. References begin at E001; brothers and sisters share a group of the first one's name.
    """
    referrals, choices = city.referrals, city.choices
    if referrals is None:
        return ()
    months = _months(city, runs, seed)
    sizes = np.array([sum(int(choices.size[kind]) for kind in kinds) for kinds in months])
    middle = int(np.sort(sizes)[runs // 2])
    chosen = months[int(np.flatnonzero(sizes == middle)[0])]
    return as_children(referrals, [choices.refs[kind] for kind in chosen], city.as_of - referrals.as_of)


def _months(city: City, runs: int, seed: int) -> list[tuple[int, ...]]:
    """Kinds of referral that come in the first four weeks of each run."""
    figures, mix, months = drawn(city.parameters, seed, range(runs)), Mix(city.choices), []
    for run in range(runs):
        _, kind, _ = arrivals(city.choices, mix, figures.of_run(run), BASE, city.stock, MONTH, seed, run)
        months.append(tuple(kind.tolist()))
    return months


def as_children(referrals: Caseload, groups: Sequence[tuple[str, ...]], later: timedelta) -> tuple[Child, ...]:
    """Groups of children of the referrals, each group anew as often as it is named, with every date so much later.

    References begin at E001, in order; brothers and sisters share a group of the first one's name.
    """
    told: list[Child] = []
    for members in groups:
        group = _named(len(told)) if len(members) > 1 else None
        for ref in members:
            child = _moved(referrals.child_by_ref[ref], later)
            told.append(replace(child, ref=_named(len(told)), sibling_group=group))
    return tuple(told)


def _named(number: int) -> str:
    return f"{FIRST[0]}{number + 1:0{len(FIRST) - 1}d}"


def _moved(child: Child, later: timedelta) -> Child:
    """The child with every date so much later."""
    dates: dict[str, Any] = {f.name: value for f in fields(child) if isinstance(value := getattr(child, f.name), date)}
    return replace(child, **{name: value + later for name, value in dates.items()})
