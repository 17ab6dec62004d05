"""Clearly different plans: the nearest first, none left out that is nearer, and what each gives up."""

import json
import os
from dataclasses import replace
from itertools import product
from pathlib import Path

import pytest

from matching.again import Base, Outcome, base_of
from matching.alternatives import alternatives
from matching.checker import check_plan, count_goals
from matching.domain import Caseload
from matching.errors import PolicyRefused
from matching.planning import prepare
from matching.solver import Limits, Problem, Solution, Tight
from tests.lib.builders import a_caseload, a_child, a_home, fostering
from tests.lib.random_caseloads import random_caseload
from tests.unit.matching.test_command_line import placements

POLICY = fostering()
NIGHTLY = "NIGHTLY" in os.environ


def based(caseload: Caseload) -> Base:
    return base_of(prepare(caseload, POLICY))


def two_by_two() -> Caseload:
    """Two children and two homes with one place each: staying or swapping is the same."""
    return a_caseload(a_child("C1"), a_child("C2"), a_home("H1", places_free=1), a_home("H2", places_free=1))


def test_equal_plans_are_shown_as_equal() -> None:
    base = based(two_by_two())
    found = alternatives(base, different=2)
    assert [plan.equal for plan in found.plans] == [True]
    assert str(found.plans[0].sentences[0]).startswith("As good as the best plan in every goal")
    assert {c.child for c in found.plans[0].otherwise.changes} == {"C1", "C2"}
    assert str(found.ended).startswith("No other plan is clearly different")


def test_a_search_that_was_cut_does_not_say_that_there_are_no_more() -> None:
    base = based(two_by_two())
    cut = replace(base, solution=replace(base.solution, proven=False))
    assert str(alternatives(base, different=2).ended).startswith("No other plan is clearly different")
    assert str(alternatives(cut, different=2).ended) == "Whether there are more was not known within the time."


def test_goals_before_the_stated_one_lose_nothing() -> None:
    caseload = a_caseload(a_child("C1"), a_home("H1", places_free=1))
    assert alternatives(based(caseload), different=1, loss=100_000).plans == ()
    one_less = alternatives(based(caseload), goal="placed", loss=1, different=1).plans
    assert [str(s) for s in one_less[0].sentences if "C1" in str(s)] == ["C1 would have no home; before, it was H1."]


