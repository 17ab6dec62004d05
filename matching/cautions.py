"""Steps about safety and about dates: what the record says of worries and ends, and a plan must not pass over in silence."""

from datetime import date

from matching.domain import Caseload, Child, Decision, Household, Severity, SiblingPlan
from matching.rules.places import OUTSIDE_LIMIT, UsualFosteringLimit
from matching.rules.sleeping import harmless
from matching.wording import Sentence, counted, listed, spoken, written

TO_OTHERS = {  # facts of a child's risks, as they are said
    "harm_sexual": "sexual behaviour that may harm others",
    "harm_physical": "harm to others",
    "fire_setting": "fire-setting",
    "exploits_others": "drawing others into crime",
}


def other_children(caseload: Caseload, child: Child, household: Household) -> Sentence | None:
    """Standard 15: the impact on everybody who lives there is considered before a home is asked for."""
    others = [one for one in household.residents if not caseload.one_family(child.ref, one.ref)]
    young = bool(others or household.home.birth_children)
    told = [words for fact, words in TO_OTHERS.items() if getattr(child.risks, fact)]
    if not young:
        return None
    if told:
        template = "Weigh with the carers what {worry} would mean for the children at {home}, and write it down."
        return Sentence.of(template, worry=listed(told), home=household.home.ref)
    if harmless(child, caseload.as_of) is None:
        template = "We do not know whether {child} may harm others sexually. Ask before children at {home} meet them."
        return Sentence.of(template, child=child.ref, home=household.home.ref)
    return None


def decided(caseload: Caseload, child: Child, household: Household) -> Sentence | None:
    """What rests on a named person's decision says so, with the day until which it holds."""
    day, home = caseload.as_of, household.home.ref
    here = [d for d in caseload.decisions if (d.child, d.home) == (child.ref, home) and d.decided_on <= day]
    held = [d for d in here if d.expires_on is None or d.expires_on >= day]
    if not held:
        return None
    told = [_decision(d) for d in sorted(held, key=lambda one: (one.rule, one.role))]
    return Sentence.of(
        "Decisions are on record for {child} at {home}: {told}.", child=child.ref, home=home, told=listed(told)
    )


def _decision(one: Decision) -> str:
    until = f", until {written(one.expires_on)}" if one.expires_on else ""
    return f"{spoken(one.rule)} ({spoken(one.role)}, {written(one.decided_on)}{until})"


def group_size(caseload: Caseload, child: Child, household: Household) -> Sentence | None:
    """Carers say how many brothers and sisters they would take; more are asked for, not taken for granted."""
    most = household.home.largest_sibling_group
    family = [one for one in household.residents if caseload.siblings(child.ref, one.ref) and one.ref != child.ref]
    if most is None or len(family) + 1 <= most:
        return None
    template = "The carers at {home} would take {most} of a family. Ask them whether {wanted} may come."
    words = {"most": counted(most, "child", "children"), "wanted": str(len(family) + 1)}
    return Sentence.of(template, home=household.home.ref, **words)


def court_conditions(caseload: Caseload, child: Child, household: Household) -> Sentence | None:
    """Bail, licence and court conditions are written in words that no rule can read."""
    if not (child.court_conditions or "").strip():
        return None
    template = "Conditions of a court are on record for {child}: check that {home} keeps to them."
    return Sentence.of(template, child=child.ref, home=household.home.ref)


def deprivation_of_liberty(caseload: Caseload, child: Child, household: Household) -> Sentence | None:
    """An order names where and how; whether a home keeps to it is for the court and its lawyers."""
    if not child.deprivation_of_liberty:
        return None
    template = "A deprivation of liberty order is in force for {child}: ask the lawyers whether {home} keeps to it."
    return Sentence.of(template, child=child.ref, home=household.home.ref)


def mild_allergy(caseload: Caseload, child: Child, household: Household) -> Sentence | None:
    """A mild allergy is no bar, and somebody who knows the child says what it takes."""
    if child.animal_allergy is not Severity.MILD or not household.home.pets:
        return None
    template = "{child} has a mild allergy to animals, and there are some at {home}: ask what it takes."
    return Sentence.of(template, child=child.ref, home=household.home.ref)


def approval_ends(caseload: Caseload, child: Child, household: Household) -> Sentence | None:
    """2010 Regulations 22: on the day of the move, and as long as the child lives there, the approval is in force."""
    approval = household.home.approval
    temporary = approval.status is not None and approval.status.value.startswith("temporary")
    return None if temporary else _ends("approval", approval.ends_on, caseload, child, household)


def exemption_ends(caseload: Caseload, child: Child, household: Household) -> Sentence | None:
    """Children Act 1989, Schedule 7: without the exemption the home would be an unregistered children's home."""
    approval, there = household.home.approval, {child, *household.residents}
    families = {one.sibling_group or one.ref for one in there}
    over = len(there) > UsualFosteringLimit.limit and len(families) > 1 and household.home.kind not in OUTSIDE_LIMIT
    return _ends("exemption", approval.exemption_ends, caseload, child, household) if over else None


def _ends(what: str, ends: date | None, caseload: Caseload, child: Child, household: Household) -> Sentence | None:
    """What ends before the child comes, or while they are likely to live there."""
    if ends is None or ends.year == date.max.year:
        return None
    comes = max(child.needs_home_by or caseload.as_of, caseload.as_of)
    told = {"what": what, "home": household.home.ref, "child": child.ref, "day": written(ends)}
    if ends < comes:
        return Sentence.of("The {what} of {home} ends on {day}, before {child} would come: renew it first.", **told)
    months = None if child.by_nights else child.likely_months
    if months is not None and (ends - comes).days < months * 365 // 12:
        return Sentence.of("The {what} of {home} ends on {day}; {child} is likely to need care for longer.", **told)
    return None


def sibling_assessment(caseload: Caseload, child: Child, household: Household) -> Sentence | None:
    """Children Act 1989, section 22C(8)(c): together or apart is assessed, not left to where there is room."""
    if not caseload.brothers_and_sisters(child.ref) or child.by_nights:
        return None
    plan = caseload.sibling_plans.get(child.sibling_group or "")
    if plan is not None and plan.plan not in (None, SiblingPlan.NOT_ASSESSED):
        return None
    template = "Whether {child} and brothers or sisters live together has not been assessed. Ask for it."
    return Sentence.of(template, child=child.ref)
