"""A problem kept warm gives what solving from nothing gives, whatever was asked before."""

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from matching.again import Base, Outcome, base_of, pinned, quickly_pinned, with_rules_met, without
from matching.candidates.blocks import sums_over_children
from matching.errors import PlanRefused
from matching.planning import decide, placed_by, prepare
from matching.solver import Limits, Packing, Solution, solve
from matching.solver.problem import Held
from matching.solver.relaxation import SCALE
from matching.solver.search import lawful
from matching.solver.stages import weights_of
from matching.solver.tight import REACH
from matching.solver.warm import Warm
from matching.steadiness import factors, proposals_of
from matching.synthetic import sample_caseload
from matching.what_it_takes import MOST_TRIED, _around
from tests.lib.builders import fostering
from tests.lib.random_caseloads import random_caseload

POLICY = fostering()
REFERENCE = Path(__file__).parents[2] / "data" / "reference"
NIGHTLY = bool(os.environ.get("NIGHTLY"))
CASELOADS = 200 if NIGHTLY else 8


def based(seed: int) -> Base:
    return base_of(prepare(random_caseload(seed, children=7, homes=5, wild=0.06), POLICY))


def test_pins_are_answered_as_from_nothing() -> None:
    asked = settled = 0
    for seed in range(CASELOADS):
        base = based(seed)
        first = {}
        for again in (False, True):  # the second time after all other questions
            for child in base.found.row_of_child:
                for home in (None, *base.problem.homes):
                    try:
                        quick = quickly_pinned(base, {child: home})
                    except PlanRefused:
                        quick = None
                    if again:
                        assert (quick and quick.solution) == first[child, home]
                        continue
                    first[child, home] = quick and quick.solution
                    try:
                        slow = pinned(base, {child: home}, Limits(lot=False))
                    except PlanRefused:
                        assert quick is None
                        continue
                    assert quick is not None
                    asked += 1
                    last = POLICY.goals.index("suitability") + 1
                    reached, best = quick.solution.achieved[:last], slow.solution.achieved[:last]
                    assert reached <= best, "no plan reaches more than the best"
                    if quick.proven:
                        settled += 1
                        assert reached == best
    assert settled / asked > 0.9


def test_goals_stay_in_their_order(monkeypatch: pytest.MonkeyPatch) -> None:
    """Moderate weights may give one urgent child for three others; the answer is the first plan all the same, proven."""
    unsettled, in_order = [], Warm._in_order

    def noted(warm: Warm, found: Solution, *given: Any) -> Solution:
        told = in_order(warm, found, *given)
        unsettled.append((found.achieved, told.achieved, told.proven))
        return told

    monkeypatch.setattr(Warm, "_in_order", noted)
    for seed in range(1, 12 if NIGHTLY else 2):
        base = base_of(prepare(sample_caseload(REFERENCE, children=40, homes=60, seed=seed), POLICY))
        for child in base.found.row_of_child:
            quick, slow = quickly_pinned(base, {child: None}), pinned(base, {child: None}, Limits(lot=False))
            last = base.warm.finest + 1
            assert quick.proven
            assert quick.solution.achieved[:last] == slow.solution.achieved[:last]
    assert any(told > found for found, told, _ in unsettled), "in none did the weights mistake the order"


def test_many_threads_are_answered_as_one() -> None:
    """Officers ask about the same plan at the same moment; each question moves the relaxation that they share."""
    base = base_of(prepare(random_caseload(3, children=60, homes=30, wild=0.04), POLICY))
    asked = [(child, home) for child in list(base.found.row_of_child)[:12] for home in base.problem.homes[:8]]

    def answer(pair: tuple[str, str]) -> tuple[int, ...] | None:
        try:
            return quickly_pinned(base, dict([pair])).solution.achieved[: base.warm.finest + 1]
        except PlanRefused:
            return None

    alone = [answer(pair) for pair in asked]
    with ThreadPoolExecutor(8) as officers:
        assert list(officers.map(answer, asked)) == alone
    assert sum(one is not None for one in alone) > 20


def worth_of(told: Outcome) -> int:
    """The weighted sum of what a plan reaches, up to the finest goal."""
    weights = weights_of(told.problem)
    return int(weights @ np.array(told.solution.achieved[: weights.size]))


