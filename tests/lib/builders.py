"""Small children, homes and caseloads with everything known and nothing in the way."""

from dataclasses import fields
from datetime import date
from pathlib import Path
from typing import Any

from matching.domain import (
    Approval,
    ApprovalStatus,
    Bedroom,
    CareType,
    Caseload,
    Child,
    CurrentPlacement,
    Hold,
    Home,
    HomeKind,
    LivesWith,
    PetNeed,
    Place,
    PlaceState,
    Relationship,
    Risks,
    Severity,
    Sex,
    SiblingPlan,
    Tie,
)
from matching.policy import Policy, policy_from, read_policy

TODAY = date(2026, 11, 23)
DATA = Path(__file__).resolve().parents[2] / "data"
CIVIC_CENTRE = Place(postcode="SO14 7", easting=441792, northing=112191, authority="E06000045")
ADJOINING = frozenset({("E06000045", "E10000014"), ("E10000014", "E06000045")})  # Southampton and Hampshire
FOREVER = date(9999, 12, 31)
APPROVAL_FACTS = {item.name for item in fields(Approval)}


def born(age: int) -> date:
    """A date of birth that gives this age today."""
    return date(TODAY.year - age, 1, 15)


def a_child(ref: str = "C1", age: int | None = 9, **facts: Any) -> Child:
    """A child for whom nothing is in the way; `age` may be None for not known."""
    known: dict[str, Any] = {
        "date_of_birth": None if age is None else born(age),
        "sex": Sex.FEMALE,
        "authority": "E06000045",
        "care_type": CareType.SHORT_TERM,
        "home_place": CIVIC_CENTRE,
        "places_to_avoid": (),
        "considerations": frozenset(),
        "lives_with": LivesWith.NO_PREFERENCE,
        "helpful_skills": frozenset(),
        "languages": frozenset({"English"}),
        "stated_needs": frozenset(),
        "essential_skills": frozenset(),
        "adaptations": frozenset(),
        "health": frozenset(),
        "disabled": False,
        "animal_allergy": Severity.NONE,
        "pets": PetNeed.CAN,
        "risks": Risks(harm_to_animals=False, harm_sexual=False),
        "school_year": 4,
    }
    return Child(ref=ref, **{**known, **facts})


def a_home(ref: str = "H1", **facts: Any) -> Home:
    """A home that may take any three children; facts of the approval are given by their own names."""
    terms: dict[str, Any] = {
        "status": ApprovalStatus.APPROVED,
        "ends_on": FOREVER,
        "youngest": 0,
        "oldest": 18,
        "sexes": frozenset(Sex),
        "most_children": 3,
        "care_types": frozenset(CareType),
        "named_children": (),
        "exempted_children": (),
    }
    terms.update({name: facts.pop(name) for name in list(facts) if name in APPROVAL_FACTS})
    known: dict[str, Any] = {
        "kind": HomeKind.FOSTER,
        "place": CIVIC_CENTRE,
        "authority": "E06000045",
        "places_free": 3,
        "place_state": PlaceState.VACANT,
        "hold": Hold.NONE,
        "birth_children": (),
        "bedrooms": (Bedroom(1),) * 5,
        "skills": frozenset(),
        "languages": frozenset({"English"}),
        "family_time_minutes": 30,
        "prefers_youngest": 0,
        "prefers_oldest": 18,
        "prefers_sexes": frozenset(Sex),
        "registered": True,
        "adaptations": frozenset(),
        "could_adapt": False,
        "skills_planned": frozenset(),
        "smokers": False,
        "pets": frozenset(),
    }
    return Home(ref=ref, approval=Approval(**terms), **{**known, **facts})


def a_caseload(*people: Child | Home, lives: dict[str, str] | None = None, **parts: Any) -> Caseload:
    """A caseload of these children and homes; `lives` says who lives where."""
    children = tuple(one for one in people if isinstance(one, Child))
    homes = tuple(one for one in people if isinstance(one, Home))
    settled = tuple(CurrentPlacement(child=child, home=home) for child, home in (lives or {}).items())
    placements = (*settled, *parts.pop("placements", ()))
    parts.setdefault("adjoining", ADJOINING)
    return Caseload(as_of=TODAY, children=children, homes=homes, placements=placements, **parts)


def siblings(group: str, plan: SiblingPlan, *subsets: str) -> Relationship:
    """The plan of a sibling group."""
    return Relationship(tie=Tie.SIBLING_PLAN, of=group, plan=plan, subsets=subsets or None)


def fostering() -> Policy:
    """The policy for fostering as it is shipped."""
    return read_policy(DATA / "policies" / "fostering.toml")


def policy_with(**tables: Any) -> Policy:
    """A policy with some tables of its own."""
    about = {"name": "Test", "version": "1", "valid_from": TODAY}
    return policy_from({"policy": about, **tables})
