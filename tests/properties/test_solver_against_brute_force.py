"""The solver's whole goal vector, and its plan, against every plan there is."""

import os
from collections.abc import Iterator

import numpy as np
import pytest

from matching.candidates import find_candidates, problem_from
from matching.checker import count_goals
from matching.domain import Caseload
from matching.pairs import Register
from matching.planning import placed_by, propose_plan
from matching.solver import Limits, Problem, solve
from matching.solver.relaxation import Relaxation
from tests.lib.brute_force import best_blocks, every_sound_plan
from tests.lib.builders import fostering
from tests.lib.random_caseloads import random_caseload
from tests.lib.second_formulation import best_by_goals

POLICY = fostering()
SMALL, SOUND, MEDIUM = (200, 50, 25) if os.environ.get("NIGHTLY") else (10, 4, 3)  # blocks


def problems(seeds: range, children: int, homes: int) -> Iterator[tuple[int, Caseload, Problem]]:
    for seed in seeds:
        caseload = random_caseload(seed, children=children, homes=homes, wild=0.05)
        yield seed, caseload, problem_from(find_candidates(Register(caseload), POLICY))


@pytest.mark.parametrize("block", range(SMALL))
def test_goal_vector_and_plan_equal_brute_force(block: int) -> None:
    """50 caseloads a block, 2 to 6 children and homes, with siblings, places and children who may not be together."""
    rivals = 0
    for seed in range(block * 50, block * 50 + 50):
        caseload = random_caseload(seed, children=2 + seed % 5, homes=2 + seed % 4, wild=0.05)
        problem = problem_from(find_candidates(Register(caseload), POLICY))
        goals, lot, chosen = best_blocks(problem)
        solution = solve(problem)
        assert solution.achieved == goals, seed
        assert solution.bound == goals, seed
        assert int(problem.lot[list(solution.chosen)].sum()) == lot, seed
        assert solution.proven
        assert solution.chosen == chosen, seed
        rivals += len(chosen) < len(problem.children)
    assert rivals > 5, "too few of these caseloads are short of homes to show anything"


@pytest.mark.parametrize("block", range(SOUND))
def test_no_sound_plan_beats_the_proposed_one(block: int) -> None:
    """The checker alone says what is sound; over all sound plans none has better counted goals."""
    counted = ("deadlines", "placed", "siblings-required", "siblings-together", "short-breaks")
    for seed in range(20_000 + block * 10, 20_000 + block * 10 + 10):
        caseload = random_caseload(seed, children=4, homes=3, wild=0.08)
        plan = propose_plan(caseload, POLICY)
        reached = {goal.code: goal.achieved for goal in plan.goals}
        mine = tuple(reached.get(code, 0) for code in counted)
        best = (0,) * len(counted)
        for home_of in every_sound_plan(caseload, POLICY):
            goals = count_goals(caseload, sorted(home_of.items()), POLICY.settings)
            best = max(best, tuple(goals[code] for code in counted))
        assert mine == best, seed


@pytest.mark.parametrize("block", range(MEDIUM))
def test_another_formulation_in_another_solver_agrees(block: int) -> None:
    """20 caseloads a block, too large to try every plan: HiGHS on pairs of a child and a home, goal after goal."""
    for seed in range(block * 20, block * 20 + 20):
        assert_formulations_agree(seed)


@pytest.mark.parametrize("seed", [60, 402])
def test_both_formulations_count_together_only_who_ask_for_the_same_nights(seed: int) -> None:
    """Here a brother or sister on a short break could be in the home of one who lives there every night."""
    assert_formulations_agree(seed)


def assert_formulations_agree(seed: int) -> None:
    caseload = random_caseload(seed, children=16 + seed % 9, homes=12 + seed % 7, wild=0.05)
    found = find_candidates(Register(caseload), POLICY)
    problem = problem_from(found)
    goals = problem.goals.index("kept-as-agreed") + 1
    assert list(solve(problem).achieved[:goals]) == best_by_goals(found, problem, goals), seed


def test_a_pinned_child_goes_where_pinned_and_the_rest_is_best() -> None:
    for seed, caseload, problem in problems(range(30), 4, 4):
        if not problem.blocks:
            continue
        found = find_candidates(Register(caseload), POLICY)
        block = seed % problem.blocks
        members = found.groups[int(problem.block_group[block])].children
        child = next(ref for i, ref in enumerate(members) if int(problem.block_mask[block]) >> i & 1)
        home = problem.homes[int(problem.block_home[block])]
        pinned = problem_from(found, {child: home})
        solution = solve(pinned)
        assert (child, home) in placed_by(found, pinned, solution)
        assert solution.achieved == _best_with(pinned, child)


def _best_with(problem: Problem, child: str) -> tuple[int, ...]:
    at = problem.children.index(child)
    must = np.flatnonzero(problem.holding(at))
    goals = [_best_of(problem, int(block)) for block in must]
    return max(found for found in goals if found is not None)


def _best_of(problem: Problem, block: int) -> tuple[int, ...] | None:
    """Best goals among choices that hold the block, by an extra first goal that counts it."""
    wanted = np.zeros((1, problem.blocks), dtype=np.int64)
    wanted[0, block] = 1
    bigger = Problem(
        **{
            name: getattr(problem, name)
            for name in Problem.__dataclass_fields__
            if name not in ("goals", "goal_values", "must_place")
        },
        goals=("wanted", *problem.goals),
        goal_values=np.vstack([wanted, problem.goal_values]),
    )
    goals, _, _ = best_blocks(bigger)
    return goals[1:] if goals[0] else None


def test_at_the_time_limit_there_is_a_lawful_plan_with_its_gap() -> None:
    """A limit of nothing at all still gives a plan; its bound is never below what it reached."""
    for _, _, problem in problems(range(8), 20, 12):
        solution = solve(problem, Limits(seconds=0.0))
        best = solve(problem)
        assert all(bound >= reached for bound, reached in zip(solution.bound, solution.achieved, strict=True))
        assert solution.bound[0] >= best.achieved[0]
        assert solution.achieved <= best.achieved


def test_bounds_hold_where_no_prices_are_found_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a busy machine the time may be up before the first relaxation is solved."""
    cases = [(problem, solve(problem)) for _, _, problem in problems(range(4), 20, 12)]
    monkeypatch.setattr(Relaxation, "solve", lambda *_: False)
    for problem, best in cases:
        solution = solve(problem, Limits(seconds=0.0))
        assert not solution.proven
        assert solution.bound[0] >= best.achieved[0]
        assert all(bound >= reached for bound, reached in zip(solution.bound, solution.achieved, strict=True))
