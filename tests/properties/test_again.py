"""Made anew only where something differs is the same as made anew from nothing."""

import os
from dataclasses import replace

import numpy as np

from matching.again import after_refusals, base_of, pinned, with_rules_met
from matching.candidates import assuming, changed, judge_pairs, problem_from
from matching.candidates.rows import rows_of
from matching.domain import Refusal, RefusalReason, RefusedBy
from matching.errors import PlanRefused
from matching.pairs import Register
from matching.planning import Solved, decide, placed_by, prepare, propose_plan
from matching.solver import Limits, Problem, solve
from tests.lib.builders import TODAY, fostering
from tests.lib.random_caseloads import random_caseload

POLICY = fostering()
SEEDS = range(300 if os.environ.get("NIGHTLY") else 25)


Named = tuple[int, int, int]


def named(problem: Problem) -> list[Named]:
    """Each block by what it is, whatever its position."""
    parts = (problem.block_group.tolist(), problem.block_mask.tolist(), problem.block_home.tolist())
    return list(zip(*parts, strict=True))


def rows(problem: Problem) -> set[tuple[int, tuple[tuple[Named, int], ...]]]:
    """Rows without their order; rows that can never be broken say nothing."""
    told, names = [], named(problem)
    for row in range(problem.row_limit.size):
        at = np.flatnonzero(problem.row_index == row)
        if problem.row_use[at].sum() > problem.row_limit[row]:
            uses = sorted((names[problem.row_block[i]], int(problem.row_use[i])) for i in at)
            told.append((int(problem.row_limit[row]), tuple(uses)))
    return set(told)


def worth(problem: Problem) -> dict[Named, tuple[int, ...]]:
    columns = np.vstack([problem.goal_values, problem.lot]).T.tolist()
    return {name: tuple(column) for name, column in zip(named(problem), columns, strict=True)}


def same(one: Problem, other: Problem) -> None:
    assert worth(one) == worth(other)
    assert rows(one) == rows(other)


def test_rows_are_made_home_by_home() -> None:
    """Each row is about one home, so that the rows of one home can be made by themselves."""
    for seed in SEEDS:
        sets = prepare(random_caseload(seed, children=6, homes=4), POLICY).found.sets
        assert all(len(set(sets.home[row.sets].tolist())) == 1 for row in rows_of(sets, POLICY))


def test_rules_met_for_one_home_is_what_the_whole_would_be() -> None:
    for seed in SEEDS:
        ready = prepare(random_caseload(seed, children=6, homes=4), POLICY)
        base = base_of(ready)
        for group in ready.found.groups:
            there = with_rules_met(base, group.children, "H2")
            whole = problem_from(assuming(ready.found, group.children, "H2"))
            same(there.problem, whole)
            assert there.problem.blocks == whole.blocks


def test_a_home_with_other_places_is_what_the_whole_would_be() -> None:
    for seed in SEEDS:
        caseload = random_caseload(seed, children=6, homes=4)
        base = base_of(prepare(caseload, POLICY))
        homes = tuple(replace(h, places_free=3) if h.ref == "H1" else h for h in caseload.homes)
        other = Register(caseload.with_changes(homes=homes))
        pairs = other.pairs(list(base.found.judged.pairs.children.items))
        found, problem = changed(
            base.found, base.problem, judge_pairs(pairs, POLICY), groups=(), homes=(0,), register=other
        )
        whole = prepare(other.caseload, POLICY)
        assert found.sets.mask.size == whole.found.sets.mask.size
        same(problem, problem_from(whole.found))


def test_pinned_is_what_deciding_with_pins_gives() -> None:
    for seed in SEEDS:
        ready = prepare(random_caseload(seed, children=5, homes=4, wild=0.06), POLICY)
        base = base_of(ready)
        for child in list(ready.found.row_of_child)[:3]:
            for home in (None, "H1", "H3"):
                try:
                    would = decide(ready, {child: home}, Limits())
                except PlanRefused:
                    would = None
                try:
                    is_so = pinned(base, {child: home})
                except PlanRefused:
                    assert would is None
                    continue
                assert would is not None
                assert is_so.home_of == dict(placed_by(ready.found, would.problem, would.solution))


def test_a_floor_is_reached_or_refused() -> None:
    for seed in SEEDS:
        problem = problem_from(prepare(random_caseload(seed, children=6, homes=4), POLICY).found)
        later = problem.goal_values[-1]
        most = max((solve(replace(problem, goals=("x",), goal_values=later[None])).achieved), default=0)
        reached = solve(problem, floors=[(later, most)])
        assert int(later[list(reached.chosen)].sum()) == most
        try:
            solve(problem, floors=[(later, most + 1)])
        except PlanRefused:
            continue
        raise AssertionError("a floor beyond reach was not refused")


def a_no(child: str, home: str) -> Refusal:
    return Refusal(child=child, home=home, by=RefusedBy.CARER, on=TODAY, reason=RefusalReason.TIMING)


def test_the_plan_after_a_no_is_the_plan_made_afresh() -> None:
    """One no after another: the same goals, proven, the same homes, the same plan in every word that is hashed."""
    noes = 0
    for seed in SEEDS:
        base = base_of(prepare(random_caseload(seed, children=7, homes=5, wild=0.06), POLICY))
        for child, home in sorted(base.home_of.items())[:3]:
            before = base.ready.caseload
            after = before.with_changes(refusals=(*before.refusals, a_no(child, home)))
            ready = prepare(after, POLICY)
            found, afresh = after_refusals(base, ready), propose_plan(ready, POLICY)
            assert found is not None
            assert found.proven
            assert found.achieved == {goal.code: goal.achieved for goal in afresh.goals}, (seed, child, home)
            assert found.home_of == afresh.home_of
            solved = Solved(problem=found.problem, solution=found.solution)
            assert propose_plan(found.ready, POLICY, solved=solved).digest == afresh.digest
            base, noes = found, noes + 1
    assert noes > len(SEEDS)


def test_a_caseload_that_differs_in_more_than_a_no_is_planned_afresh() -> None:
    caseload = random_caseload(3, children=7, homes=5, wild=0.06)
    no = a_no(caseload.seeking[0].ref, "H1")
    base = base_of(prepare(caseload.with_changes(refusals=(no,)), POLICY))
    assert after_refusals(base, prepare(caseload, POLICY)) is None, "a no that was taken back opens a home"
    fuller = tuple(replace(home, places_free=0) for home in caseload.homes)
    assert after_refusals(base, prepare(caseload.with_changes(refusals=(no,), homes=fuller), POLICY)) is None
