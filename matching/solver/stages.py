"""Goals one after another, each optimum held before the next; last the lot, so that the plan is the only one.

The goals up to the finest (suitability) are first solved as one weighted sum, which gives a plan and a bound. Each
goal before the finest is then certified by a bound of its own; where that fails it is searched for by itself.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from matching.errors import NoProofInTime, PlanRefused
from matching.solver.bound import bound_of
from matching.solver.clock import Clock
from matching.solver.exact import by_cp_sat
from matching.solver.greedy import greedy_plan
from matching.solver.in_order import strict_value
from matching.solver.problem import Held, Integers, Limits, Problem, Solution
from matching.solver.relaxation import SCALE, Relaxation
from matching.solver.search import Best, best_of, lawful
from matching.solver.shortfall import Shortfall

OUTRIGHT = 2.0  # CP-SAT's deterministic seconds in which a later goal is tried without a relaxation
LARGEST_WEIGHT, LARGEST_SUM = 1 << 58, float(1 << 62)  # of later goals and the lot as one value, which CP-SAT adds up
LOWERINGS = 8  # rounds of rows for one goal, before it is searched for by itself
Floors = Sequence[tuple[Integers, int]]
CANNOT_FORCE = "These children cannot all have the homes asked for at once. Release one of them and try again."


@dataclass
class Run:
    """What is known so far: the plan, what is held (goals, then children who must be placed), which blocks remain."""

    problem: Problem
    clock: Clock
    chosen: Integers
    keep: npt.NDArray[np.bool_]
    held: Held
    proven: bool = True
    relaxed: Relaxation | None = None
    lead_held: Held | None = None
    lead_short: Shortfall | None = None
    finest: int = 0
    bound: list[int] = field(default_factory=list)
    seconds: list[tuple[str, float]] = field(default_factory=list)

    @property
    def at(self) -> Integers:
        """The blocks that remain."""
        return np.flatnonzero(self.keep)

    def relaxation(self, held: Held) -> Relaxation:
        """A relaxation of the blocks that remain, with the rows added so far."""
        cuts = None if self.relaxed is None else self.relaxed.cuts_over(self.at)
        return Relaxation(self.problem, self.at, held, cuts)

    def achieved(self, goal: int) -> int:
        """What the plan at hand achieves."""
        return int(self.problem.goal_values[goal, self.chosen].sum())

    def hold(self, goal: int, bound: int) -> None:
        """Fix a goal at what the plan achieves."""
        self.bound.append(max(bound, self.achieved(goal)))
        self.held.hold(goal, self.achieved(goal))
        if self.lead_held is not None:
            self.lead_held.hold(goal, self.achieved(goal))

    @contextmanager
    def timed(self, name: str) -> Iterator[None]:
        """Note how long something took."""
        began = time.monotonic()
        yield
        self.seconds.append((name, time.monotonic() - began))


@dataclass(frozen=True, slots=True)
class Lead:
    """The weighted sum of the goals up to the finest: its weights, and what no plan can exceed, goal by goal.

    Each ceiling holds for plans that reach the ceilings before; goals without one are missing at the end.
    """

    weights: Integers
    ceilings: tuple[int, ...]
    basis: Any = None  # of the relaxation's optimum, before any row was added

    @property
    def finest(self) -> int:
        """Position of the last goal in the sum."""
        return int(self.weights.size - 1)

    def value(self, problem: Problem) -> Integers:
        """The weighted sum for each block."""
        return problem.worth(self.weights)


def solve_exactly(problem: Problem, limits: Limits, floors: Floors = ()) -> Solution:
    """The best plan in the order of goals, with a bound for each, all blocks at once; the tie is broken by the lot.

    `floors` are sums that the plan must reach: a value for each block, and the least sum. Raises `PlanRefused` when
    the children who must be placed cannot all be placed, or a floor cannot be reached.
    """
    run = _start(problem, limits, floors)
    relaxed = Relaxation(problem, run.at, run.held)
    with run.timed("bounds"):
        lead = _lead(run, relaxed)
    run.finest = lead.finest
    with run.timed("all goals weighted"):
        _follow(run, relaxed, lead)
    return _to_the_end(run, limits)


def go_on(problem: Problem, lead: Integers, finest: int, best: Best, clock: Clock) -> Solution:
    """The rest of the goals and the lot, where the best plan of the weighted sum `lead` is best in each goal of it."""
    run = Run(problem, clock, best.chosen, best.keep.copy(), _held(problem, ()), best.proven, best.relaxed)
    run.finest, run.lead_short = finest, best.short
    for goal in range(finest + 1):
        run.hold(goal, run.achieved(goal))
    run.lead_held = run.held.without(finest + 1).with_row(lead, best.value)
    return _to_the_end(run, Limits())


def _to_the_end(run: Run, limits: Limits) -> Solution:
    """The goals that are not held yet, and the lot."""
    drawn = False
    while not drawn and (goal := len(run.bound)) < len(run.problem.goals):
        with run.timed(run.problem.goals[goal]):
            if _settled(run, goal):
                run.hold(goal, run.achieved(goal))
            elif not (drawn := limits.lot and _all_at_once(run, goal)):
                _search(run, goal)
    if limits.lot and not drawn:
        with run.timed("lot"):
            _draw_lots(run)
    achieved = tuple(run.achieved(goal) for goal in range(len(run.problem.goals)))
    bound = tuple(max(pair) for pair in zip(run.bound, achieved, strict=True))
    return Solution(
        chosen=tuple(run.chosen.tolist()), achieved=achieved, bound=bound, proven=run.proven, seconds=tuple(run.seconds)
    )


def _held(problem: Problem, floors: Floors) -> Held:
    """What a plan must reach from the start: children who must be placed, and floors; no goal is held yet."""
    goals, must = len(problem.goals), [(problem.holding(child), 1) for child in problem.must_place]
    asked = [value for value, _ in (*must, *floors)]
    values = np.vstack([problem.goal_values, *asked]) if asked else problem.goal_values
    targets = np.array([0] * goals + [least for _, least in (*must, *floors)], dtype=np.int64)
    return Held(values, targets, targets > 0)


def _start(problem: Problem, limits: Limits, floors: Floors) -> Run:
    held = _held(problem, floors)
    clock = Clock.started(limits)
    run = Run(problem, clock, greedy_plan(problem), np.ones(problem.blocks, dtype=bool), held)
    if not held.reached_by(run.chosen):
        found, _ = by_cp_sat(problem, np.zeros(problem.blocks, np.int64), held, run.at, clock.left())
        if found is None:
            raise PlanRefused(CANNOT_FORCE)
        run.chosen = found
    return run


def _lead(run: Run, relaxed: Relaxation) -> Lead:
    """Weights for all goals up to the finest, and for each goal before it a ceiling from the relaxation."""
    lead = Lead(weights_of(run.problem), ())
    relaxed.aim(lead.value(run.problem))
    relaxed.solve(run.clock.left())
    start, ceilings = relaxed.basis(), []
    for goal in range(lead.finest):
        relaxed.aim(run.problem.goal_values[goal])
        if not relaxed.solve(run.clock.left()):
            break
        ceilings.append(relaxed.bound().total // SCALE)
        relaxed.hold(goal, ceilings[-1])
    for goal in range(len(ceilings)):
        relaxed.release(goal)
    relaxed.go_on_from(start)
    return Lead(lead.weights, tuple(ceilings), start)


def weights_of(problem: Problem) -> Integers:
    """Moderate weights up to the finest goal: one unit of a goal counts about twice what a child can earn in the next."""
    size = np.maximum(np.bitwise_count(problem.block_mask), 1)
    most = [np.ceil(np.abs(value) / size).max(initial=1.0) for value in problem.goal_values]
    per_child = np.array(most).astype(np.int64)
    finest = int(np.argmax(per_child))
    weights = np.ones(finest + 1, dtype=np.int64)
    for goal in reversed(range(finest)):
        weights[goal] = 2 * weights[goal + 1] * per_child[goal + 1]
    return weights


def _follow(run: Run, relaxed: Relaxation, lead: Lead) -> None:
    """Solve the weighted sum; a plan that reaches every ceiling is proven in every goal up to the finest."""
    best = best_of(relaxed, lead.value(run.problem), run.held, run.chosen, run.clock)
    run.chosen = best.chosen
    for goal, ceiling in enumerate(lead.ceilings):
        if run.achieved(goal) < ceiling and run.achieved(goal) < _lowered(run, lead, goal):
            return
        run.hold(goal, run.achieved(goal))
    if len(lead.ceilings) < lead.finest:
        return
    run.proven &= best.proven
    if best.proven:
        run.keep &= best.keep
        run.relaxed = best.relaxed
    earlier = sum(int(lead.weights[goal]) * run.achieved(goal) for goal in range(lead.finest))
    run.hold(lead.finest, best.bound - earlier)
    run.lead_held = run.held.without(lead.finest + 1).with_row(lead.value(run.problem), best.value)
    run.lead_short = best.short


def _lowered(run: Run, lead: Lead, goal: int) -> int:
    """A lower ceiling of one goal, the goals before held: rows are added until the plan at hand reaches it, or a few times."""
    relaxed, most = Relaxation(run.problem, np.arange(run.problem.blocks), run.held), lead.ceilings[goal]
    relaxed.go_on_from(lead.basis)
    relaxed.aim(run.problem.goal_values[goal])
    for _ in range(LOWERINGS):
        if not relaxed.solve(run.clock.left()):
            break
        most = min(most, relaxed.bound().total // SCALE)
        if most <= run.achieved(goal) or run.clock.over or not relaxed.tighten():
            break
    return most


def _search(run: Run, goal: int) -> None:
    """Find the best of one goal by itself."""
    value = run.problem.goal_values[goal]
    if run.lead_short is not None and _outright(run, value):
        run.hold(goal, run.achieved(goal))
        return
    best = _best(run, lambda held: best_of(run.relaxation(held), value, held, run.chosen, run.clock, run.lead_short))
    run.chosen = best.chosen
    run.proven &= best.proven
    if best.proven:
        run.keep &= best.keep
        if run.lead_held is None and goal <= run.finest:  # goals searched for one by one
            run.lead_short = best.short
    run.hold(goal, best.bound)


def _settled(run: Run, goal: int) -> bool:
    """Whether no plan of the blocks that remain reaches more of a goal, even were there room for all."""
    value = run.problem.goal_values[goal]
    return run.proven and bound_of(run.problem, run.at, value[run.at], 0).total == run.achieved(goal)


def _all_at_once(run: Run, first: int) -> bool:
    """The goals that are left and the lot as one value, where that stays within CP-SAT's whole numbers; whether proven."""
    if run.lead_short is None or not run.proven:
        return False
    problem = run.problem.restricted(run.keep)
    value = strict_value(problem, problem.goal_values[first:], -problem.lot, LARGEST_WEIGHT)
    if value is None or float(np.abs(value).max(initial=0)) * value.size > LARGEST_SUM:
        return False
    whole = np.zeros(run.problem.blocks, dtype=np.int64)
    whole[run.keep] = value
    if not _outright(run, whole):
        return False
    for goal in range(first, len(run.problem.goals)):
        run.hold(goal, run.achieved(goal))
    return True


