"""Random caseloads in which every branch of every rule occurs often, yet much remains possible."""

import random
from dataclasses import replace
from datetime import date, timedelta
from itertools import combinations
from typing import Any

from matching.domain import (
    Adaptation,
    ApprovalStatus,
    Bedroom,
    Booking,
    CareType,
    Caseload,
    Child,
    Condition,
    Consideration,
    ConsiderationKind,
    CurrentPlacement,
    Deadline,
    Decision,
    Hold,
    Home,
    HomeKind,
    LivesWith,
    Person,
    Pet,
    PetNeed,
    Place,
    PlaceState,
    Relationship,
    Risks,
    Severity,
    Sex,
    SiblingPlan,
    Skill,
    Standing,
    StatedNeed,
    Stay,
    Suitability,
    Tie,
)
from matching.rules import PAIR_RULES, SET_RULES
from tests.lib.builders import FOREVER, TODAY, a_child, a_home

PLACES = [
    Place(postcode=f"SO1{n} {m}", easting=440000 + 4000 * n, northing=110000 + 3000 * m)
    for n in range(4)
    for m in range(2)
]
DISTRICT = Place(postcode="SO11", easting=444000, northing=111000, precision="outcode")
SKILLS = (Skill.MEDICAL_PROCEDURES, Skill.BSL)
ROLES = (
    "fostering-manager",
    "social-workers-and-fostering-manager",
    "fostering-manager-and-health",
    "nominated-officer",
    "placing-authority",
    "service-manager",
    "director-of-childrens-services",
    "supervising-social-worker",
    "nobody-in-particular",
)
YESTERDAY, TOMORROW = TODAY - timedelta(days=1), TODAY + timedelta(days=1)


def random_caseload(seed: int, children: int, homes: int, wild: float = 0.15) -> Caseload:
    """Up to so many children and homes; `wild` is how often a fact is unusual."""
    draw = random.Random(seed)
    home_list = [_home(draw, f"H{n}", wild, children) for n in range(1, homes + 1)]
    child_list = [_child(draw, f"C{n}", wild) for n in range(1, children + 1)]
    settled = [_settled(draw, f"R{n}", wild) for n in range(1, draw.randint(0, homes) + 1)]
    everybody, plans = _grouped(draw, child_list, settled)
    lives = [CurrentPlacement(child=c.ref, home=draw.choice(home_list).ref) for c in everybody if c.ref.startswith("R")]
    agreed = (
        [CurrentPlacement(child=child_list[0].ref, home=home_list[0].ref, standing=Standing.AGREED)]
        if draw.random() < 0.5
        else []
    )
    caseload = Caseload(
        as_of=TODAY,
        children=tuple(everybody),
        homes=tuple(home_list),
        placements=(*lives, *agreed, *_links(draw, child_list, home_list)),
        relationships=(*plans, *_ties(draw, everybody, home_list)),
        decisions=tuple(_decisions(draw, child_list, home_list)),
        adjoining=_or(draw, wild / 2, frozenset({("A1", "A2"), ("A2", "A1")}), None),
    )
    return _with_nights(random.Random(seed + 1_000_000), caseload, wild)


def _with_nights(draw: random.Random, caseload: Caseload, wild: float) -> Caseload:
    """Facts of special kinds of care; in half of the caseloads some children come for some nights, and some are booked."""
    children = [_special(draw, child, wild) for child in caseload.children]
    if draw.random() < 0.5:
        return replace(caseload, children=tuple(children))
    nights = {c.sibling_group or c.ref: _stays(draw) for c in children if draw.random() < 0.4}
    kind = CareType.RESPITE if draw.random() < 0.3 else CareType.SHORT_BREAK
    children = [
        replace(c, care_type=kind, stays=_or(draw, wild / 2, nights[c.sibling_group or c.ref], None, ()))
        if (c.sibling_group or c.ref) in nights and c.ref not in caseload.lives_in
        else c
        for c in children
    ]
    visitors = [_special(draw, _child(draw, f"V{n}", wild / 2), wild) for n in range(1, draw.randint(1, 3))]
    visitors = [replace(c, care_type=CareType.SHORT_BREAK, stays=()) for c in visitors]
    coming = [child for child in children if child.by_nights]
    bookings = [
        _booking(draw, child, caseload.homes) for child in (*visitors, *visitors, *coming) if draw.random() < 0.6
    ]
    kept: dict[str, Booking] = {b.child: b for b in bookings if b is not None}
    return replace(caseload, children=(*children, *visitors), bookings=tuple(kept.values()))


