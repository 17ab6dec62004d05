"""The best plan for one objective: bound, tighten, drop what cannot matter, and solve the rest exactly."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from matching.solver.clock import Clock
from matching.solver.exact import by_cp_sat, by_highs
from matching.solver.problem import Held, Integers, Problem
from matching.solver.relaxation import SCALE, Relaxation
from matching.solver.shortfall import Shortfall

SMALL = 1_500  # so few blocks are solved exactly at once
FEW = 2_000  # blocks of least regret, among which a very good plan is found quickly
NEAR = 1_500  # blocks of least regret, whose regret is the room for a first look
FIRST_ROOM = 8 * SCALE  # of a look, at the least: where very many blocks are nearly as good, the nearest have no regret
MOST_NEAR = 6_000  # blocks of one look
MOST_ROOM = 16 * SCALE  # beyond the blocks of no regret; more takes too long
AROUND = ((5, 0.1), (7, 0.05))  # from round .. on a plan around the point may lose this share of what was closed
ALL = 2.0  # deterministic seconds of a look that settles all, found or not
LOOKS = frozenset((1, 3, 5, 7, 9, 11, 13))  # rounds after which it is tried whether a plan is as near as that
EFFORT, FROM = 0.5, 8  # of one look, in CP-SAT's deterministic seconds; before so many rounds the less the earlier
ROUNDS = 80
POLISH, MOST_POLISHED = 4, 4_000  # rounds after the best plan is known, of so few blocks
FIRST_PLAN = 14  # after so many rounds a plan is worth its time: what it excludes can be dropped for certain
# from round .. on the gap is hoped to be this share of what was closed
HOPE = ((4, 0.6), (8, 0.4), (10, 0.1), (12, 0.03))
SMALLEST = 1e-6
UNKNOWN = np.int64(1 << 62)


@dataclass(frozen=True, slots=True)
class Best:
    """The best plan found, a bound on every plan, which blocks can be in a plan as good, and their tightened rows."""

    chosen: Integers
    value: int
    bound: int
    proven: bool
    keep: npt.NDArray[np.bool_]
    relaxed: Relaxation | None
    short: Shortfall | None = None


def best_of(
    relaxed: Relaxation, value: Integers, held: Held, chosen: Integers, clock: Clock, short: Shortfall | None = None
) -> Best:
    """The most valuable plan made of the blocks of `relaxed` that reaches what is held; `chosen` is such a plan.

    First in the hope that blocks of much regret do not matter; if the proof shows that they might, once more
    without hope, dropping only what the plan at hand excludes. `relaxed` is used up. `short` tells again what is held.
    """
    problem, at = relaxed.problem, relaxed.at
    best = Search(relaxed, value, held, chosen, clock, short).run(hope=True)
    if not best.proven and not clock.over:
        best = Search(Relaxation(problem, at, held), value, held, best.chosen, clock, short).run(hope=False)
    return best


class Search:
    """One search: `worth` bounds (in 1/`SCALE`) any plan that holds a block, `now` is the value of the plan at hand."""

    def __init__(
        self,
        relaxed: Relaxation,
        value: Integers,
        held: Held,
        chosen: Integers,
        clock: Clock,
        short: Shortfall | None = None,
    ) -> None:
        self.problem, self.relaxed, self.value, self.held, self.clock = relaxed.problem, relaxed, value, held, clock
        problem, at = self.problem, relaxed.at
        self.chosen, self.now = chosen, int(value[chosen].sum())
        self.worth = np.full(problem.blocks, -UNKNOWN)
        self.worth[at] = UNKNOWN
        self.ceiling: int | None = None
        self.dropped = -int(UNKNOWN)
        self.closed = False
        self.held_short = short
        self.room = FIRST_ROOM
        self.short: Shortfall | None = None

    def run(self, *, hope: bool) -> Best:
        """Tighten and drop until little is left, then solve that exactly."""
        left = self._tighten(hope)
        self._polish()
        if not self.closed and left.size > 2 * FEW:
            self._exactly(self._least_regret(left))
            left = left[self.worth[left] >= self.now * SCALE]
        proven = (self.closed or self._exactly(left)) and self.dropped < self.now * SCALE
        if self.ceiling is None:  # the time was up before the first prices
            self.ceiling = self.relaxed.bound_without_prices()
        bound = self.now if proven else max(self.now, self.ceiling // SCALE)
        return Best(self.chosen, self.now, bound, proven, self.worth >= self.now * SCALE, self.relaxed, self._short())

    def _tighten(self, hope: bool) -> Integers:
        relaxed, totals = self.relaxed, []
        relaxed.aim(self.value)
        for step in range(ROUNDS):
            if not relaxed.solve(self.clock.left()):
                break
            totals.append(self._note())
            if hope and step in LOOKS and not self.closed and relaxed.at.size > SMALL:
                self._look(step, totals)
            if step == FIRST_PLAN and not self.closed and relaxed.at.size > SMALL:
                self._exactly(self._least_regret(relaxed.at))
            self._drop(hoped_for(totals) if hope and step < FIRST_PLAN else 0)
            if self.closed or relaxed.at.size <= SMALL or self.clock.over or stalled(totals) or not relaxed.tighten():
                break
        return relaxed.at

    def _note(self) -> int:
        bound, self.short = self.relaxed.bound(), self.relaxed.shortfall()
        if self.ceiling is None:
            self.ceiling = bound.total
        self.worth[self.relaxed.at] = np.minimum(self.worth[self.relaxed.at], bound.total - bound.regret)
        if (plan := self.relaxed.whole()) is not None:
            self._take(plan)
        self.closed = bound.total < (self.now + 1) * SCALE
        return bound.total

    def _drop(self, hoped: int) -> None:
        """Drop what cannot be in a plan as good as the one at hand, and most of what falls short of what is hoped."""
        worth = self.worth[self.relaxed.at]
        keep = worth >= self.now * SCALE
        if keep.sum() > FEW:
            keep &= worth >= min(hoped, int(np.partition(worth, -FEW)[-FEW]))
        if not keep.all():
            self.dropped = max(self.dropped, int(worth[~keep].max()))
            self.relaxed.narrow(keep)

    def _polish(self) -> None:
        """Tighten a little more once the best plan is known: the less may be lost, the fewer plans are as good."""
        for _ in range(POLISH):
            if not self.closed or self._short_room() < SCALE or self.relaxed.at.size > MOST_POLISHED or self.clock.over:
                return
            if not self.relaxed.tighten() or not self.relaxed.solve(self.clock.left()):
                return
            self._note()
            self.closed = True
            self._drop(0)

    def _short_room(self) -> int:
        short = self._short()
        return 0 if short is None else short.room

    def _look(self, step: int, totals: list[int]) -> None:
        """Try whether a plan is near enough to be found at once."""
        if self.short is None or self.clock.over:
            return
        self._look_near(self.short, EFFORT * min(1.0, (step + 1) / FROM))
        share = min((part for since, part in AROUND if len(totals) > since), default=None)
        if share is not None and not self.closed:
            self._look_around(self.short, totals[-1] - int(share * (totals[0] - totals[-1])))

    def _look_near(self, short: Shortfall, effort: float) -> None:
        """Look for a plan among the blocks of least regret that loses no more than these; none better is elsewhere.

        Where more blocks than enough have no regret at all, it may lose a little; twice as much when nothing was there.
        """
        at, worth, better = self.relaxed.at, self.worth[self.relaxed.at], (self.now + 1) * SCALE
        nearest, most = (int(np.partition(worth, -n)[-n]) for n in (min(NEAR, at.size), min(MOST_NEAR, at.size)))
        target = max(min(nearest, max(short.most - self.room, most)), better)
        if self.dropped >= target:
            return
        near, effort = at[worth >= target], ALL if target == better else effort
        found, proven = self._within(near, short.reaching(target), effort)
        if found is not None:
            self._take(found)
        elif proven:
            self.room = min(2 * self.room, MOST_ROOM)
        else:
            self.room //= 2
        self.closed = proven and (self.now * SCALE >= target or target == better)

    def _look_around(self, short: Shortfall, target: int) -> None:
        """Look for a plan that leaves alone what the point has whole; it need not be the best, but drops blocks for sure."""
        if self.now * SCALE >= target:
            return
        at, point = self.relaxed.at, self.relaxed.point
        group, home = self.problem.block_group[at], self.problem.block_home[at]
        whole = point > 1 - SMALLEST
        split = (point > SMALLEST) & ~whole
        free = np.union1d(group[split], group[whole & np.isin(home, home[split])])
        near = (self.worth[at] >= target) & np.isin(group, free)
        found, _ = self._within(at[near | whole], short.reaching(target), EFFORT)
        if found is not None:
            self._take(found)

    def _within(self, at: Integers, short: Shortfall, effort: float) -> tuple[Integers | None, bool]:
        """The best plan of these blocks that loses no more than it may, and whether that is sure."""
        left = self.clock.left()
        return by_cp_sat(self.problem, self.value, self.held, at, left, short=short, effort=effort)

    def _least_regret(self, at: Integers) -> Integers:
        return np.sort(at[np.argsort(-self.worth[at], kind="stable")[:FEW]])

    def _exactly(self, at: Integers) -> bool:
        """Solve on these blocks; whether that was proven."""
        left = self.clock.left()
        if left is not None and left <= 0:
            return False
        if self.held_short is None and self._holds_much(at):
            found, proven = by_highs(self.problem, self.value, self.held, at, left)
        else:
            found, proven = by_cp_sat(
                self.problem, self.value, self.held, at, left, self.chosen, self.held_short or self._short()
            )
        if found is not None and not lawful(self.problem, self.held, found):
            found, proven = by_cp_sat(self.problem, self.value, self.held, at, self.clock.left())
        if found is not None:
            self._take(found)
        return proven

    def _short(self) -> Shortfall | None:
        """What a plan as good as the one at hand may lose."""
        return None if self.short is None else self.short.reaching(self.now * SCALE)

    def _holds_much(self, at: Integers) -> bool:
        """Whether goals are held over most blocks: HiGHS is quicker then, CP-SAT where rows are short."""
        return int(np.count_nonzero(self.held.active()[0][:, at])) > at.size

    def _take(self, plan: Integers) -> None:
        worth = int(self.value[plan].sum())
        if worth > self.now and lawful(self.problem, self.held, plan):
            self.chosen, self.now = plan, worth


def hoped_for(totals: list[int]) -> int:
    """What the best plan is hoped to be worth at least, judging by how much tightening has closed; 0: no hope."""
    share = min((part for since, part in HOPE if len(totals) > since), default=None)
    return 0 if share is None or totals[0] == totals[-1] else int(totals[-1] - share * (totals[0] - totals[-1]))


def stalled(totals: list[int]) -> bool:
    """Whether the last six rounds brought less than a thousandth of what all brought, or four brought nothing."""
    if len(totals) > 4 and totals[0] == totals[-1]:
        return True
    return len(totals) > 7 and (totals[-7] - totals[-1]) * 1000 < totals[0] - totals[-1]


def lawful(problem: Problem, held: Held, chosen: Integers) -> bool:
    """Whether blocks keep every row, place no child twice and reach what is held; in exact integers."""
    taken = np.zeros(problem.group_sizes.size, dtype=np.int64)
    for block in chosen:
        group, mask = problem.block_group[block], problem.block_mask[block]
        if taken[group] & mask:
            return False
        taken[group] |= mask
    on = np.zeros(problem.blocks, dtype=bool)
    on[chosen] = True
    inside = on[problem.row_block]
    used = np.zeros(problem.row_limit.size, dtype=np.int64)
    np.add.at(used, problem.row_index[inside], problem.row_use[inside])
    return bool((used <= problem.row_limit).all()) and held.reached_by(chosen)
