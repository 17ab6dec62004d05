"""The checker's reading of a whole home and a whole plan, and the goals counted again."""

from datetime import timedelta
from typing import Any

import pytest

from matching.checker import check_plan, count_goals, read_set
from matching.domain import (
    CareType,
    Child,
    Consideration,
    CurrentPlacement,
    Deadline,
    Decision,
    HomeKind,
    LivesWith,
    PlaceState,
    Relationship,
    SiblingPlan,
    Standing,
    Tie,
    Verdict,
)
from tests.lib.builders import TODAY, a_caseload, a_child, a_home, fostering, siblings

SETTINGS = fostering().settings
NO, ASK, YES = Verdict.NOT_MET, Verdict.NOT_KNOWN, Verdict.MET
BEFORE = TODAY - timedelta(days=1)
FOUR = ("C1", "C2", "R1", "R2")
Facts = dict[str, Any]

# code, facts of the home, newcomers, residents, verdict
SETS: list[tuple[str, Facts, int, int, Verdict]] = [
    ("usable-place", {"places_free": 2}, 2, 0, YES),
    ("usable-place", {"places_free": 1}, 2, 0, NO),
    ("usable-place", {"places_free": 2}, 2, 2, YES),
    ("usable-place", {"places_free": None}, 1, 0, ASK),
    ("usable-place", {"place_state": None}, 1, 0, ASK),
    ("usable-place", {"place_state": None, "places_free": 0}, 1, 0, NO),
    ("usable-place", {"place_state": PlaceState.FILLED}, 1, 0, NO),
    ("usable-place", {"place_state": PlaceState.NOT_AVAILABLE, "places_free": None}, 1, 0, NO),
    ("approved-number", {"most_children": 3}, 2, 1, YES),
    ("approved-number", {"most_children": 2}, 2, 1, NO),
    ("approved-number", {"most_children": None}, 1, 0, ASK),
    ("usual-fostering-limit", {}, 2, 1, YES),
    ("usual-fostering-limit", {}, 2, 2, NO),
    ("usual-fostering-limit", {"kind": None}, 2, 2, NO),
    ("usual-fostering-limit", {"kind": HomeKind.CONNECTED}, 2, 2, NO),
    ("usual-fostering-limit", {"kind": HomeKind.RESIDENTIAL}, 2, 2, YES),
    ("usual-fostering-limit", {"kind": HomeKind.ADOPTIVE}, 2, 2, YES),
    ("usual-fostering-limit", {"exempted_children": None}, 2, 2, ASK),
    ("usual-fostering-limit", {"exempted_children": FOUR}, 2, 2, ASK),
    ("usual-fostering-limit", {"exempted_children": FOUR, "exemption_ends": TODAY}, 2, 2, YES),
    ("usual-fostering-limit", {"exempted_children": FOUR, "exemption_ends": BEFORE}, 2, 2, NO),
    ("usual-fostering-limit", {"exempted_children": FOUR[:3], "exemption_ends": TODAY}, 2, 2, NO),
]


@pytest.mark.parametrize(("code", "home", "new", "there", "expected"), SETS)
def test_how_many_a_home_may_take(code: str, home: Facts, new: int, there: int, expected: Verdict) -> None:
    names = tuple(f"C{n}" for n in range(1, new + 1))
    lives = {f"R{n}": "H1" for n in range(1, there + 1)}
    caseload = a_caseload(*map(a_child, (*names, *lives)), a_home(**home), lives=lives)
    assert read_set(caseload, SETTINGS, "H1", names)[code] is expected


def test_more_than_three_are_lawful_only_when_all_are_one_family() -> None:
    family = [a_child(ref, sibling_group="G1") for ref in FOUR]
    for stranger, expected in ([], YES), ([a_child("R9")], NO):
        lives = {"R1": "H1", "R2": "H1", **{one.ref: "H1" for one in stranger}}
        caseload = a_caseload(*family, *stranger, a_home(), lives=lives)
        assert read_set(caseload, SETTINGS, "H1", ("C1", "C2"))["usual-fostering-limit"] is expected


def test_two_families_are_not_one() -> None:
    pairs = {"C1": "G1", "C2": "G1", "R1": "G2", "R2": "G2"}
    people = [a_child(ref, sibling_group=group) for ref, group in pairs.items()]
    caseload = a_caseload(*people, a_home(), lives={"R1": "H1", "R2": "H1"})
    assert read_set(caseload, SETTINGS, "H1", ("C1", "C2"))["usual-fostering-limit"] is NO