def _special(draw: random.Random, child: Child, wild: float) -> Child:
    """A parent or a baby who comes along, an age that is disputed, a kind of care that does not suit."""
    return replace(
        child,
        with_parent=_or(draw, wild / 2, None, True),
        brings_baby=_or(draw, wild / 4, None, True),
        uasc=_or(draw, wild / 2, None, True, False),
        age_disputed=_or(draw, wild / 4, None, True, False),
        foster_care=_or(draw, wild / 4, None, *Suitability),
        supported_care=_or(draw, wild / 4, None, *Suitability),
    )


def _night(days: int) -> date:
    return TODAY + timedelta(days=days)


def _stays(draw: random.Random) -> tuple[Stay, ...]:
    """One or two stays in the next fortnight; now and then one that is too long, or that began before today."""
    first = draw.randint(0, 6) if draw.random() < 0.95 else -1
    nights = draw.randint(1, 4) if draw.random() < 0.95 else 18
    one = Stay(_night(first), _night(first + nights - 1))
    return (one,) if draw.random() < 0.6 else (one, Stay(_night(first + nights), _night(first + nights + 1)))


def _booking(draw: random.Random, child: Child, homes: tuple[Home, ...]) -> Booking:
    first, nights = draw.randint(-70, 8), draw.randint(1, 4) if draw.random() < 0.8 else 74
    return Booking(
        child=child.ref, home=draw.choice(homes).ref, first_night=_night(first), last_night=_night(first + nights - 1)
    )


def _or(draw: random.Random, wild: float, usual: Any, *unusual: Any) -> Any:
    return draw.choice(unusual) if draw.random() < wild else usual


def _considerations(draw: random.Random) -> frozenset[Consideration]:
    kinds = draw.sample(list(ConsiderationKind), draw.randint(1, 2))
    aged = (ConsiderationKind.NO_CHILD_UNDER, ConsiderationKind.NO_CHILD_OVER)
    return frozenset(Consideration(kind, draw.randint(3, 12) if kind in aged else None) for kind in kinds)


def _child(draw: random.Random, ref: str, wild: float) -> Child:
    return a_child(
        ref,
        _or(draw, wild / 2, draw.randint(0, 17), None),
        sex=_or(draw, wild / 2, draw.choice([Sex.FEMALE, Sex.MALE]), None, Sex.OTHER),
        care_type=_or(
            draw, wild / 2, draw.choice([CareType.SHORT_TERM, CareType.LONG_TERM]), None, CareType.EARLY_PERMANENCE
        ),
        places_to_avoid=_or(draw, wild, (), None, (draw.choice(PLACES),), (DISTRICT,)),
        considerations=_or(draw, wild * 2, frozenset(), None, _considerations(draw), _considerations(draw)),
        lives_with=_or(draw, wild * 2, draw.choice([LivesWith.NO_PREFERENCE, LivesWith.WITH_OTHERS]), None, *LivesWith),
        deadline=draw.choice([None, Deadline.EMERGENCY, Deadline.STATUTORY, Deadline.PLANNED]),
        early_permanence_home=_or(draw, wild, None, "H1"),
        home_place=_or(draw, wild, draw.choice(PLACES), None),
        school_place=draw.choice([None, *PLACES]),
        family_time_place=draw.choice([None, *PLACES]),
        helpful_skills=frozenset(draw.sample(list(Skill), draw.randint(0, 2))),
        stated_needs=_or(draw, wild, frozenset(), None, frozenset({StatedNeed.LANGUAGE})),
        languages=_or(draw, wild, frozenset({"English"}), None, frozenset({"Polish"})),
        essential_skills=_or(draw, wild / 2, frozenset(), None, frozenset({draw.choice(SKILLS)})),
        adaptations=_or(draw, wild / 2, frozenset(), None, frozenset({Adaptation.HOIST})),
        health=_or(draw, wild, frozenset(), None, frozenset({Condition.ASTHMA}), frozenset({Condition.DIABETES})),
        disabled=_or(draw, wild / 2, False, None, True),
        animal_allergy=_or(draw, wild / 2, Severity.NONE, None, *Severity),
        pets=_or(draw, wild / 2, PetNeed.CAN, None, *PetNeed),
        risks=Risks(
            harm_to_animals=_or(draw, wild / 2, False, None, True),
            harm_sexual=_or(draw, wild, False, None, True),
        ),
        school_year=_or(draw, wild, 4, None, 9, 10, 11),
        authority=_or(draw, wild / 2, "A1", None, "A2"),
    )


