"""A fact said to matter does, when it is taken otherwise and everybody is planned again; one not said to does not."""

import os
from dataclasses import replace
from typing import Any

import pytest

from matching.again import Base, base_of
from matching.domain import Bedroom, CareType, Caseload, Child, Stay
from matching.domain.facts import facts_of
from matching.doubts import Doubt, _Asked, _readers, _rivals, doubts
from matching.errors import PlanRefused, UnknownReference
from matching.io.cells import write_cell
from matching.otherwise import otherwise, value_of
from matching.planning import decide, placed_by, prepare
from matching.solver import Limits
from tests.lib.builders import TODAY, a_caseload, a_child, a_home, fostering
from tests.lib.random_caseloads import random_caseload

POLICY = fostering()
LEAST = 600 if os.environ.get("NIGHTLY") else 20  # facts that matter, each planned again
EACH = 1 if os.environ.get("NIGHTLY") else 6  # of the facts said not to matter, every so manieth is planned again
LAST = POLICY.goals.index("suitability") + 1


def with_told(caseload: Caseload, told: Any) -> Caseload:
    part = "children" if isinstance(told, Child) else "homes"
    return replace(caseload, **{part: tuple(told if o.ref == told.ref else o for o in getattr(caseload, part))})


def still_among_the_best(caseload: Caseload, child: str, home: str) -> bool:
    ready = prepare(caseload, POLICY)
    free = decide(ready, {}, Limits(lot=False)).solution
    try:
        there = decide(ready, {child: home}, Limits(lot=False)).solution
    except PlanRefused:
        return False
    return free.achieved[:LAST] == there.achieved[:LAST]


def elsewhere_by_lot(caseload: Caseload, child: str, home: str) -> bool:
    """Whether the plan made anew, with the lot between plans that are equal, has the child somewhere else."""
    ready = prepare(caseload, POLICY)
    made = decide(ready, {}, Limits())
    return (child, home) not in placed_by(ready.found, made.problem, made.solution)


def told_of(base: Base, found: tuple[Doubt, ...]) -> set[tuple[str, str, str]]:
    return {(doubt.about, doubt.column, value) for doubt in found for value in doubt.instead}


def test_a_fact_changes_the_proposal_exactly_where_it_is_said_to() -> None:
    said = unsaid = 0
    for seed in range(3_000):
        caseload = random_caseload(seed, children=4, homes=4, wild=0.05)
        base = base_of(prepare(caseload, POLICY))
        if not base.home_of:
            continue
        child, home = next(iter(base.home_of.items()))
        listed = told_of(base, found := doubts(base, child))
        assert all(doubt.then != home for doubt in found)
        near = [home, *_rivals(base, child, home)[:2]]
        for number, (about, fact, told) in enumerate(_Asked(base, child, near).everything()):
            key = (about, fact.column, write_cell(value_of(told, fact)))
            if key not in listed and number % EACH:
                continue
            same = still_among_the_best(with_told(caseload, told), child, home)
            if key in listed:
                said += 1
                assert not same or elsewhere_by_lot(with_told(caseload, told), child, home), f"seed {seed}: {key}"
            else:
                unsaid += 1
                assert same or about not in (child, home), f"seed {seed}: {key} changes it"
        if said > LEAST:
            break
    assert said > LEAST
    assert unsaid > said


def test_only_facts_that_no_rule_or_criterion_reads_are_left_out() -> None:
    """Taking a fact otherwise that is not read changes no verdict and no point."""
    base = base_of(prepare(random_caseload(5, children=5, homes=4, wild=0.3), POLICY))
    read = _readers(base.found)
    assert {"sex", "languages", "smokers", "places_free", "date_of_birth"} <= set(read)
    assert not {"ethnicity", "working_pattern", "own_words", "confirmed_by"} & set(read)


def test_what_is_not_known_comes_first_and_is_a_question() -> None:
    near = a_home("H1", places_free=1, smokers=None)
    caseload = a_caseload(a_child("C1", age=9), near, a_home("H2", prefers_oldest=3))
    base = base_of(prepare(caseload, POLICY))
    assert base.home_of == {"C1": "H1"}
    found = doubts(base, "C1")
    assert found[0].recorded == "" or all(doubt.recorded for doubt in found)
    sentences = [str(doubt.sentence) for doubt in found]
    assert "If hold of H1 were on-hold" in " ".join(sentences)
    assert all(("Not known" in s) == (d.recorded == "") for s, d in zip(sentences, found, strict=True))


def test_what_takes_a_room_more_than_a_home_has_is_asked_about() -> None:
    """A baby sleeps in the carers' room, unless a parent comes along or somebody worries about harm."""
    home = a_home("H1", bedrooms=(Bedroom(1, with_carers=True),))
    base = base_of(prepare(a_caseload(a_child("C1", age=1), home), POLICY))
    none = {doubt.column: doubt.instead for doubt in doubts(base, "C1") if doubt.then is None}
    assert none["with_parent"] == ("yes",)
    assert none["risk_harm_sexual"] == ("yes",)


def test_another_kind_of_care_is_asked_about_only_where_the_nights_stay_the_same() -> None:
    every = [a_child("C1"), a_child("C2", care_type=CareType.SHORT_BREAK, stays=(Stay(TODAY, TODAY),))]
    asked = [[told.care_type for _, told in otherwise(one, a_caseload(), frozenset({"care_type"}))] for one in every]
    assert CareType.LONG_TERM in asked[0]
    assert not {CareType.SHORT_BREAK, CareType.RESPITE} & set(asked[0])
    assert asked[1] == []


def test_a_child_without_a_home_has_no_doubts() -> None:
    base = base_of(prepare(a_caseload(a_child("C1", age=3), a_home("H1", youngest=8)), POLICY))
    with pytest.raises(UnknownReference, match="has no home for C1"):
        doubts(base, "C1")


def test_every_other_value_can_be_written_and_differs() -> None:
    caseload = random_caseload(3, children=6, homes=5, wild=0.3)
    names = frozenset(fact.path[-1] for kind in (Child, type(caseload.homes[0])) for fact in facts_of(kind))
    for one in (*caseload.children, *caseload.homes):
        for fact, told in otherwise(one, caseload, names):
            assert write_cell(value_of(told, fact)) != write_cell(value_of(one, fact))
            assert told.ref == one.ref
