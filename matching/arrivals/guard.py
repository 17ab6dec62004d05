"""Which way of choosing ships: the best plan with prices, if past years show that it would never have done worse."""

from collections.abc import Sequence
from dataclasses import dataclass

from matching.arrivals.choosing import Choose, WithPrices, best_plan, first_come
from matching.arrivals.hindsight import prices
from matching.arrivals.replay import replay
from matching.arrivals.year import Year
from matching.policy import Policy

POINTS = 4_000.0  # points of suitability given up for one child more in the year


@dataclass(frozen=True, kw_only=True)
class Shipped:
    """The way of choosing that ships, its name, and why it is this one."""

    choose: Choose
    name: str
    because: str


def shipped(past: tuple[Year, ...], policy: Policy, points: float = POINTS) -> Shipped:
    """Prices from past years of the same place, if they did well there; else the plan alone, else first come."""
    with_prices = WithPrices(price=prices(past, policy), points=points)
    ways = (("the best plan with prices", with_prices), ("the best plan", best_plan))
    return first_not_behind(ways, past, policy)


def first_not_behind(ways: Sequence[tuple[str, Choose]], past: tuple[Year, ...], policy: Policy) -> Shipped:
    """The first of these ways that was in no past year behind first come, first served, which is the last resort.

    Compared are children placed, then pairs of brothers and sisters kept, then points. Past years promise nothing; they
    are what there is.
    """
    served = [replay(year, policy, first_come).result for year in past]
    behind: list[str] = []
    for name, choose in ways:
        results = [replay(year, policy, choose).result for year in past]
        if all(mine >= theirs for mine, theirs in zip(results, served, strict=True)):
            return Shipped(choose=choose, name=name, because=_because(name, len(past), behind))
        behind.append(name)
    return Shipped(choose=first_come, name="first come, first served", because=_because("", len(past), behind))


def _because(name: str, years: int, behind: list[str]) -> str:
    past = "the past year" if years == 1 else f"{years} past years"
    told = [f"{one.capitalize()} was behind first come, first served in {past}, so it is not used." for one in behind]
    if name:
        told.append(f"{name.capitalize()} was not behind first come, first served in {past}.")
    return " ".join(told)
