"""The rules about all the children who would be in one home, read a second time."""

from collections.abc import Callable, Sequence
from itertools import combinations

from matching.checker.adoption_checks import one_family
from matching.checker.bedroom_checks import no_unsafe_sharing, own_bedroom
from matching.checker.night_checks import on_each_night
from matching.checker.pair_checks import (
    APART_PLANS,
    MET,
    NOT_KNOWN,
    NOT_MET,
    Settings,
    alongside,
    apart,
    decided,
    seen,
    suits_child,
)
from matching.domain import Caseload, Child, Home, HomeKind, PlaceState, SiblingPlan, Stay, Verdict

SetCheck = Callable[[Caseload, Settings, Home, Sequence[Child]], Verdict]
Family = tuple[str, tuple[Stay, ...] | None]
NO_USUAL_LIMIT = (
    HomeKind.RESIDENTIAL,
    HomeKind.SUPPORTED_ACCOMMODATION,
    HomeKind.SUPPORTED_LODGINGS,
    HomeKind.ADOPTIVE,
)


def usable_place(caseload: Caseload, settings: Settings, home: Home, newcomers: Sequence[Child]) -> Verdict:
    """A place counts when it can be used now; approved minus filled does not make one."""
    if home.place_state in (PlaceState.FILLED, PlaceState.NOT_AVAILABLE):
        return NOT_MET
    enough = NOT_KNOWN if home.places_free is None else MET if len(newcomers) <= home.places_free else NOT_MET
    return min(enough, NOT_KNOWN if home.place_state is None else MET)


def approved_number(caseload: Caseload, settings: Settings, home: Home, newcomers: Sequence[Child]) -> Verdict:
    """2011 Regulations 27: no more children than the terms allow, or a decision for every newcomer."""
    if all(decided(caseload, settings, "approved-number", child.ref, home.ref) for child in newcomers):
        return MET
    most = home.approval.most_children
    if most is None:
        return NOT_KNOWN
    return MET if len(caseload.households[home.ref].residents) + len(newcomers) <= most else NOT_MET


def usual_limit(caseload: Caseload, settings: Settings, home: Home, newcomers: Sequence[Child]) -> Verdict:
    """Children Act 1989, Schedule 7: three, unless all are one sibling group or an exemption names them all."""
    everybody = [*caseload.households[home.ref].residents, *newcomers]
    limit = settings["usual-fostering-limit"]["limit"]
    assert isinstance(limit, int)
    if home.kind in NO_USUAL_LIMIT or len(everybody) <= limit or _one_family(everybody):
        return MET
    exempted = home.approval.exempted_children
    if exempted is None:
        return min(NOT_KNOWN, _exemption_runs(caseload, home))
    named = all(child.ref in exempted for child in everybody)
    return min(MET if named else NOT_MET, _exemption_runs(caseload, home))


def _one_family(everybody: Sequence[Child]) -> bool:
    groups = {child.sibling_group for child in everybody}
    return len(groups) == 1 and None not in groups


def _exemption_runs(caseload: Caseload, home: Home) -> Verdict:
    ends = home.approval.exemption_ends
    if ends is None:
        return NOT_KNOWN
    return MET if caseload.as_of <= ends else NOT_MET


def sibling_plan(caseload: Caseload, settings: Settings, home: Home, newcomers: Sequence[Child]) -> Verdict:
    """The sibling assessment: brothers and sisters go where their plan lets them go together."""
    families: dict[Family, set[str]] = {}
    for child in newcomers:
        if child.sibling_group:
            families.setdefault((child.sibling_group, child.nights), set()).add(child.ref)
    kept = [
        _plan_allows(caseload, family, refs) or _split_decided(caseload, settings, home, family, refs)
        for family, refs in families.items()
    ]
    return MET if all(kept) else NOT_MET


def _seeking(caseload: Caseload, family: Family) -> set[str]:
    """The brothers and sisters who need a home for the same nights."""
    group, nights = family
    return {child.ref for child in caseload.seeking_of_family.get(group, ()) if child.nights == nights}


