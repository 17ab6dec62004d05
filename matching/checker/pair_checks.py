"""The rules about one child and one home, read a second time in plain sentences of Python.

Written from the rules and not from the code that plans: the two readings share nothing but the facts.
Each check gives a `Verdict`.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import date

from matching.checker.adoption_checks import early_permanence, not_reserved
from matching.checker.kind_checks import kind_of_home, suits_as_assessed
from matching.checker.night_checks import break_carers, break_days, break_length, nights_asked
from matching.checker.setting_checks import (
    essentials_now,
    essentials_possible,
    not_distant,
    old_enough,
    registered,
    same_school,
    smoke_free,
    with_animals,
)
from matching.domain import (
    ApprovalStatus,
    CareType,
    Caseload,
    Child,
    Consideration,
    ConsiderationKind,
    Hold,
    Home,
    LivesWith,
    Place,
    Sex,
    SiblingPlan,
    Tie,
    Verdict,
)

NOT_MET, NOT_KNOWN, MET = Verdict.NOT_MET, Verdict.NOT_KNOWN, Verdict.MET
Settings = Mapping[str, Mapping[str, object]]
PairCheck = Callable[..., Verdict]  # of a caseload, a child, a home and the rule's own parameters
APART_PLANS = (SiblingPlan.APART_WITH_CONTACT, SiblingPlan.APART_WITHOUT_CONTACT)


def approval_in_force(caseload: Caseload, child: Child, home: Home) -> Verdict:
    """2010 Regulations 22, 24 and 25A: approved today, and for this child where the approval is temporary."""
    return min(_standing(caseload, child, home), _not_ended(caseload, home))


def _standing(caseload: Caseload, child: Child, home: Home) -> Verdict:
    approval = home.approval
    named = child.ref in (approval.named_children or ())
    if approval.status is None:
        return NOT_KNOWN
    if approval.status is ApprovalStatus.APPROVED:
        return MET
    if approval.status is ApprovalStatus.TEMPORARY_CONNECTED:
        return MET if named or (child.ref, home.ref) in caseload.ties[Tie.CONNECTED_PERSON] else NOT_MET
    if approval.status is ApprovalStatus.TEMPORARY_ADOPTER:
        return MET if named or child.early_permanence_home == home.ref else NOT_MET
    return NOT_MET


def _not_ended(caseload: Caseload, home: Home) -> Verdict:
    ends = home.approval.ends_on
    if ends is None:
        return NOT_KNOWN
    return MET if caseload.as_of <= ends else NOT_MET


def on_hold(caseload: Caseload, child: Child, home: Home) -> Verdict:
    """A home on hold is not asked; a hold that should be over is a question."""
    if home.hold is None:
        return NOT_KNOWN
    if home.hold is Hold.NONE:
        return MET
    over = home.hold_until is not None and home.hold_until < caseload.as_of
    return NOT_KNOWN if over else NOT_MET


def within_ages(caseload: Caseload, child: Child, home: Home) -> Verdict:
    """2011 Regulations 27: the terms' youngest and oldest age, both inclusive."""
    age = child.age_on(caseload.as_of)
    return min(_not_below(age, home.approval.youngest), _not_below(home.approval.oldest, age))


def _not_below(upper: int | None, lower: int | None) -> Verdict:
    if upper is None or lower is None:
        return NOT_KNOWN
    return MET if upper >= lower else NOT_MET


def within_sex(caseload: Caseload, child: Child, home: Home) -> Verdict:
    """2011 Regulations 27: the terms' sexes."""
    allowed = home.approval.sexes
    if allowed is None:
        return NOT_KNOWN
    if len(allowed) == len(Sex):
        return MET
    if child.sex is None:
        return NOT_KNOWN
    return MET if child.sex in allowed else NOT_MET


def within_care_type(caseload: Caseload, child: Child, home: Home) -> Verdict:
    """2011 Regulations 27: the terms' kinds of care."""
    if home.approval.care_types is None or child.care_type is None:
        return NOT_KNOWN
    family = bool(child.with_parent or child.brings_baby)
    if family and CareType.PARENT_AND_CHILD not in home.approval.care_types:
        return NOT_MET
    return MET if child.care_type in home.approval.care_types else NOT_MET


