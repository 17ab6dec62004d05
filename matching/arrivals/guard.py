"""Which way of choosing ships: the best plan with prices, if past years show that it would have done clearly better."""

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
    """Prices from the two earliest of the past years, if they did well in the others; else the plan alone, else first come.

    `past` are years of the same place, the latest first; of two or fewer each serves for both.
    """
    with_prices = WithPrices(price=prices(past[-2:], policy), points=points)
    ways = (("the best plan with prices", with_prices), ("the best plan", best_plan))
    return first_clearly_better(ways, past[:-2] or past, policy)


def first_clearly_better(ways: Sequence[tuple[str, Choose]], past: tuple[Year, ...], policy: Policy) -> Shipped:
    """The first of these ways that was clearly better than first come, first served, which is the last resort.

    Clearly better: behind in no past year, and with more children placed in more than half of them. Compared are children
    placed, then pairs of brothers and sisters kept, then points. Past years promise nothing; they are what there is.
    """
    served = [replay(year, policy, first_come).result for year in past]
    passed_over: list[str] = []
    for name, choose in ways:
        more = 0
        for year, theirs in zip(past, served, strict=True):
            mine = replay(year, policy, choose).result
            if mine < theirs:
                break
            more += mine[0] > theirs[0]
        else:
            if 2 * more > len(past):
                return Shipped(choose=choose, name=name, because=_because(name, more, len(past), passed_over))
        passed_over.append(name)
    return Shipped(choose=first_come, name="first come, first served", because=_because("", 0, len(past), passed_over))


def _because(name: str, more: int, years: int, passed_over: list[str]) -> str:
    past = "the past year" if years == 1 else f"{years} past years"
    told = [
        f"{one.capitalize()} was not clearly better than first come, first served in {past}, so it is not used."
        for one in passed_over
    ]
    if name:
        told.append(
            f"{name.capitalize()} placed more children than first come, first served in {more} of {past}, and was behind in none."
        )
    return " ".join(told)
