"""Goals one after another, each optimum held before the next; last the lot, so that the plan is the only one."""

import time
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from matching.errors import NoProofInTime, PlanRefused
from matching.solver.bound import bound_of
from matching.solver.exact import by_cp_sat, by_highs
from matching.solver.greedy import greedy_plan
from matching.solver.prices import SCALE, Held, prices_of
from matching.solver.problem import Integers, Limits, Problem, Solution

Chosen = npt.NDArray[np.int64]
SMALL = 4_000
LARGEST_WEIGHT = 2_000_000_000
CANNOT_FORCE = "These children cannot all have the homes asked for at once. Release one of them and try again."


@dataclass(frozen=True, slots=True)
class Stage:
    """One objective in whole numbers: neighbouring goals folded into one, the earlier weighing beyond the later."""

    goals: tuple[int, ...]
    value: Integers


@dataclass
class Run:
    """What is known so far: the plan, what is held, which blocks may still be in a best plan."""

    problem: Problem
    limits: Limits
    started: float
    chosen: Chosen
    keep: npt.NDArray[np.bool_]
    held: Held
    proven: bool = True
    bound: dict[int, int] = field(default_factory=dict)
    seconds: list[tuple[str, float]] = field(default_factory=list)

    def left(self) -> float | None:
        """Seconds left, `None` without a limit."""
        return None if self.limits.seconds is None else self.limits.seconds - (time.monotonic() - self.started)


def solve(problem: Problem, limits: Limits | None = None) -> Solution:
    """The best plan in the order of goals, with a bound for each; the tie is broken by the lot.

    Raises `PlanRefused` when the children who must be placed cannot all be placed.
    """
    if not problem.blocks:
        return _nothing_possible(problem)
    run = _start(problem, limits or Limits())
    for stage in stages_of(problem):
        began = time.monotonic()
        _solve_stage(run, stage)
        run.seconds.append(("+".join(problem.goals[g] for g in stage.goals), time.monotonic() - began))
    began = time.monotonic()
    _draw_lots(run)
    run.seconds.append(("lot", time.monotonic() - began))
    achieved = tuple(int(v) for v in problem.goal_values[:, run.chosen].sum(axis=1))
    bound = tuple(max(run.bound[g], achieved[g]) for g in range(len(problem.goals)))
    return Solution(
        chosen=tuple(run.chosen.tolist()), achieved=achieved, bound=bound, proven=run.proven, seconds=tuple(run.seconds)
    )


def _nothing_possible(problem: Problem) -> Solution:
    """The plan when no child could go anywhere."""
    if problem.must_place:
        raise PlanRefused(CANNOT_FORCE)
    none = (0,) * len(problem.goals)
    return Solution(chosen=(), achieved=none, bound=none, proven=True)


def _start(problem: Problem, limits: Limits) -> Run:
    must = np.array([problem.holding(child) for child in problem.must_place], dtype=np.int64).reshape(
        len(problem.must_place), problem.blocks
    )
    held = Held(must, np.ones(len(problem.must_place), dtype=np.int64))
    run = Run(problem, limits, time.monotonic(), greedy_plan(problem), np.ones(problem.blocks, dtype=bool), held)
    if not _reaches(held, run.chosen):
        found, _ = by_cp_sat(problem, np.zeros(problem.blocks, np.int64), held, np.arange(problem.blocks), run.left())
        if found is None:
            raise PlanRefused(CANNOT_FORCE)
        run.chosen = found
    return run


def _reaches(held: Held, chosen: Chosen) -> bool:
    return bool((held.values[:, chosen].sum(axis=1) >= held.targets).all())


def stages_of(problem: Problem) -> list[Stage]:
    """Fold neighbouring goals while the weights stay small enough to be exact."""
    stages: list[Stage] = []
    for g in range(len(problem.goals)):
        value = problem.goal_values[g]
        span = _span(problem, value) + 1
        if stages and (_span(problem, stages[-1].value) + 1) * span < LARGEST_WEIGHT:
            last = stages.pop()
            stages.append(Stage((*last.goals, g), last.value * span + value))
        else:
            stages.append(Stage((g,), value))
    return stages


def _span(problem: Problem, value: Integers) -> int:
    """An upper bound on what a plan can reach: the best block of each child, summed."""
    best = np.zeros(problem.group_sizes.size, dtype=np.int64)
    np.maximum.at(best, problem.block_group, np.maximum(value, 0))
    return int((best * np.maximum(problem.group_sizes, 1)).sum())


