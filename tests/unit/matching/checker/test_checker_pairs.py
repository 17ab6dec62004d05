"""The checker's pair rules by themselves: every rule with every verdict it can give."""

from datetime import timedelta
from typing import Any

import pytest

from matching.checker import PAIR_CHECKS, read_pair
from matching.domain import (
    ApprovalStatus,
    Booking,
    CareType,
    Consideration,
    Decision,
    Hold,
    LivesWith,
    Person,
    Place,
    Relationship,
    Sex,
    SiblingPlan,
    Tie,
    Verdict,
)
from tests.lib.builders import TODAY, a_caseload, a_child, a_home, fostering, siblings

SETTINGS = fostering().settings
NO, ASK, YES = Verdict.NOT_MET, Verdict.NOT_KNOWN, Verdict.MET
BEFORE, AFTER = TODAY - timedelta(days=1), TODAY + timedelta(days=1)
SECTOR, DISTRICT, ELSEWHERE = (Place(postcode=text, easting=0, northing=0) for text in ("SO14 7", "SO14", "SO1 4"))
Facts = dict[str, Any]


def verdict(code: str, child: Facts, home: Facts, resident: Facts | None = None, tie: Tie | None = None) -> Verdict:
    """One rule on C1 and H1, perhaps with a resident R1 there; an apart tie is with R1, any other with H1."""
    people = [a_child(**child)] + ([] if resident is None else [a_child("R1", **resident)])
    lives = {} if resident is None else {"R1": "H1"}
    ties = () if tie is None else (Relationship(tie=tie, of="C1", to="R1" if tie is Tie.APART else "H1"),)
    return read_pair(a_caseload(*people, a_home(**home), lives=lives, relationships=ties), SETTINGS, "C1", "H1")[code]


def asks(*texts: str) -> frozenset[Consideration]:
    return frozenset(Consideration.read(text) for text in texts)


