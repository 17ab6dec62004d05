"""Tightening never loses a plan: every added row holds for every lawful plan, and the answer stays the best."""

import itertools

import numpy as np
import pytest

from matching.candidates import find_candidates, problem_from
from matching.pairs import Register
from matching.solver import Problem, cuts, relaxation, search, solve
from matching.solver.problem import Held, Integers
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


def _show_few(monkeypatch: pytest.MonkeyPatch) -> None:
    """The simplex is shown one block of each group at first, as it is shown six of large problems."""
    monkeypatch.setattr(relaxation, "SIFTED", 0)
    monkeypatch.setattr(relaxation, "FIRST", 1)
    monkeypatch.setattr(relaxation, "MORE", 1)


def _shown_all_and_few(seed: int, monkeypatch: pytest.MonkeyPatch) -> tuple[Relaxation, Relaxation]:
    """The same relaxation twice, the simplex shown all blocks and shown few."""
    problem = a_problem(seed, 12, 8)
    every, held = np.arange(problem.blocks), Held.none(problem.goal_values)
    monkeypatch.setattr(relaxation, "SIFTED", problem.blocks)
    whole = Relaxation(problem, every, held)
    _show_few(monkeypatch)
    return whole, Relaxation(problem, every, held)


def test_shown_few_blocks_the_simplex_finds_the_same_optimum(monkeypatch: pytest.MonkeyPatch) -> None:
    """Under every aim, and at the same point again from a basis kept."""
    fewer = 0
    for seed in range(40):
        both, rng = _shown_all_and_few(seed, monkeypatch), np.random.default_rng(seed)
        few, aims = both[1], rng.integers(-3, 20, (2, both[1].at.size))
        _aimed(both, aims[0])
        assert _optima(both), seed
        fewer += few.shown.size < few.at.size
        start, first = few.basis(), few.point
        _aimed(both, aims[1])
        assert _optima(both), seed
        few.aim(aims[0])
        few.go_on_from(start)
        assert few.solve()
        np.testing.assert_allclose(few.point, first, atol=1e-12, err_msg=str(seed))
    assert fewer > 20, "all blocks were shown nearly always, so nothing was compared"


def test_shown_few_blocks_the_simplex_finds_what_is_held_and_leaves_what_is_barred(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The blocks shown first are those of most value, which mostly cannot reach what is held."""
    for seed in range(40):
        both, rng = _shown_all_and_few(seed, monkeypatch), np.random.default_rng(seed)
        goals, size = both[0].problem.goal_values, both[0].at.size
        _aimed((both[0],), goals[1])
        assert both[0].solve()
        most = int(np.floor(both[0].value @ both[0].point + 1e-6))
        _aimed(both, rng.integers(-3, 20, size))
        for one in both:
            one.hold(1, most)
        assert _optima(both), seed
        barred = rng.random(size) < 0.3
        for one in both:
            one.release(1)
            one.bar(barred)
        assert _optima(both), seed
        assert both[1].point[barred].max(initial=0) < 1e-9, seed


def test_a_part_goes_on_from_what_is_left_of_the_basis() -> None:
    """Also where a block that stands in it is left out; from nothing the simplex would end at another point."""
    left_out = 0
    for seed in range(60):
        problem = a_problem(seed, 12, 8)
        if problem.blocks < 10:
            continue
        rng = np.random.default_rng(seed)
        relaxed = Relaxation(problem, np.arange(problem.blocks), Held.none(problem.goal_values))
        relaxed.aim(rng.integers(1, 20, problem.blocks))
        assert relaxed.solve()
        keep = rng.random(problem.blocks) < 0.8
        basic = np.asarray(relaxed.engine.getBasicVariables()[1])
        left_out += bool((~keep[relaxed.shown[basic[basic >= 0]]]).any())
        part = relaxed.of_part(problem.restricted(keep), keep)
        assert part.engine.getBasis().valid, seed
        afresh = Relaxation(part.problem, part.at, Held.none(part.problem.goal_values))
        afresh.aim(relaxed.value[keep])
        assert part.solve()
        assert afresh.solve()
        assert np.isclose(part.value @ part.point, afresh.value @ afresh.point), seed
    assert left_out > 20, "no block of a basis was left out, so nothing was asked"


def _aimed(both: tuple[Relaxation, ...], value: Integers) -> None:
    for one in both:
        one.aim(value)


def _optima(both: tuple[Relaxation, Relaxation]) -> bool:
    """Whether both find an optimum, of the same worth."""
    found = [one.solve() for one in both]
    worth = [float(one.value @ one.point) for one in both]
    return found == [True, True] and abs(worth[0] - worth[1]) < 1e-6


@pytest.mark.parametrize("block", range(3))
def test_with_tightening_forced_the_plan_is_still_the_best(block: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Small problems are solved without tightening; here it is forced, and hope is given very little room.

    In the third block the simplex sees few blocks, and of the new rows only the deepest are written out.
    """
    if block == 2:
        _show_few(monkeypatch)
        monkeypatch.setattr(cuts, "MOST", 5)
        monkeypatch.setattr(cuts, "TOGETHER", 1)
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