def named_where_names(caseload: Caseload, child: Child, home: Home) -> Verdict:
    """2011 Regulations 27: where the terms name children, this is one."""
    named = home.approval.named_children
    if named is None:
        return NOT_KNOWN
    return MET if not named or child.ref in named else NOT_MET


def no_contact(caseload: Caseload, child: Child, home: Home) -> Verdict:
    """Court orders, bail and safety plans: neither the home nor its area is barred."""
    if (child.ref, home.ref) in caseload.ties[Tie.NO_CONTACT]:
        return NOT_MET
    if child.places_to_avoid is None:
        return NOT_KNOWN
    return min((_outside(avoided, home.place) for avoided in child.places_to_avoid), default=MET)


def _outside(avoided: Place, place: Place | None) -> Verdict:
    if place is None:
        return NOT_KNOWN
    if avoided.postcode in (place.postcode, place.postcode.split(" ")[0]):
        return NOT_MET
    return NOT_KNOWN if avoided.postcode.startswith(place.postcode + " ") else MET


def another_home(caseload: Caseload, child: Child, home: Home) -> Verdict:
    """A move leads somewhere else."""
    return NOT_MET if caseload.lives_in.get(child.ref) == home.ref else MET


def kept_apart(caseload: Caseload, child: Child, home: Home) -> Verdict:
    """No resident from whom the child is assessed to live apart, brothers and sisters included."""
    others = (r for r in living_there(caseload, child, home) if r.ref != child.ref)
    return NOT_MET if any(apart(caseload, child, resident) for resident in others) else MET


def apart(caseload: Caseload, one: Child, other: Child) -> bool:
    """Whether two children are kept apart, by a tie of their own or by their sibling plan."""
    if (one.ref, other.ref) in caseload.ties[Tie.APART]:
        return True
    told = caseload.sibling_plans.get(str(one.sibling_group))
    return caseload.siblings(one.ref, other.ref) and told is not None and told.plan in APART_PLANS


Other = tuple[int | None, Sex | None]


def suits(consideration: Consideration, own_age: int | None, other: Other) -> Verdict:
    """Whether an unrelated child of an age and sex suits one consideration of a child of `own_age`."""
    age, sex = other
    kind, limit = consideration.kind, consideration.age
    older_than_own = _older(age, own_age)
    younger_than_own = _older(own_age, age)
    boy = None if sex is None else sex is Sex.MALE
    girl = None if sex is None else sex is Sex.FEMALE
    breached: dict[ConsiderationKind, bool | None] = {
        ConsiderationKind.NO_CHILD_UNDER: _older(limit, age),
        ConsiderationKind.NO_CHILD_OVER: _older(age, limit),
        ConsiderationKind.NO_BOYS: boy,
        ConsiderationKind.NO_GIRLS: girl,
        ConsiderationKind.NO_OLDER_BOYS: _both(boy, older_than_own),
        ConsiderationKind.NO_OLDER_GIRLS: _both(girl, older_than_own),
        ConsiderationKind.YOUNGEST_IN_HOME: younger_than_own,
        ConsiderationKind.OLDEST_IN_HOME: older_than_own,
        ConsiderationKind.ONLY_CHILD: True,
    }
    found = breached[kind]
    return NOT_KNOWN if found is None else NOT_MET if found else MET


def _older(one: int | None, other: int | None) -> bool | None:
    return None if one is None or other is None else one > other


def _both(one: bool | None, other: bool | None) -> bool | None:
    if one is False or other is False:
        return False
    return None if one is None or other is None else True


def suits_child(child: Child, day: date, others: Iterable[Other]) -> Verdict:
    """Whether these unrelated children suit all that a child's plan asks."""
    people = list(others)
    if not people:
        return MET
    if child.considerations is None:
        return NOT_KNOWN
    return min((suits(one, child.age_on(day), other) for one in child.considerations for other in people), default=MET)


def unrelated(caseload: Caseload, child: Child, home: Home) -> list[Child]:
    """Foster children whom the child would live with and who are neither the child nor their brothers or sisters."""
    others = (r for r in living_there(caseload, child, home) if r.ref != child.ref)
    return [r for r in others if not caseload.siblings(child.ref, r.ref)]


