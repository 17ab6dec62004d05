"""Criteria of closeness: to the family home, to school, to family time, inside the authority."""

from dataclasses import dataclass

import numpy as np

from matching.criteria.base import Criterion, RatingMatrix, from_nought_to_one, in_shape, where_it_concerns
from matching.domain import CareType, Caseload, Child, Household
from matching.pairs import Pairs
from matching.pairs.travel import PlaceOf, family_time, miles_to_family_home, minutes_to, school
from matching.wording import Sentence, counted


def _has(place: PlaceOf) -> "_Has":
    return _Has(place)


@dataclass(frozen=True)
class _Has:
    place: PlaceOf

    def __call__(self, child: Child) -> bool:
        return self.place(child) is not None


def _one(caseload: Caseload, child: Child, household: Household) -> Pairs:
    return Pairs.one(caseload, child, household)


def _falling(value: RatingMatrix, easy: float, too_far: float) -> RatingMatrix:
    """1 up to `easy`, falling in a straight line to 0 at `too_far`."""
    return from_nought_to_one((too_far - value) / (too_far - easy))


def _rounded(value: float, step: int) -> int:
    """Rounded up to a step, because estimates are no better than that."""
    return int(np.ceil(value / step) * step)


def _has_family_home(child: Child) -> bool:
    """Unaccompanied children have no family home here to be near; for all others it is only not known."""
    return child.home_place is not None or not child.uasc


@dataclass(frozen=True)
class NearHome(Criterion):
    """Near the family home, by straight line (Children Act 1989, section 22C(8)(a))."""

    easy: float = 5.0
    too_far: float = 40.0

    code = "near-home"
    title = "Near the child's home"
    purpose = "Living near home keeps family, friends and familiar places within reach."
    asks = "How far is {home} from the family home of {child}?"

    def concerns(self, child: Child) -> bool | None:
        return child.home_place is not None

    def rate(self, pairs: Pairs) -> RatingMatrix:
        rating = _falling(miles_to_family_home(pairs), self.easy, self.too_far)
        return where_it_concerns(pairs.of_children(_has_family_home) == 1, rating, pairs.shape)

    def because(self, caseload: Caseload, child: Child, household: Household, rating: float) -> Sentence:
        miles = miles_to_family_home(_one(caseload, child, household)).item()
        if miles <= self.easy:
            return Sentence.of(
                "{home} is within {miles} of the family home.",
                home=household.home.ref,
                miles=counted(max(1, _rounded(miles, 1)), "mile"),
            )
        return Sentence.of(
            "{home} is within {miles} miles of the family home.", home=household.home.ref, miles=_rounded(miles, 5)
        )


@dataclass(frozen=True)
class NearSchool(Criterion):
    """A school run that a child can do each day (section 22C(8)(b))."""

    easy: float = 20.0
    too_far: float = 60.0

    code = "near-school"
    title = "Near the child's school"
    purpose = "Staying at the same school keeps friends, teachers and routine."
    asks = "How long is the journey from {home} to the school of {child}?"

    def concerns(self, child: Child) -> bool | None:
        return child.school_place is not None

    def rate(self, pairs: Pairs) -> RatingMatrix:
        rating = _falling(minutes_to(pairs, school), self.easy, self.too_far)
        return where_it_concerns(pairs.of_children(_has(school)) == 1, rating, pairs.shape)

    def because(self, caseload: Caseload, child: Child, household: Household, rating: float) -> Sentence:
        minutes = max(5, _rounded(minutes_to(_one(caseload, child, household), school).item(), 5))
        if rating >= 0.5:
            return Sentence.of("The same school can be reached, in about {minutes} minutes.", minutes=minutes)
        return Sentence.of(
            "School is far: about {minutes} minutes from {home}.", home=household.home.ref, minutes=minutes
        )


def _reach(household: Household) -> int | None:
    return household.home.family_time_minutes


@dataclass(frozen=True)
class FamilyTimeInReach(Criterion):
    """Family time lies within the journey that the carers can make."""

    code = "family-time"
    title = "Family time is within the carers' reach"
    purpose = "Seeing parents, brothers and sisters depends on a journey that the carers can make."
    asks = "How far can the carers at {home} travel for the family time of {child}?"

    def concerns(self, child: Child) -> bool | None:
        return child.family_time_place is not None

    def rate(self, pairs: Pairs) -> RatingMatrix:
        minutes, reach = minutes_to(pairs, family_time), pairs.of_homes(_reach)
        rating = np.where(np.isnan(minutes + reach), np.nan, from_nought_to_one(2.0 - minutes / np.maximum(reach, 1.0)))
        return where_it_concerns(pairs.of_children(_has(family_time)) == 1, rating, pairs.shape)

    def because(self, caseload: Caseload, child: Child, household: Household, rating: float) -> Sentence:
        minutes = max(5, _rounded(minutes_to(_one(caseload, child, household), family_time).item(), 5))
        if rating >= 0.999:
            return Sentence.of("Family time is within the carers' reach, about {minutes} minutes.", minutes=minutes)
        if rating >= 0.7:
            template = "Family time is about {minutes} minutes away, a little beyond the carers' usual reach."
            return Sentence.of(template, minutes=minutes)
        return Sentence.of("Family time is about {minutes} minutes away, more than the carers can do.", minutes=minutes)


def _authority_of_child(child: Child) -> str | None:
    return child.authority


def _authority_of_home(household: Household) -> str | None:
    return household.authority


@dataclass(frozen=True)
class InArea(Criterion):
    """Inside the authority's area (section 22C(7)(c) and (9)); decided by code, never by drawing."""

    code = "in-area"
    title = "In the authority's own area"
    purpose = "The law asks for a home inside the authority's area where that is reasonably practicable."
    asks = "In which authority does {home} lie?"

    def concerns(self, child: Child) -> bool | None:
        return child.authority is not None and child.care_type is not CareType.ADOPTION

    def rate(self, pairs: Pairs) -> RatingMatrix:
        child = pairs.child_codes(_authority_of_child, "authority")
        home = pairs.home_codes(_authority_of_home, "authority")
        rating = np.where((child < 0) | (home < 0), np.nan, (child == home).astype(float))
        return in_shape(rating, pairs.shape)

    def because(self, caseload: Caseload, child: Child, household: Household, rating: float) -> Sentence:
        if rating >= 0.5:
            return Sentence.of("{home} is in the authority's own area.", home=household.home.ref)
        return Sentence.of("{home} is outside the authority's area.", home=household.home.ref)
