"""Which way of choosing ships: the best plan with prices, if other years show that it would have done clearly better."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from math import comb

from matching.arrivals.choosing import Choose, WithPrices, best_plan, first_come
from matching.arrivals.hindsight import prices
from matching.arrivals.replay import replay
from matching.arrivals.year import Year
from matching.policy import Policy

POINTS = 4_000.0  # points of suitability given up for one child more in the year
BY_CHANCE = 0.01
FOR_PRICES = 2  # years that prices come from, the last ones; the guard looks at the others
FIRST_COME = "first come, first served"


@dataclass(frozen=True, kw_only=True)
class Shipped:
    """The way of choosing that ships, its name, and why it is this one."""

    choose: Choose
    name: str
    because: str


def ways_of(others: tuple[Year, ...], policy: Policy, points: float = POINTS) -> tuple[tuple[str, Choose], ...]:
    """Ways of choosing that might ship, the most promising first; prices come from the last of these other years."""
    with_prices = WithPrices(price=prices(others[-FOR_PRICES:], policy), points=points)
    return ("best plan with prices", with_prices), ("daily best plan", best_plan)


def first_clearly_better(ways: Sequence[tuple[str, Choose]], others: tuple[Year, ...], policy: Policy) -> Shipped:
    """The first of these ways that was clearly better than first come, first served, which is the last resort.

    Clearly better: behind in no other year, and with more children placed in so many of them that a way no better would
    come to it less than once in a hundred places (`BY_CHANCE`, the sign test): seven of seven years at the least. Compared
    are children placed, then pairs of brothers and sisters kept, then points. Other years promise nothing.
    """
    served = cache(lambda at: replay(others[at], policy, first_come).result)
    for name, choose in ways:
        if (more := _years_ahead(choose, others, served, policy)) is not None:
            told = f"{name.capitalize()} placed more children than {FIRST_COME} in {more} of {_years(others)}"
            return Shipped(choose=choose, name=name, because=f"{told}, and was behind in none.")
    tried = " and ".join(name for name, _ in ways).capitalize()
    because = f"{tried}: not clearly better than {FIRST_COME} in {_years(others)}, so not used."
    return Shipped(choose=first_come, name=FIRST_COME, because=because)


def _years_ahead(
    choose: Choose, others: tuple[Year, ...], served: Callable[[int], tuple[int, int, int]], policy: Policy
) -> int | None:
    """In how many years a way placed more children; `None` as soon as it was behind or too few years are left."""
    more, left = 0, len(others)
    for at, year in enumerate(others):
        if not _beyond_chance(more + left, len(others)):
            return None
        mine, theirs = replay(year, policy, choose).result, served(at)
        if mine < theirs:
            return None
        more, left = more + (mine[0] > theirs[0]), left - 1
    return more if _beyond_chance(more, len(others)) else None


def _beyond_chance(ahead: int, years: int) -> bool:
    """Whether a coin would so rarely fall one way so often."""
    return bool(sum(comb(years, k) for k in range(ahead, years + 1)) < BY_CHANCE * 2.0**years)


def _years(others: tuple[Year, ...]) -> str:
    return "the other year" if len(others) == 1 else f"{len(others)} other years"