@pytest.mark.parametrize(("decided", "expected"), [(("C1", "C2"), YES), (("C1",), NO), ((), NO)])
def test_the_approved_number_opens_when_every_newcomer_has_a_decision(
    decided: tuple[str, ...], expected: Verdict
) -> None:
    decisions = tuple(decision("approved-number", ref, "fostering-manager") for ref in decided)
    caseload = a_caseload(a_child(), a_child("C2"), a_home(most_children=1), decisions=decisions)
    assert read_set(caseload, SETTINGS, "H1", ("C1", "C2"))["approved-number"] is expected


def decision(rule: str, child: str, role: str) -> Decision:
    return Decision(rule=rule, child=child, home="H1", role=role, reason="agreed", decided_on=TODAY)


@pytest.mark.parametrize(
    ("plan", "together", "expected"),
    [
        (SiblingPlan.TOGETHER_REQUIRED, "C1 C2 C3", YES),
        (SiblingPlan.TOGETHER_REQUIRED, "C1 C2", NO),
        (SiblingPlan.TOGETHER_PREFERRED, "C1 C2", YES),
        (SiblingPlan.NOT_ASSESSED, "C1", YES),
        (SiblingPlan.NAMED_SUBSETS, "C1 C2", YES),
        (SiblingPlan.NAMED_SUBSETS, "C1 C3", NO),
        (SiblingPlan.NAMED_SUBSETS, "C3", YES),
        (SiblingPlan.NAMED_SUBSETS, "C1 C2 C3", YES),
        (SiblingPlan.APART_WITH_CONTACT, "C1", YES),
        (SiblingPlan.APART_WITH_CONTACT, "C1 C2", NO),
        (SiblingPlan.APART_WITHOUT_CONTACT, "C1 C2", NO),
    ],
)
def test_which_brothers_and_sisters_may_go_together(plan: SiblingPlan, together: str, expected: Verdict) -> None:
    family = [a_child(f"C{n}", sibling_group="G1") for n in (1, 2, 3)]
    told = siblings("G1", plan, *(["C1+C2"] if plan is SiblingPlan.NAMED_SUBSETS else []))
    read = read_set(a_caseload(*family, a_home(), relationships=(told,)), SETTINGS, "H1", together.split())
    assert read["sibling-plan"] is expected
    assert read["kept-apart-siblings"] is (NO if plan.value.startswith("apart") and " " in together else YES)


def test_each_named_part_of_a_family_stays_together() -> None:
    """Of two pairs that are named, one child of each is neither; where no part is named, anybody may go."""
    family = [a_child(f"C{n}", sibling_group="G1") for n in (1, 2, 3, 4)]
    pairs = siblings("G1", SiblingPlan.NAMED_SUBSETS, "C1+C2", "C3+C4")
    unnamed = siblings("G1", SiblingPlan.NAMED_SUBSETS)
    for told, together, expected in (
        (pairs, "C1 C2", YES),
        (pairs, "C1 C2 C3", NO),
        (pairs, "C1 C3", NO),
        (unnamed, "C1 C3", YES),
    ):
        read = read_set(a_caseload(*family, a_home(), relationships=(told,)), SETTINGS, "H1", together.split())
        assert read["sibling-plan"] is expected


def test_a_sibling_plan_speaks_of_its_own_family() -> None:
    """Neither other children who need a home nor decisions about them change what it says."""
    family = [a_child(ref, sibling_group="G1") for ref in ("C1", "C2")]
    told = siblings("G1", SiblingPlan.TOGETHER_REQUIRED)
    split = tuple(decision("sibling-plan", ref, "service-manager") for ref in ("C1", "X1"))
    for decisions, together, expected in (((), "C1 C2", YES), ((), "C1", NO), (split, "C1", YES)):
        caseload = a_caseload(*family, a_child("X1"), a_home(), relationships=(told,), decisions=decisions)
        assert read_set(caseload, SETTINGS, "H1", together.split())["sibling-plan"] is expected


def test_who_is_kept_apart_from_a_stranger_is_read_under_another_rule() -> None:
    people = [a_child("C1"), a_child("C2", sibling_group="G1")]
    caseload = a_caseload(*people, a_home(), relationships=(Relationship(tie=Tie.APART, of="C1", to="C2"),))
    assert read_set(caseload, SETTINGS, "H1", ("C1", "C2"))["kept-apart-siblings"] is YES


def test_brothers_and_sisters_with_a_tie_of_their_own_are_kept_apart() -> None:
    family = [a_child(ref, sibling_group="G1") for ref in ("C1", "C2")]
    caseload = a_caseload(*family, a_home(), relationships=(Relationship(tie=Tie.APART, of="C2", to="C1"),))
    assert read_set(caseload, SETTINGS, "H1", ("C1", "C2"))["kept-apart-siblings"] is NO