def _outright(run: Run, value: Integers) -> bool:
    """Search what is left at once, without a relaxation: where little may be lost that mostly takes tenths of a second."""
    left = run.clock.left()
    found, proven = by_cp_sat(
        run.problem, value, run.lead_held or run.held, run.at, left, run.chosen, run.lead_short, OUTRIGHT
    )
    if not proven or found is None or not lawful(run.problem, run.held, found):
        return False
    run.chosen = found
    return True


def _best(run: Run, solve_with: Callable[[Held], Best]) -> Best:
    """Solve with the lead's sum held in place of its goals; should a plan trade one of them away, with all held."""
    if run.lead_held is not None:
        best = solve_with(run.lead_held)
        if run.held.reached_by(best.chosen):
            return best
    return solve_with(run.held)


def _draw_lots(run: Run) -> None:
    """Among plans that reach every goal, the one with the least sum of lots; the only one, for all purposes."""
    if not run.proven:
        return

    def draw(held: Held) -> Best:
        left = run.clock.left()
        found, proven = by_cp_sat(run.problem, -run.problem.lot, held, run.at, left, run.chosen, run.lead_short)
        lawfully = found is not None and lawful(run.problem, held, found)
        if proven and not lawfully:
            raise NoProofInTime("The draw of lots found no plan, though one is known. Report this fault.")
        chosen = found if found is not None and lawfully else run.chosen
        return Best(chosen, 0, 0, proven, run.keep, None)

    best = _best(run, draw)
    run.chosen, run.proven = best.chosen, best.proven
