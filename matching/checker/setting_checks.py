"""The rules about setting, building and school, read a second time; see `pair_checks`."""

from collections.abc import Collection
from datetime import date
from math import hypot

from matching.domain import (
    ApprovalStatus,
    Caseload,
    Child,
    Condition,
    Home,
    HomeKind,
    PetNeed,
    Place,
    Severity,
    Tie,
    Verdict,
)

NOT_MET, NOT_KNOWN, MET = Verdict.NOT_MET, Verdict.NOT_KNOWN, Verdict.MET
METRES_PER_MILE, ROAD_TO_LINE = 1609.344, 1.35
SPEEDS = ((3.0, 18.0), (10.0, 28.0), (25.0, 40.0), (float("inf"), 50.0))  # up to so many road miles: miles an hour


def no_or_unknown(answer: bool | None) -> Verdict:
    """MET when the answer is no."""
    return NOT_KNOWN if answer is None else NOT_MET if answer else MET


def yes_or_unknown(answer: bool | None) -> Verdict:
    """MET when the answer is yes."""
    return NOT_KNOWN if answer is None else MET if answer else NOT_MET


def old_enough(caseload: Caseload, child: Child, home: Home) -> Verdict:
    """2010 Regulations 27A: nobody under 16 in supported accommodation or lodgings."""
    age = child.age_on(caseload.as_of)
    unsettled = child.age_disputed or (child.uasc and child.age_disputed is not False)
    if age is not None and age >= 16 and not unsettled:
        return MET
    if home.kind is None:
        return NOT_KNOWN
    if home.kind not in (HomeKind.SUPPORTED_ACCOMMODATION, HomeKind.SUPPORTED_LODGINGS):
        return MET
    return NOT_KNOWN if age is None or age >= 16 else NOT_MET


def registered(caseload: Caseload, child: Child, home: Home) -> Verdict:
    """Children's homes and supported settings are registered."""
    if home.registered:
        return MET
    if home.kind is None:
        return NOT_KNOWN
    if home.kind in (HomeKind.FOSTER, HomeKind.CONNECTED, HomeKind.ADOPTIVE):
        return MET
    if home.kind is not HomeKind.RESIDENTIAL and caseload.as_of < date(2023, 10, 28):
        return MET
    return yes_or_unknown(home.registered)


def _has_all(needed: Collection[object] | None, there: Collection[object] | None) -> Verdict:
    if needed is None:
        return NOT_KNOWN
    if not needed:
        return MET
    return yes_or_unknown(None if there is None else all(one in there for one in needed))


def essentials_now(caseload: Caseload, child: Child, home: Home) -> Verdict:
    """Standard 15: every essential skill held, every adaptation there."""
    return min(_has_all(child.essential_skills, home.skills), _has_all(child.adaptations, home.adaptations))


def essentials_possible(caseload: Caseload, child: Child, home: Home) -> Verdict:
    """Standard 15: every essential skill held or booked, every adaptation there or possible to build."""
    both = None if home.skills is None or home.skills_planned is None else home.skills | home.skills_planned
    skills = max(_has_all(child.essential_skills, home.skills), _has_all(child.essential_skills, both))
    built = max(_has_all(child.adaptations, home.adaptations), yes_or_unknown(home.could_adapt))
    return min(skills, built)


def smoke_free(caseload: Caseload, child: Child, home: Home) -> Verdict:
    """Practice note 68: no smoke for under fives, disabled children, and lungs, heart or ears at risk."""
    age = child.age_on(caseload.as_of)
    at_risk = (Condition.ASTHMA, Condition.RESPIRATORY, Condition.HEART, Condition.GLUE_EAR)
    tender = None if child.health is None else any(one in child.health for one in at_risk)
    small = None if age is None else age < 5
    harmed = min(no_or_unknown(small), no_or_unknown(tender), no_or_unknown(child.disabled))
    return max(no_or_unknown(home.smokers), harmed)


def with_animals(caseload: Caseload, child: Child, home: Home) -> Verdict:
    """No animals, or a child for whom and for which animals are safe."""
    animals = None if home.pets is None else len(home.pets) > 0
    allergy = None if child.animal_allergy is None else child.animal_allergy is Severity.SEVERE
    unwanted = None if child.pets is None else child.pets is PetNeed.NO
    risks = min(no_or_unknown(allergy), no_or_unknown(unwanted), no_or_unknown(child.risks.harm_to_animals))
    return max(no_or_unknown(animals), risks)


def same_school(caseload: Caseload, child: Child, home: Home, longest: float) -> Verdict:
    """2010 Regulations 10: in years 10 and 11 the school stays within reach."""
    age = child.age_on(caseload.as_of)
    if child.school_year is None:
        concerned = NOT_KNOWN if age is None or age in (14, 15) else MET
    else:
        concerned = NOT_MET if child.school_year in (10, 11) else MET
    return max(concerned, _reached(caseload, child, home, longest))


def _reached(caseload: Caseload, child: Child, home: Home, longest: float) -> Verdict:
    for travel in caseload.journeys_given.get((child.ref, home.ref), ()):
        if travel.minutes_to_school is not None:
            return MET if travel.minutes_to_school <= longest else NOT_MET
    if child.school_place is None or home.place is None:
        return NOT_KNOWN
    estimate = road_minutes(caseload, child.school_place, home.place)
    if estimate * 1.5 <= longest:
        return MET
    return NOT_MET if estimate / 1.5 > longest else NOT_KNOWN


def not_distant(caseload: Caseload, child: Child, home: Home) -> Verdict:
    """2010 Regulations 11: beyond the neighbouring authorities only connected persons and our own foster carers."""
    if (child.ref, home.ref) in caseload.ties[Tie.CONNECTED_PERSON]:
        return MET
    if child.authority is None:
        return NOT_KNOWN
    there = home.authority or (home.place.authority if home.place else None)
    return max(_near(caseload, child.authority, there), _own_carers(child, home))


def _near(caseload: Caseload, ours: str, there: str | None) -> Verdict:
    if there is None:
        return NOT_KNOWN
    if ours == there:
        return MET
    return yes_or_unknown(None if caseload.adjoining is None else (ours, there) in caseload.adjoining)


def _own_carers(child: Child, home: Home) -> Verdict:
    ours = yes_or_unknown(None if home.approved_by is None else child.authority == home.approved_by)
    kind, status = home.kind, home.approval.status
    foster = None if None in (kind, status) else kind is HomeKind.FOSTER and status is ApprovalStatus.APPROVED
    return min(ours, yes_or_unknown(foster))


def road_minutes(caseload: Caseload, one: Place, other: Place) -> float:
    """Estimated minutes by road between two places, water included."""
    road = hypot(one.easting - other.easting, one.northing - other.northing) / METRES_PER_MILE * ROAD_TO_LINE
    minutes, begun = 0.0, 0.0
    for end, speed in SPEEDS:
        minutes += max(0.0, min(road, end) - begun) * 60 / speed
        begun = end
    over = [
        crossing.added_minutes for crossing in caseload.crossings if _water(crossing.near, crossing.far, one, other)
    ]
    return minutes + max(over, default=0.0)


def _water(near: frozenset[str], far: frozenset[str] | None, one: Place, other: Place) -> bool:
    def beyond(place: Place) -> bool:
        """Whether a place lies on the other side of the water."""
        return place.district not in near if far is None else place.district in far

    return (one.district in near and beyond(other)) or (other.district in near and beyond(one))
