"""Rules about the kind of home: what each kind of care needs, and what was assessed for the child."""

from dataclasses import dataclass
from datetime import date

import numpy as np

from matching.domain import CareType, Caseload, Child, HomeKind, Household, Level, Suitability
from matching.pairs import Pairs, Truth, VerdictMatrix, any_of, verdicts
from matching.rules.base import Rule, Source
from matching.wording import Sentence

KINDS = Source(
    text="Children Act 1989",
    paragraph="section 22C(6), with section 18 of the Adoption and Children Act 2002",
    read_on=date(2026, 11, 26),
)
REFERRAL = Source(
    text="Placements Data Standard v2",
    paragraph="suitability of foster, residential and supported care",
    read_on=date(2026, 11, 26),
)
SUPPORTED = (HomeKind.SUPPORTED_LODGINGS, HomeKind.SUPPORTED_ACCOMMODATION)


def _kind(household: Household) -> HomeKind | None:
    return household.home.kind


def _care(child: Child) -> CareType | None:
    return child.care_type


def _dual(household: Household) -> bool | None:
    return household.home.early_permanence


@dataclass(frozen=True)
class KindOfHome(Rule):
    """Adoption is with adopters, supported lodgings in supported lodgings; adopters take no other kind of care."""

    code = "kind-of-home"
    title = "The home is of the kind that this care needs"
    purpose = (
        "Adopters are for adoption and early permanence; supported lodgings are not a foster home, nor the reverse."
    )
    source = KINDS
    level = Level.NEVER

    def judge(self, pairs: Pairs) -> VerdictMatrix:
        care, kind, dual = pairs.child_codes(_care, "care-type"), pairs.home_codes(_kind, "kind"), pairs.of_homes(_dual)
        cares, kinds = pairs.children.vocabularies["care-type"], pairs.homes.vocabularies["kind"]
        asks = {one: Truth.of(care == cares.code(one), care >= 0) for one in CareType}
        is_ = {one: Truth.of(kind == kinds.code(one), kind >= 0) for one in HomeKind}
        adopters, supported = is_[HomeKind.ADOPTIVE], any_of(*(is_[one] for one in SUPPORTED))
        fosters = any_of(is_[HomeKind.FOSTER], is_[HomeKind.CONNECTED]) & Truth.of(dual == 1, ~np.isnan(dual))
        adoption, lodgings = asks[CareType.ADOPTION], asks[CareType.SUPPORTED_LODGINGS]
        early = asks[CareType.EARLY_PERMANENCE]
        fits = (~adoption | adopters | fosters) & (~lodgings | supported) & (~adopters | adoption | early)
        return verdicts(fits, pairs.shape)

    def because(self, caseload: Caseload, child: Child, household: Household) -> Sentence:
        home = household.home.ref
        if child.care_type is None:
            return Sentence.of(
                "We do not know which kind of care {child} needs. Ask the child's social worker.", child=child.ref
            )
        if household.home.kind is None:
            return Sentence.of("We do not know what sort of home {home} is.", home=home)
        if household.home.kind is HomeKind.ADOPTIVE:
            return Sentence.of("{home} are adopters, and {child} is not to be adopted.", home=home, child=child.ref)
        if child.care_type is CareType.ADOPTION:
            return Sentence.of("{home} is not approved to adopt.", home=home)
        return Sentence.of("{home} does not offer supported lodgings.", home=home)


ASSESSED = {
    HomeKind.FOSTER: "foster_care",
    HomeKind.CONNECTED: "foster_care",
    HomeKind.RESIDENTIAL: "residential_care",
    HomeKind.SUPPORTED_LODGINGS: "supported_care",
    HomeKind.SUPPORTED_ACCOMMODATION: "supported_care",
}
IN_WORDS = {"foster_care": "foster care", "residential_care": "a children's home", "supported_care": "supported care"}


@dataclass(frozen=True)
class _Unsuitable:
    """Column: whether a kind of care was assessed as unsuitable; what is not specified is no objection."""

    fact: str

    def __call__(self, child: Child) -> bool:
        return getattr(child, self.fact) is Suitability.UNSUITABLE


@dataclass(frozen=True)
class SuitsAsAssessed(Rule):
    """The kind of care that the home gives was not assessed as unsuitable for the child."""

    code = "suits-as-assessed"
    title = "This kind of care was not assessed as unsuitable"
    purpose = "Where an assessment says that a kind of care does not suit a child, a service manager decides otherwise."
    source = REFERRAL
    level = Level.NEEDS_DECISION
    lifted_by = ("service-manager",)

    def judge(self, pairs: Pairs) -> VerdictMatrix:
        kind, words = pairs.home_codes(_kind, "kind"), pairs.homes.vocabularies["kind"]
        barred = [
            Truth.of(kind == words.code(one), kind >= 0) & Truth.of(pairs.of_children(_Unsuitable(fact)) == 1)
            for one, fact in ASSESSED.items()
        ]
        return verdicts(~any_of(*barred), pairs.shape)

    def because(self, caseload: Caseload, child: Child, household: Household) -> Sentence:
        kind = household.home.kind
        if kind is None:
            return Sentence.of("We do not know what sort of home {home} is.", home=household.home.ref)
        care = IN_WORDS[ASSESSED[kind]]
        return Sentence.of("An assessment says that {care} does not suit {child}.", care=care, child=child.ref)
