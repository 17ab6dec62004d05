"""Criteria of the household: animals, the ages of the other children, how long the carers can offer care."""

from dataclasses import dataclass
from datetime import date

import numpy as np

from matching.criteria.base import Criterion, RatingMatrix, from_nought_to_one, where_it_concerns
from matching.domain import Caseload, Child, Household, PetNeed
from matching.pairs import Pairs
from matching.wording import Sentence

NOBODY = 999.0  # an age that is far from every child's


def _wants_animals(child: Child) -> bool | None:
    return None if child.pets is None else child.pets is PetNeed.MUST


def _animals(household: Household) -> bool | None:
    return None if household.home.pets is None else bool(household.home.pets)


@dataclass(frozen=True)
class AnimalsWanted(Criterion):
    """Animals in the home, for a child who should live with some."""

    code = "pets-wanted"
    title = "Animals, for a child who should live with some"
    purpose = "For some children an animal is the first friend in a new home."
    asks = "Are there animals at {home}? {child} should live with some."

    def rate(self, pairs: Pairs) -> RatingMatrix:
        wanted = pairs.of_children(_wants_animals) == 1
        return where_it_concerns(wanted, pairs.of_homes(_animals), pairs.shape)

    def because(self, caseload: Caseload, child: Child, household: Household, rating: float) -> Sentence:
        told = {"home": household.home.ref, "child": child.ref}
        if rating >= 0.5:
            return Sentence.of("There are animals at {home}, which {child} should have.", **told)
        return Sentence.of("There are no animals at {home}; {child} should live with some.", **told)


def _ages_there(pairs: Pairs) -> np.ndarray:
    """Ages of the other children of each home, a column a home, filled up with `NOBODY`; NaN where one is not known."""
    day, homes = pairs.caseload.as_of, pairs.homes

    def ages() -> np.ndarray:
        told = [_ages(household, day) for household in homes.items]
        table = np.full((len(told), max(1, *(len(row) for row in told)) if told else 1), NOBODY)
        for row, found in zip(table, told, strict=True):
            row[: len(found)] = found
        return np.ascontiguousarray(table.T)

    return homes.remembered(("ages there", day), ages)


def _ages(household: Household, day: date) -> list[float]:
    """Ages of the children in a home; not a number where it, or whether there are any, is not known."""
    if household.home.birth_children is None:
        return [np.nan]
    known: list[int | None] = [person.age for person in household.home.birth_children]
    known += [child.age_on(day) for child in household.residents]
    return [np.nan if age is None else float(age) for age in known]


@dataclass(frozen=True)
class AgeGap(Criterion):
    """Years between the child and the nearest other child in the home; brothers and sisters who live there count too.

    Practice, not law: a gap of two years or more is easier for everybody.
    """

    years: float = 2.0

    code = "age-gap"
    title = "Some years between the children of the home"
    purpose = "Children close in age often compete; a gap of two years or more gives each their place."
    asks = "How old are the other children at {home}?"

    def rate(self, pairs: Pairs) -> RatingMatrix:
        ages, there = [child.age_on(pairs.caseload.as_of) for child in pairs.children.items], _ages_there(pairs)
        of_age = {age: self._gap(there, np.nan if age is None else age) for age in dict.fromkeys(ages)}
        return pairs.spread_rows([of_age[age] for age in ages], float)

    def _gap(self, there: np.ndarray, age: float) -> RatingMatrix:
        return from_nought_to_one(np.abs(there - age).min(axis=0) / self.years)

    def because(self, caseload: Caseload, child: Child, household: Household, rating: float) -> Sentence:
        if not household.residents and not household.home.birth_children:
            return Sentence.of("There are no other children at {home}.", home=household.home.ref)
        if rating >= 0.999:
            return Sentence.of("The other children at {home} are some years older or younger.", home=household.home.ref)
        return Sentence.of("A child of nearly the same age lives at {home}.", home=household.home.ref)


def _likely_months(child: Child) -> int | None:
    return child.likely_months


def _offers_months(household: Household) -> int | None:
    return household.home.offers_months


def _has_likely_months(child: Child) -> bool:
    return child.likely_months is not None and not child.by_nights  # a child who comes for nights lives elsewhere


@dataclass(frozen=True)
class LongEnough(Criterion):
    """The share of the likely stay for which the carers plan to offer care."""

    code = "length-of-care"
    title = "The carers can offer care for as long as it is likely to be needed"
    purpose = "A home that can last spares a child the next move."
    asks = "How long do the carers at {home} plan to offer care?"

    def rate(self, pairs: Pairs) -> RatingMatrix:
        needed, offered = pairs.of_children(_likely_months), pairs.of_homes(_offers_months)
        rating = from_nought_to_one(offered / np.maximum(needed, 1.0))
        return where_it_concerns(pairs.of_children(_has_likely_months) == 1, rating, pairs.shape)

    def because(self, caseload: Caseload, child: Child, household: Household, rating: float) -> Sentence:
        told = {"home": household.home.ref, "child": child.ref}
        if rating >= 0.999:
            return Sentence.of(
                "The carers at {home} can offer care for as long as {child} is likely to need it.", **told
            )
        return Sentence.of("{child} is likely to need care for longer than the carers at {home} plan to offer.", **told)