TEMPORARY, ADOPTER = ApprovalStatus.TEMPORARY_CONNECTED, ApprovalStatus.TEMPORARY_ADOPTER
CASES: list[tuple[str, Facts, Facts, Verdict]] = [
    ("approval-status", {}, {}, YES),
    ("approval-status", {}, {"status": None}, ASK),
    ("approval-status", {}, {"status": ApprovalStatus.SUSPENDED}, NO),
    ("approval-status", {}, {"status": ApprovalStatus.IN_ASSESSMENT}, NO),
    ("approval-status", {}, {"status": ApprovalStatus.ENDED}, NO),
    ("approval-status", {}, {"status": TEMPORARY}, NO),
    ("approval-status", {}, {"status": TEMPORARY, "named_children": None}, NO),
    ("approval-status", {}, {"status": TEMPORARY, "named_children": ("C1",)}, YES),
    ("approval-status", {}, {"status": ADOPTER, "named_children": ("C1",)}, YES),
    ("approval-status", {"early_permanence_home": "H1"}, {"status": ADOPTER}, YES),
    ("approval-status", {"early_permanence_home": "H1"}, {"status": TEMPORARY}, NO),
    ("approval-status", {"early_permanence_home": "H2"}, {"status": ADOPTER}, NO),
    ("approval-status", {}, {"ends_on": TODAY}, YES),
    ("approval-status", {}, {"ends_on": BEFORE}, NO),
    ("approval-status", {}, {"ends_on": None}, ASK),
    ("approval-status", {}, {"ends_on": None, "status": ApprovalStatus.ENDED}, NO),
    ("approval-status", {}, {"ends_on": BEFORE, "status": None}, NO),
    ("approved-ages", {"age": 9}, {"youngest": 9, "oldest": 9}, YES),
    ("approved-ages", {"age": 8}, {"youngest": 9}, NO),
    ("approved-ages", {"age": 10}, {"oldest": 9}, NO),
    ("approved-ages", {"age": None}, {}, ASK),
    ("approved-ages", {"age": 9}, {"youngest": None}, ASK),
    ("approved-ages", {"age": 9}, {"youngest": None, "oldest": 8}, NO),
    ("approved-ages", {"age": 9}, {"youngest": 10, "oldest": None}, NO),
    ("approved-sex", {}, {"sexes": frozenset({Sex.FEMALE})}, YES),
    ("approved-sex", {}, {"sexes": frozenset({Sex.MALE})}, NO),
    ("approved-sex", {}, {"sexes": None}, ASK),
    ("approved-sex", {"sex": None}, {"sexes": frozenset({Sex.MALE})}, ASK),
    ("approved-sex", {"sex": None}, {}, YES),
    ("approved-care-type", {}, {"care_types": frozenset({CareType.SHORT_TERM})}, YES),
    ("approved-care-type", {}, {"care_types": frozenset({CareType.RESPITE})}, NO),
    ("approved-care-type", {}, {"care_types": None}, ASK),
    ("approved-care-type", {"care_type": None}, {}, ASK),
    ("approved-named-child", {}, {}, YES),
    ("approved-named-child", {}, {"named_children": ("C2", "C1")}, YES),
    ("approved-named-child", {}, {"named_children": ("C2",)}, NO),
    ("approved-named-child", {}, {"named_children": None}, ASK),
    ("not-on-hold", {}, {}, YES),
    ("not-on-hold", {}, {"hold": None}, ASK),
    ("not-on-hold", {}, {"hold": Hold.HOLIDAY}, NO),
    ("not-on-hold", {}, {"hold": Hold.HOLIDAY, "hold_until": TODAY}, NO),
    ("not-on-hold", {}, {"hold": Hold.HOLIDAY, "hold_until": BEFORE}, ASK),
    ("no-contact", {}, {"place": None}, YES),
    ("no-contact", {"places_to_avoid": None}, {}, ASK),
    ("no-contact", {"places_to_avoid": (SECTOR,)}, {"place": None}, ASK),
    ("no-contact", {"places_to_avoid": (SECTOR,)}, {"place": SECTOR}, NO),
    ("no-contact", {"places_to_avoid": (DISTRICT,)}, {"place": SECTOR}, NO),
    ("no-contact", {"places_to_avoid": (DISTRICT,)}, {"place": DISTRICT}, NO),
    ("no-contact", {"places_to_avoid": (SECTOR,)}, {"place": DISTRICT}, ASK),
    ("no-contact", {"places_to_avoid": (ELSEWHERE,)}, {"place": DISTRICT}, YES),
    ("no-contact", {"places_to_avoid": (ELSEWHERE,)}, {"place": SECTOR}, YES),
    ("no-contact", {"places_to_avoid": (ELSEWHERE, SECTOR)}, {"place": SECTOR}, NO),
    ("considerations", {"considerations": None}, {}, YES),
    ("considerations", {"considerations": None}, {"birth_children": (Person(5),)}, ASK),
    ("considerations", {"considerations": asks("no-boys")}, {"birth_children": None}, ASK),
    ("considerations", {"considerations": asks("no-boys")}, {"birth_children": (Person(5, Sex.MALE),)}, NO),
    ("considerations", {"considerations": asks("no-boys")}, {"birth_children": (Person(5),)}, ASK),
    ("lives-with", {"lives_with": None}, {}, YES),
    ("lives-with", {"lives_with": None}, {"birth_children": None}, ASK),
    ("lives-with", {"lives_with": None}, {"birth_children": (Person(5),)}, ASK),
    ("lives-with", {"lives_with": LivesWith.WITH_OTHERS}, {"birth_children": None}, YES),
    ("lives-with", {"lives_with": LivesWith.SOLO}, {}, YES),
    ("lives-with", {"lives_with": LivesWith.SOLO}, {"birth_children": None}, ASK),
    ("lives-with", {"lives_with": LivesWith.SOLO}, {"birth_children": (Person(5),)}, NO),
    ("lives-with", {"lives_with": LivesWith.ONLY_OLDER}, {"birth_children": (Person(10),)}, YES),
    ("lives-with", {"lives_with": LivesWith.ONLY_OLDER}, {"birth_children": (Person(9),)}, NO),
    ("lives-with", {"lives_with": LivesWith.ONLY_YOUNGER}, {"birth_children": (Person(8),)}, YES),
    ("lives-with", {"lives_with": LivesWith.ONLY_YOUNGER}, {"birth_children": (Person(9),)}, NO),
    ("lives-with", {"lives_with": LivesWith.ONLY_YOUNGER, "age": None}, {"birth_children": (Person(8),)}, ASK),
    ("lives-with", {"lives_with": LivesWith.ONLY_OLDER}, {"birth_children": None}, ASK),
]


