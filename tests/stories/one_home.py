"""What a home may do, and what its carers say: places, holds, refusals, smoke."""

from dataclasses import replace
from datetime import date, timedelta

from matching.domain import (
    Condition,
    Hold,
    Pet,
    Refusal,
)
from matching.domain.refusals import Contact, RefusalReason, RefusedBy
from tests.lib.builders import CIVIC_CENTRE, TODAY, a_caseload, a_child, a_home, fostering
from tests.stories.story import LAST_WEEK, Story


def four_unrelated() -> Story:
    settled = [a_child(f"settled-{n}", 10 + n) for n in range(1, 4)]
    newcomer = a_child("newcomer", 12)
    everybody = ("newcomer", *(child.ref for child in settled))
    home = a_home("elm", most_children=4, places_free=1, exempted_children=everybody, exemption_ends=date(2027, 3, 31))
    return Story(
        "four-unrelated-exempted",
        "A fourth child, with an exemption in force",
        "Three unrelated children live at Elm. A fourth would be over the usual fostering limit of three. The authority has given a "
        "written exemption that names all four and runs to the end of March; Fir next door has the same three places taken and no exemption.",
        a_caseload(
            newcomer,
            *settled,
            *[a_child(f"other-{n}", 10 + n) for n in range(1, 4)],
            home,
            a_home("fir", most_children=4, places_free=1),
            lives={child.ref: "elm" for child in settled} | {f"other-{n}": "fir" for n in range(1, 4)},
        ),
        fostering(),
        {"newcomer": "elm"},
        why_not=(("newcomer", "fir"),),
    )


def two_refusals() -> Story:
    child = a_child("child", 8)
    other = a_child("other", 9)
    noes = tuple(
        Refusal(
            child=who, home="nettle", by=RefusedBy.CARER, on=LAST_WEEK, reason=why, contact=Contact.BEFORE, said=said
        )
        for who, why, said in (
            ("child", RefusalReason.TIMING, "Not before our own exams are over."),
            ("other", RefusalReason.CHILDREN_AT_HOME, "Two boys of nine would be too much for our son."),
        )
    )
    homes = [a_home("nettle", places_free=1), a_home("oak", places_free=1)]
    return Story(
        "carer-refuses-twice",
        "A carer who says no, twice",
        "The carers at Nettle have said no to both children who wait, each time for a reason of their own life. A no is a fact that the next "
        "plan keeps to; it says nothing about the children. Oak can take one of them; with everything else equal, the lot decides, and says so.",
        a_caseload(child, other, *homes, refusals=noes),
        fostering(),
        {"other": "oak"},
        why_not=(("child", "nettle"), ("child", "oak")),
    )


def on_hold() -> Story:
    return Story(
        "home-on-hold",
        "The only home is on hold",
        "Pine is the right home, but the carers are on a break until the middle of December. Quince is free now and has not confirmed its "
        "vacancy for five weeks, and whether they could manage the way to family time is not known.",
        a_caseload(
            a_child("child", 6, family_time_place=CIVIC_CENTRE, family_time_weekly=3.0),
            a_home("pine", hold=Hold.CARER_BREAK, hold_until=date(2026, 12, 15)),
            a_home("quince", family_time_minutes=None, confirmed_on=TODAY - timedelta(days=35)),
        ),
        fostering(),
        {"child": "quince"},
        why_not=(("child", "pine"),),
    )


def smoke_and_asthma() -> Story:
    child = a_child("child", 4, health=frozenset({Condition.ASTHMA}))
    homes = [
        a_home("umber", smokers=True),
        a_home("vine", smokers=None),
        a_home(
            "willow", place=replace(CIVIC_CENTRE, northing=CIVIC_CENTRE.northing + 9_000), pets=frozenset({Pet.CAT})
        ),
    ]
    return Story(
        "asthma-and-a-smokers-home",
        "A child of four with asthma",
        "Umber is round the corner, and somebody smokes there. Whether anybody does at Vine is not recorded: that is a question, not a yes. "
        "Willow is six miles away and free of smoke.",
        a_caseload(child, *homes),
        fostering(),
        {"child": "willow"},
        why_not=(("child", "umber"), ("child", "vine")),
    )
