"""Kinds of care beside a home for every night: early permanence, weekends away, parents with babies, lodgings."""

from datetime import date

from matching.domain import (
    Booking,
    CarePlan,
    CareType,
    HomeKind,
    LegalStatus,
    Stay,
)
from matching.domain.household import Bedroom
from matching.domain.words import Sex
from tests.lib.builders import CIVIC_CENTRE, TODAY, a_caseload, a_child, a_home, fostering
from tests.stories.story import Story


def early_permanence() -> Story:
    baby = a_child(
        "baby",
        0,
        care_type=CareType.EARLY_PERMANENCE,
        care_plan=CarePlan.BEING_DECIDED,
        legal_status=LegalStatus.INTERIM_CARE_ORDER,
    )
    homes = [
        a_home("gorse", early_permanence=False),
        a_home("hazel", early_permanence=True, bedrooms=(Bedroom(1), Bedroom(1, with_carers=True))),
        a_home("ivy", kind=HomeKind.ADOPTIVE, early_permanence=None),
    ]
    return Story(
        "early-permanence-baby",
        "A baby whose plan is not yet decided",
        "A baby of a few months is to live with carers who could become the adopters if the court so decides. Hazel is approved for both; "
        "Gorse fosters only; whether Ivy are dually approved has not been recorded.",
        a_caseload(baby, *homes),
        fostering(),
        {"baby": "hazel"},
        why_not=(("baby", "gorse"), ("baby", "ivy")),
    )


def weekends_away() -> Story:
    """Three boys who come for some nights, one bed at each home, and a girl who needs a home for every night."""
    boy = {"sex": Sex.MALE, "care_type": CareType.SHORT_BREAK, "disabled": True}
    first, second = Stay(date(2026, 12, 4), date(2026, 12, 6)), Stay(date(2026, 12, 18), date(2026, 12, 20))
    known = a_child("known", 9, stays=(first,), own_words="I like it at Alder. They have a trampoline.", **boy)
    same = a_child("same-weekend", 10, stays=(Stay(date(2026, 12, 5), date(2026, 12, 6)),), **boy)
    later = a_child("later-weekend", 8, stays=(second,), **boy)
    tired = a_child("many-days", 11, stays=(Stay(date(2026, 12, 11), date(2026, 12, 16)),), **boy)
    girl = a_child("every-night", 7)
    breaks = frozenset({CareType.SHORT_BREAK})
    homes = [
        a_home("alder", places_free=1, care_types=breaks, confirmed_on=TODAY),
        a_home("bramble", places_free=1, confirmed_on=TODAY),
    ]
    bookings = (
        Booking(child="known", home="alder", first_night=date(2026, 10, 2), last_night=date(2026, 10, 4)),
        Booking(child="many-days", home="alder", first_night=date(2026, 8, 1), last_night=date(2026, 10, 9)),
    )
    return Story(
        "weekends-away",
        "Short breaks: one bed, several weekends",
        "Four boys live with their parents and ask for short breaks; a girl needs a home for every night. Alder gives short breaks and "
        "has one bed, Bramble has one bed for anybody. One boy knows Alder. Two ask for the same weekend, one for another, and one has had "
        "70 days since the summer, so six more would be over the 75 days of a year.",
        a_caseload(known, same, later, tired, girl, *homes, bookings=bookings),
        fostering(),
        {"known": "alder", "later-weekend": "alder", "every-night": "bramble"},
        why_not=(("same-weekend", "alder"), ("many-days", "alder"), ("known", "bramble"), ("every-night", "alder")),
    )


def a_mother_and_her_baby() -> Story:
    """A mother of 19 with her baby, and a mother of 16 who is looked after herself."""
    kind = {"care_type": CareType.PARENT_AND_CHILD}
    baby = a_child("baby", 0, with_parent=True, **kind)
    mother = a_child("young-mother", 16, brings_baby=True, school_year=11, school_place=CIVIC_CENTRE, **kind)
    both = frozenset({CareType.SHORT_TERM, CareType.PARENT_AND_CHILD})
    homes = [
        a_home("dill", places_free=1, care_types=both, bedrooms=(Bedroom(1, with_carers=True), Bedroom(2))),
        a_home("fennel", places_free=1, care_types=both, bedrooms=(Bedroom(2),)),
        a_home("garlic", places_free=2, care_types=frozenset({CareType.SHORT_TERM})),
        a_home(
            "hyssop", places_free=2, care_types=both, bedrooms=(Bedroom(1, with_carers=True), Bedroom(1, ("there",)))
        ),
    ]
    return Story(
        "mother-and-baby",
        "Two mothers, two babies",
        "A baby comes with a mother of 19, who is no foster child: the two use one place and one bedroom. A girl of 16 is looked after "
        "herself and brings her own baby, who is not: one place, and a room that nobody else shares. Garlic has room and no approval for parents; "
        "Hyssop has the approval and only a cot beside the carers, which is no room for a mother.",
        a_caseload(baby, mother, a_child("there", 12), *homes, lives={"there": "hyssop"}),
        fostering(),
        {"baby": "fennel", "young-mother": "dill"},
        why_not=(("baby", "garlic"), ("young-mother", "garlic"), ("baby", "hyssop")),
    )


def lodgings_at_seventeen() -> Story:
    """Supported lodgings at 17; a boy whose age is disputed; a foster home is not what she asks for."""
    kind = {"care_type": CareType.SUPPORTED_LODGINGS, "school_year": None, "family_time_place": None}
    girl = a_child("girl", 17, own_words="I want to learn to live by myself, with somebody near.", **kind)
    boy = a_child("boy", 16, sex=Sex.MALE, uasc=True, age_disputed=True, home_place=None, **kind)
    lodgings = {
        "kind": HomeKind.SUPPORTED_LODGINGS,
        "youngest": 16,
        "bedrooms": None,
        "care_types": frozenset(CareType),
    }
    homes = [
        a_home("larkspur", places_free=4, most_children=99, confirmed_on=TODAY, **lodgings),
        a_home("myrtle", places_free=1, confirmed_on=TODAY),
    ]
    there = [a_child(f"lodger-{n}", 17, care_type=CareType.SUPPORTED_LODGINGS) for n in range(1, 4)]
    return Story(
        "lodgings-at-seventeen",
        "Supported lodgings, and an age that is disputed",
        "Larkspur is registered for supported lodgings; three young people live there, and the limit of three foster children is not for it. "
        "A girl of 17 asks for lodgings, not for a foster home such as Myrtle. A boy says that he is 16; until his age is assessed nobody "
        "may place him in lodgings.",
        a_caseload(girl, boy, *there, *homes, lives={child.ref: "larkspur" for child in there}),
        fostering(),
        {"girl": "larkspur"},
        why_not=(("girl", "myrtle"), ("boy", "larkspur")),
    )
