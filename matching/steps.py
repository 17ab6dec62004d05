"""What must be done before a proposed placement can be carried out: approvals, consents, checks; never a bar by itself.

To add a step: a function that gives a sentence or nothing, and its line in `STEPS`.
"""

from collections.abc import Callable
from datetime import date

from matching.cautions import (
    approval_ends,
    court_conditions,
    decided,
    deprivation_of_liberty,
    exemption_ends,
    group_size,
    mild_allergy,
    other_children,
    sibling_assessment,
)
from matching.domain import (
    CareType,
    Caseload,
    Child,
    HomeKind,
    Household,
    LegalStatus,
    Provider,
    SiblingPlan,
    Tie,
    Verdict,
)
from matching.plan import Reason
from matching.wording import Sentence, counted, listed, written

Step = Callable[[Caseload, Child, Household], Sentence | None]
CONFIRM_AFTER_DAYS = 7


def _out_of_area(caseload: Caseload, child: Child, household: Household) -> Sentence | None:
    """2010 Regulations 11: a nominated officer approves a home outside the area; the authority there is told."""
    exempt = (child.ref, household.home.ref) in caseload.ties[Tie.CONNECTED_PERSON] or _own_foster(child, household)
    unknown = child.authority is None or household.authority is None
    if exempt or unknown or child.authority == household.authority or child.care_type is CareType.ADOPTION:
        return None
    return Sentence.of(
        "{home} is outside the authority's area: a nominated officer approves it first.", home=household.home.ref
    )


def _own_foster(child: Child, household: Household) -> bool:
    """Foster carers approved by the child's own authority are exempt wherever they live."""
    fosters = household.home.kind in (HomeKind.FOSTER, HomeKind.CONNECTED)
    return fosters and child.authority is not None and household.home.approved_by == child.authority


def _authority_to_place(caseload: Caseload, child: Child, household: Household) -> Sentence | None:
    """2002 Act, sections 18 to 21; 2005 Regulations 33: an order or consent, and the agency's decision."""
    if household.home.kind is not HomeKind.ADOPTIVE or child.care_type is not CareType.ADOPTION:
        return None
    ordered = child.legal_status in (LegalStatus.PLACEMENT_ORDER, LegalStatus.FREEING_ORDER) or child.adoption_consent
    if ordered and child.agency_decision_on is not None:
        return None
    missing = [] if ordered else ["a placement order or the parents' consent"]
    missing += [] if child.agency_decision_on is not None else ["the agency's decision"]
    return Sentence.of(
        "This is a link only: {child} may be placed after {missing}.", child=child.ref, missing=" and ".join(missing)
    )


def _baby_consent(caseload: Caseload, child: Child, household: Household) -> Sentence | None:
    """2002 Act, section 18: under six weeks, only with the parents' written agreement."""
    born = child.date_of_birth
    young = born is not None and (caseload.as_of - born).days < 42
    if not young or child.care_type is not CareType.ADOPTION or child.legal_status is LegalStatus.PLACEMENT_ORDER:
        return None
    return Sentence.of("{child} is under six weeks old: the parents agree in writing first.", child=child.ref)


def _provider_consents(caseload: Caseload, child: Child, household: Household) -> Sentence | None:
    """2010 Regulations 22: carers approved by another provider need that provider's consent."""
    if household.home.provider in (None, Provider.OWN, Provider.REGIONAL_ADOPTION_AGENCY):
        return None
    return Sentence.of("The provider that approved {home} consents first.", home=household.home.ref)


def _other_authorities_consent(caseload: Caseload, child: Child, household: Household) -> Sentence | None:
    """2010 Regulations 22: every other authority with a child there consents."""
    others = {r.authority for r in household.residents if r.authority and r.authority != child.authority}
    if not others or child.authority is None:
        return None
    return Sentence.of(
        "{others} with a child at {home} must consent.",
        others=counted(len(others), "other authority", "other authorities"),
        home=household.home.ref,
    )


def _long_term_match(caseload: Caseload, child: Child, household: Household) -> Sentence | None:
    """2010 Regulations 22B: the carers agree to care until the child leaves care; usually seen by panel."""
    if child.care_type is not CareType.LONG_TERM or household.home.kind not in (HomeKind.FOSTER, HomeKind.CONNECTED):
        return None
    return Sentence.of(
        "A long-term match: the carers at {home} agree to it, and the authority confirms it.", home=household.home.ref
    )


def _vacancy(caseload: Caseload, child: Child, household: Household) -> Sentence | None:
    """A vacancy that nobody has confirmed lately is confirmed before anybody is told."""
    since = household.home.confirmed_on
    if since is not None and (caseload.as_of - since).days <= CONFIRM_AFTER_DAYS:
        return None
    when = "nobody has confirmed it" if since is None else f"last confirmed on {written(since)}"
    return Sentence.of("Confirm the vacancy at {home}: {when}.", home=household.home.ref, when=when)


def _review(caseload: Caseload, child: Child, household: Household) -> Sentence | None:
    """2011 Regulations 28: reviews at least yearly; an overdue one warns and does not end the approval."""
    due = household.home.approval.review_due
    if due is None or due >= caseload.as_of:
        return None
    return Sentence.of("The review of {home}'s approval was due on {day}.", home=household.home.ref, day=written(due))