def breached(
    one: Facts, other: Facts, decided: tuple[Decision, ...] = (), *ties: Relationship, without: str = ""
) -> set[str]:
    """Rules that a plan breaks which puts C1 and C2 into one home where nothing else is in the way."""
    caseload = a_caseload(a_child("C1", **one), a_child("C2", **other), a_home(), decisions=decided, relationships=ties)
    settings = {code: told for code, told in SETTINGS.items() if code != without}
    return {breach.rule for breach in check_plan(caseload, [("C1", "H1"), ("C2", "H1")], settings).breaches}


ONLY = {"considerations": frozenset({Consideration.read("only-child")})}
SOLO = {"lives_with": LivesWith.SOLO}
BOTH = "social-workers-and-fostering-manager"


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ({}, {}, set()),
        (ONLY, {}, {"considerations"}),
        ({"considerations": None}, {}, {"considerations"}),
        (SOLO, {}, {"lives-with"}),
        ({"lives_with": None}, {}, {"lives-with"}),
        ({"lives_with": LivesWith.ONLY_OLDER, "age": 8}, {"age": 9}, set()),
        ({"lives_with": LivesWith.ONLY_OLDER, "age": 9}, {"age": 9}, {"lives-with"}),
        ({"lives_with": LivesWith.ONLY_YOUNGER, "age": None}, {"age": 9}, {"approved-ages", "lives-with"}),
    ],
)
def test_newcomers_of_two_families_must_suit_each_other_both_ways(one: Facts, other: Facts, expected: set[str]) -> None:
    assert breached(one, other) == expected
    assert breached(other, one) == expected
    family = {"sibling_group": "G1"}
    assert not breached(one | family, other | family) & {"considerations", "lives-with"}


def test_a_decision_opens_its_own_child_s_side_beside_another_newcomer() -> None:
    for child in ("C1", "C2"):
        assert breached(ONLY, {}, (decision("considerations", child, BOTH),)) == set()
    assert breached(SOLO, {}, (decision("lives-with", "C1", BOTH),)) == set()
    assert breached(SOLO, {}, (decision("lives-with", "C2", BOTH),)) == {"lives-with"}
    assert breached(SOLO, SOLO, (decision("lives-with", "C1", BOTH),)) == {"lives-with"}


def test_unrelated_newcomers_are_kept_apart_under_the_rule_of_that_name() -> None:
    tie = Relationship(tie=Tie.APART, of="C1", to="C2")
    assert breached({}, {}, (), tie) == {"kept-apart"}
    assert breached({}, {}, (), tie, without="kept-apart-siblings") == {"kept-apart"}
    assert breached({}, {}, (), tie, without="kept-apart") == set()


def test_homes_are_counted_over_all_families() -> None:
    children = [a_child(f"C{n}") for n in (1, 2, 3)]
    cases: tuple[tuple[Facts, str], ...] = (
        ({"places_free": 2}, "usable-place"),
        ({"most_children": 2}, "approved-number"),
        ({"most_children": 9}, "usual-fostering-limit"),
    )
    for facts, code in cases:
        there = {"R1": "H1"} if code == "usual-fostering-limit" else {}
        caseload = a_caseload(*children, *map(a_child, there), a_home(**facts), lives=there)
        found = check_plan(caseload, [(child.ref, "H1") for child in children], SETTINGS).breaches
        assert {breach.rule for breach in found} == {code}
        assert check_plan(caseload, [("C1", "H1"), ("C2", "H1")], SETTINGS).sound


def test_a_family_that_must_stay_together_is_placed_whole_or_not_at_all() -> None:
    family = [a_child(ref, sibling_group="G1") for ref in ("C1", "C2")]
    required = siblings("G1", SiblingPlan.TOGETHER_REQUIRED)
    caseload = a_caseload(*family, a_home(), a_home("H2"), relationships=(required,))
    for placements in ([("C1", "H1")], [("C1", "H1"), ("C2", "H2")]):
        assert {breach.rule for breach in check_plan(caseload, placements, SETTINGS).breaches} == {"sibling-plan"}
    for placements in ([], [("C1", "H1"), ("C2", "H1")]):
        assert check_plan(caseload, placements, SETTINGS).sound