def test_what_the_time_was_not_enough_for_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without time nothing is claimed to be the nearest, nor that there is nothing more; what is shown keeps what was asked."""
    base = based(random_caseload(3, children=8, homes=8, wild=0.05))
    monkeypatch.setattr(Tight, "beside", lambda tight, rows: None)
    hurried = alternatives(base, different=2, loss=2_000, limits=Limits(seconds=0.0))
    assert not hurried.in_time
    assert not str(hurried.ended).startswith("No other plan")
    asked = alternatives(base, different=2, loss=2_000, limits=Limits(seconds=2.0))
    monkeypatch.setattr("matching.alternatives.solved_again", _stopped)
    near = alternatives(base, different=2, loss=2_000, limits=Limits(seconds=2.0 * 60))
    assert not near.in_time
    assert len(near.plans) >= len(asked.plans) > 0
    for plan in (*hurried.plans, *near.plans):
        assert check_plan(base.ready.caseload, list(plan.plan.home_of.items()), POLICY.settings).sound
        assert early_kept(base, plan.plan.home_of)
        assert dict(plan.loses)["suitability"] <= 2_000
    nothing = alternatives(base, different=2, loss=-100_000, limits=Limits(seconds=60.0))
    assert (nothing.plans, nothing.in_time) == ((), True), "the search itself says that there is none"


def _stopped(base: Base, problem: Problem, limits: Limits | None) -> Outcome:
    """A solver that is stopped with nobody placed."""
    none = Solution(chosen=(), achieved=(0,) * len(problem.goals), bound=base.solution.achieved, proven=False)
    return Outcome(found=base.found, problem=problem, solution=none)


def test_time_enough_changes_nothing() -> None:
    base = based(random_caseload(3, children=8, homes=8, wild=0.05))
    unhurried = alternatives(base, different=2, loss=2_000)
    timed = alternatives(base, different=2, loss=2_000, limits=Limits(seconds=600.0))
    assert timed.in_time
    assert timed.ended == unhurried.ended
    assert [plan.plan.home_of for plan in timed.plans] == [plan.plan.home_of for plan in unhurried.plans] != []


def test_an_unknown_goal_is_refused() -> None:
    with pytest.raises(PolicyRefused, match="has no goal 'nonsense'"):
        alternatives(based(two_by_two()), goal="nonsense")


def every_plan_apart(base: Base, different: int) -> list[dict[str, str]]:
    """Every sound plan with so many sets less of the best, by trying all."""
    refs, homes = list(base.found.row_of_child), [None, *base.problem.homes]
    tried = ({c: h for c, h in zip(refs, chosen, strict=True) if h} for chosen in product(homes, repeat=len(refs)))
    best = sets_in(base, base.home_of)
    apart = [plan for plan in tried if len(best - sets_in(base, plan)) >= different]
    caseload, settings = base.ready.caseload, POLICY.settings
    return [plan for plan in apart if check_plan(caseload, list(plan.items()), settings).sound]


def sets_in(base: Base, plan: dict[str, str]) -> set[tuple[str, frozenset[str]]]:
    """Who of each sibling group is in which home together."""
    return {
        (home, frozenset(ref for ref in group.children if plan.get(ref) == home))
        for group in base.found.groups
        for home in {plan.get(ref) for ref in group.children}
        if home is not None
    }


def test_no_nearer_plan_is_left_out() -> None:
    """Against all sound plans: the first alternative loses no more than the best that differs as clearly."""
    shown = 0
    for seed in range(300 if NIGHTLY else 20):
        base = based(random_caseload(seed, children=4, homes=3, wild=0.05))
        found = alternatives(base, different=2, loss=2_000, most=1)
        best = sets_in(base, base.home_of)
        others = [plan for plan in every_plan_apart(base, 2) if early_kept(base, plan)]
        losses = [base.achieved["suitability"] - points(base, plan) for plan in others]
        if not found.plans:
            assert min(losses, default=9_999) > 2_000
            continue
        shown += 1
        assert len(best - sets_in(base, found.plans[0].plan.home_of)) >= 2
        assert dict(found.plans[0].loses)["suitability"] == min(losses)
    assert shown > (20 if NIGHTLY else 0)


def early_kept(base: Base, plan: dict[str, str]) -> bool:
    counted = count_goals(base.ready.caseload, list(plan.items()), POLICY.settings)
    early = base.problem.goals[: base.problem.goals.index("suitability")]
    return all(counted[code] >= base.achieved[code] for code in early)


def points(base: Base, plan: dict[str, str]) -> int:
    rows, columns = base.found.row_of_child, base.found.register.home_index
    return sum(int(base.found.judged.total[rows[child], columns[home]]) for child, home in plan.items())


def test_each_differs_clearly_from_all_before(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = str(tmp_path / "city")
    assert placements("sample", folder, "--children", "15", "--homes", "40", "--seed", "1") == 0
    capsys.readouterr()
    assert placements("alternatives", folder, "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert 1 <= len(told["plans"]) <= 5
    for i, plan in enumerate(told["plans"]):
        for before in told["plans"][:i]:
            assert sum(before["placements"].get(c) != h for c, h in plan["placements"].items()) >= 3
    losses = [plan["loses"].get("suitability", 0) for plan in told["plans"]]
    assert losses == sorted(losses)
    assert placements("alternatives", folder, "--goal", "placed", "--loss", "1") == 0
    assert "1." in capsys.readouterr().out
