"""The weighted sum's relaxation of a solved problem, tightened once, so that the plan without some blocks is found soon.

The base's optimum is known, so blocks that fall short of it by more than `REACH` are left out at once, and rows are added
over the others until little is between bound and plan. Taking blocks away moves the optimum little: the dual simplex leads
to new prices, and what is proven of the few blocks near them is proven of all, because what a block is worth at most at
the base's prices holds whatever is taken away.
"""

from dataclasses import replace
from threading import RLock

import numpy as np
import numpy.typing as npt

from matching.solver.clock import Clock
from matching.solver.packing import Packing, keeping
from matching.solver.problem import Held, Integers, Limits, Problem, Solution
from matching.solver.relaxation import SCALE, Relaxation
from matching.solver.search import Search, lawful, stalled
from matching.solver.stages import go_on, weights_of

Flags = npt.NDArray[np.bool_]
UNKNOWN = np.int64(1 << 62)
REACH = 400 * SCALE  # below the base's plan; few refusals cost more
ROUNDS = 14  # of tightening, once
NEAR = 4_000  # blocks among which the new plan is looked for
LEAST_ROOM = 4 * SCALE  # of a look, beside what is between the base's plan and its bound
TRIES = 8  # rounds of tightening for one question
LOOKS = (1, 3, 5, 7)  # rounds after which it is tried whether a plan is near enough to be found at once
EFFORT = 1.0  # CP-SAT's deterministic seconds of one look


class Tight:
    """A problem with its best plan, and the rows that tell it from others. Questions leave no trace and take turns."""

    def __init__(self, problem: Problem, solution: Solution) -> None:
        self.turn = RLock()
        self.problem, self.solution = problem, solution
        weights = weights_of(problem)
        self.finest = int(weights.size - 1)
        self.value: Integers = problem.worth(weights)
        self.chosen = np.array(solution.chosen, dtype=np.int64)
        self.now = int(self.value[self.chosen].sum()) * SCALE
        self.worth = np.full(problem.blocks, UNKNOWN)
        self.relaxed = Relaxation(problem, np.arange(problem.blocks), Held.none(problem.goal_values))
        self.relaxed.aim(self.value)
        self.room = LEAST_ROOM + max(self._tighten() - self.now, 0)
        self.kept = np.isin(np.arange(problem.blocks), self.relaxed.at)
        self.basis = self.relaxed.basis()

    def _tighten(self) -> int:
        """Add rows and drop what is out of reach; the bound that this leads to."""
        totals: list[int] = []
        for done in range(ROUNDS + 1):
            self.relaxed.solve()
            bound, at = self.relaxed.bound(), self.relaxed.at
            totals.append(bound.total)
            self.worth[at] = np.minimum(self.worth[at], bound.total - bound.regret)
            self.relaxed.narrow(self.worth[at] >= self.now - REACH)
            enough = bound.total < self.now + SCALE or stalled(totals) or done == ROUNDS
            if enough or not self.relaxed.tighten():
                break
        return totals[-1]

    def without(self, keep: Flags) -> Solution | None:
        """The plan that planning from nothing makes of the blocks `keep`, lot and all; `None` where it is not proven."""
        with self.turn:
            return self._found(keep, None)

    def beside(self, rows: Packing) -> Solution | None:
        """The same with further rows over all blocks, and no block taken away."""
        with self.turn:
            before = self.relaxed.packing.size
            try:
                return self._found(np.ones(self.problem.blocks, dtype=bool), rows)
            finally:
                self.relaxed.back_to(before)

    def _found(self, keep: Flags, rows: Packing | None) -> Solution | None:
        at = self.relaxed.at
        self.relaxed.bar(~keep[at])
        self.relaxed.engine.clearSolver()
        self.relaxed.go_on_from(self.basis)
        if rows is not None:
            self.relaxed.add(rows.of_blocks(at))
        if not self.relaxed.solve():
            return None
        worth = self._worth(keep)
        few = self.kept & (worth >= self._least(worth))
        problem = self.problem if rows is None else keeping(self.problem, rows)
        return self._among(problem, few, int(worth[~few].max(initial=-1))) if few.any() else None

    def _worth(self, keep: Flags) -> Integers:
        """The most that a plan with each block is worth, -1 for those that are taken away."""
        bound, at = self.relaxed.bound(), self.relaxed.at
        worth = np.minimum(self.worth, bound.total)
        worth[at] = np.minimum(worth[at], bound.total - bound.regret)
        worth[~keep] = -1
        return worth

    def _least(self, worth: Integers) -> int:
        """What the nearest blocks are worth at the least."""
        nearest = min(NEAR, worth.size)
        return max(int(np.partition(worth, -nearest)[-nearest]), 0)

    def _among(self, problem: Problem, few: Flags, elsewhere: int) -> Solution | None:
        """The plan of these blocks; plans with others are worth no more than `elsewhere`."""
        at, part, clock = np.flatnonzero(few), problem.restricted(few), Clock.started(Limits())
        value, left, nothing = self.value[at], np.flatnonzero(np.isin(at, self.chosen)), Held.none(part.goal_values)
        if not lawful(part, nothing, left):
            left = left[:0]
        search = Again(self.relaxed.of_part(part, few[self.relaxed.at]), value, nothing, left, clock)
        search.dropped, search.room = elsewhere, self.room
        best = search.run(hope=True)
        reached = tuple(part.goal_values[: self.finest, best.chosen].sum(axis=1).tolist())
        if not best.proven or reached != self.solution.achieved[: self.finest]:
            return None  # fewer blocks reach no more than all did: what reaches as much is best in each goal
        found = go_on(part, value, self.finest, best, clock)
        return replace(found, chosen=tuple(at[list(found.chosen)].tolist())) if found.proven else None


class Again(Search):
    """A search that begins at tight prices: it looks at once, first as far from the bound as the base's plan was."""

    def _tighten(self, hope: bool) -> Integers:
        self.relaxed.aim(self.value)
        for step in range(TRIES):
            if not self.relaxed.solve():
                break
            total = self._note()
            if not self.closed and step in LOOKS:
                self._look_again(total)
            self._drop(0)
            if self.closed or not self.relaxed.tighten():
                break
        return self.relaxed.at

    def _look_again(self, total: int) -> None:
        """Look for a plan that loses no more than the room, half as much again at the next look."""
        if self.short is None:
            return
        target = max(total - self.room, (self.now + 1) * SCALE)
        near = self.relaxed.at[self.worth[self.relaxed.at] >= target]
        found, proven = self._within(near, self.short.reaching(target), EFFORT)
        if found is not None:
            self._take(found)
        self.closed = proven and found is not None and self.dropped < self.now * SCALE
        self.room += self.room // 2

    def _polish(self) -> None:
        """Further rounds would take longer than they spare."""

    def _exactly(self, at: Integers) -> bool:
        """What the looks leave open stays open; planning from nothing is as quick then."""
        return False
