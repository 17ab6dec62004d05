"""Sentences that name the reason, the day and the right person: what a reader would otherwise have to look up."""

from dataclasses import replace
from datetime import timedelta

import pytest
from rich.console import Console

from matching.childs_file import childs_file
from matching.cli import show
from matching.describe import blockers_of
from matching.difference import difference
from matching.domain import (
    Adaptation,
    CareType,
    Caseload,
    Child,
    Decision,
    Hold,
    Pet,
    Refusal,
    RefusalReason,
    RefusedBy,
    Risks,
    Severity,
    SiblingPlan,
    Skill,
    Stay,
)
from matching.domain.words import PetNeed, Sex
from matching.io.plan_json import ToldPlan
from matching.otherwise import otherwise
from matching.pairs import Register
from matching.planning import prepare, propose_plan
from matching.shortlist import shortlist
from tests.lib.builders import CIVIC_CENTRE, TODAY, a_caseload, a_child, a_home, fostering, siblings

POLICY = fostering()
DOG = {"pets": frozenset({Pet.DOG})}


def said(caseload: Caseload) -> list[str]:
    found = prepare(caseload, POLICY).found
    return [str(reason.sentence) for reason in blockers_of(found, ("C1",), found.register.home_index["H1"])]


def test_a_hold_says_until_when() -> None:
    home = a_home("H1", hold=Hold.HOLIDAY, hold_until=TODAY + timedelta(days=7))
    assert said(a_caseload(a_child("C1"), home)) == ["H1 may not be asked until 30 November 2026: holiday."]


def test_animals_say_what_the_worry_is() -> None:
    worries = {
        "the allergy is severe": {"animal_allergy": Severity.SEVERE},
        "there should be none": {"pets": PetNeed.NO},
        "they might be hurt": {"risks": Risks(harm_to_animals=True, harm_sexual=False)},
    }
    for worry, facts in worries.items():
        told = f"There are animals at H1, and {worry}; a risk assessment for C1 comes first."
        assert said(a_caseload(a_child("C1", **facts), a_home("H1", **DOG))) == [told]


def test_what_cannot_be_built_is_not_said_to_be_unbooked() -> None:
    child = a_child("C1", adaptations=frozenset({Adaptation.HOIST}))
    told = said(a_caseload(child, a_home("H1", could_adapt=False)))
    assert told[0] == "C1 needs hoist, which H1 does not have and cannot be given."


def test_the_no_that_holds_is_the_one_that_is_told() -> None:
    def no(by: RefusedBy, until: int | None) -> Refusal:
        last = None if until is None else TODAY + timedelta(days=until)
        day = TODAY - timedelta(days=30)
        return Refusal(child="C1", home="H1", by=by, on=day, reason=RefusalReason.TIMING, until=last)

    noes = (no(RefusedBy.CHILD, -10), no(RefusedBy.CARER, None))
    assert said(a_caseload(a_child("C1"), a_home("H1"), refusals=noes)) == ["The carers at H1 have said no to C1."]


def test_a_child_who_asks_for_nights_lives_somewhere() -> None:
    stay = Stay(TODAY + timedelta(days=5), TODAY + timedelta(days=6))
    child = a_child("C1", care_type=CareType.SHORT_BREAK, stays=(stay,), likely_months=60)
    plan = propose_plan(a_caseload(child, a_home("H1", places_free=0)), POLICY)
    assert [str(one.heading) for one in plan.unplaced] == ["C1 has no home for the nights away in this plan"]
    plan = propose_plan(a_caseload(child, a_home("H1", offers_months=6)), POLICY)
    assert "length-of-care" not in {one.code for one in plan.placements[0].worries}


def test_a_child_who_asks_to_move_stays_where_they_live() -> None:
    there = ToldPlan(placements=(("C1", "H2"),), caseload="", policy="")
    stays = ToldPlan(placements=(), caseload="", policy="", staying=(("C1", "H1"),))
    assert str(difference(there, stays).sentences[0]) == "C1 would stay at H1 for now; before, it was H2."
    assert str(difference(stays, there).sentences[0]) == "C1 would move to H2 instead of staying at H1 for now."


def test_a_place_that_a_move_takes_is_said_to_who_waits() -> None:
    """Whoever has no home sees that somebody who has one would move there: people may ask them to wait."""
    mover = a_child("C1", 9, move_requested="nearer home", helpful_skills=frozenset({Skill.TRAUMA}))
    homes = [a_home("H1", places_free=0), a_home("H2", places_free=1, skills=frozenset({Skill.TRAUMA}))]
    caseload = a_caseload(mover, a_child("C2", 9), *homes, lives={"C1": "H1"})
    plan = propose_plan(caseload, POLICY)
    assert [(one.child, one.home) for one in plan.placements] == [("C1", "H2")]
    assert [str(reason.sentence) for reason in plan.unplaced[0].reasons][1:] == [
        "C1 would move there from a home they live in now; the meeting may ask them to wait."
    ]
    waits = propose_plan(caseload, POLICY, pins={"C1": None})
    assert [(one.child, one.home) for one in waits.placements] == [("C2", "H2")]
    assert waits.unplaced[0].stays_at == "H1"


def test_what_was_decided_is_told_with_the_plan_that_rests_on_it() -> None:
    known = {"rule": "smoke-free", "child": "C1", "home": "H1", "role": "nominated-officer", "reason": "kinship"}
    decision = Decision(**known, decided_on=TODAY, expires_on=TODAY + timedelta(days=30))
    plan = propose_plan(a_caseload(a_child("C1", 3), a_home("H1", smokers=True), decisions=(decision,)), POLICY)
    told = [str(one.sentence) for one in plan.placements[0].before if one.code == "decided"]
    assert told == [
        "Decisions are on record for C1 at H1: smoke free (nominated officer, 23 November 2026, until 23 December 2026)."
    ]
    late = Decision(**known, decided_on=TODAY - timedelta(days=9), expires_on=TODAY - timedelta(days=1))
    plan = propose_plan(a_caseload(a_child("C1", 9), a_home("H1"), decisions=(late,)), POLICY)
    assert "decided" not in {one.code for one in plan.placements[0].before}