def _solve_stage(run: Run, stage: Stage) -> None:
    problem, value = run.problem, stage.value
    prices = prices_of(problem, value, run.held)
    priced = value * SCALE + prices.held @ run.held.values
    bound = bound_of(problem, priced, prices.rows)
    ceiling = bound.total - int(prices.held @ run.held.targets)
    best, proven = _search(run, value, bound.regret, ceiling)
    top = _ceiling(ceiling) if not proven else best
    run.proven &= proven
    _note_bounds(run, stage, top, best)
    if proven:
        run.keep &= bound.regret <= ceiling - best * SCALE
    _hold(run, stage)


def _ceiling(scaled: int) -> int:
    return scaled // SCALE


def _search(run: Run, value: Integers, regret: Integers, ceiling: int) -> tuple[int, bool]:
    """Solve on the blocks of least regret; widen to all that could matter until the certificate holds.

    A plan better than the one at hand uses only blocks whose regret is at most `matters`.
    """
    now = int(value[run.chosen].sum())
    room = _first_room(run, regret)
    while (matters := ceiling - (now + 1) * SCALE) >= 0:
        looked = min(room, matters)
        found, proven = _exact(run, value, np.flatnonzero(run.keep & (regret <= looked)))
        if found is not None and int(value[found].sum()) > now:
            run.chosen, now = found, int(value[found].sum())
        if not proven:
            return now, False
        if looked >= ceiling - (now + 1) * SCALE:
            break
        room = ceiling - (now + 1) * SCALE
    return now, True


def _first_room(run: Run, regret: Integers) -> int:
    """Regret up to which blocks are looked at first: all of a small problem, else about a third."""
    mine = regret[run.keep]
    if mine.size <= SMALL:
        return int(mine.max(initial=0))
    return int(np.partition(mine, max(SMALL, mine.size // 3) - 1)[max(SMALL, mine.size // 3) - 1])


def _exact(run: Run, value: Integers, keep: Chosen) -> tuple[Chosen | None, bool]:
    left = run.left()
    if left is not None and left <= 0:
        return None, False
    found, proven = by_highs(run.problem, value, run.held, keep, left)
    if found is not None and not lawful(run.problem, run.held, found):
        return by_cp_sat(run.problem, value, run.held, keep, run.left())
    return found, proven


def lawful(problem: Problem, held: Held, chosen: Chosen) -> bool:
    """Whether blocks keep every row, place no child twice and reach what is held; in exact integers."""
    taken = np.zeros(problem.group_sizes.size, dtype=np.int64)
    for block in chosen:
        group, mask = problem.block_group[block], problem.block_mask[block]
        if taken[group] & mask:
            return False
        taken[group] |= mask
    on = np.zeros(problem.blocks, dtype=np.int64)
    on[chosen] = 1
    used = np.zeros(problem.row_limit.size, dtype=np.int64)
    np.add.at(used, problem.row_index, problem.row_use * on[problem.row_block])
    return bool((used <= problem.row_limit).all()) and _reaches(held, chosen)


def _note_bounds(run: Run, stage: Stage, top: int, best: int) -> None:
    """Bounds of single goals from the bound of the folded objective."""
    for g in stage.goals:
        achieved = int(run.problem.goal_values[g, run.chosen].sum())
        run.bound[g] = (
            achieved
            if top == best
            else min(_span(run.problem, run.problem.goal_values[g]), _unfolded(run, stage, g, top))
        )


def _unfolded(run: Run, stage: Stage, goal: int, top: int) -> int:
    """The most a goal can be when the folded objective is at most `top` and earlier goals are as achieved."""
    weight, rest = 1, top
    weights: dict[int, int] = {}
    for g in reversed(stage.goals):
        weights[g] = weight
        weight *= _span(run.problem, run.problem.goal_values[g]) + 1
    for g in stage.goals:
        if g == goal:
            return rest // weights[g]
        rest -= weights[g] * int(run.problem.goal_values[g, run.chosen].sum())
    return rest


def _hold(run: Run, stage: Stage) -> None:
    reached = np.array([int(run.problem.goal_values[g, run.chosen].sum()) for g in stage.goals], dtype=np.int64)
    values = np.vstack([run.held.values, run.problem.goal_values[list(stage.goals)]])
    run.held = Held(values, np.concatenate([run.held.targets, reached]))


def _draw_lots(run: Run) -> None:
    """Among plans that reach every goal, the one with the least sum of lots; the only one, for all purposes."""
    if not run.proven:
        return
    keep = np.flatnonzero(run.keep)
    found, proven = by_cp_sat(run.problem, -run.problem.lot, run.held, keep, run.left(), hint=run.chosen)
    if found is None or not lawful(run.problem, run.held, found):
        if proven:
            raise NoProofInTime("The draw of lots found no plan, though one is known. Report this fault.")
        run.proven = False
        return
    run.chosen, run.proven = found, proven
