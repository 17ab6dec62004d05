"""Children who live in a home and are to move."""

from dataclasses import replace

from matching.domain import (
    CarePlan,
    CareType,
    Deadline,
    HomeKind,
    Skill,
)
from matching.domain.words import Sex, Suitability
from tests.lib.builders import CIVIC_CENTRE, a_caseload, a_child, a_home, fostering
from tests.stories.story import Story


def stepping_down() -> Story:
    teenager = a_child(
        "teenager",
        14,
        sex=Sex.MALE,
        school_year=10,
        move_requested="step-down",
        foster_care=Suitability.PREFERRED,
        essential_skills=frozenset({Skill.TEENAGERS}),
        own_words="I want a family, and to stay at my school.",
        school_place=CIVIC_CENTRE,
    )
    younger = a_child("younger", 12, sex=Sex.MALE, school_year=7)
    homes = [
        a_home("juniper-house", kind=HomeKind.RESIDENTIAL, places_free=0, most_children=4),
        a_home("larch", places_free=1, skills=frozenset({Skill.TEENAGERS})),
        a_home("maple", places_free=1, oldest=13),
    ]
    return Story(
        "teenager-stepping-down",
        "From a children's home to a family",
        "A boy of 14 has done well at Juniper House and asks for a family. His move competes fairly with the child who waits: only Larch "
        "knows teenagers, and Maple can take the younger boy. He is in year 10, so his school comes first.",
        a_caseload(teenager, younger, *homes, lives={"teenager": "juniper-house"}),
        fostering(),
        {"teenager": "larch", "younger": "maple"},
        why_not=(("teenager", "maple"), ("teenager", "juniper-house"), ("younger", "larch")),
    )


def long_term_and_nearer_home() -> Story:
    """A long-term match and a return nearer home compete with a child who waits, and nobody settled is moved."""
    far = replace(CIVIC_CENTRE, postcode="SP10 1", northing=CIVIC_CENTRE.northing + 45_000, authority="E10000014")
    longer = {"care_type": CareType.LONG_TERM, "care_plan": CarePlan.LONG_TERM_FOSTERING, "likely_months": 96}
    match = a_child("long-term", 9, move_requested="long-term match", **longer)
    nearer = a_child("nearer-home", 11, move_requested="return nearer home", own_words="I miss my nan.")
    settled, waiting = a_child("settled", 10), a_child("waiting", 8, deadline=Deadline.STATUTORY)
    homes = [
        a_home("nutmeg", places_free=0, care_types=frozenset({CareType.SHORT_TERM})),
        a_home("orris", place=far, authority="E10000014", places_free=0),
        a_home("parsley", places_free=1, offers_months=120),
        a_home("quickthorn", places_free=1, offers_months=12),
    ]
    return Story(
        "long-term-and-nearer-home",
        "Moves that are asked for, and a child who waits",
        "A girl of 9 lives with short-term carers at Nutmeg and is to have a family until she is grown up. A boy of 11 lives at Orris, "
        "nearly thirty miles away, and is to come nearer home. A third child must have a home by the end of a legal period. Two homes are free: "
        "the deadline comes first, then the two moves compete fairly for the other home. The settled child at Orris is not moved at all.",
        a_caseload(
            match,
            nearer,
            settled,
            waiting,
            *homes,
            lives={"long-term": "nutmeg", "nearer-home": "orris", "settled": "orris"},
        ),
        fostering(),
        {"long-term": "parsley", "waiting": "quickthorn"},
        why_not=(("long-term", "nutmeg"), ("nearer-home", "parsley"), ("nearer-home", "quickthorn")),
    )
