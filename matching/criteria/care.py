"""Criteria of care: family and friends, brothers and sisters, skills, what the carers hope for."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from matching.criteria.base import Criterion, RatingMatrix, in_shape, where_it_concerns
from matching.domain import Caseload, Child, Household, Sex, Skill, Tie
from matching.pairs import Pairs
from matching.wording import Sentence, listed, spoken


@dataclass(frozen=True)
class WithSettledSibling(Criterion):
    """A brother or sister already lives in the home (section 22C(8)(c))."""

    code = "siblings-together"
    title = "With a brother or sister who lives there"
    purpose = "Brothers and sisters in care should live together where that is right for each of them."
    asks = "Does a brother or sister of {child} live at {home}?"

    def rate(self, pairs: Pairs) -> RatingMatrix:
        grid = np.zeros((len(pairs.children.items), len(pairs.homes.items)))
        for c, h in pairs.with_own_family:
            child, staying = pairs.children.itself(c), pairs.homes.items[h].staying
            family = [
                there.ref for there in staying if child.sibling_group and there.sibling_group == child.sibling_group
            ]
            grid[c, h] = any((child.ref, ref) not in pairs.caseload.kept_apart for ref in family)
        return grid if pairs.at is None else grid[pairs.at]

    def because(self, caseload: Caseload, child: Child, household: Household, rating: float) -> Sentence:
        there = [r.ref for r in household.staying if caseload.siblings(child.ref, r.ref)]
        if there:
            return Sentence.of("{child}'s brother or sister {sibling} lives there.", child=child.ref, sibling=there[0])
        return Sentence.of("No brother or sister of {child} lives there.", child=child.ref)


def _helpful(child: Child) -> frozenset[Skill] | None:
    return child.helpful_skills


def _skills(household: Household) -> frozenset[Skill] | None:
    return household.home.skills


def _words(skills: Iterable[Skill]) -> str:
    return listed([spoken(skill.value) for skill in sorted(skills)])


@dataclass(frozen=True)
class HelpfulSkills(Criterion):
    """The carers have the skills that would help beyond the essential."""

    code = "skills"
    title = "Skills beyond the essential"
    purpose = "Carers trained for what a child lives with make a home that lasts."
    asks = "Which skills and training do the carers at {home} have, and which would help {child}?"

    def rate(self, pairs: Pairs) -> RatingMatrix:
        wanted, held = pairs.child_bits(_helpful, "skill"), pairs.home_bits(_skills, "skill")
        share = np.bitwise_count(wanted & held) / np.maximum(np.bitwise_count(np.maximum(wanted, 0)), 1)
        rating = np.where((wanted < 0) | (held < 0), np.nan, share)
        return where_it_concerns(wanted != 0, rating, pairs.shape)

    def because(self, caseload: Caseload, child: Child, household: Household, rating: float) -> Sentence:
        wanted, held = child.helpful_skills or frozenset(), household.home.skills or frozenset()
        if wanted & held:
            return Sentence.of("The carers have skills that help: {skills}.", skills=_words(wanted & held))
        return Sentence.of("The carers do not have skills that would help: {skills}.", skills=_words(wanted))


def _disabled(child: Child) -> bool | None:
    return child.disabled


def _trained_for_disability(household: Household) -> bool | None:
    return None if household.home.skills is None else Skill.DISABILITY in household.home.skills


@dataclass(frozen=True)
class DisabilityUnderstood(Criterion):
    """Carers trained in disability, for a disabled child (section 22C(8)(d))."""

    code = "disability"
    title = "Carers who understand disability, for a disabled child"
    purpose = "The law asks for a home that suits a disabled child's particular needs, beyond what is essential."
    asks = "Are the carers at {home} trained in disability? {child} is disabled."

    def concerns(self, child: Child) -> bool | None:
        return bool(child.disabled)

    def rate(self, pairs: Pairs) -> RatingMatrix:
        trained = pairs.of_homes(_trained_for_disability)
        return where_it_concerns(pairs.of_children(_disabled) == 1, trained, pairs.shape)

    def because(self, caseload: Caseload, child: Child, household: Household, rating: float) -> Sentence:
        told = {"home": household.home.ref, "child": child.ref}
        if rating >= 0.5:
            return Sentence.of("The carers at {home} are trained in disability.", **told)
        return Sentence.of("The carers at {home} are not trained in disability; plan training for {child}.", **told)


@dataclass(frozen=True)
class WithFamilyOrFriends(Criterion):
    """A relative, friend or other connected person (section 22C(7)(a))."""

    code = "kinship"
    title = "With family or friends"
    purpose = "The law prefers a relative, friend or other person connected with the child to everybody else."
    asks = "Is anybody at {home} connected with {child}?"

    def rate(self, pairs: Pairs) -> RatingMatrix:
        return pairs.tied(Tie.CONNECTED_PERSON).astype(np.float64)

    def because(self, caseload: Caseload, child: Child, household: Household, rating: float) -> Sentence:
        told = {"home": household.home.ref, "child": child.ref}
        if rating >= 0.5:
            return Sentence.of("{child} knows the people at {home}: they are family or friends.", **told)
        return Sentence.of("A relative or friend of {child} also offers a home.", child=child.ref)


def _prefers_youngest(household: Household) -> int | None:
    return household.home.prefers_youngest


def _prefers_oldest(household: Household) -> int | None:
    return household.home.prefers_oldest


def _prefers_sexes(household: Household) -> frozenset[Sex] | None:
    return household.home.prefers_sexes


def _sex(child: Child) -> frozenset[Sex] | None:
    return None if child.sex is None else frozenset({child.sex})


@dataclass(frozen=True)
class CarersHope(Criterion):
    """The child is one whom the carers hope to care for; half for age, half for sex."""

    code = "carer-preference"
    title = "What the carers hope for"
    purpose = "Willingness comes first: carers do best by children they hoped to care for."
    asks = "Which ages of children, and girls or boys, do the carers at {home} hope to care for?"

    def concerns(self, child: Child) -> bool | None:
        return True

    def rate(self, pairs: Pairs) -> RatingMatrix:
        low, high = pairs.of_homes(_prefers_youngest), pairs.of_homes(_prefers_oldest)
        age = np.where(np.isnan(pairs.age + low + high), np.nan, (low <= pairs.age) & (pairs.age <= high))
        allowed, sex = pairs.home_bits(_prefers_sexes, "sex"), pairs.child_bits(_sex, "sex")
        fits = np.where((allowed < 0) | (sex < 0), np.nan, (allowed & sex) != 0)
        return in_shape(0.5 * age + 0.5 * fits, pairs.shape)

    def because(self, caseload: Caseload, child: Child, household: Household, rating: float) -> Sentence:
        if rating >= 0.999:
            return Sentence.of(
                "The carers at {home} hope to care for a child like {child}.", home=household.home.ref, child=child.ref
            )
        return Sentence.of("The carers at {home} had hoped for a child of another age or sex.", home=household.home.ref)