@pytest.mark.parametrize(("code", "child", "home", "expected"), CASES)
def test_a_child_and_a_home(code: str, child: Facts, home: Facts, expected: Verdict) -> None:
    assert verdict(code, child, home) is expected


# what a child of 9 asks, the other's age and sex, the verdict
ASKED: list[tuple[str, int | None, Sex | None, Verdict]] = [
    ("no-child-under:5", 5, None, YES),
    ("no-child-under:5", 4, None, NO),
    ("no-child-under:5", None, None, ASK),
    ("no-child-over:5", 5, None, YES),
    ("no-child-over:5", 6, None, NO),
    ("no-boys", 9, Sex.MALE, NO),
    ("no-boys", 9, Sex.OTHER, YES),
    ("no-girls", 9, Sex.FEMALE, NO),
    ("no-girls", 9, None, ASK),
    ("no-older-boys", 10, Sex.MALE, NO),
    ("no-older-boys", 9, Sex.MALE, YES),
    ("no-older-boys", None, Sex.MALE, ASK),
    ("no-older-boys", None, Sex.FEMALE, YES),
    ("no-older-boys", 10, None, ASK),
    ("no-older-boys", 9, None, YES),
    ("no-older-girls", 10, Sex.FEMALE, NO),
    ("no-older-girls", 10, Sex.MALE, YES),
    ("youngest-in-home", 8, None, NO),
    ("youngest-in-home", 9, None, YES),
    ("oldest-in-home", 10, None, NO),
    ("oldest-in-home", 9, None, YES),
    ("only-child", 9, None, NO),
]


@pytest.mark.parametrize(("asked", "age", "sex", "expected"), ASKED)
def test_what_a_plan_asks_of_others_holds_both_ways(
    asked: str, age: int | None, sex: Sex | None, expected: Verdict
) -> None:
    one, other = {"age": 9, "considerations": asks(asked)}, {"age": age, "sex": sex}
    assert verdict("considerations", one, {}, resident=other) is expected
    assert verdict("considerations", other, {}, resident=one) is expected
    assert verdict("considerations", one | {"sibling_group": "G1"}, {}, other | {"sibling_group": "G1"}) is YES


def test_a_known_breach_beats_what_a_resident_s_plan_does_not_say() -> None:
    breach = {"considerations": asks("only-child")}
    assert verdict("considerations", {}, {}, resident={"considerations": None}) is ASK
    assert verdict("considerations", {"considerations": None}, {}, resident={}) is ASK
    assert verdict("considerations", breach, {}, resident={"considerations": None}) is NO


@pytest.mark.parametrize(
    ("code", "tie", "expected"),
    [
        ("no-contact", Tie.NO_CONTACT, NO),
        ("carer-said-no", Tie.REFUSED, NO),
        ("carer-said-no", Tie.CONNECTED_PERSON, YES),
        ("kept-apart", Tie.APART, NO),
        ("kept-apart", Tie.MAY_SHARE_ROOM, YES),
    ],
)
def test_ties(code: str, tie: Tie, expected: Verdict) -> None:
    if tie is Tie.MAY_SHARE_ROOM:
        assert verdict(code, {}, {}, resident={}) is expected
    else:
        assert verdict(code, {}, {}, resident={}, tie=tie) is expected


def test_a_relative_s_temporary_approval_is_for_their_own_child() -> None:
    assert verdict("approval-status", {}, {"status": TEMPORARY}, tie=Tie.CONNECTED_PERSON) is YES
    assert verdict("approval-status", {}, {"status": ADOPTER}, tie=Tie.CONNECTED_PERSON) is NO