def _checks(caseload: Caseload, child: Child, household: Household) -> Sentence | None:
    """Checks on every adult in the home."""
    if household.home.checks_in_date is not False:
        return None
    return Sentence.of("Checks on the adults at {home} are out of date.", home=household.home.ref)


def _animals(caseload: Caseload, child: Child, household: Household) -> Sentence | None:
    """Animals are risk assessed."""
    if not household.home.pets or household.home.pets_assessed is not False:
        return None
    return Sentence.of("The animals at {home} have not been risk assessed.", home=household.home.ref)


def _temporary(caseload: Caseload, child: Child, household: Household) -> Sentence | None:
    """2010 Regulations 24 and 25: a temporary approval ends, and the placement with it."""
    status, ends = household.home.approval.status, household.home.approval.ends_on
    if status is None or not status.value.startswith("temporary") or ends is None or ends == date.max:
        return None
    return Sentence.of(
        "The temporary approval of {home} ends on {day}; full approval or another home by then.",
        home=household.home.ref,
        day=written(ends),
    )


def _family_time_apart(caseload: Caseload, child: Child, household: Household) -> Sentence | None:
    """Children Act 1989, section 34: a child apart from brothers and sisters sees them by a plan."""
    plan = caseload.sibling_plans.get(child.sibling_group or "")
    if plan is None or not (
        plan.plan is SiblingPlan.APART_WITH_CONTACT
        or (plan.plan is SiblingPlan.NAMED_SUBSETS and _somebody_apart(caseload, child, plan.subsets or ()))
    ):
        return None
    return Sentence.of(
        "{child} lives apart from brothers or sisters: write down how they see each other.", child=child.ref
    )


def _somebody_apart(caseload: Caseload, child: Child, subsets: tuple[str, ...]) -> bool:
    """Whether a brother or sister is in no part of the plan with the child."""
    beside = {child.ref}.union(*(part.split("+") for part in subsets if child.ref in part.split("+")))
    return any(one.ref not in beside for one in caseload.brothers_and_sisters(child.ref))


def _nights(caseload: Caseload, child: Child, household: Household) -> Sentence | None:
    """2010 Regulations 48: care for some nights uses the bed on those alone, so they are booked one by one."""
    if not child.nights:
        return None
    told = [f"{counted(stay.nights, 'night')} from {written(stay.first)}" for stay in child.nights]
    return Sentence.of(
        "Book {home} for {child}: {nights}.", home=household.home.ref, child=child.ref, nights=listed(told)
    )


def _short_break_plan(caseload: Caseload, child: Child, household: Household) -> Sentence | None:
    """2010 Regulations 48: a short plan agreed with the parents takes the place of the full care plan."""
    if child.care_type is not CareType.SHORT_BREAK:
        return None
    return Sentence.of(
        "Agree the short break plan for {child} with the parents before the first night.", child=child.ref
    )


def _parent_comes(caseload: Caseload, child: Child, household: Household) -> Sentence | None:
    """Standard 15: an adult who comes to live in a home bears on everybody there."""
    if not child.with_parent:
        return None
    return Sentence.of(
        "A parent of {child} comes to live at {home}: agree a plan for the parent with the carers.",
        child=child.ref,
        home=household.home.ref,
    )


def _age_assessment(caseload: Caseload, child: Child, household: Household) -> Sentence | None:
    """A disputed age bears on who may share what: nobody shares a room until it is settled."""
    if not child.age_disputed:
        return None
    return Sentence.of(
        "The age of {child} is disputed: ask when the assessment is, and share no bedroom.", child=child.ref
    )


STEPS: dict[str, Step] = {
    "risk-to-others": other_children,
    "decided": decided,
    "court-conditions": court_conditions,
    "deprivation-of-liberty": deprivation_of_liberty,
    "exemption-ends": exemption_ends,
    "approval-ends": approval_ends,
    "nights": _nights,
    "short-break-plan": _short_break_plan,
    "out-of-area": _out_of_area,
    "authority-to-place": _authority_to_place,
    "under-six-weeks": _baby_consent,
    "provider-consents": _provider_consents,
    "other-authorities-consent": _other_authorities_consent,
    "parent-comes-along": _parent_comes,
    "age-assessment": _age_assessment,
    "long-term-match": _long_term_match,
    "temporary-approval": _temporary,
    "sibling-group-size": group_size,
    "sibling-assessment": sibling_assessment,
    "time-with-siblings": _family_time_apart,
    "mild-allergy": mild_allergy,
    "checks-in-date": _checks,
    "animals-assessed": _animals,
    "review-overdue": _review,
    "confirm-vacancy": _vacancy,
}

# a step that says the same as a criterion's worry, which is then not said twice
ALSO_SAID_BY = {"out-of-area": "in-area", "provider-consents": "own-carers-first"}


def steps_before(caseload: Caseload, child: Child, household: Household) -> tuple[Reason, ...]:
    """Every step for one child and one home, in order of weight."""
    told = ((code, step(caseload, child, household)) for code, step in STEPS.items())
    return tuple(
        Reason(code=code, verdict=Verdict.NOT_KNOWN, sentence=sentence)
        for code, sentence in told
        if sentence is not None
    )
