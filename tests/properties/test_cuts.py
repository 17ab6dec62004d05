"""Tightening never loses a plan: every added row holds for every lawful plan, and the answer stays the best."""

import itertools

import numpy as np
import pytest

from matching.candidates import find_candidates, problem_from
from matching.pairs import Register
from matching.solver import Problem, search, solve
from matching.solver.problem import Held
from matching.solver.relaxation import Relaxation
from matching.solver.search import lawful
from matching.solver.stages import weights_of
from tests.lib.brute_force import best_blocks
from tests.lib.builders import fostering
from tests.lib.random_caseloads import random_caseload

POLICY = fostering()


def a_problem(seed: int, children: int, homes: int) -> Problem:
    caseload = random_caseload(seed, children=children, homes=homes, wild=0.04)
    return problem_from(find_candidates(Register(caseload), POLICY))


def test_every_added_row_holds_for_every_lawful_plan() -> None:
    rows = 0
    for seed in range(140):
        problem = a_problem(seed, 6, 4)
        if not 0 < problem.blocks <= 40:
            continue
        held = Held.none(problem.goal_values)
        relaxed = Relaxation(problem, np.arange(problem.blocks), held)
        rng = np.random.default_rng(seed)
        for _ in range(6):  # any aim will do: each leads to other fractional points
            relaxed.aim(rng.integers(1, 20, problem.blocks))
            assert relaxed.solve()
            relaxed.tighten()
        cuts = relaxed.cuts_over(relaxed.at)
        rows += cuts.size
        use = cuts.use.toarray()
        for size in range(1, min(4, problem.blocks + 1)):
            every = np.array(list(itertools.combinations(range(problem.blocks), size)))
            broken = (use[:, every].sum(axis=2) > cuts.limit[:, None]).any(axis=0)
            for chosen in every[broken]:
                assert not lawful(problem, held, chosen), (seed, chosen)
    assert rows > 20, "too few rows were added to show anything"


@pytest.mark.parametrize("block", range(2))
def test_with_tightening_forced_the_plan_is_still_the_best(block: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Small problems are solved without tightening; here it is forced, and hope is given very little room."""
    monkeypatch.setattr(search, "SMALL", 0)
    monkeypatch.setattr(search, "FEW", 3)
    monkeypatch.setattr(search, "NEAR", 4)
    monkeypatch.setattr(search, "HOPE", ((0, 0.2),))
    for seed in range(block * 60, block * 60 + 60):
        problem = a_problem(seed, 6, 6)
        goals, _, chosen = best_blocks(problem)
        solution = solve(problem)
        assert solution.proven
        assert solution.achieved == goals, seed
        assert solution.chosen == chosen, seed


def test_the_bound_is_never_below_the_best_plan() -> None:
    for seed in range(40):
        problem = a_problem(seed, 12, 8)
        if not problem.blocks:
            continue
        weights = weights_of(problem)
        value = problem.worth(weights)
        relaxed = Relaxation(problem, np.arange(problem.blocks), Held.none(problem.goal_values))
        relaxed.aim(value)
        relaxed.solve()
        best = int(value[list(solve(problem).chosen)].sum())
        assert relaxed.bound().total >= best * 1024, seed
