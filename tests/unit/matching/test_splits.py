"""The split menu: the few best ways to split a sibling group, each read by the checker and compared with trying them all."""

import json
from dataclasses import replace
from itertools import product
from pathlib import Path

import pytest

from matching.again import base_of, pinned
from matching.domain import Decision, SiblingPlan
from matching.errors import PlanRefused, UnknownReference
from matching.io.caseload_csv import write_caseload
from matching.planning import prepare
from matching.splits import SplitMenu, split_menu
from tests.lib.builders import CIVIC_CENTRE, a_caseload, a_child, a_home, fostering, siblings
from tests.lib.random_caseloads import random_caseload
from tests.unit.matching.test_command_line import placements

POLICY = fostering()
THREE = [a_child(f"C{n}", age=8 + n, sibling_group="G1") for n in range(1, 4)]


def menu_of(*people: object, plan: SiblingPlan = SiblingPlan.TOGETHER_PREFERRED, **parts: object) -> SplitMenu:
    caseload = a_caseload(*people, relationships=(siblings("G1", plan),), **parts)  # type: ignore[arg-type]
    return split_menu(base_of(prepare(caseload, POLICY)), "C1")


def said(menu: SplitMenu) -> list[str]:
    return [str(sentence) for sentence in menu.sentences]


def test_two_and_one_where_no_home_takes_three() -> None:
    far = replace(CIVIC_CENTRE, northing=CIVIC_CENTRE.northing + 12_000)
    menu = menu_of(*THREE, a_home("H1", places_free=2), a_home("H2", places_free=1, place=far))
    assert menu.whole == ()
    assert said(menu)[0] == "No home can take C1, C2 and C3 together as the facts are."
    assert len(menu.splits) == 3
    first = [str(sentence) for sentence in menu.splits[0].sentences]
    assert [len(part.children) for part in menu.splits[0].parts] in ([2, 1], [1, 2])
    assert "H1 and H2 are within 10 miles." in first
    assert first[-1] == "Nobody else who waits would lose by it."


def test_who_must_be_together_is_split_only_by_decision() -> None:
    menu = menu_of(*THREE, a_home("H1", places_free=2), a_home("H2", places_free=1), plan=SiblingPlan.TOGETHER_REQUIRED)
    assert menu.asks == ("service-manager",)
    assert "any split needs a recorded decision by the service manager" in said(menu)[1]
    assert len(menu.splits) == 3


def test_a_recorded_decision_makes_the_way_a_plan() -> None:
    """What the menu promises comes true: a decision for each part, and the plan may be proposed."""
    homes = (a_home("H1", places_free=2), a_home("H2", places_free=1))
    required = (siblings("G1", SiblingPlan.TOGETHER_REQUIRED),)
    caseload = a_caseload(*THREE, *homes, relationships=required)
    way = split_menu(base_of(prepare(caseload, POLICY)), "C1").splits[0]
    agreed = tuple(
        Decision(
            rule="sibling-plan",
            child=ref,
            home=part.home,
            role="service-manager",
            reason="agreed",
            decided_on=caseload.as_of,
        )
        for part in way.parts
        for ref in part.children
    )
    then = base_of(prepare(replace(caseload, decisions=agreed), POLICY))
    assert then.home_of == {ref: part.home for part in way.parts for ref in part.children}


def test_the_cost_names_the_child_who_would_lose_the_place() -> None:
    other = a_child("C9", age=9)
    menu = menu_of(*THREE, other, a_home("H1", places_free=2), a_home("H2", places_free=1))
    told = [str(sentence) for sentence in menu.splits[0].sentences]
    assert "It takes a place from others: C9 would have no home." in told


def test_a_home_for_all_is_said_first() -> None:
    menu = menu_of(*THREE, a_home("H1", places_free=3), a_home("H2", places_free=3))
    assert menu.whole == ("H1", "H2")
    assert said(menu)[0].startswith("H1 or H2 could take C1, C2 and C3 together")


def test_no_way_is_said() -> None:
    menu = menu_of(*THREE, a_home("H1", places_free=2))
    assert menu.splits == ()
    assert said(menu)[-1] == "No way to split them finds a home for each of them."


def test_a_brother_who_lives_there_is_named() -> None:
    settled = a_child("S1", age=9, sibling_group="G1")
    menu = menu_of(*THREE, settled, a_home("H1", places_free=2), a_home("H2", places_free=1), lives={"S1": "H1"})
    assert any("who live there already" in str(s) for s in menu.splits[0].sentences)


def test_a_child_alone_has_nothing_to_split() -> None:
    base = base_of(prepare(a_caseload(a_child(), a_home()), POLICY))
    with pytest.raises(UnknownReference, match="no brother or sister"):
        split_menu(base, "C1")
    with pytest.raises(UnknownReference, match="does not need a home"):
        split_menu(base, "C7")


def test_the_best_way_is_the_best_of_all_ways() -> None:
    """Every assignment of the group to homes, each solved from nothing: none beats the first of the menu."""
    tried = 0
    for seed in range(120):
        base = base_of(prepare(random_caseload(seed, children=5, homes=4, wild=0.05), POLICY))
        group = next((g for g in base.found.groups if len(g.children) in (2, 3)), None)
        if group is None or group.plan is SiblingPlan.TOGETHER_REQUIRED:
            continue
        reached = []
        for homes in product(base.problem.homes, repeat=len(group.children)):
            if len(set(homes)) == 1:
                continue
            try:
                reached.append(pinned(base, dict(zip(group.children, homes, strict=True))).solution.achieved)
            except PlanRefused:
                continue
        menu = split_menu(base, group.children[0])
        assert bool(menu.splits) == bool(reached)
        last = base.problem.goals.index("suitability") + 1
        if reached and menu.splits[0].plan.proven:
            tried += 1
            assert menu.splits[0].plan.solution.achieved[:last] == max(reached)[:last]
    assert tried > 8


def test_the_command_tells_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "caseload"
    homes = (a_home("H1", places_free=2), a_home("H2", places_free=1))
    plan = (siblings("G1", SiblingPlan.TOGETHER_REQUIRED),)
    write_caseload(a_caseload(*THREE, *homes, relationships=plan), folder)
    assert placements("split", str(folder), "--child", "C2") == 0
    assert "service" in capsys.readouterr().out
    assert placements("split", str(folder), "--child", "C2", "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert told["needs_agreement_of"] == ["service-manager"]
    assert [sorted(len(part["children"]) for part in way["together"]) for way in told["ways"]] == [[1, 2]] * 3
    assert placements("split", str(folder), "--child", "C8") == 2