def test_references_and_who_may_move() -> None:
    caseload = a_caseload(
        a_child(), a_child("R1"), a_child("M1", move_requested="asked"), a_home(), a_home("H2"), lives=LIVES
    )
    for placements, expected in (
        ([("X", "H1")], {"known-reference"}),
        ([("C1", "X")], {"known-reference"}),
        ([("C1", "H1"), ("C1", "H2")], {"one-home-each"}),
        ([("C1", "H1"), ("C1", "H1")], {"one-home-each"}),
        ([("R1", "H2")], {"settled-child"}),
        ([("M1", "H2")], set()),
    ):
        assert {breach.rule for breach in check_plan(caseload, placements, SETTINGS).breaches} == expected


LIVES = {"R1": "H1", "M1": "H1"}


def test_what_is_not_known_may_not_be_planned_and_is_said_so() -> None:
    caseload = a_caseload(a_child(age=None), a_home())
    (breach,) = check_plan(caseload, [("C1", "H1")], SETTINGS).breaches
    assert (breach.rule, breach.child, breach.home) == ("approved-ages", "C1", "H1")
    assert "not known" in str(breach.sentence)
    assert "may not be planned" in str(breach.sentence)


def test_it_claims_to_have_read_only_what_it_can_read() -> None:
    checked = check_plan(a_caseload(a_child(), a_home()), [], {"no-contact": {}, "made-up": {}})
    assert "no-contact" in checked.rules
    assert "made-up" not in checked.rules
    assert "own-bedroom" in check_plan(a_caseload(a_child(), a_home()), [], {"own-bedroom": {}}).rules


def family(*refs: str, **facts: Any) -> list[Child]:
    return [a_child(ref, sibling_group="G1", **facts) for ref in refs]


@pytest.mark.parametrize("plan", list(SiblingPlan))
def test_brothers_and_sisters_counted_together(plan: SiblingPlan) -> None:
    """Two go to H1 where a third lives: three pairs, unless the plan keeps them apart."""
    told = siblings("G1", plan)
    caseload = a_caseload(*family("C1", "C2", "R1"), a_home(), lives={"R1": "H1"}, relationships=(told,))
    goals = count_goals(caseload, [("C1", "H1"), ("C2", "H1")], SETTINGS)
    assert goals["siblings-together"] == (0 if plan.value.startswith("apart") else 3)
    assert goals["siblings-required"] == (plan is SiblingPlan.TOGETHER_REQUIRED)


@pytest.mark.parametrize(
    ("placements", "expected"),
    [
        ([("C1", "H1"), ("C2", "H1")], 1),
        ([("C1", "H1"), ("C2", "H2")], 0),
        ([("C1", "H1")], 0),
        ([], 0),
    ],
)
def test_a_family_counts_as_whole_when_all_who_seek_have_one_home(
    placements: list[tuple[str, str]], expected: int
) -> None:
    required = siblings("G1", SiblingPlan.TOGETHER_REQUIRED)
    caseload = a_caseload(*family("C1", "C2"), a_home(), a_home("H2"), relationships=(required,))
    assert count_goals(caseload, placements, SETTINGS)["siblings-required"] == expected


def test_who_asks_for_no_nights_now_is_with_nobody() -> None:
    at_home = a_child("C2", sibling_group="G1", care_type=CareType.SHORT_BREAK, stays=())
    caseload = a_caseload(*family("C1"), at_home, a_home())
    assert count_goals(caseload, [("C1", "H1")], SETTINGS)["siblings-together"] == 0


def test_one_who_seeks_alone_is_no_family_kept_whole() -> None:
    told = siblings("G1", SiblingPlan.TOGETHER_REQUIRED)
    caseload = a_caseload(*family("C1", "R1"), a_home(), lives={"R1": "H1"}, relationships=(told,))
    assert count_goals(caseload, [("C1", "H1")], SETTINGS)["siblings-required"] == 0


def test_the_other_goals_are_counted() -> None:
    deadlines = [None, *Deadline, None]
    children = [a_child(f"C{n}", deadline=deadline) for n, deadline in enumerate(deadlines, start=1)]
    agreed = tuple(CurrentPlacement(child=ref, home="H1", standing=Standing.AGREED) for ref in ("C1", "C2"))
    caseload = a_caseload(*children, a_home(), a_home("H2"), placements=agreed)
    children_there = [("C2", "H2"), ("C3", "H2"), ("C4", "H2"), (children[-1].ref, "H2")]
    goals = count_goals(caseload, [("C1", "H1"), *children_there], SETTINGS)
    assert goals == {
        "deadlines": 2,
        "placed": 5,
        "siblings-required": 0,
        "siblings-together": 0,
        "short-breaks": 0,
        "kept-as-agreed": 1,
    }