def test_after_a_refusal_the_plan_is_the_one_from_nothing() -> None:
    """Every pair of the plan refused in turn: the same homes, the same goals and bounds, proven, lot and all."""
    asked = near = 0
    for seed in range(400 if NIGHTLY else 8):
        base = based(seed)
        for pair in list(base.home_of.items()):
            again = without(base, [pair])
            afresh = decide(base.ready, {}, Limits(), [pair])
            assert again.home_of == dict(placed_by(base.found, afresh.problem, afresh.solution)), (seed, pair)
            assert again.solution.achieved == afresh.solution.achieved
            assert again.solution.bound == afresh.solution.bound
            assert again.proven
            asked += 1
            if worth_of(base) - worth_of(again) <= REACH // SCALE:
                near += 1
                assert again.problem is base.problem, "a plan that loses little is found without planning from nothing"
    assert asked > 15
    assert near > 4


def test_a_plan_beside_further_rows_is_the_one_from_nothing() -> None:
    """Plans that differ clearly from those before; a refusal asked in between is answered as if nothing had been asked."""
    asked = settled = 0
    for seed in range(200 if NIGHTLY else 12):
        base = based(seed)
        problem, shown, given = base.problem, base.solution.chosen, base.problem.row_limit.size
        for _ in range(3 if problem.blocks else 0):
            problem = problem.with_row(np.array(shown, dtype=np.int64), max(0, len(shown) - 2))
            new = np.arange(given, problem.row_limit.size)
            found = base.tight.beside(Packing(problem.rows[new].astype(np.int64), problem.row_limit[new]))
            afresh = solve(problem)
            asked += 1
            if found is not None:
                assert replace(found, seconds=()) == replace(afresh, seconds=()), seed
                settled += 1
            shown = afresh.chosen
        for pair in list(base.home_of.items())[:2]:
            assert without(base, [pair]).home_of == without(base_of(base.ready), [pair]).home_of
    assert asked > 30
    assert settled > 4


def test_a_plan_under_other_weights_is_the_best_under_them() -> None:
    """Each draw by itself, against planning from nothing with the values of that draw."""
    for seed in range(3 * CASELOADS):
        base = based(seed)
        points = [sums_over_children(base.found.sets, one, base.found.row_of_child) for one in base.found.judged.points]
        at = base.problem.goals.index("suitability")
        for draw in factors(POLICY, seed, 8):
            finest = (draw @ np.array(points) + 500) // 1000
            chosen = base.warm.best_with(finest)
            assert chosen is not None
            values = base.problem.goal_values.copy()
            values[at] = finest
            best = solve(replace(base.problem, goal_values=values), Limits(lot=False))
            assert tuple(values[: at + 1, chosen].sum(axis=1).tolist()) == best.achieved[: at + 1]


def test_without_wobble_every_proposal_holds() -> None:
    for seed in range(10):
        base = based(seed)
        still = factors(POLICY, seed, 5, wobble=0)
        assert (still == 1000).all()
        told = proposals_of(base, seed, draws=20)
        assert told.draws == 20
        assert all(0 <= kept <= 20 for _, kept in told.kept)
        assert proposals_of(base, seed, draws=20) == told, "the same seed gives the same answer"


def test_a_home_opened_is_answered_around_it_as_from_nothing() -> None:
    """Near misses of a large problem are planned around the children placed there; brothers and sisters may join."""
    asked = settled = 0
    for seed in range(CASELOADS):
        base = based(seed)
        if not base.problem.blocks:
            continue
        for group in base.found.groups:
            for home in base.problem.homes:
                there = with_rules_met(base, group.children[:1], home)
                try:
                    slow = pinned(there, dict.fromkeys(group.children[:1], home), Limits(lot=False)).solution
                except PlanRefused:
                    slow = None
                quick = _around(base, there.problem, group.children[:1], home)
                if slow is None:
                    assert quick is None
                    continue
                if quick is None:  # then from nothing: so many brothers and sisters could come along
                    at_home = there.problem.block_home == base.found.register.home_index[home]
                    child = there.problem.holding(base.found.row_of_child[group.children[0]])
                    assert (at_home & child).sum() > MOST_TRIED, (seed, group.children[0], home)
                    continue
                asked += 1
                last = POLICY.goals.index("suitability") + 1
                assert quick.achieved[:last] <= slow.achieved[:last] <= quick.bound[:last]
                if quick.proven:
                    settled += 1
                    assert quick.achieved[:last] == slow.achieved[:last]
                chosen = np.array(quick.chosen)
                assert lawful(there.problem, Held.none(there.problem.lot[None]), chosen)
    assert asked > 4 * CASELOADS
    assert settled / asked > 0.9
