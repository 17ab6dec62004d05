"""Rules about approval: its standing and its terms."""

from dataclasses import dataclass
from datetime import date

import numpy as np

from matching.domain import ApprovalStatus, CareType, Caseload, Child, Household, Level, Sex, Tie
from matching.pairs import Pairs, Truth, VerdictMatrix, all_of, any_of, verdicts
from matching.rules.base import Rule, Source
from matching.wording import Sentence, listed, spoken, written

READ = date(2026, 11, 23)
TERMS = Source(text="Fostering Services (England) Regulations 2011", paragraph="regulation 27", read_on=READ)
PLACING = Source(
    text="Care Planning, Placement and Case Review (England) Regulations 2010",
    paragraph="regulations 22, 24 and 25A",
    read_on=READ,
)
MAY_VARY_TERMS = ("fostering-manager", "agency-decision-maker")
_ASK_WORKER = "Ask the supervising social worker."


def approval_status(household: Household) -> str | None:
    """Standing of the approval."""
    return household.home.approval.status


def approval_ends(household: Household) -> float | None:
    """Last day of the approval, as an ordinal."""
    ends = household.home.approval.ends_on
    return None if ends is None else ends.toordinal()


def named_children(household: Household) -> tuple[str, ...] | None:
    """Children the approval names; empty when it names none."""
    return household.home.approval.named_children


@dataclass(frozen=True)
class ApprovalInForce(Rule):
    """The home is approved, today, for this child."""

    code = "approval-status"
    title = "The home's approval is in force"
    purpose = "A child may live only with carers whose approval is in force; a temporary approval is for a named child."
    source = PLACING
    level = Level.NEVER

    def judge(self, pairs: Pairs) -> VerdictMatrix:
        status = pairs.home_codes(approval_status, "status")
        words = pairs.homes.vocabularies["status"]
        named = pairs.where(_named_pairs(pairs))
        connected = Truth.of(named | pairs.tied(Tie.CONNECTED_PERSON))
        adopter = Truth.of(named | pairs.where(_early_permanence(pairs)))
        is_ = {s: Truth.of(status == words.code(s), status >= 0) for s in ApprovalStatus}
        standing = any_of(
            is_[ApprovalStatus.APPROVED],
            is_[ApprovalStatus.TEMPORARY_CONNECTED] & connected,
            is_[ApprovalStatus.TEMPORARY_ADOPTER] & adopter,
        )
        return verdicts(standing & _still_running(pairs), pairs.shape)

    def because(self, caseload: Caseload, child: Child, household: Household) -> Sentence:
        approval, home = household.home.approval, household.home.ref
        if approval.status is None or approval.ends_on is None:
            return Sentence.of("We do not know whether the approval of {home} is in force. " + _ASK_WORKER, home=home)
        if approval.ends_on < caseload.as_of:
            return Sentence.of("The approval of {home} ended on {day}.", home=home, day=written(approval.ends_on))
        if approval.status in (ApprovalStatus.TEMPORARY_CONNECTED, ApprovalStatus.TEMPORARY_ADOPTER):
            return Sentence.of(
                "{home} is approved for a while, for a named child who is not {child}.", home=home, child=child.ref
            )
        return Sentence.of(
            "{home} is not approved now: its approval is {status}.", home=home, status=approval.status.value
        )


def _named_pairs(pairs: Pairs) -> list[tuple[str, str]]:
    def named() -> list[tuple[str, str]]:
        return [(child, h.home.ref) for h in pairs.homes.items for child in h.home.approval.named_children or ()]

    return pairs.homes.remembered("named in approvals", named)


def _early_permanence(pairs: Pairs) -> list[tuple[str, str]]:
    return [(c.ref, c.early_permanence_home) for c in pairs.children.items if c.early_permanence_home]


def _still_running(pairs: Pairs) -> Truth:
    ends = pairs.of_homes(approval_ends)
    return Truth.of(ends >= pairs.caseload.as_of.toordinal(), ~np.isnan(ends))


def youngest(household: Household) -> int | None:
    """Youngest age the terms allow."""
    return household.home.approval.youngest


def oldest(household: Household) -> int | None:
    """Oldest age the terms allow."""
    return household.home.approval.oldest


@dataclass(frozen=True)
class WithinApprovedAges(Rule):
    """The child's age is within the terms."""

    code = "approved-ages"
    title = "The child's age is within the home's approval"
    purpose = "A fostering household cares for children of the ages it is approved for, unless its terms are changed."
    source = TERMS
    level = Level.NEEDS_DECISION
    lifted_by = MAY_VARY_TERMS

    def judge(self, pairs: Pairs) -> VerdictMatrix:
        age, low, high = pairs.age, pairs.of_homes(youngest), pairs.of_homes(oldest)
        above = Truth.of(low <= age, ~np.isnan(low + age))
        below = Truth.of(age <= high, ~np.isnan(high + age))
        return verdicts(all_of(above, below), pairs.shape)

    def because(self, caseload: Caseload, child: Child, household: Household) -> Sentence:
        terms, age = household.home.approval, child.age_on(caseload.as_of)
        if age is None:
            return Sentence.of("We do not know the age of {child}. Ask the child's social worker.", child=child.ref)
        if terms.youngest is None or terms.oldest is None:
            return Sentence.of(
                "We do not know which ages {home} is approved for. " + _ASK_WORKER, home=household.home.ref
            )
        template = "{home} is approved for ages {low} to {high}. {child} is {age}."
        return Sentence.of(
            template, home=household.home.ref, low=terms.youngest, high=terms.oldest, child=child.ref, age=age
        )