@pytest.mark.parametrize(
    ("plan", "expected"), [(plan, NO if plan.value.startswith("apart") else YES) for plan in SiblingPlan]
)
def test_a_settled_brother_or_sister_is_kept_apart_only_where_the_plan_says_so(
    plan: SiblingPlan, expected: Verdict
) -> None:
    people = [a_child("C1", sibling_group="G1"), a_child("R1", sibling_group="G1")]
    caseload = a_caseload(*people, a_home(), lives={"R1": "H1"}, relationships=(siblings("G1", plan),))
    assert read_pair(caseload, SETTINGS, "C1", "H1")["kept-apart"] is expected


def test_brothers_and_sisters_kept_apart_may_live_with_others() -> None:
    people = [a_child("C1", sibling_group="G1"), a_child("C2", sibling_group="G1"), a_child("R1")]
    apart = siblings("G1", SiblingPlan.APART_WITHOUT_CONTACT)
    caseload = a_caseload(*people, a_home(), lives={"R1": "H1"}, relationships=(apart,))
    assert read_pair(caseload, SETTINGS, "C1", "H1")["kept-apart"] is YES


def test_nobody_is_a_stranger_to_themselves() -> None:
    """A child who is to move may not go back to the same home, but for that reason alone."""
    alone = a_child("C1", considerations=asks("only-child"), move_requested="asked")
    apart = a_child("C2", sibling_group="G1", move_requested="asked")
    plan = siblings("G1", SiblingPlan.APART_WITH_CONTACT)
    caseload = a_caseload(alone, apart, a_home(), a_home("H2"), lives={"C1": "H1", "C2": "H2"}, relationships=(plan,))
    for child, home in (("C1", "H1"), ("C2", "H2")):
        read = read_pair(caseload, SETTINGS, child, home)
        assert {code for code, verdict in read.items() if verdict is not YES} == {"another-home"}


def test_every_child_who_lives_there_has_a_say() -> None:
    """One of two residents asks for no boys; so does a visitor, but in another home."""
    boy, plans = a_child(sex=Sex.MALE), {"considerations": asks("no-boys")}
    for asking, expected in (("R1", NO), ("R2", NO), ("V1", YES)):
        others = [a_child(ref, **(plans if ref == asking else {})) for ref in ("R1", "R2", "V1")]
        visit = Booking(child="V1", home="H2", first_night=TODAY, last_night=AFTER)
        lives = {"R1": "H1", "R2": "H1"}
        caseload = a_caseload(boy, *others, a_home(), a_home("H2"), lives=lives, bookings=(visit,))
        assert read_pair(caseload, SETTINGS, "C1", "H1")["considerations"] is expected


DECIDED: Facts = {
    "decided_on": TODAY,
    "rule": "approved-ages",
    "child": "C1",
    "home": "H1",
    "role": "fostering-manager",
    "reason": "agreed",
}


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, YES),
        ({"expires_on": TODAY}, YES),
        ({"expires_on": BEFORE}, NO),
        ({"decided_on": AFTER}, NO),
        ({"role": "somebody-else"}, NO),
        ({"child": "C2"}, NO),
        ({"home": "H2"}, NO),
        ({"rule": "approved-sex"}, NO),
    ],
)
def test_a_decision_opens_one_rule_for_one_child_and_home_while_it_lasts(changed: Facts, expected: Verdict) -> None:
    decision = Decision(**{**DECIDED, **changed})
    caseload = a_caseload(a_child(), a_child("C2"), a_home(youngest=12), a_home("H2"), decisions=(decision,))
    assert read_pair(caseload, SETTINGS, "C1", "H1")["approved-ages"] is expected


def test_no_decision_opens_what_may_never_be() -> None:
    decision = Decision(**{**DECIDED, "rule": "not-on-hold"})
    caseload = a_caseload(a_child(), a_home(hold=Hold.BEDROOM), decisions=(decision,))
    assert read_pair(caseload, SETTINGS, "C1", "H1")["not-on-hold"] is NO


def test_only_rules_in_force_are_read() -> None:
    caseload = a_caseload(a_child(), a_home())
    assert set(read_pair(caseload, SETTINGS, "C1", "H1")) == set(PAIR_CHECKS)
    assert set(read_pair(caseload, {"no-contact": SETTINGS["no-contact"]}, "C1", "H1")) == {"no-contact"}
