"""Invented years of one city: who comes on which day, and how long everybody stays, by published rates."""

from pathlib import Path

import numpy as np
import numpy.typing as npt

from matching.arrivals.year import Arrival, Year
from matching.domain import Caseload
from matching.sufficiency.draws import uniform
from matching.sufficiency.parameters import published_parameters
from matching.sufficiency.staying import Rates, exits
from matching.synthetic.arrivals import city_with_arrivals

DAYS, WEEKS = 365, 52
MIDDLE_AGE = 9.0  # of a child whose age is not known


def a_year(
    reference: Path,
    *,
    children: int = 160,
    homes: int = 150,
    placed: int = 230,
    waiting: int = 30,
    city: int = 1,
    year: int = 1,
    days: int = DAYS,
) -> Year:
    """A city of `homes` with `placed` residents, `waiting` on the first day and `children` over the days.

    Stays end when a child leaves care or moves on, by the published yearly rates of the forecast.
    """
    caseload, groups = city_with_arrivals(
        reference, children=children, homes=homes, placed=placed, waiting=waiting, city=city, year=year
    )
    at_once = sum(not group[0].startswith("Y") for group in groups)
    day = np.concatenate([np.zeros(at_once), np.sort(uniform(year, 0, "day", len(groups) - at_once)) * days])
    arrivals = tuple(Arrival(day=int(when), children=group) for when, group in zip(day, groups, strict=True))
    came = {ref: arrival.day for arrival in arrivals for ref in arrival.children}
    days_here = stays(caseload, published_parameters(reference), city, year)
    until = {child.ref: came.get(child.ref, 0) + stay for child, stay in zip(caseload.children, days_here, strict=True)}
    return Year(start=caseload, arrivals=arrivals, until=until, days=days)


def stays(caseload: Caseload, rates: Rates, city: int, year: int) -> list[int]:
    """Days from arrival, or from the first day, until each child's stay ends: they leave care, or move on."""
    ages = np.array([MIDDLE_AGE if (age := c.age_on(caseload.as_of)) is None else age + 0.5 for c in caseload.children])
    ages = np.minimum(ages, 17.9)
    leaves: npt.NDArray[np.float64] = exits(rates, ages, uniform(city, year, "leaves", ages.size))
    moves = -np.log1p(-uniform(city, year, "moves on", ages.size)) / rates["moves"] * WEEKS
    return [max(1, int(7 * weeks)) for weeks in np.minimum(leaves, moves)]
