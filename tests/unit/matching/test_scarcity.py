"""What taking a home costs the others: proven by planning the others with and without it."""

import json
import os
from dataclasses import replace
from pathlib import Path

import pytest

from matching.again import Base, base_of, pinned
from matching.checker import check_plan
from matching.domain import Deadline, SiblingPlan
from matching.errors import InconsistentCaseload, PlanRefused
from matching.pairs import Register
from matching.planning import prepare, propose_plan
from matching.scarcity import Taking, _block, cost_of_taking, pool_of, with_expected
from matching.shortlist import shortlist
from matching.solver import Limits, warm
from matching.synthetic import sample_caseload
from tests.lib.builders import a_caseload, a_child, a_home, fostering, siblings
from tests.lib.random_caseloads import random_caseload
from tests.unit.matching.test_command_line import placements

POLICY = fostering()


def based(*people: object) -> Base:
    return base_of(prepare(a_caseload(*people), POLICY))  # type: ignore[arg-type]


def words(taking: Taking) -> list[str]:
    return [str(sentence) for sentence in taking.sentences]


def test_a_home_that_nobody_else_needs_costs_nothing() -> None:
    base = based(a_child("C1"), a_child("C2"), a_home("H1", places_free=1), a_home("H2", places_free=1))
    assert words(cost_of_taking(pool_of(base, ("C1",)), "H1")) == ["Nobody else who waits would lose by it."]


def test_the_only_home_of_another_child_costs_that_child_theirs() -> None:
    base = based(
        a_child("C1", age=9),
        a_child("C2", age=3),
        a_home("H1", places_free=1),
        a_home("H2", places_free=1, youngest=8),
    )
    pool = pool_of(base, ("C1",))
    assert cost_of_taking(pool, "H2").free_of_cost
    taken = cost_of_taking(pool, "H1")
    assert taken.without == ("C2",)
    assert words(taken) == ["It takes a place from others: C2 would have no home."]
    assert dict(taken.loses)["placed"] == 1


def test_children_expected_count_beside_those_who_wait() -> None:
    base = based(a_child("C1", age=9), a_home("H1", places_free=1), a_home("H2", places_free=1, youngest=8))
    more = with_expected(base, [a_child("E1", age=2)])
    taken = cost_of_taking(pool_of(base, ("C1",), more), "H1")
    assert taken.expected == 1
    assert words(taken) == ["Of those expected, 1 child fewer would find a home."]
    assert cost_of_taking(pool_of(base, ("C1",), more), "H2").free_of_cost
    with pytest.raises(InconsistentCaseload, match="C1: expected, yet in the caseload already"):
        with_expected(base, [a_child("C1")])


def test_a_home_that_cannot_take_them_is_said_to_be_so() -> None:
    base = based(a_child("C1", age=3), a_home("H1", youngest=8), a_home("H2"))
    assert not cost_of_taking(pool_of(base, ("C1",)), "H1").possible


def test_the_cost_is_what_planning_the_others_from_nothing_gives() -> None:
    """The others alone, planned in a caseload where the home's place is taken, and in one where it is free."""
    told = 0
    for seed in range(35):
        caseload = random_caseload(seed, children=5, homes=4, wild=0.04)
        ready = prepare(caseload, POLICY)
        base = base_of(ready)
        for group in ready.found.groups[:2]:
            pool = pool_of(base, group.children)
            alone = propose_plan(ready, POLICY, pins=dict.fromkeys(group.children))
            for home in ready.found.register.home_index:
                taken = cost_of_taking(pool, home)
                try:
                    then = propose_plan(ready, POLICY, pins=dict.fromkeys(group.children, home))
                except PlanRefused:
                    assert not taken.possible
                    continue
                assert taken.possible
                told += 1
                others = set(alone.home_of) - set(group.children)
                left = set(then.home_of) - set(group.children)
                nights = {c.ref for c in caseload.seeking if c.by_nights}
                urgent = [c.ref for c in caseload.seeking if c.deadline in (Deadline.EMERGENCY, Deadline.STATUTORY)]
                urgent_lost = len(others & set(urgent)) - len(left & set(urgent))
                if taken.proven:
                    assert dict(taken.loses)["placed"] == len(others - nights) - len(left - nights)
                    assert dict(taken.loses).get("short-breaks", 0) == len(others & nights) - len(left & nights)
                    assert dict(taken.loses)["deadlines"] == urgent_lost
    assert told > 15


def test_a_newcomer_is_placed_beside_the_plan_and_nobody_is_planned_again() -> None:
    placed = 0
    for seed in range(60):
        caseload = random_caseload(seed, children=5, homes=4, wild=0.05)
        newcomer = caseload.seeking[-1]
        before = propose_plan(prepare(caseload, POLICY), POLICY, pins={newcomer.ref: None})
        found = shortlist(Register(caseload), POLICY, [newcomer.ref], most=9, beside=before.home_of)
        for option in found.options:
            placed += 1
            both = [*before.home_of.items(), (newcomer.ref, option.home)]
            breaches = check_plan(caseload, both, POLICY.settings).breaches
            assert not [b for b in breaches if b.rule != "sibling-plan"], "the officer chose who goes together"
        for home in {h.ref for h in caseload.homes} - {option.home for option in found.options}:
            both = [*before.home_of.items(), (newcomer.ref, home)]
            assert not check_plan(caseload, both, POLICY.settings).sound, "a home that was left was not shown"
    assert placed > 10