def test_training_that_is_booked_is_said_with_its_day() -> None:
    child = a_child("C1", essential_skills=frozenset({Skill.MEDICAL_PROCEDURES}))
    booked = {"skills_planned": frozenset({Skill.MEDICAL_PROCEDURES}), "skills_planned_by": TODAY + timedelta(days=60)}
    told = "C1 needs skills (medical procedures), which H1 does not have now; training is booked until 22 January 2027."
    assert said(a_caseload(child, a_home("H1", **booked))) == [told]


def test_places_that_nobody_has_counted_are_not_said_to_be_used() -> None:
    plan = propose_plan(a_caseload(a_child("C1"), a_home("H1", places_free=None)), POLICY)
    needs = [need.code for miss in plan.unplaced[0].near_misses for need in miss.needs]
    assert needs == ["usable-place"]


def test_no_worry_that_a_brother_lives_elsewhere_where_they_must_live_apart() -> None:
    family = [a_child("C1", sibling_group="G1"), a_child("C2", sibling_group="G1")]
    apart = siblings("G1", SiblingPlan.APART_WITHOUT_CONTACT)
    caseload = a_caseload(*family, a_home("H1"), a_home("H2"), lives={"C2": "H1"}, relationships=(apart,))
    placed = propose_plan(caseload, POLICY).placements[0]
    assert placed.home == "H2"
    assert "siblings-together" not in {one.code for one in placed.worries}


def test_a_worry_about_others_thinks_of_who_comes_on_the_same_plan() -> None:
    """Two children who are new to each other would share an empty home: the worry is said for the one it is about."""
    worried = a_child("C1", 13, risks=Risks(harm_sexual=True, harm_to_animals=False))
    caseload = a_caseload(worried, a_child("C2", 5), a_home("H1", places_free=2))
    plan = propose_plan(caseload, POLICY)
    assert [(one.child, one.home) for one in plan.placements] == [("C1", "H1"), ("C2", "H1")]
    told = {
        one.child: [str(step.sentence) for step in one.before if step.code == "risk-to-others"]
        for one in plan.placements
    }
    worry = "sexual behaviour that may harm others"
    assert told == {
        "C1": [f"Weigh with the carers what {worry} would mean for the children at H1, and write it down."],
        "C2": [],
    }
    alone = propose_plan(a_caseload(worried, a_home("H1", places_free=2)), POLICY)
    assert "risk-to-others" not in {step.code for step in alone.placements[0].before}


def test_what_the_only_home_does_not_give_is_said() -> None:
    """That no other home would do better is no reason to be silent about what the law asks for."""
    far = replace(CIVIC_CENTRE, postcode="BN1 1AA", easting=500_000, northing=105_000)
    child = a_child(
        "C1", 15, home_place=CIVIC_CENTRE, school_place=CIVIC_CENTRE, family_time_place=CIVIC_CENTRE, disabled=True
    )
    hopes = {"prefers_youngest": 0, "prefers_oldest": 5, "prefers_sexes": frozenset({Sex.MALE})}
    caseload = a_caseload(child, a_home("H1", place=far, authority="E06000045", **hopes))
    placed = propose_plan(caseload, POLICY).placements[0]
    assert {"disability", "carer-preference", "near-school"} <= {
        one.code for one in (*placed.worries, *placed.not_known)
    }
    page = childs_file(prepare(caseload, POLICY), {"C1": "H1"}, "C1")
    assert any(part.asks.startswith("Not everything that the law asks for") for part in page.parts)


def test_more_brothers_and_sisters_than_the_carers_would_take_are_asked_for() -> None:
    family = [a_child(f"C{n}", 4 + n, sibling_group="G1") for n in range(1, 4)]
    ties = (siblings("G1", SiblingPlan.TOGETHER_PREFERRED),)
    for most, told in ((2, 3), (3, 0)):
        home = a_home("H1", largest_sibling_group=most)
        plan = propose_plan(a_caseload(*family, home, relationships=ties), POLICY)
        asked = [str(one.sentence) for p in plan.placements for one in p.before if one.code == "sibling-group-size"]
        assert asked == ["The carers at H1 would take 2 children of a family. Ask them whether 3 may come."] * told


def test_nobody_is_asked_whether_a_small_child_brings_a_baby() -> None:
    read = frozenset({"brings_baby", "with_parent", "essential_skills"})

    def asked(child: Child) -> list[str]:
        caseload = a_caseload(child, a_home("H1"))
        return [fact.path[-1] for fact, _ in otherwise(caseload.child("C1"), caseload, read)]

    assert "brings_baby" not in asked(a_child("C1", 7))
    assert {"brings_baby", "with_parent"} <= set(asked(a_child("C1", 15)))
    stays = (Stay(TODAY, TODAY),)
    assert "with_parent" not in asked(a_child("C1", 15, care_type=CareType.SHORT_BREAK, stays=stays))


def test_an_empty_list_is_said_as_one(capsys: pytest.CaptureFixture[str]) -> None:
    caseload = a_caseload(a_child("C1"), a_home("H1", places_free=0))
    show.shortlist(Console(), shortlist(Register(caseload), POLICY, ["C1"]))
    assert "No home exists that every rule allows, of 1." in capsys.readouterr().out
