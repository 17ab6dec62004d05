"""Which way of choosing ships: the best plan with prices, if past years show that it would have done clearly better."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import comb

from matching.arrivals.choosing import Choose, WithPrices, best_plan, first_come
from matching.arrivals.hindsight import prices
from matching.arrivals.replay import replay
from matching.arrivals.year import Year
from matching.policy import Policy

POINTS = 4_000.0  # points of suitability given up for one child more in the year
BY_CHANCE = 0.01


@dataclass(frozen=True, kw_only=True)
class Shipped:
    """The way of choosing that ships, its name, and why it is this one."""

    choose: Choose
    name: str
    because: str


def ways_of(past: tuple[Year, ...], policy: Policy, points: float = POINTS) -> tuple[tuple[str, Choose], ...]:
    """Ways of choosing that might ship, the most promising first; prices come from the two earliest of the past years."""
    with_prices = WithPrices(price=prices(past[-2:], policy), points=points)
    return ("best plan with prices", with_prices), ("daily best plan", best_plan)


def first_clearly_better(ways: Sequence[tuple[str, Choose]], past: tuple[Year, ...], policy: Policy) -> Shipped:
    """The first of these ways that was clearly better than first come, first served, which is the last resort.

    Clearly better: behind in no past year, and with more children placed in so many of them that a way no better would
    come to it less than once in a hundred places (`BY_CHANCE`, the sign test): seven of seven years at the least. Compared
    are children placed, then pairs of brothers and sisters kept, then points. Past years promise nothing.
    """
    served = [replay(year, policy, first_come).result for year in past]
    for name, choose in ways:
        if (more := _years_ahead(choose, past, served, policy)) is not None:
            told = f"{name.capitalize()} placed more children than first come, first served in {more} of {_years(past)}"
            return Shipped(choose=choose, name=name, because=f"{told}, and was behind in none.")
    tried = " and ".join(name for name, _ in ways).capitalize()
    because = f"{tried}: not clearly better than first come, first served in {_years(past)}, so not used."
    return Shipped(choose=first_come, name="first come, first served", because=because)


def _years_ahead(
    choose: Choose, past: tuple[Year, ...], served: Sequence[tuple[int, int, int]], policy: Policy
) -> int | None:
    """In how many years a way placed more children; `None` as soon as it was behind or too few years are left."""
    more, left = 0, len(past)
    for year, theirs in zip(past, served, strict=True):
        if not _beyond_chance(more + left, len(past)):
            return None
        mine = replay(year, policy, choose).result
        if mine < theirs:
            return None
        more, left = more + (mine[0] > theirs[0]), left - 1
    return more if _beyond_chance(more, len(past)) else None


def _beyond_chance(ahead: int, years: int) -> bool:
    """Whether a coin would so rarely fall one way so often."""
    return bool(sum(comb(years, k) for k in range(ahead, years + 1)) < BY_CHANCE * 2.0**years)


def _years(past: tuple[Year, ...]) -> str:
    return "the past year" if len(past) == 1 else f"{len(past)} past years"
