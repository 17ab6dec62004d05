"""A solved problem kept warm, so that the best plan within some of its blocks is found again in hundredths of a second.

The relaxation of all blocks stays at its optimum. Barring blocks leaves its prices possible, so a few steps of the dual
simplex lead to the new optimum. What it proves is checked in whole numbers, as everywhere; what it cannot prove is
said to be not proven.
"""

from collections.abc import Callable
from functools import wraps
from threading import RLock
from typing import Concatenate, ParamSpec, TypeVar

import numpy as np
import numpy.typing as npt

from matching.errors import PlanRefused
from matching.solver.bound import Bound
from matching.solver.cuts import SMALL
from matching.solver.exact import by_cp_sat, by_highs
from matching.solver.in_order import strict_value
from matching.solver.packing import Packing, keeping
from matching.solver.problem import Held, Integers, Problem, Solution
from matching.solver.relaxation import SCALE, Relaxation
from matching.solver.search import lawful
from matching.solver.sifting import DUAL, PRIMAL
from matching.solver.stages import CANNOT_FORCE, weights_of

Flags = npt.NDArray[np.bool_]
P = ParamSpec("P")
T = TypeVar("T")
ROUNDS = 6  # of tightening, once
TRIES = 3  # rounds of tightening for one question, if those above closed the gap; they mostly leave nothing to search
FEW = 600  # blocks of least regret among which a plan is looked for
FEW_IN_ALL = 4_000  # so small a problem is solved quickest by search, a larger one by its relaxation with cuts
NODES = 20  # of a search tree, when a plan is at hand
EFFORT = 1.0  # deterministic seconds of a search where the relaxation is tight
MOST = 1_500  # blocks among which other weights are tried
WAITING = 800  # blocks that are searched for a better plan while somebody waits; a thousand may take ten seconds


def one_at_a_time(ask: "Callable[Concatenate[Warm, P], T]") -> "Callable[Concatenate[Warm, P], T]":
    """A question that waits its turn: each one moves the relaxation, and threads may share what is kept warm."""

    @wraps(ask)
    def asked(self: "Warm", /, *given: P.args, **named: P.kwargs) -> T:
        with self.turn:
            return ask(self, *given, **named)

    return asked


