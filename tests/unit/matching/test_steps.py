"""What must be done before a placement can be carried out: each step when it is due and not otherwise."""

from datetime import date, timedelta
from typing import Any

import pytest

from matching.domain import (
    ApprovalStatus,
    CareType,
    HomeKind,
    LegalStatus,
    Pet,
    Provider,
    Relationship,
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
