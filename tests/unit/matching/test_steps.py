"""What must be done before a placement can be carried out: each step when it is due and not otherwise."""

from datetime import date, timedelta
from typing import Any

import pytest

from matching.domain import (
    ApprovalStatus,
    CareType,
    HomeKind,
    LegalStatus,
    Person,
    Pet,
    Provider,
    Relationship,
    Risks,
    Severity,
    SiblingPlan,
    Tie,
)
from matching.plan import Placement
from matching.planning import propose_plan
from matching.steps import STEPS, steps_before
from tests.lib.builders import TODAY, a_caseload, a_child, a_home, fostering, siblings

QUIET = {"confirmed_on": TODAY, "provider": Provider.OWN}
ADOPTION = {"care_type": CareType.ADOPTION}
ADOPTERS = {"kind": HomeKind.ADOPTIVE}
ORDERED = {"legal_status": LegalStatus.PLACEMENT_ORDER}
SOON = TODAY + timedelta(days=20)
WEEKS_OLD = {"date_of_birth": TODAY - timedelta(days=41)}


def due(child: dict[str, Any], home: dict[str, Any], *ties: Relationship, resident: str | None = None) -> list[str]:
    people = [a_child("C1", **child), a_home("H1", **{**QUIET, **home})]
    lives = {}
    if resident:
        people.append(a_child("R1", authority=resident))
        lives["R1"] = "H1"
    caseload = a_caseload(*people, lives=lives, relationships=tuple(ties))
    told = steps_before(caseload, caseload.child("C1"), caseload.households["H1"])
    assert all(str(step.sentence).endswith(".") for step in told)
    return [step.code for step in told]


def test_nothing_is_due_where_all_is_well() -> None:
    assert due({}, {}) == []


@pytest.mark.parametrize(
    ("child", "home", "code"),
    [
        ({}, {"authority": "E10000014"}, "out-of-area"),
        ({**ADOPTION}, ADOPTERS, "authority-to-place"),
        ({**ADOPTION, **ORDERED}, ADOPTERS, "authority-to-place"),
        ({**ADOPTION, "adoption_consent": True}, ADOPTERS, "authority-to-place"),
        ({}, {"provider": Provider.INDEPENDENT_AGENCY}, "provider-consents"),
        ({"care_type": CareType.LONG_TERM}, {}, "long-term-match"),
        ({}, {"status": ApprovalStatus.TEMPORARY_CONNECTED, "ends_on": date(2027, 1, 1)}, "temporary-approval"),
        ({}, {"checks_in_date": False}, "checks-in-date"),
        ({"risks": Risks(harm_sexual=True)}, {"birth_children": (Person(4),)}, "risk-to-others"),
        ({"risks": Risks(harm_sexual=False, fire_setting=True)}, {"birth_children": (Person(4),)}, "risk-to-others"),
        ({"risks": Risks(harm_sexual=None)}, {"birth_children": (Person(4),)}, "risk-to-others"),
        ({"court_conditions": "Not in the city centre after 8."}, {}, "court-conditions"),
        ({"deprivation_of_liberty": True}, {}, "deprivation-of-liberty"),
        ({"animal_allergy": Severity.MILD}, {"pets": frozenset({Pet.CAT})}, "mild-allergy"),
        ({"needs_home_by": SOON}, {"ends_on": SOON - timedelta(days=1)}, "approval-ends"),
        ({"likely_months": 6}, {"ends_on": SOON}, "approval-ends"),
        ({}, {"pets": frozenset({Pet.DOG}), "pets_assessed": False}, "animals-assessed"),
        ({}, {"review_due": TODAY - timedelta(days=1)}, "review-overdue"),
        ({}, {"confirmed_on": TODAY - timedelta(days=8)}, "confirm-vacancy"),
        ({}, {"confirmed_on": None}, "confirm-vacancy"),
    ],
)
def test_a_step_that_is_due(child: dict[str, Any], home: dict[str, Any], code: str) -> None:
    assert due(child, home) == [code]


@pytest.mark.parametrize(
    ("child", "home"),
    [
        ({**ADOPTION, **ORDERED, "agency_decision_on": TODAY}, ADOPTERS),
        ({**ADOPTION, "adoption_consent": True, "agency_decision_on": TODAY}, ADOPTERS),
        ({**ADOPTION, **ORDERED, "agency_decision_on": TODAY}, {**ADOPTERS, "authority": "E10000014"}),
        ({}, {"review_due": TODAY}),
        ({}, {"confirmed_on": TODAY - timedelta(days=7)}),
        ({}, {"pets": frozenset(), "pets_assessed": False}),
    ],
)
def test_a_step_that_is_not_due(child: dict[str, Any], home: dict[str, Any]) -> None:
    assert due(child, home) == []


def test_a_baby_under_six_weeks() -> None:
    baby = {**ADOPTION, "adoption_consent": True, "agency_decision_on": TODAY}
    assert due({**baby, **WEEKS_OLD}, ADOPTERS) == ["under-six-weeks"]
    assert due({**baby, "date_of_birth": TODAY - timedelta(days=42)}, ADOPTERS) == []


