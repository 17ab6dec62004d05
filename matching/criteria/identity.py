"""Criteria of identity: only where the child or the plan states the need, and never for adoption (section 22(5))."""

import re
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from matching.criteria.base import Criterion, RatingMatrix, where_it_concerns
from matching.domain import Caseload, Child, Household, StatedNeed
from matching.pairs import Pairs
from matching.wording import Sentence, listed


@dataclass(frozen=True)
class _States:
    """Column: whether the child or the plan states this need; `None` where nobody has asked."""

    need: StatedNeed

    def __call__(self, child: Child) -> bool | None:
        return None if child.stated_needs is None else self.need in child.stated_needs


def _states(pairs: Pairs, need: StatedNeed) -> np.ndarray:
    return np.asarray(pairs.of_children(_States(need)) == 1)


@lru_cache(maxsize=10_000)
def spoken(text: str | None) -> frozenset[str] | None:
    """The single things that a free text names, parted by commas, semicolons or `and`; in small letters."""
    if text is None:
        return None
    return frozenset(part.strip().casefold() for part in re.split(r"[,;/]|\band\b", text) if part.strip())


def _child_languages(child: Child) -> frozenset[str] | None:
    return child.languages


def _home_languages(household: Household) -> frozenset[str] | None:
    return household.home.languages


@dataclass(frozen=True)
class SharedLanguage(Criterion):
    """A shared language, where the child or the plan states it as a need."""

    code = "language"
    title = "A language in common, where the child or plan asks for it"
    purpose = "A child whose plan asks for it is understood at home in their own language."
    asks = "Which languages are spoken at {home}, and does {child} need one of them?"

    def concerns(self, child: Child) -> bool | None:
        return StatedNeed.LANGUAGE in (child.stated_needs or ())

    def rate(self, pairs: Pairs) -> RatingMatrix:
        speaks = pairs.child_bits(_child_languages, "language")
        heard = pairs.home_bits(_home_languages, "language")
        rating = np.where((speaks < 0) | (heard < 0), np.nan, (speaks & heard) != 0)
        return where_it_concerns(_states(pairs, StatedNeed.LANGUAGE), rating, pairs.shape)

    def because(self, caseload: Caseload, child: Child, household: Household, rating: float) -> Sentence:
        shared = sorted((child.languages or frozenset()) & (household.home.languages or frozenset()))
        if shared:
            return Sentence.of("They share a language: {languages}.", languages=listed(shared))
        return Sentence.of("Nobody at {home} speaks a language of {child}.", home=household.home.ref, child=child.ref)


def _child_religion(child: Child) -> frozenset[str] | None:
    return spoken(child.religion)


def _home_religion(household: Household) -> frozenset[str] | None:
    return spoken(household.home.religion)


@dataclass(frozen=True)
class SharedReligion(Criterion):
    """A faith in common, where the child or the plan states it as a need."""

    code = "religion"
    title = "A faith in common, where the child or plan asks for it"
    purpose = "A child whose plan asks for it can practise their faith with the people they live with."
    asks = "Which faith is practised at {home}, and how would {child} practise theirs there?"

    def concerns(self, child: Child) -> bool | None:
        return StatedNeed.RELIGION in (child.stated_needs or ())

    def rate(self, pairs: Pairs) -> RatingMatrix:
        child, home = pairs.child_bits(_child_religion, "religion"), pairs.home_bits(_home_religion, "religion")
        rating = np.where((child < 0) | (home < 0), np.nan, (child & home) != 0)
        return where_it_concerns(_states(pairs, StatedNeed.RELIGION), rating, pairs.shape)

    def because(self, caseload: Caseload, child: Child, household: Household, rating: float) -> Sentence:
        told = {"home": household.home.ref, "child": child.ref}
        if rating >= 0.5:
            return Sentence.of("{child} and the carers at {home} share a faith.", **told)
        return Sentence.of("The carers at {home} do not share {child}'s faith; ask how they would support it.", **told)


def _child_diet(child: Child) -> frozenset[str] | None:
    return spoken(child.diet)


def _home_diet(household: Household) -> frozenset[str] | None:
    return spoken(household.home.diet)


@dataclass(frozen=True)
class DietKept(Criterion):
    """The home keeps or can keep the child's diet, where the child or the plan states it as a need."""

    code = "diet"
    title = "The child's diet is kept, where the child or plan asks for it"
    purpose = "Food that belongs to faith, health or family is part of feeling at home."
    asks = "Can {home} keep the diet of {child}?"

    def concerns(self, child: Child) -> bool | None:
        return StatedNeed.DIET in (child.stated_needs or ())

    def rate(self, pairs: Pairs) -> RatingMatrix:
        child, home = pairs.child_bits(_child_diet, "diet"), pairs.home_bits(_home_diet, "diet")
        rating = np.where((child < 0) | (home < 0), np.nan, (child & home) == child)
        return where_it_concerns(_states(pairs, StatedNeed.DIET), rating, pairs.shape)

    def because(self, caseload: Caseload, child: Child, household: Household, rating: float) -> Sentence:
        told = {"home": household.home.ref, "child": child.ref}
        if rating >= 0.5:
            return Sentence.of("{home} keeps or can keep {child}'s diet.", **told)
        return Sentence.of("{home} has not said that it can keep {child}'s diet.", **told)


@dataclass(frozen=True)
class CultureKept(Criterion):
    """Cultural needs that the child or the plan states: no register answers this, so it is always asked."""

    code = "culture"
    title = "Cultural needs are met, where the child or plan states them"
    purpose = (
        "What keeps a child in touch with where they come from is asked of the carers, not worked out from a list."
    )
    asks = "How would the carers at {home} meet the cultural needs that {child}'s plan states?"

    def rate(self, pairs: Pairs) -> RatingMatrix:
        return where_it_concerns(_states(pairs, StatedNeed.CULTURE), np.full(pairs.shape, np.nan), pairs.shape)

    def because(self, caseload: Caseload, child: Child, household: Household, rating: float) -> Sentence:
        return self.question(child, household)