def test_somebody_in_the_plan_is_no_newcomer() -> None:
    caseload = a_caseload(a_child("C1"), a_home("H1"))
    with pytest.raises(PlanRefused, match="C1 has a home in the plan already: H1"):
        shortlist(Register(caseload), POLICY, ["C1"], beside={"C1": "H1"})


def test_the_command_says_what_each_home_costs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    city, plan = tmp_path / "city", tmp_path / "plan.json"
    assert placements("sample", str(city), "--children", "30", "--homes", "60", "--seed", "2") == 0
    assert placements("propose", str(city), "--out", str(plan)) == 0
    placed = [p["child"] for p in json.loads(plan.read_text())["placements"]]
    header, row = (city / "children.csv").read_text().splitlines()[:2]
    names = header.split(",")
    cells = row.split(",")
    cells[names.index("ref")] = "E0001"
    keep = [i for i, name in enumerate(names) if name not in ("as_of", "sibling_group")]
    expected = tmp_path / "expected.csv"
    expected.write_text("\n".join([",".join(names[i] for i in keep), ",".join(cells[i] for i in keep)]) + "\n")
    capsys.readouterr()
    costs = 0
    for child in placed[:6]:
        arguments = ["--child", child, "--expected", str(expected), "--json"]
        assert placements("shortlist", str(city), *arguments) == 0
        for option in json.loads(capsys.readouterr().out)["options"]:
            assert option["cost_to_others"]["sentences"]
            assert option["too_close_to_call"] in (True, False)
            costs += 1
    assert costs
    assert placements("shortlist", str(city), "--child", placed[0], "--pool") == 0
    assert "Nobody else who waits" in (said := capsys.readouterr().out) or "others" in said
    assert placements("shortlist", str(city), "--child", placed[0], "--beside", str(plan)) == 2
    assert "has a home in the plan already" in capsys.readouterr().err


def test_an_order_that_turns_is_too_close_to_call() -> None:
    from matching.steadiness import order_of

    near = replace(a_home("H1"), prefers_oldest=5)
    caseload = a_caseload(a_child("C1"), near, a_home("H2"), a_home("H3"), a_home("H4", family_time_minutes=10))
    register = Register(caseload)
    found = shortlist(register, POLICY, ["C1"])
    steady = order_of(found, register, POLICY, seed=1)
    last = dict(zip(steady.homes, steady.holds, strict=True))
    assert steady.homes[-1] == "H1"
    assert last["H1"] == 1.0, "no home after it"
    assert all(share == 1.0 for share in steady.holds), (
        "equal homes stand by lot; only H1 is worse, whatever the weights"
    )


def test_a_brother_who_has_a_home_all_the_same_is_not_counted_as_lost() -> None:
    plan = siblings("G1", SiblingPlan.APART_WITH_CONTACT)
    pair = [a_child(ref, age=9, sibling_group="G1") for ref in ("C1", "C2")]
    homes = [a_home(ref, places_free=1) for ref in ("H1", "H2", "H3")]
    pool = pool_of(base_of(prepare(a_caseload(*pair, *homes, relationships=(plan,)), POLICY)), ("C1",))
    taken = next(home for child, home in pool.without.home_of.items() if child == "C2")
    cost = cost_of_taking(pool, taken)
    assert dict(cost.loses)["placed"] == 0
    assert cost.without == ()


def test_a_sister_who_could_come_along_is_thought_of_though_the_others_could_stay() -> None:
    plan = siblings("G1", SiblingPlan.TOGETHER_PREFERRED)
    pair = [a_child(ref, age=9, sibling_group="G1") for ref in ("C1", "C2")]
    caseload = a_caseload(*pair, a_home("H1"), a_home("H2"), relationships=(plan,))
    pool = pool_of(base_of(prepare(caseload, POLICY)), ("C1",))
    for home in ("H1", "H2"):
        cost = cost_of_taking(pool, home)
        assert dict(cost.loses)["siblings-together"] == -1
        assert [str(one) for one in cost.sentences] == [
            "For the others, pairs of brothers and sisters living together: 1 more."
        ]


def test_what_each_home_costs_in_a_city_is_what_planning_from_nothing_says(monkeypatch: pytest.MonkeyPatch) -> None:
    """By the relaxation and its rows, as in a city of any size; each answer against a plan of everybody made anew."""
    monkeypatch.setattr(warm, "FEW_IN_ALL", 0)
    reference = Path(__file__).resolve().parents[3] / "data" / "reference"
    base = base_of(prepare(sample_caseload(reference, children=40, homes=30, seed=4), POLICY))
    last, told = POLICY.goals.index("suitability") + 1, 0
    for child in list(base.home_of)[:: 6 if os.environ.get("NIGHTLY") is None else 1]:
        pool = pool_of(base, (child,))
        without = pinned(base, {child: None}, Limits(lot=False)).solution.achieved[:last]
        assert pool.without.proven
        assert pool.without.solution.achieved[:last] == without
        for option in shortlist(base.found.register, POLICY, [child]).options:
            cost = cost_of_taking(pool, option.home)
            own = base.problem.goal_values[:, _block(pool, option.home)][:last]
            then = pinned(base, {child: option.home}, Limits(lot=False)).solution.achieved[:last]
            lost = tuple(int(w - (t - o)) for w, t, o in zip(without, then, own, strict=True))
            assert not cost.proven or tuple(gone for _, gone in cost.loses)[:last] == lost, (child, option.home)
            told += cost.proven
    assert told > 8