def _settled(draw: random.Random, ref: str, wild: float) -> Child:
    """A child who lives in a home; for one or two of ten a move is asked for."""
    return replace(_child(draw, ref, wild), move_requested=_or(draw, wild, None, "step-down"))


def _bedrooms(draw: random.Random) -> tuple[Bedroom, ...]:
    rooms = [Bedroom(draw.choice([1, 1, 2])) for _ in range(draw.randint(1, 4))]
    taken = [Bedroom(draw.choice([1, 2]), (f"R{draw.randint(1, 4)}",)) for _ in range(draw.randint(0, 2))]
    cots = [Bedroom(draw.choice([1, 1, 2]), with_carers=True)] * draw.randint(0, 1)
    return (*rooms, *taken, *cots)


def _home(draw: random.Random, ref: str, wild: float, children: int) -> Home:
    names = tuple(f"C{n}" for n in range(1, children + 1) if draw.random() < 0.7)
    low = draw.choice([0, 0, 0, 3, 8])
    state = _or(draw, wild, PlaceState.VACANT, None, *PlaceState)
    return a_home(
        ref,
        status=_or(draw, wild / 2, ApprovalStatus.APPROVED, None, *ApprovalStatus),
        ends_on=_or(draw, wild, FOREVER, None, TODAY, YESTERDAY),
        youngest=_or(draw, wild / 2, low, None),
        oldest=_or(draw, wild / 2, draw.choice([18, draw.randint(max(low, 8), 18)]), None),
        sexes=_or(draw, wild, frozenset(Sex), None, frozenset({Sex.FEMALE}), frozenset({Sex.MALE})),
        care_types=_or(draw, wild, frozenset(CareType), None, frozenset({CareType.SHORT_TERM})),
        most_children=_or(draw, wild / 2, draw.randint(1, 5), None),
        named_children=_or(draw, wild, (), None, names),
        exempted_children=_or(draw, wild * 2, (), None, (*names, "R1", "R2", "R3")),
        exemption_ends=draw.choice([FOREVER, FOREVER, TODAY, YESTERDAY, None]),
        kind=_or(
            draw, wild, HomeKind.FOSTER, None, HomeKind.RESIDENTIAL, HomeKind.SUPPORTED_LODGINGS, HomeKind.ADOPTIVE
        ),
        place=_or(draw, wild / 2, draw.choice(PLACES), None, DISTRICT),
        places_free=_or(draw, wild / 2, draw.randint(1, 4), None, 0),
        place_state=state,
        hold=_or(draw, wild, Hold.NONE, None, Hold.ON_HOLD),
        hold_until=draw.choice([None, YESTERDAY, TOMORROW]),
        birth_children=_or(draw, wild * 2, (), None, (Person(draw.randint(0, 17), draw.choice([None, *Sex])),)),
        bedrooms=_or(draw, wild / 2, _bedrooms(draw), None),
        family_time_minutes=draw.choice([20, 45, None]),
        skills=_or(draw, wild / 2, frozenset(draw.sample(list(Skill), draw.randint(0, 6))), None, frozenset(SKILLS)),
        skills_planned=_or(draw, wild, frozenset(), None, frozenset(SKILLS)),
        adaptations=_or(draw, wild / 2, frozenset(), None, frozenset({Adaptation.HOIST})),
        could_adapt=_or(draw, wild, False, None, True),
        smokers=_or(draw, wild / 2, False, None, True),
        pets=_or(draw, wild / 2, frozenset(), None, frozenset({Pet.DOG})),
        registered=_or(draw, wild, True, None, False),
        authority=_or(draw, wild / 2, "A1", None, "A2", "A3"),
        early_permanence=_or(draw, wild, True, None, False),
        approved_by=_or(draw, wild, None, "A1", "A2"),
        prefers_oldest=draw.choice([8, 18, None]),
    )