def test_another_authority_with_a_child_there_consents() -> None:
    assert due({}, {}, resident="E10000014") == ["other-authorities-consent"]
    assert due({}, {}, resident="E06000045") == []


def test_brothers_and_sisters_apart_see_each_other() -> None:
    plan = siblings("G1", SiblingPlan.APART_WITH_CONTACT)
    assert due({"sibling_group": "G1"}, {}, plan) == ["time-with-siblings"]


def test_connected_persons_may_live_anywhere() -> None:
    tie = Relationship(tie=Tie.CONNECTED_PERSON, of="C1", to="H1")
    assert due({}, {"authority": "E10000014"}, tie) == []


def test_every_step_cites_its_source() -> None:
    assert all(step.__doc__ for step in STEPS.values())


def test_what_a_step_says_is_not_said_again_as_a_worry() -> None:
    """The worry stands where no step says it: a connected person's home needs no officer's approval of the area."""
    people = (a_child("C1"), a_child("C2"), a_home("H1", authority="E10000014"), a_home("H2", places_free=1))
    tie = Relationship(tie=Tie.CONNECTED_PERSON, of="C1", to="H1")

    def far(*ties: Relationship) -> Placement:
        plan = propose_plan(a_caseload(*people, relationships=ties), fostering())
        return next(one for one in plan.placements if one.home == "H1")

    stranger, known = far(), far(tie)
    assert "out-of-area" in {step.code for step in stranger.before}
    assert "in-area" not in {worry.code for worry in stranger.worries}
    assert "out-of-area" not in {step.code for step in known.before}
    assert "in-area" in {worry.code for worry in known.worries}


def test_worries_about_others_are_not_said_where_no_other_child_lives() -> None:
    assert due({"risks": Risks(harm_sexual=True, harm_to_animals=False)}, {}) == []
    small = {"risks": Risks(harm_to_animals=False), "date_of_birth": TODAY - timedelta(days=700)}
    assert due(small, {"birth_children": (Person(4),)}) == [], "nobody asks this of a child under three"


def test_dates_that_hold_long_enough_are_not_said() -> None:
    assert due({"needs_home_by": SOON, "likely_months": 6}, {"ends_on": date(2027, 12, 31)}) == []
    assert due({"animal_allergy": Severity.MILD}, {}) == []


def test_an_exemption_that_ends_is_said_where_it_is_needed() -> None:
    others = [a_child(f"R{n}", 9 + n) for n in range(3)]
    terms = {
        "exempted_children": ("C1", "R0", "R1", "R2"),
        "exemption_ends": SOON - timedelta(days=1),
        "most_children": 4,
    }
    caseload = a_caseload(
        a_child("C1", 10, needs_home_by=SOON),
        *others,
        a_home("H1", **QUIET, **terms),
        lives=dict.fromkeys(["R0", "R1", "R2"], "H1"),
    )
    told = steps_before(caseload, caseload.child("C1"), caseload.households["H1"])
    assert [str(one.sentence) for one in told] == [
        "The exemption of H1 ends on 12 December 2026, before C1 would come: renew it first."
    ]
    fewer = a_caseload(
        a_child("C1", 10, needs_home_by=SOON), a_home("H1", **QUIET, **terms | {"exempted_children": ("C1",)})
    )
    assert steps_before(fewer, fewer.child("C1"), fewer.households["H1"]) == ()


def test_carers_of_the_own_authority_are_asked_wherever_they_live() -> None:
    """2010 Regulations 11: the nominated officer is not needed for foster carers whom the authority itself approved."""
    assert due({}, {"authority": "E10000014", "approved_by": "E06000045"}) == []
    assert due({}, {"authority": "E10000014", "approved_by": "E10000014"}) == ["out-of-area"]


def test_a_group_that_nobody_has_assessed_is_asked_about() -> None:
    family = [a_child("C1", sibling_group="G1"), a_child("C2", sibling_group="G1")]
    for ties, code in (((), ["sibling-assessment"]), ((siblings("G1", SiblingPlan.TOGETHER_PREFERRED),), [])):
        caseload = a_caseload(*family, a_home("H1", **QUIET), relationships=ties)
        assert [one.code for one in steps_before(caseload, caseload.child("C1"), caseload.households["H1"])] == code


def test_who_is_in_another_part_of_the_sibling_plan_is_seen() -> None:
    family = [a_child(ref, sibling_group="G1") for ref in ("C1", "C2", "C3")]
    for subsets, code in ((("C1+C2", "C3"), ["time-with-siblings"]), (("C1+C2+C3",), [])):
        plan = Relationship(tie=Tie.SIBLING_PLAN, of="G1", plan=SiblingPlan.NAMED_SUBSETS, subsets=subsets)
        caseload = a_caseload(*family, a_home("H1", **QUIET), relationships=(plan,))
        assert [one.code for one in steps_before(caseload, caseload.child("C1"), caseload.households["H1"])] == code
