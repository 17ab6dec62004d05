"""Invented homes: approvals, places, people, animals, skills and hopes."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from matching.domain import (
    Adaptation,
    Approval,
    ApprovalStatus,
    Bedroom,
    CareType,
    Hold,
    Home,
    HomeKind,
    Person,
    Pet,
    PlaceState,
    Provider,
    Sex,
    Skill,
)
from matching.synthetic.area import COUNTY, Area
from matching.synthetic.children import FAITHS, LANGUAGES
from matching.synthetic.figures import Chance, Figures

FOREVER = date(9999, 12, 31)
EVERY_SEX = frozenset(Sex)
YOUNGER = ((0, 4), (0, 8), (0, 10), (3, 10), (5, 10))
TEENS = ((8, 18), (10, 18), (0, 18), (5, 18), (11, 18))
HELD = (
    Hold.NEEDS_OF_CHILD_IN_PLACEMENT,
    Hold.CARER_BREAK,
    Hold.HOUSEHOLD_CHANGE,
    Hold.BEDROOM,
    Hold.ASSESSMENT,
    Hold.HOLIDAY,
)


def draw_home(number: int, area: Area, figures: Figures, seed: int, as_of: date) -> Home:
    """A home with its approval; places come later."""
    chance = Chance(seed, "home", number)
    own = chance.happens(figures["foster_provider_share_own_la"])
    agency = chance.one(
        [Provider.INDEPENDENT_AGENCY, Provider.VOLUNTARY_AGENCY],
        [figures["foster_provider_share_private"], figures["foster_provider_share_voluntary"]],
    )
    spot = area.own_home(chance) if own else area.agency_home(chance)
    home = Home(
        ref=f"H{number:04d}",
        kind=HomeKind.FOSTER,
        carers=2 if chance.happens(0.7) else 1,
        provider=Provider.OWN if own else agency,
        agency=None if own else f"SC{430000 + chance.whole(1, 40)}",
        approved_by=area.authority if own else spot.authority or COUNTY,
        place=spot.place,
        authority=spot.authority,
        approval=_approval(chance, figures, as_of),
        short_notice=chance.happens(figures["short_notice_household_share"]),
        **_people(chance, figures),
        **_offer(chance),
    )
    home = _hopes(chance, home)
    return _kinds(number, _forgetful(chance, home, figures["sample_share_unknown"]))


def _approval(chance: Chance, figures: Figures, as_of: date) -> Approval:
    numbers = [figures[f"household_approved_for_{n}"] for n in ("1", "2", "3", "4_plus")]
    low, high = chance.one(TEENS if chance.happens(figures["teen_capable_household_share"]) else YOUNGER)
    approved = as_of - timedelta(days=chance.whole(200, 5000))
    return Approval(
        status=ApprovalStatus.APPROVED,
        approved_on=approved,
        ends_on=FOREVER,
        review_due=as_of + timedelta(days=chance.whole(-40, 330)),
        youngest=low,
        oldest=high,
        sexes=chance.one([EVERY_SEX, frozenset({Sex.FEMALE}), frozenset({Sex.MALE})], [0.9, 0.06, 0.04]),
        most_children=chance.one([1, 2, 3, 4], numbers),
        care_types=frozenset(CareType) - {CareType.ADOPTION}
        if chance.happens(0.6)
        else frozenset(
            {CareType.SHORT_TERM, CareType.LONG_TERM, CareType.EMERGENCY}
            if chance.happens(0.7)
            else {CareType.SHORT_TERM, CareType.EMERGENCY}
        ),
        named_children=(),
        exempted_children=(),
    )


def _people(chance: Chance, figures: Figures) -> Mapping[str, Any]:
    birth = tuple(
        Person(chance.whole(2, 17), chance.one([Sex.FEMALE, Sex.MALE]))
        for _ in range(chance.one([0, 1, 2], [0.6, 0.25, 0.15]))
    )
    spoken = {"English"} | ({chance.one(LANGUAGES)} if chance.happens(figures["sample_second_language"]) else set())
    return {
        "birth_children": birth,
        "other_adults": (),
        "staying_put": 1 if chance.happens(0.04) else 0,
        "visitors": (),
        "checks_in_date": not chance.happens(0.03),
        "smokers": chance.happens(figures["sample_smokers"]),
        "vapers": chance.happens(0.08),
        "pets": frozenset(
            [p for p, s in ((Pet.DOG, figures["sample_dog"]), (Pet.CAT, figures["sample_cat"])) if chance.happens(s)]
        ),
        "pets_assessed": True,
        "languages": frozenset(spoken),
        "religion": chance.one(FAITHS, [0.5, 0.1, 0.03, 0.37]),
        "ethnicity": chance.one(["WBRI", "AIND", "BAFR", "MOTH"], [0.85, 0.06, 0.05, 0.04]),
        "diet": chance.one(["any", "halal", "vegetarian"], [0.85, 0.1, 0.05]),
    }


def _offer(chance: Chance) -> Mapping[str, Any]:
    skills = chance.some(
        [
            Skill.THERAPEUTIC,
            Skill.TRAUMA,
            Skill.AUTISM,
            Skill.PACE,
            Skill.DISABILITY,
            Skill.SIBLING_GROUPS,
            Skill.SEPARATED_CHILDREN,
            Skill.TEENAGERS,
            Skill.BABIES,
        ],
        0.2,
    )
    return {
        "skills": frozenset(skills),
        "skills_planned": frozenset(),
        "adaptations": frozenset({Adaptation.GROUND_FLOOR_BEDROOM} if chance.happens(0.08) else set()),
        "could_adapt": chance.happens(0.2),
        "support": frozenset(),
        "working_pattern": chance.one(
            ["one carer at home", "both work part time", "works from home", "full time with flexible hours"]
        ),
        "car": chance.happens(0.93),
        "school_run_minutes": chance.one([15, 20, 30, 45]),
        "family_time_minutes": chance.one([20, 30, 45, 60]),
        "largest_sibling_group": chance.one([1, 2, 3, 4], [0.3, 0.4, 0.25, 0.05]),
        "offers_months": chance.one([6, 12, 24, 60, 120]),
        "early_permanence": chance.happens(0.02),
        "weekly_cost": float(chance.one([480, 560, 620, 700, 820, 950, 1050])),
    }


def _hopes(chance: Chance, home: Home) -> Home:
    low, high = home.approval.youngest or 0, home.approval.oldest or 18
    start = chance.whole(low, max(low, high - 4))
    return replace(
        home,
        prefers_youngest=start,
        prefers_oldest=min(high, start + chance.whole(4, 9)),
        prefers_sexes=chance.one([EVERY_SEX, frozenset({Sex.FEMALE}), frozenset({Sex.MALE})], [0.75, 0.15, 0.1]),
        prefers_care_types=home.approval.care_types,
    )


def _forgetful(chance: Chance, home: Home, share: float) -> Home:
    kinds = ["birth_children", "skills", "family_time_minutes", "prefers_youngest", "languages"]
    gone: dict[str, Any] = dict.fromkeys(chance.some(kinds, share))
    terms: dict[str, Any] = dict.fromkeys(chance.some(["care_types", "exempted_children", "ends_on"], share / 2))
    return replace(home, **gone, approval=replace(home.approval, **terms))


def _kinds(number: int, home: Home) -> Home:
    """A few homes that are not plain fostering: adopters, supported lodgings, approvals ended or in assessment."""
    turn = number % 36
    terms = home.approval
    if turn == 7:
        adopting = replace(
            terms, care_types=frozenset({CareType.ADOPTION, CareType.EARLY_PERMANENCE}), youngest=0, oldest=7
        )
        return replace(home, kind=HomeKind.ADOPTIVE, provider=Provider.REGIONAL_ADOPTION_AGENCY, approval=adopting)
    if turn == 19:
        lodgings = replace(
            terms, care_types=frozenset({CareType.SUPPORTED_LODGINGS, CareType.SHORT_TERM}), youngest=16, oldest=18
        )
        return replace(home, kind=HomeKind.SUPPORTED_LODGINGS, registered=True, approval=lodgings)
    if number % 90 == 44:
        return replace(home, approval=replace(terms, status=ApprovalStatus.SUSPENDED))
    if number % 90 == 68:
        return replace(home, approval=replace(terms, status=ApprovalStatus.IN_ASSESSMENT, ends_on=None))
    return home


def with_places(home: Home, residents: tuple[str, ...], free: int, withheld: int, chance: Chance, as_of: date) -> Home:
    """The home with the state of its places, its bedrooms, and when all this was last confirmed."""
    state = PlaceState.VACANT if free else PlaceState.NOT_AVAILABLE if withheld else PlaceState.FILLED
    hold = chance.one(HELD) if not free and withheld else Hold.NONE
    rooms = tuple(Bedroom(1, (ref,)) for ref in residents) + tuple(Bedroom(1) for _ in range(free + withheld))
    confirmed = as_of - timedelta(days=chance.one([0, 1, 2, 4, 9, 30], [4, 3, 3, 2, 2, 1]))
    return replace(
        home,
        places_free=free,
        place_state=state,
        hold=hold,
        bedrooms=rooms,
        confirmed_on=confirmed,
        confirmed_by="supervising social worker",
    )