def _grouped(draw: random.Random, waiting: list[Child], settled: list[Child]) -> tuple[list[Child], list[Relationship]]:
    """Part the children into sibling groups, some with a settled member, each with a plan."""
    everybody: list[Child] = []
    plans: list[Relationship] = []
    left, others, number = list(waiting), list(settled), 0
    while left:
        size = min(len(left), draw.choice([1, 1, 2, 2, 3, 4]))
        members, left = left[:size], left[size:]
        if others and draw.random() < 0.3:
            members.append(others.pop())
        number += 1
        if len(members) == 1:
            everybody += members
            continue
        group = f"G{number}"
        everybody += [replace(child, sibling_group=group) for child in members]
        plan = draw.choice(list(SiblingPlan))
        parts = ("+".join(c.ref for c in members[:2]),) if plan is SiblingPlan.NAMED_SUBSETS else None
        plans.append(Relationship(tie=Tie.SIBLING_PLAN, of=group, plan=plan, subsets=parts))
    return everybody + others, plans


def _ties(draw: random.Random, children: list[Child], homes: list[Home]) -> list[Relationship]:
    ties = []
    for _ in range(draw.randint(0, 3)):
        tie = draw.choice([Tie.NO_CONTACT, Tie.REFUSED, Tie.CONNECTED_PERSON, Tie.APART, Tie.APART])
        one = draw.choice(children).ref
        other = draw.choice(children).ref if tie is Tie.APART else draw.choice(homes).ref
        if one != other:
            ties.append(Relationship(tie=tie, of=one, to=other))
    return ties + [
        Relationship(tie=Tie.MAY_SHARE_ROOM, of=one.ref, to=other.ref)
        for one, other in combinations(children, 2)
        if one.sibling_group and one.sibling_group == other.sibling_group and draw.random() < 0.4
    ]


def _links(draw: random.Random, children: list[Child], homes: list[Home]) -> list[CurrentPlacement]:
    """Sometimes an adoption link, in force or not."""
    if draw.random() < 0.7:
        return []
    child, home, last = draw.choice(children).ref, draw.choice(homes).ref, draw.choice([None, YESTERDAY, TODAY])
    return [CurrentPlacement(child=child, home=home, standing=Standing.LINKED, expires_on=last)]


def _decisions(draw: random.Random, children: list[Child], homes: list[Home]) -> list[Decision]:
    rules = [kind.code for kind in (*PAIR_RULES, *SET_RULES)]
    return [
        Decision(
            rule=draw.choice(rules),
            child=draw.choice(children).ref,
            home=draw.choice(homes).ref,
            role=draw.choice(ROLES),
            reason="agreed",
            decided_on=draw.choice([YESTERDAY, TODAY, TOMORROW]),
            expires_on=draw.choice([None, YESTERDAY, TODAY, TOMORROW]),
        )
        for _ in range(draw.randint(0, 5))
    ] + _splits(draw, children, homes)


def _splits(draw: random.Random, children: list[Child], homes: list[Home]) -> list[Decision]:
    """Sometimes a service manager lets some children go to a home without the others."""
    if draw.random() < 0.6:
        return []
    who, home = draw.sample(children, draw.randint(1, min(3, len(children)))), draw.choice(homes).ref
    told = {"role": "service-manager", "reason": "agreed", "decided_on": TODAY}
    return [Decision(rule="sibling-plan", child=child.ref, home=home, **told) for child in who]
