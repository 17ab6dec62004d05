"""Rules about adopters: one child or one group, reserved by a link, and early permanence."""

from dataclasses import dataclass
from datetime import date

import numpy as np

from matching.domain import CareType, Caseload, Child, HomeKind, Household, Level, SiblingGroup
from matching.pairs import Pairs, Truth, VerdictMatrix, verdicts
from matching.rules.base import Counts, Rule, SetRule, Sets, Shared, Source
from matching.wording import Sentence

READ = date(2026, 11, 23)
AGENCIES = Source(text="Adoption Agencies Regulations 2005", paragraph="regulations 31 to 35", read_on=READ)
EARLY = Source(
    text="Care Planning, Placement and Case Review (England) Regulations 2010", paragraph="regulation 25A", read_on=READ
)
PLENTY = 10_000
NOBODY = "nobody:"  # no group has this reference


@dataclass(frozen=True)
class NotReserved(Rule):
    """No adoption link in force reserves these adopters for another child, or this child for other adopters.

    Brothers and sisters of a linked child are not held off: a link is for the family.
    """

    code = "not-reserved"
    title = "No adoption link reserves the home or the child"
    purpose = "Adopters who are linked with a child are not shown to others until the link ends."
    source = AGENCIES
    level = Level.NEVER

    def judge(self, pairs: Pairs) -> VerdictMatrix:
        barred = np.zeros((len(pairs.children.items), len(pairs.homes.items)), dtype=bool)
        if not pairs.caseload.linked:
            return verdicts(Truth.of(~barred if pairs.at is None else ~barred[pairs.at]), pairs.shape)
        family_of = {c.ref: _family(c) for c in pairs.caseload.children}
        families = np.array([_family(child) for child in pairs.children.items], dtype=object)
        for child, home in sorted(pairs.caseload.linked):
            theirs = families == family_of[child]
            column = pairs.home_index.get(home)
            if child in pairs.child_index:
                barred[pairs.child_index[child]] |= np.arange(barred.shape[1]) != (-1 if column is None else column)
            if column is not None:
                barred[~theirs, column] = True
        return verdicts(Truth.of(~(barred if pairs.at is None else barred[pairs.at])), pairs.shape)

    def because(self, caseload: Caseload, child: Child, household: Household) -> Sentence:
        if any(ref == child.ref for ref, _ in caseload.linked):
            return Sentence.of("{child} is linked with other adopters.", child=child.ref)
        return Sentence.of("{home} is linked with another child.", home=household.home.ref)


def _family(child: Child) -> str:
    return child.sibling_group or f"only:{child.ref}"


def _early_permanence(child: Child) -> bool | None:
    return None if child.care_type is None else child.care_type is CareType.EARLY_PERMANENCE


def _dual_approved(household: Household) -> bool | None:
    return household.home.early_permanence


@dataclass(frozen=True)
class EarlyPermanenceCarers(Rule):
    """Early permanence is with carers approved both to foster and to adopt, or approved for this very child."""

    code = "early-permanence-carers"
    title = "For early permanence, carers who may both foster and adopt"
    purpose = "A baby who may be adopted lives from the start with people who could become the parents."
    source = EARLY
    level = Level.NEVER

    def judge(self, pairs: Pairs) -> VerdictMatrix:
        asked, dual = pairs.of_children(_early_permanence), pairs.of_homes(_dual_approved)
        named = pairs.where([(c.ref, c.early_permanence_home) for c in pairs.children.items if c.early_permanence_home])
        other_care = Truth.of(asked == 0, ~np.isnan(asked))
        return verdicts(other_care | Truth.of(dual == 1, ~np.isnan(dual)) | Truth.of(named), pairs.shape)

    def because(self, caseload: Caseload, child: Child, household: Household) -> Sentence:
        if child.care_type is None:
            template = "We do not know which kind of care {child} needs. Ask the child's social worker."
            return Sentence.of(template, child=child.ref)
        if household.home.early_permanence is None:
            return Sentence.of(
                "We do not know whether {home} is approved both to foster and to adopt.", home=household.home.ref
            )
        return Sentence.of("{home} is not approved both to foster and to adopt.", home=household.home.ref)


def _only_family(household: Household) -> str | None:
    """The one family of the children who live there, `NOBODY` where no child lives; `None` where more families live."""
    families = {_family(resident) for resident in household.residents}
    return None if len(families) > 1 else next(iter(families), NOBODY)


def _adoptive(household: Household) -> bool:
    return household.home.kind is HomeKind.ADOPTIVE


@dataclass(frozen=True)
class OneFamily(SetRule):
    """An adoptive home takes one child or one group of brothers and sisters."""

    code = "one-family"
    title = "Adopters take one child or one sibling group"
    purpose = "Adopters become the parents of one child or one group of brothers and sisters at a time."
    source = AGENCIES
    level = Level.NEVER

    def judge(self, sets: Sets) -> VerdictMatrix:
        there, words = sets.codes(_only_family, "family"), sets.register.vocabularies["family"]
        own = np.array([words.code(group.ref) for group in sets.groups], dtype=np.int64)[sets.group]
        fostering = sets.numbers(_adoptive) == 0
        return verdicts(Truth.of(fostering | (there == words.code(NOBODY)) | (there == own)), sets.group.shape)

    def shared(self, sets: Sets) -> tuple[Shared, ...]:
        adoptive = sets.register.homes.numbers(_adoptive) == 1
        limit: Counts = np.where(adoptive, 1, PLENTY).astype(np.int64)
        return (Shared(use=np.ones_like(sets.group), limit=limit),)

    def because(
        self, caseload: Caseload, group: SiblingGroup, children: tuple[str, ...], household: Household
    ) -> Sentence:
        return Sentence.of("A child of another family lives with the adopters at {home}.", home=household.home.ref)