def _split_decided(caseload: Caseload, settings: Settings, home: Home, family: Family, refs: set[str]) -> bool:
    """A decision names exactly these brothers and sisters for this home; never those who must live apart."""
    if caseload.sibling_plans[family[0]].plan in APART_PLANS:
        return False
    seeking = {child.ref for child in caseload.seeking_of_family.get(family[0], ())}
    return refs == {ref for ref in seeking if decided(caseload, settings, "sibling-plan", ref, home.ref)}


def _plan_allows(caseload: Caseload, family: Family, refs: set[str]) -> bool:
    told = caseload.sibling_plans.get(family[0])
    if told is None:
        return True
    seeking = _seeking(caseload, family)
    if told.plan is SiblingPlan.TOGETHER_REQUIRED:
        return refs == seeking
    if told.plan is SiblingPlan.NAMED_SUBSETS:
        parts = [set(subset.split("+")) & seeking for subset in told.subsets or ()]
        return all(part <= refs or not part & refs for part in parts)
    if told.plan in (SiblingPlan.APART_WITH_CONTACT, SiblingPlan.APART_WITHOUT_CONTACT):
        return len(refs) == 1
    return True


def nobody_apart(caseload: Caseload, settings: Settings, home: Home, newcomers: Sequence[Child]) -> Verdict:
    """No two brothers or sisters who are kept apart; `beside` reads the unrelated, under the rule of their own."""
    pairs = [pair for pair in combinations(newcomers, 2) if caseload.siblings(pair[0].ref, pair[1].ref)]
    return NOT_MET if any(apart(caseload, one, other) for one, other in pairs) else MET


SET_CHECKS: dict[str, SetCheck] = {
    "usable-place": usable_place,
    "approved-number": approved_number,
    "usual-fostering-limit": usual_limit,
    "own-bedroom": own_bedroom,
    "no-unsafe-sharing": no_unsafe_sharing,
    "one-family": one_family,
    "sibling-plan": sibling_plan,
    "kept-apart-siblings": nobody_apart,
}

EVERY_NIGHT = (
    "usable-place",
    "approved-number",
    "usual-fostering-limit",
    "own-bedroom",
    "no-unsafe-sharing",
    "one-family",
)


def read_home(code: str, caseload: Caseload, settings: Settings, home: Home, newcomers: Sequence[Child]) -> Verdict:
    """One rule about all the children in a home: for what they use of it, on every night."""
    check = SET_CHECKS[code]
    if code not in EVERY_NIGHT:
        return check(caseload, settings, home, newcomers)
    evenings = on_each_night(caseload, home, newcomers)
    return min((check(then, settings, place, there) for then, place, there in evenings), default=MET)


def share_a_night(one: Child, other: Child) -> bool:
    """Whether two newcomers to one home would be there on the same night."""
    if one.nights is None or other.nights is None:
        return True
    return any(a.first <= b.last and b.first <= a.last for a in one.nights for b in other.nights)


def beside(caseload: Caseload, settings: Settings, home: Home, one: Child, other: Child) -> dict[str, Verdict]:
    """What two unrelated newcomers to one home mean to each other, by rule."""
    day, found = caseload.as_of, {}
    if "kept-apart" in settings:
        found["kept-apart"] = NOT_MET if apart(caseload, one, other) else MET
    if "considerations" in settings:
        both = min(suits_child(one, day, [seen(other, day)]), suits_child(other, day, [seen(one, day)]))
        answered = any(decided(caseload, settings, "considerations", child.ref, home.ref) for child in (one, other))
        found["considerations"] = MET if answered else both
    if "lives-with" in settings:
        sides = [
            MET
            if decided(caseload, settings, "lives-with", a.ref, home.ref)
            else alongside(a, day, [b.age_on(day)], MET)
            for a, b in ((one, other), (other, one))
        ]
        found["lives-with"] = min(sides)
    return found
