"""Caseloads as they come up in a week, told in a paragraph each; children and homes are invented."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from matching.domain import (
    Booking,
    CarePlan,
    CareType,
    Caseload,
    Condition,
    CurrentPlacement,
    Deadline,
    Decision,
    Hold,
    HomeKind,
    LegalStatus,
    Pet,
    Refusal,
    Relationship,
    SiblingPlan,
    Skill,
    Standing,
    StatedNeed,
    Stay,
    Tie,
)
from matching.domain.household import Bedroom, Consideration
from matching.domain.refusals import Contact, RefusalReason, RefusedBy
from matching.domain.words import Sex, Suitability
from matching.policy import Policy, read_policy
from tests.lib.builders import CIVIC_CENTRE, DATA, TODAY, a_caseload, a_child, a_home, fostering, siblings

TONIGHT = {"deadline": Deadline.EMERGENCY, "needs_home_by": TODAY}
LAST_WEEK = TODAY - timedelta(days=7)


@dataclass(frozen=True)
class Story:
    """A caseload with its telling; `tonight` asks for the emergency list of these children, `split` for a split menu,
    `why_not` why the plan does not propose a home for a child."""

    code: str
    title: str
    told: str
    caseload: Caseload
    policy: Policy
    placed: dict[str, str]
    tonight: tuple[str, ...] = ()
    split: str | None = None
    why_not: tuple[tuple[str, str], ...] = ()


def adoption() -> Policy:
    """The policy for adoption as it is shipped."""
    return read_policy(DATA / "policies" / "adoption.toml")


def friday_evening() -> Story:
    family = [
        a_child("oldest", 11, sibling_group="family", own_words="Please keep us together.", **TONIGHT),
        a_child("middle", 7, sibling_group="family", sex=Sex.MALE, **TONIGHT),
        a_child("youngest", 3, sibling_group="family", **TONIGHT),
    ]
    homes = [
        a_home("ash", oldest=10, short_notice=True, confirmed_on=TODAY),
        a_home("beech", places_free=2, short_notice=True, confirmed_on=TODAY),
        a_home("cedar", places_free=1, confirmed_on=LAST_WEEK),
    ]
    together = siblings("family", SiblingPlan.TOGETHER_PREFERRED)
    return Story(
        "friday-evening-siblings",
        "Friday, 16:50: two sisters and a brother",
        "Police protection has just been used. Three siblings need a home tonight. Ash has room for all three but is approved up "
        "to 10, and the oldest is 11; Beech has two places and Cedar one. Together is preferred, not required. No plan may go outside "
        "the terms of approval; the list for tonight may, for six working days.",
        a_caseload(*family, *homes, relationships=(together,)),
        fostering(),
        {"oldest": "cedar", "middle": "ash", "youngest": "ash"},
        tonight=("oldest", "middle", "youngest"),
        split="oldest",
    )


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


def two_apart() -> Story:
    older = a_child("older", 13, sibling_group="family", sex=Sex.MALE)
    younger = a_child(
        "younger", 8, sibling_group="family", considerations=frozenset({Consideration.read("no-older-boys")})
    )
    resident = a_child("resident", 14, sex=Sex.MALE)
    apart = Relationship(tie=Tie.APART, of="older", to="younger", reason="Assessed as unsafe together.")
    homes = [a_home("rowan"), a_home("spruce"), a_home("teasel", places_free=2)]
    return Story(
        "two-apart-for-safety",
        "A brother and a sister who must live apart",
        "They are assessed as unsafe together, with contact that is supervised. The younger may not live with older boys, which rules out "
        "Rowan, where a boy of 14 lives. The two never share a home, however well it would suit both.",
        a_caseload(
            older,
            younger,
            resident,
            *homes,
            lives={"resident": "rowan"},
            relationships=(siblings("family", SiblingPlan.APART_WITH_CONTACT), apart),
        ),
        fostering(),
        {"older": "spruce", "younger": "teasel"},
        why_not=(("younger", "rowan"), ("younger", "spruce")),
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


def arrival_at_night() -> Story:
    boy = a_child(
        "arrival",
        16,
        sex=Sex.MALE,
        uasc=True,
        home_place=None,
        languages=frozenset({"Tigrinya"}),
        stated_needs=frozenset({StatedNeed.LANGUAGE}),
        helpful_skills=frozenset({Skill.SEPARATED_CHILDREN}),
        school_year=None,
        **TONIGHT,
    )
    homes = [
        a_home(
            "yarrow",
            languages=frozenset({"English", "Tigrinya"}),
            skills=frozenset({Skill.SEPARATED_CHILDREN}),
            short_notice=True,
            confirmed_on=TODAY,
        ),
        a_home("zinnia", short_notice=True, confirmed_on=TODAY),
        a_home("acorn-lodge", kind=HomeKind.SUPPORTED_ACCOMMODATION, registered=False, short_notice=True),
    ]
    return Story(
        "arrival-at-night",
        "A separated boy, brought to the civic centre at night",
        "He says that he is 16 and speaks Tigrinya. There is no family home to be near. Yarrow speaks his language and has cared for separated "
        "children before; Acorn Lodge is not registered and may not be used at all.",
        a_caseload(boy, *homes),
        fostering(),
        {"arrival": "yarrow"},
        tonight=("arrival",),
        why_not=(("arrival", "acorn-lodge"), ("arrival", "zinnia")),
    )


def group_of_three() -> Story:
    ready = {
        "agency_decision_on": date(2026, 9, 1),
        "legal_status": LegalStatus.PLACEMENT_ORDER,
        "care_type": CareType.ADOPTION,
        "care_plan": CarePlan.ADOPTION,
    }
    family = [
        a_child(f"sibling-{n}", age, sibling_group="family", pool="south", **ready)
        for n, age in ((1, 5), (2, 3), (3, 1))
    ]
    single = a_child("single", 2, pool="south", **ready)
    adopters = {"kind": HomeKind.ADOPTIVE, "places_free": 3, "care_types": frozenset({CareType.ADOPTION})}
    homes = [
        a_home("birch", pool="south", **adopters),
        a_home("clover", pool="west", largest_sibling_group=3, **adopters),
        a_home("dogwood", pool="south", **{**adopters, "places_free": 1}),
    ]
    return Story(
        "adoption-group-of-three",
        "Three siblings in a regional pool",
        "Placement orders are made and the agency has decided. The plan keeps the three together. Birch, of their own pool, could take three; "
        "so could Clover, of the western pool. Dogwood are linked with the single child until the end of the year: a link reserves them.",
        a_caseload(
            *family,
            single,
            *homes,
            relationships=(siblings("family", SiblingPlan.TOGETHER_REQUIRED),),
            placements=(
                CurrentPlacement(
                    child="single", home="dogwood", standing=Standing.LINKED, expires_on=date(2026, 12, 31)
                ),
            ),
        ),
        adoption(),
        {"sibling-1": "birch", "sibling-2": "birch", "sibling-3": "birch", "single": "dogwood"},
        why_not=(("sibling-1", "clover"), ("sibling-1", "dogwood"), ("single", "birch")),
    )


def decision_taken() -> Story:
    family = [a_child(ref, age, sibling_group="family") for ref, age in (("first", 12), ("second", 9))]
    agreed = tuple(
        Decision(
            rule="sibling-plan",
            child=ref,
            home=home,
            role="service-manager",
            reason="No home for both; daily contact agreed.",
            decided_on=TODAY,
        )
        for ref, home in (("first", "elder"), ("second", "furze"))
    )
    return Story(
        "split-by-decision",
        "A split that a service manager has agreed to",
        "The plan was together. No home has two places. A service manager has agreed, for these two homes and no others, that the brothers may "
        "live apart for now, with contact every day. Gean would suit the second as well, but no decision names it.",
        a_caseload(
            *family,
            a_home("elder", places_free=1),
            a_home("furze", places_free=1),
            a_home("gean", places_free=1),
            relationships=(siblings("family", SiblingPlan.TOGETHER_REQUIRED),),
            decisions=agreed,
        ),
        fostering(),
        {"first": "elder", "second": "furze"},
        why_not=(("second", "gean"),),
        split="first",
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


STORIES: tuple[Callable[[], Story], ...] = (
    friday_evening,
    four_unrelated,
    early_permanence,
    stepping_down,
    two_refusals,
    on_hold,
    two_apart,
    smoke_and_asthma,
    arrival_at_night,
    group_of_three,
    decision_taken,
    weekends_away,
    a_mother_and_her_baby,
    lodgings_at_seventeen,
    long_term_and_nearer_home,
)