class Warm:
    """A problem with its best plan; among equal plans those nearest to it are found.

    Questions leave no trace: the answer does not depend on what was asked before. Goals after the finest
    (suitability) are told as the plan found reaches them; they are not searched for. `best` says that the solution is
    the best of the whole problem, which spares work; `rounds` of tightening are done once, here. `added` are the rows
    that the last question added: every plan keeps them, and they spare work where the next is much the same.
    """

    def __init__(self, problem: Problem, solution: Solution, *, best: bool = True, rounds: int = ROUNDS) -> None:
        self.turn = RLock()
        self.problem, self.solution, self.known_best = problem, solution, best and solution.proven
        goals, weights = problem.goal_values, weights_of(problem)
        self.finest = weights.size - 1
        self.weights = weights * (len(problem.children) + 1)
        chosen = np.array(solution.chosen, dtype=np.int64)
        self.value = problem.worth(self.weights)
        self.value[chosen] += np.bitwise_count(problem.block_mask[chosen])
        held = Held(
            np.vstack([goals, np.zeros_like(goals[:1])]),
            np.zeros(len(goals) + 1, np.int64),
            np.zeros(len(goals) + 1, bool),
        )
        self.relaxed = Relaxation(problem, np.arange(problem.blocks), held)
        self.relaxed.aim(self.value)
        self.tries = TRIES if self._tighten(int(self.value[chosen].sum()), rounds) else 0
        self.basis = self.relaxed.basis()
        self.added = self.relaxed.packing.of_rows(np.arange(0))

    def _tighten(self, now: int, rounds: int) -> bool:
        """Tighten until the bound is what the plan is worth; whether it came to that."""
        for done in range(rounds + 1):
            self.relaxed.solve()
            if self.relaxed.bound().total < (now + 1) * SCALE:
                return True
            if done == rounds or not self.relaxed.tighten():
                break
        return False

    @one_at_a_time
    def best(
        self,
        keep: Flags,
        must: tuple[int, ...] = (),
        finest: Integers | None = None,
        beside: Packing | None = None,
    ) -> Solution:
        """The best plan of the blocks `keep` that places the children at the positions `must`.

        `finest` gives other values for the finest goal; `beside` are further rows over all blocks that the plan must
        keep. Raises `PlanRefused` when there is none.
        """
        usual, rows, problem = self.value, self.relaxed.packing.size, self.problem
        keep = self._beside(keep, must)
        held = self._asking(keep, must)
        try:
            if beside is not None:
                self.problem = keeping(problem, beside)
            if finest is not None:
                self.value = usual + (finest - self.problem.goal_values[self.finest]) * int(self.weights[self.finest])
            plan, bound = self._lead(held, keep, beside)
            found = self._told(plan, bound)
            if not found.proven:
                found = self._in_order(found, bound, held, keep, beside)
        finally:
            self.value, self.problem = usual, problem
            self.added = self.relaxed.packing.of_rows(np.arange(rows, self.relaxed.packing.size))
            self.relaxed.back_to(rows)
            self._release()
            self.relaxed.release(len(self.problem.goals))
        return found

    def _told(self, chosen: Integers, bound: int, *, strict: bool = False) -> Solution:
        """A plan with the most that each goal could reach; under `strict` values one sum proves all goals in their order."""
        achieved, closed = self.problem.goal_values[:, chosen].sum(axis=1), self._closed(chosen, bound)
        before = achieved[: self.finest].tolist()
        ceilings = before if strict and closed else self._ceilings(achieved)
        return Solution(
            chosen=tuple(chosen.tolist()),
            achieved=tuple(achieved.tolist()),
            bound=(*ceilings, *achieved[self.finest :].tolist()),
            proven=closed and ceilings == before,
        )

    def _in_order(self, found: Solution, bound: int, held: Held, keep: Flags, beside: Packing | None) -> Solution:
        """A plan that comes before, goal by goal: moderate weights may give one unit of a goal for three of the next.

        What is left of the base's plan is such a plan at times. Where strict weights are no larger than the relaxation
        bears, they say which plan is first.
        """
        known = self._what_is_left(held, keep)
        if known is not None and self._achieved(known) > found.achieved[: self.finest + 1]:
            self._release()
            found = self._told(known, bound)
        strict = self._strict_value()
        if strict is None:
            return found
        self._release()
        self.value = strict
        try:
            plan = self._told(*self._lead(held, keep, beside), strict=True)
        except PlanRefused:  # it holds a plan, as was just seen: the numbers were too large for the relaxation
            return found
        return plan if plan.proven or plan.achieved > found.achieved else found

    def _release(self) -> None:
        """No goal is held any more."""
        for goal in range(self.finest):
            self.relaxed.release(goal)

    def _achieved(self, plan: Integers) -> tuple[int, ...]:
        """What a plan reaches in the goals up to the finest."""
        return tuple(self.problem.goal_values[: self.finest + 1, plan].sum(axis=1).tolist())

    def _strict_value(self) -> Integers | None:
        """Values that order plans as the goals do, ties by nearness to the base's."""
        goals = self.problem.goal_values[: self.finest]
        near = (
            self.value - self.weights[: self.finest] @ goals
        )  # the finest goal, other values for it included, and the tie
        return strict_value(self.problem, goals, near)

    def _from_the_start(self) -> None:
        """The basis kept, and nothing else that an earlier question left with the engine."""
        self.relaxed.engine.clearSolver()
        self.relaxed.go_on_from(self.basis)

    def _closed(self, chosen: Integers, bound: int) -> bool:
        return bound < (int(self.value[chosen].sum()) + 1) * SCALE

    @one_at_a_time
    def best_with(self, finest: Integers) -> Integers | None:
        """The chosen blocks of the best plan if the finest goal had these values, nearest to the base's plan.

        What the goals before reach does not depend on it. `None` where the relaxation alone does not settle it.
        """
        if not self.problem.blocks:
            return finest
        earlier = self.weights[: self.finest] @ self.problem.goal_values[: self.finest]
        value = earlier + finest * int(self.weights[self.finest])
        chosen = np.array(self.solution.chosen, dtype=np.int64)
        value[chosen] += np.bitwise_count(self.problem.block_mask[chosen])
        self.relaxed.bar(np.zeros(self.problem.blocks, dtype=bool))
        self.relaxed.aim(value)
        self._from_the_start()
        self.relaxed.engine.setOptionValue("simplex_strategy", PRIMAL)
        if not self.relaxed.solve():
            return None
        bound, plan = self.relaxed.bound(), self.relaxed.whole()
        for one in (chosen, plan):
            if one is not None and self._settles(one, value, bound.total):
                return one
        worth = bound.total - bound.regret
        return self._among(np.flatnonzero(worth >= int(value[chosen].sum()) * SCALE), value, chosen)

    def _among(self, at: Integers, value: Integers, chosen: Integers) -> Integers | None:
        """The best plan of these blocks that keeps what earlier goals reach; `None` if they are too many."""
        if at.size > MOST:
            return None
        goals, targets = self.problem.goal_values[: self.finest], self.solution.achieved[: self.finest]
        held = Held(goals, np.array(targets, dtype=np.int64), np.ones(self.finest, dtype=bool))
        plan, done = by_cp_sat(self.problem, value, held, np.union1d(at, chosen), None, hint=chosen)
        return plan if done and plan is not None and lawful(self.problem, held, plan) else None

    def _settles(self, plan: Integers, value: Integers, most: int) -> bool:
        """Whether a plan is worth the most, and reaches what the base's plan reaches in the goals before the finest."""
        reached = self.problem.goal_values[: self.finest, plan].sum(axis=1).tolist()
        best = most < (int(value[plan].sum()) + 1) * SCALE
        return (
            best
            and reached == list(self.solution.achieved[: self.finest])
            and lawful(self.problem, Held.none(value[None]), plan)
        )

    def _beside(self, keep: Flags, must: tuple[int, ...]) -> Flags:
        """The blocks that can stand beside one of those which place each child who must be placed.

        The relaxation would choose a part of the others, and see no row to cut it off.
        """
        rows, limit = self.problem.rows, self.problem.row_limit[:, None]
        for child in must:
            mine = np.flatnonzero(keep & self.problem.holding(child))
            homes = np.unique(self.problem.block_home[mine])
            if homes.size != 1:
                continue
            there = np.flatnonzero(keep & (self.problem.block_home == homes[0]))
            used = rows[:, there].toarray()
            over = [((used + rows[:, [block]].toarray()) > limit).any(axis=0) for block in mine]
            keep = keep.copy()
            keep[np.setdiff1d(there[np.logical_and.reduce(over)], mine)] = False
        return keep

    def _asking(self, keep: Flags, must: tuple[int, ...]) -> Held:
        spare = len(self.problem.goals)
        wanted = np.zeros(self.problem.blocks, dtype=np.int64)
        for child in must:
            wanted += self.problem.holding(child)
        self.relaxed.bar(~keep)
        self.relaxed.rewrite(spare, wanted)
        self.relaxed.hold(spare, len(must))
        return Held(wanted[None], np.array([len(must)]), np.array([len(must) > 0]))

    def _lead(self, held: Held, keep: Flags, beside: Packing | None) -> tuple[Integers, int]:
        """The plan that is worth most by the weighted sum, and a bound on every plan."""
        self.relaxed.aim(self.value)
        self._from_the_start()
        if beside is not None:
            self.relaxed.add(beside)
        self.relaxed.engine.setOptionValue("simplex_strategy", DUAL)
        known = self._what_is_left(held, keep)
        for tried in range(self.tries + 1):
            if not self.relaxed.solve():
                raise PlanRefused(CANNOT_FORCE)
            bound, plan = self.relaxed.bound(), self.relaxed.whole()
            if plan is not None and lawful(self.problem, held, plan):
                return plan, bound.total
            if known is not None and self._closed(known, bound.total):
                return known, bound.total
            if tried == self.tries or not self.relaxed.tighten(forget=False):
                break
        return self._exactly(held, keep, bound, known)

    def _exactly(self, held: Held, keep: Flags, bound: Bound, known: Integers | None) -> tuple[Integers, int]:
        """Solve on the blocks of least regret, then on all that could be in a better plan, if they are few."""
        worth = np.where(keep, bound.total - bound.regret, -1)
        near = np.zeros_like(keep)
        near[list(self.solution.chosen)] = near[self.relaxed.point > SMALL] = True
        near[np.argsort(-worth, kind="stable")[:FEW]] = True
        looked = np.flatnonzero(near & keep)
        plan, done = self._best_among(looked, held, known)
        if plan is None:
            return self._any(held, keep) if known is None else known, bound.total
        if known is not None and self._worth(known) > self._worth(plan):
            plan, done = known, False
        better = np.flatnonzero(worth >= (int(self.value[plan].sum()) + 1) * SCALE)
        if not done or not np.setdiff1d(better, looked).size or better.size > WAITING:
            proven = done and not np.setdiff1d(better, looked).size
            return plan, int(self.value[plan].sum()) * SCALE if proven else bound.total
        found, done = self._best_among(np.union1d(better, plan), held, plan)
        if found is not None and int(self.value[found].sum()) > int(self.value[plan].sum()):
            plan = found
        return plan, int(self.value[plan].sum()) * SCALE if done else bound.total

    def _what_is_left(self, held: Held, keep: Flags) -> Integers | None:
        """The base's plan without the blocks that are barred, where it does what is asked: a plan to begin with."""
        left = np.array([block for block in self.solution.chosen if keep[block]], dtype=np.int64)
        return left if lawful(self.problem, held, left) else None

    def _worth(self, plan: Integers) -> int:
        """What a plan is worth by the weighted sum."""
        return int(self.value[plan].sum())

    def _best_among(self, at: Integers, held: Held, known: Integers | None) -> tuple[Integers | None, bool]:
        """The best plan of these blocks, and whether that is sure; a plan at hand spares the whole of the search."""
        if self.problem.blocks <= FEW_IN_ALL:
            return by_cp_sat(self.problem, self.value, held, at, None)
        if self.tries:
            plan, done = by_cp_sat(self.problem, self.value, held, at, None, hint=known, effort=EFFORT)
        else:
            cuts = self.relaxed.packing.of_rows(np.arange(self.relaxed.given, self.relaxed.packing.size))
            plan, done = by_highs(self.problem, self.value, held, at, None, cuts, None if known is None else NODES)
        return (plan, done) if plan is None or lawful(self.problem, held, plan) else (None, False)

    def _any(self, held: Held, keep: Flags) -> Integers:
        """Any plan that places whom it must."""
        plan, _ = by_cp_sat(self.problem, self.value * 0, held, np.flatnonzero(keep), None)
        if plan is None:
            raise PlanRefused(CANNOT_FORCE)
        return plan

    def _first_of_all(self, achieved: Integers) -> bool:
        """Whether one sum shows that no plan comes before: a unit of a goal outweighs all that is reached of later ones."""
        goals, reached = self.problem.goal_values[: self.finest], achieved[: self.finest]
        if self.known_best and reached.tolist() == list(self.solution.achieved[: self.finest]):
            return True  # fewer blocks reach no more than all did
        if goals.min(initial=0) < 0:
            return False
        weights = np.ones(self.finest, dtype=np.int64)
        for goal in reversed(range(self.finest - 1)):
            weights[goal] = weights[goal + 1] * (reached[goal + 1] + 1)
        self.relaxed.aim(weights @ goals)
        self.relaxed.solve()
        return self.relaxed.bound().total < (int(weights @ reached) + 1) * SCALE

    def _ceilings(self, achieved: Integers) -> list[int]:
        """For each goal before the finest, the most that any plan reaches which reaches the earlier goals."""
        if self._first_of_all(achieved):
            return [int(reached) for reached in achieved[: self.finest]]
        ceilings: list[int] = []
        for goal in range(self.finest):
            if self.known_best and list(achieved[: goal + 1]) == list(self.solution.achieved[: goal + 1]):
                ceilings.append(int(achieved[goal]))  # fewer blocks reach no more than all did
            else:
                self.relaxed.aim(self.problem.goal_values[goal])
                self.relaxed.solve()
                ceilings.append(max(int(achieved[goal]), self.relaxed.bound().total // SCALE))
            self.relaxed.hold(goal, int(achieved[goal]))
        return ceilings
