"""Criteria of the search order: own carers first, and cost, which counts nothing unless a policy says so."""

from dataclasses import dataclass

import numpy as np

from matching.criteria.base import Criterion, RatingMatrix, from_nought_to_one, in_shape
from matching.domain import Caseload, Child, Household, Provider
from matching.pairs import Pairs
from matching.wording import Sentence


def _own(household: Household) -> bool | None:
    return None if household.home.provider is None else household.home.provider is Provider.OWN


@dataclass(frozen=True)
class OwnCarersFirst(Criterion):
    """The home belongs to the authority's own service; an order of search that councils set, not the law."""

    code = "own-carers-first"
    title = "The authority's own carers first"
    purpose = "Own carers are known best and supported nearest; the most appropriate home still comes before that."
    asks = "Who supervises the carers at {home}?"

    def rate(self, pairs: Pairs) -> RatingMatrix:
        return in_shape(pairs.of_homes(_own), pairs.shape)

    def because(self, caseload: Caseload, child: Child, household: Household, rating: float) -> Sentence:
        if rating >= 0.5:
            return Sentence.of("{home} is one of the authority's own homes.", home=household.home.ref)
        return Sentence.of("{home} is run by another provider.", home=household.home.ref)


@dataclass(frozen=True)
class OwnPoolFirst(Criterion):
    """The adopters belong to the child's own pool; the search widens from there to neighbouring and national pools."""

    code = "own-pool-first"
    title = "Adopters of the child's own pool first"
    purpose = "Family finders know the adopters of their own regional agency, and support stays near; others come next."
    asks = "To which adoption pool do {child} and the adopters at {home} belong?"

    def rate(self, pairs: Pairs) -> RatingMatrix:
        grid = np.full((len(pairs.children.items), len(pairs.homes.items)), np.nan)
        pools = [household.home.pool for household in pairs.homes.items]
        for c, child in enumerate(pairs.children.items):
            for h in (h for h, pool in enumerate(pools) if child.pool and pool):
                grid[c, h] = child.pool == pools[h]
        return grid if pairs.at is None else grid[pairs.at]

    def because(self, caseload: Caseload, child: Child, household: Household, rating: float) -> Sentence:
        about = {"child": child.ref, "home": household.home.ref}
        if rating >= 0.5:
            return Sentence.of("The adopters at {home} belong to the pool of {child}.", **about)
        return Sentence.of("The adopters at {home} belong to another pool than {child}.", **about)


def _weekly_cost(household: Household) -> float | None:
    return household.home.weekly_cost


@dataclass(frozen=True)
class Cost(Criterion):
    """Pounds a week, 1 up to `low` and 0 from `high`; policies that come along give it no weight."""

    low: float = 400.0
    high: float = 6000.0

    code = "cost"
    title = "Weekly cost"
    purpose = "Cost decides nothing about a child unless a signed policy says so; it is there for such a policy."
    asks = "What does a place at {home} cost a week?"

    def rate(self, pairs: Pairs) -> RatingMatrix:
        rating = from_nought_to_one((self.high - pairs.of_homes(_weekly_cost)) / (self.high - self.low))
        return in_shape(rating, pairs.shape)

    def because(self, caseload: Caseload, child: Child, household: Household, rating: float) -> Sentence:
        return Sentence.of(
            "A place at {home} costs {cost} pounds a week.", home=household.home.ref, cost=_pounds(household)
        )


def _pounds(household: Household) -> str:
    return "an unknown number of" if household.home.weekly_cost is None else f"{household.home.weekly_cost:,.0f}"