def approved_sexes(household: Household) -> frozenset[Sex] | None:
    """Sexes the terms allow."""
    return household.home.approval.sexes


def child_sex(child: Child) -> frozenset[Sex] | None:
    """The child's sex as a set of one."""
    return None if child.sex is None else frozenset({child.sex})


@dataclass(frozen=True)
class WithinApprovedSex(Rule):
    """The child's sex is within the terms."""

    code = "approved-sex"
    title = "The home's approval includes the child's sex"
    purpose = "Some approvals are for girls or for boys only; most set no such term."
    source = TERMS
    level = Level.NEEDS_DECISION
    lifted_by = MAY_VARY_TERMS

    def judge(self, pairs: Pairs) -> VerdictMatrix:
        allowed, sex = pairs.home_bits(approved_sexes, "sex"), pairs.child_bits(child_sex, "sex")
        everyone = pairs.homes.vocabularies["sex"].bits(Sex)
        unlimited = Truth.of(allowed == everyone, allowed >= 0)
        included = Truth.of((allowed & sex) == sex, (allowed >= 0) & (sex >= 0))
        return verdicts(unlimited | included, pairs.shape)

    def because(self, caseload: Caseload, child: Child, household: Household) -> Sentence:
        sexes, home = household.home.approval.sexes, household.home.ref
        if sexes is None:
            return Sentence.of(
                "We do not know whether {home} may care for girls, boys or both. " + _ASK_WORKER, home=home
            )
        words = {Sex.FEMALE: "girls", Sex.MALE: "boys", Sex.OTHER: "children recorded as neither"}
        allowed = listed([words[sex] for sex in Sex if sex in sexes]) or "nobody"
        if child.sex is None:
            return Sentence.of(
                "{home} is approved for {allowed} and we do not know the sex of {child}.",
                home=home,
                allowed=allowed,
                child=child.ref,
            )
        return Sentence.of("{home} is approved for {allowed} only.", home=home, allowed=allowed)


def approved_care(household: Household) -> frozenset[CareType] | None:
    """Kinds of care the terms allow."""
    return household.home.approval.care_types


def care_needed(child: Child) -> frozenset[CareType] | None:
    """The kind of care the child needs; with a parent or a baby of their own, that kind too."""
    if child.care_type is None:
        return None
    family = {CareType.PARENT_AND_CHILD} if child.with_parent or child.brings_baby else set()
    return frozenset({child.care_type} | family)


@dataclass(frozen=True)
class WithinApprovedCareType(Rule):
    """The kind of care is within the terms."""

    code = "approved-care-type"
    title = "The home is approved for this kind of care"
    purpose = "Long-term care, short breaks, parent and child, remand and others each need an approval for that kind."
    source = TERMS
    level = Level.NEEDS_DECISION
    lifted_by = MAY_VARY_TERMS

    def judge(self, pairs: Pairs) -> VerdictMatrix:
        allowed, needed = pairs.home_bits(approved_care, "care"), pairs.child_bits(care_needed, "care")
        return verdicts(Truth.of((allowed & needed) == needed, (allowed >= 0) & (needed >= 0)), pairs.shape)

    def because(self, caseload: Caseload, child: Child, household: Household) -> Sentence:
        home = household.home.ref
        if child.care_type is None:
            return Sentence.of(
                "We do not know which kind of care {child} needs. Ask the child's social worker.", child=child.ref
            )
        allowed = household.home.approval.care_types
        kind = listed(sorted(spoken(k.value) for k in (care_needed(child) or set()) - (allowed or set())))
        if allowed is None:
            return Sentence.of(
                "We do not know whether {home} is approved for {kind} care. " + _ASK_WORKER, home=home, kind=kind
            )
        return Sentence.of("{home} is not approved for {kind} care.", home=home, kind=kind)


@dataclass(frozen=True)
class NamedInApproval(Rule):
    """Where terms name children, this child is one of them."""

    code = "approved-named-child"
    title = "Where the approval names children, it names this child"
    purpose = "Some carers are approved only for children whom the approval names."
    source = TERMS
    level = Level.NEEDS_DECISION
    lifted_by = MAY_VARY_TERMS

    def judge(self, pairs: Pairs) -> VerdictMatrix:
        names = pairs.of_homes(_how_many_named)
        unlimited = Truth.of(names == 0, ~np.isnan(names))
        named = Truth.of(pairs.where(_named_pairs(pairs)), ~np.isnan(names))
        return verdicts(unlimited | named, pairs.shape)

    def because(self, caseload: Caseload, child: Child, household: Household) -> Sentence:
        home = household.home.ref
        if household.home.approval.named_children is None:
            return Sentence.of(
                "We do not know whether the approval of {home} names children. " + _ASK_WORKER, home=home
            )
        return Sentence.of(
            "{home} is approved only for named children, and {child} is not one.", home=home, child=child.ref
        )


def _how_many_named(household: Household) -> int | None:
    named = household.home.approval.named_children
    return None if named is None else len(named)