def living_there(caseload: Caseload, child: Child, home: Home) -> list[Child]:
    """Who lives in the home, and who is booked into it on a night for which the child asks."""
    found = {resident.ref for resident in caseload.households[home.ref].residents}
    for booking in caseload.bookings:
        if booking.home == home.ref and booking.last_night >= caseload.as_of:
            asked = child.stays or ()
            meets = any(s.first <= booking.last_night and booking.first_night <= s.last for s in asked)
            if meets or not child.by_nights:
                found.add(booking.child)
    return [caseload.child_by_ref[ref] for ref in sorted(found)]


def seen(child: Child, day: date) -> Other:
    """What others see of a child: age and sex."""
    return child.age_on(day), child.sex


def considerations(caseload: Caseload, child: Child, home: Home) -> Verdict:
    """National Minimum Standard 15: what each child's plan asks of the others, both ways."""
    day = caseload.as_of
    residents = unrelated(caseload, child, home)
    birth = [(person.age, person.sex) for person in home.birth_children or ()]
    theirs = min((suits_child(r, day, [seen(child, day)]) for r in residents), default=MET)
    ours = suits_child(child, day, [*(seen(r, day) for r in residents), *birth])
    unsure = NOT_KNOWN if child.considerations and home.birth_children is None else MET
    return min(theirs, ours, unsure)


def lives_with(caseload: Caseload, child: Child, home: Home) -> Verdict:
    """The referral's words on whom the child can live alongside."""
    day = caseload.as_of
    ages = [r.age_on(day) for r in unrelated(caseload, child, home)] + [p.age for p in home.birth_children or ()]
    unsure = NOT_KNOWN if home.birth_children is None else MET
    return alongside(child, day, ages, unsure)


def alongside(child: Child, day: date, ages: list[int | None], unsure: Verdict) -> Verdict:
    """Whether a child can live alongside children of these ages; `unsure` when there may be more of them."""
    wish = child.lives_with
    if wish in (LivesWith.WITH_OTHERS, LivesWith.NO_PREFERENCE):
        return MET
    if wish is None:
        return NOT_KNOWN if ages else unsure
    return min((*(_beside(wish, child.age_on(day), age) for age in ages), unsure))


def _beside(wish: LivesWith, own: int | None, other: int | None) -> Verdict:
    if wish is LivesWith.SOLO:
        return NOT_MET
    fits = _older(other, own) if wish is LivesWith.ONLY_OLDER else _older(own, other)
    return NOT_KNOWN if fits is None else MET if fits else NOT_MET


def not_refused(caseload: Caseload, child: Child, home: Home) -> Verdict:
    """A carer's no is respected."""
    return NOT_MET if (child.ref, home.ref) in caseload.ties[Tie.REFUSED] else MET


PAIR_CHECKS: dict[str, PairCheck] = {
    "approval-status": approval_in_force,
    "not-on-hold": on_hold,
    "approved-ages": within_ages,
    "approved-sex": within_sex,
    "approved-care-type": within_care_type,
    "approved-named-child": named_where_names,
    "no-contact": no_contact,
    "another-home": another_home,
    "kept-apart": kept_apart,
    "considerations": considerations,
    "lives-with": lives_with,
    "carer-said-no": not_refused,
    "sixteen-for-supported": old_enough,
    "registered-setting": registered,
    "essentials-possible": essentials_possible,
    "essentials-in-place": essentials_now,
    "smoke-free": smoke_free,
    "animals": with_animals,
    "key-stage-4-school": same_school,
    "not-distant": not_distant,
    "early-permanence-carers": early_permanence,
    "not-reserved": not_reserved,
    "kind-of-home": kind_of_home,
    "suits-as-assessed": suits_as_assessed,
    "nights-asked": nights_asked,
    "short-break-length": break_length,
    "short-break-days": break_days,
    "short-break-same-carers": break_carers,
}


def decided(caseload: Caseload, settings: Settings, code: str, child: str, home: str) -> bool:
    """Whether a decision in force, by a role that may take it, opens a gated rule for this child and home."""
    rule = settings[code]
    if rule.get("level") != "needs a named decision":
        return False
    roles = rule.get("lifted_by")
    assert isinstance(roles, tuple)
    day = caseload.as_of
    for decision in caseload.decisions:
        # compared one by one, the rarest first: this is asked for every pair, rule and decision
        if decision.child != child or decision.home != home or decision.rule != code or decision.role not in roles:
            continue
        if decision.decided_on <= day and (decision.expires_on is None or day <= decision.expires_on):
            return True
    return False
