"""Problems too large for one exact search: prices prove a bound over every block, pieces are solved one after another.

What a plan falls short of the bound splits exactly into what each group loses at the prices and what rows left free
cost. Pieces grow around the groups that lose most; each is solved with the room that all others leave it. The pieces
of a turn share no home, so they may be solved side by side; the plan does not depend on how many are.
"""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt
from scipy import sparse

from matching.errors import PlanRefused
from matching.fan_out import fan_out
from matching.solver.bound import Bound, best_by_group
from matching.solver.clock import Clock
from matching.solver.pieces import Layout, Piece, best_of_piece
from matching.solver.prices import Priced, prices_of, unpriced
from matching.solver.problem import Integers, Limits, Problem, Solution
from matching.solver.relaxation import SCALE
from matching.solver.tightening import tightened

GROUPS = 300  # in a piece
LARGEST = 4  # times so many, at the end
SIDE_BY_SIDE, A_PIECE = 8, 1_500  # pieces in a turn at the least, and one for so many groups; whatever the workers
SHARING = 3  # blocks of each group by which what rows left free cost is shared out
NEAR = 12  # blocks of each group along which pieces grow
WITHIN = 16  # blocks of each group in a piece
VACANT = 8  # and so many more in homes with room that has a price
AS_CHOSEN = 100  # steps in which it is told how far a block is chosen
FALL_BACK = 40  # blocks of each group that the first plan may fall back on
SHARE_FOR_GOALS = 0.15  # of the time that is left after the prices, for a bound of each goal by itself
TURNS = 400
WORTH_A_TURN = 2e-6  # a round of turns over all groups that gains less, as a share of the bound, is the last


@dataclass
class Large:
    """A large problem while it is solved: its lead value, prices, the plan at hand.

    Prices stay, so what follows from them alone is worked out once and not in every turn.
    """

    layout: Layout
    value: Integers
    priced: Priced
    net: Integers
    chosen: Integers
    clock: Clock
    workers: int
    beside: int  # pieces in a turn
    size: int  # groups in a piece

    @cached_property
    def wished(self) -> Integers:
        """What each group would have at the prices, were it alone, in 1/`SCALE` points."""
        best, wished = best_by_group(self.layout.problem, self.net), np.zeros(self.groups, dtype=np.int64)
        np.add.at(wished, self.layout.problem.block_group[best], self.net[best])
        return wished

    @cached_property
    def near(self) -> dict[int, Integers]:
        """The blocks of least regret of each group: a few, by which losses are shared, and those that pieces grow along."""
        return {count: self.layout.nearest(self.priced.bound.regret, count) for count in (SHARING, NEAR)}

    @property
    def groups(self) -> int:
        """How many groups there are."""
        return int(self.layout.problem.group_sizes.size)

    @property
    def worth(self) -> int:
        """What the plan at hand is worth."""
        return int(self.value[self.chosen].sum())

    @property
    def vacant(self) -> npt.NDArray[np.bool_]:
        """Homes where room that has a price is free."""
        free = (self.priced.price > 0) & (self.layout.used(self.chosen) < self.layout.problem.row_limit)
        found = np.zeros(len(self.layout.problem.homes), dtype=bool)
        found[self.layout.home_of_row[free]] = True
        return found

    @property
    def short(self) -> int:
        """By how much the plan at hand may be short of the best, in points of the lead value."""
        return self.priced.bound.total // SCALE - self.worth


def solve_large(problem: Problem, weights: Integers, clock: Clock, limits: Limits) -> Solution:
    """A plan with a proven gap; `weights` are those of the goals up to the finest.

    It is proven where every goal reaches its bound. Raises `PlanRefused` where children who must be placed cannot be.
    """
    whole = Layout(problem)
    bonus, value = _wanted(problem, problem.worth(weights))
    asked = clock.until
    priced, plan = _planned(whole, value, clock, limits)
    clock.until = asked
    del value  # of every block of a country: what is not needed any more makes room
    placed = {int(c) for block in plan.tolist() for c in _members(problem, block)}
    if not placed.issuperset(problem.must_place):
        raise PlanRefused("These children cannot all have the homes asked for at once. Release one and try again.")
    return _solution(whole, priced, plan, clock, weights, bonus, limits.workers)


def _planned(whole: Layout, value: Integers, clock: Clock, limits: Limits) -> tuple[Priced, Integers]:
    """The bound of the value and the pool that led to it, and the plan; all but a share of the time is used."""
    priced = prices_of(whole, value, unpriced(whole, value), clock, workers=limits.workers)
    clock.keep_back(SHARE_FOR_GOALS)
    layout, at = written_out(whole, priced, limits.workers)
    tight = tightened(whole, layout, at, value, priced, clock)
    priced = replace(priced, bound=Bound(tight.total, priced.bound.regret))
    near, worth = _near(layout, at, priced), value[at]
    chosen = _first_plan(layout, worth, near.bound.regret, tight.point)
    beside = max(SIDE_BY_SIDE, layout.problem.group_sizes.size // A_PIECE)
    run = Large(layout, worth, near, layout.net(worth, near.price), chosen, clock, limits.workers, beside, GROUPS)
    improve(run)
    return replace(priced, bound=Bound(tight.total, priced.bound.regret[:0])), at[run.chosen]


def written_out(whole: Layout, priced: Priced, workers: int = 1) -> tuple[Layout, Integers]:
    """The problem with every row written out, over the blocks of least regret where rows are held back; where these stand.

    The bound stays that over every block, so nothing is lost but a better plan of blocks of more regret.
    """
    problem = whole.problem
    if problem.held_back is None:
        return whole, np.arange(problem.blocks)
    at = np.union1d(priced.pool, whole.nearest(priced.bound.regret, FALL_BACK))
    keep = np.zeros(problem.blocks, dtype=bool)
    keep[at] = True
    return Layout(problem.restricted(keep).written_out(workers)), at


def _near(layout: Layout, at: Integers, priced: Priced) -> Priced:
    """The prices over the blocks `at` of the whole."""
    price = np.zeros(layout.problem.row_limit.size, dtype=np.int64)
    price[: priced.price.size] = priced.price
    bound = Bound(priced.bound.total, priced.bound.regret[at])
    return Priced(price, bound, np.searchsorted(at, priced.pool), priced.chosen)


def _wanted(problem: Problem, value: Integers) -> tuple[int, Integers]:
    """The value with a bonus for each child who must be placed, and the sum of the bonuses."""
    if not problem.must_place:
        return 0, value
    bonus = 4 * int(value.max(initial=1)) * max(1, int(problem.group_sizes.max(initial=1)))
    held = np.zeros(problem.blocks, dtype=np.int64)
    for child in problem.must_place:
        held += problem.holding(child)
    return bonus * len(problem.must_place), value + bonus * held


def _members(problem: Problem, block: int) -> Integers:
    bits = np.flatnonzero(problem.block_mask[block] >> np.arange(16) & 1)
    return np.asarray(bits + problem.first_child[problem.block_group[block]], dtype=np.int64)


def _first_plan(layout: Layout, value: Integers, regret: Integers, point: npt.NDArray[np.float64]) -> Integers:
    """Blocks taken one by one while there is room: those most chosen at `point`, then those of least regret first.

    Of two alike the more valuable one.
    """
    problem, rows = layout.problem, layout.by_block
    near = layout.nearest(regret, FALL_BACK)
    left, taken = problem.row_limit.tolist(), [0] * problem.group_sizes.size
    chosen = []
    for block in near[np.lexsort((near, -value[near], regret[near], -np.rint(point[near] * AS_CHOSEN)))].tolist():
        group, mask = problem.block_group[block], int(problem.block_mask[block])
        span = slice(rows.indptr[block], rows.indptr[block + 1])
        asked = list(zip(rows.indices[span].tolist(), rows.data[span].tolist(), strict=True))
        if not taken[group] & mask and all(use <= left[row] for row, use in asked):
            for row, use in asked:
                left[row] -= int(use)
            taken[group] |= mask
            chosen.append(block)
    return np.array(sorted(chosen), dtype=np.int64)


def improve(run: Large) -> None:
    """Turns of pieces around what is lost, until a round over all groups brings little or the time is up.

    First several pieces side by side, then one at a time, then larger ones.
    """
    fresh, before = np.ones(run.groups, dtype=bool), run.worth
    for _ in range(TURNS):
        if run.clock.over or run.short < 1:
            return
        lost = losses(run)
        pieces = _grown(run, lost, fresh)
        if not pieces or lost[fresh].sum() * 20 < lost.sum():
            if run.worth - before < WORTH_A_TURN * run.priced.bound.total / SCALE:
                if run.beside == 1 and run.size >= min(run.groups, LARGEST * GROUPS):
                    return
                # alone, a piece finds what side by side stayed with others; then larger ones do
                run.beside, run.size = 1, run.size if run.beside > 1 else 2 * run.size
            fresh[:], before = True, run.worth
            continue
        for grown in pieces:
            fresh[grown] = False
        _turn(run, pieces)


def losses(run: Large) -> Integers:
    """What each group loses at the prices, with its share of what rows left free cost in homes near it."""
    layout, problem = run.layout, run.layout.problem
    lost = run.wished.copy()
    np.subtract.at(lost, problem.block_group[run.chosen], run.net[run.chosen])
    idle = run.priced.price * (problem.row_limit - layout.used(run.chosen))
    use = layout.by_block[run.near[SHARING]]
    share = use @ (idle / np.maximum(np.asarray(use.sum(axis=0)).ravel(), 1))
    np.add.at(lost, problem.block_group[run.near[SHARING]], share.astype(np.int64))
    return lost


def _grown(run: Large, lost: Integers, fresh: npt.NDArray[np.bool_]) -> list[Integers]:
    """Up to so many sets of groups as are solved side by side, grown from those that lose most along homes they share."""
    problem = run.layout.problem
    near = np.union1d(run.near[NEAR], run.chosen)
    shape = (run.groups, len(problem.homes))
    at = sparse.csr_array((np.ones(near.size), (problem.block_group[near], problem.block_home[near])), shape=shape)
    back, free = sparse.csr_array(at.T), fresh.copy()
    pieces: list[Integers] = []
    for seed in np.argsort(-lost, kind="stable").tolist():
        if len(pieces) == run.beside:
            break
        if free[seed] and lost[seed] > 0:
            open_to = free if run.beside > 1 else np.ones_like(free)  # alone, a piece may take in whom others had
            pieces.append(_around(seed, at, back, open_to, run.size))
            free[pieces[-1]] = False
    return pieces


def _around(
    seed: int, at: sparse.csr_array, back: sparse.csr_array, free: npt.NDArray[np.bool_], most: int
) -> Integers:
    """Groups tied most closely to those already in, step by step."""
    inside = np.zeros(free.size, dtype=bool)
    inside[seed] = True
    while (size := int(inside.sum())) < most:
        tied = back.T @ (at.T @ inside.astype(np.float64) > 0)
        tied[inside | ~free] = 0
        more = np.argsort(-tied, kind="stable")[: min(most - size, max(20, size))]
        more = more[tied[more] > 0]
        if not more.size:
            break
        inside[more] = True
    return np.flatnonzero(inside)


def _turn(run: Large, sets: list[Integers]) -> None:
    """Solve pieces that share no home side by side, and take over what is better."""
    layout, problem = run.layout, run.layout.problem
    owner = np.full(len(problem.homes), -1, dtype=np.int64)
    used, mine = layout.used(run.chosen), []
    pieces: dict[int, tuple[Piece, Integers]] = {}
    for number, groups in enumerate(sets):
        here = run.chosen[np.isin(problem.block_group[run.chosen], groups)]
        blocks = _blocks_of(run, groups, here, owner, number)
        room = problem.row_limit - used + layout.used(here)
        piece = layout.piece(groups, blocks, run.value, room)
        pieces[number] = (piece, np.searchsorted(blocks, here))
        mine.append(here)
    found = fan_out(best_of_piece, pieces, workers=run.workers)
    gone = np.concatenate(mine)
    new = [piece.blocks[found[number]] for number, (piece, _) in pieces.items()]
    run.chosen = np.sort(np.concatenate([np.setdiff1d(run.chosen, gone), *new]))


def _blocks_of(run: Large, groups: Integers, here: Integers, owner: Integers, number: int) -> Integers:
    """The blocks of least regret of these groups, and those in homes where room that has a price is free.

    Only homes of no other piece of the turn; blocks that are chosen now in any case.
    """
    problem, regret = run.layout.problem, run.priced.bound.regret
    every = run.layout.of_groups(groups)
    vacant = every[run.vacant[problem.block_home[every]]]
    near = np.union1d(run.layout.nearest(regret, WITHIN, every), run.layout.nearest(regret, VACANT, vacant))
    homes = problem.block_home[near]
    near = near[(owner[homes] < 0) | (owner[homes] == number)]
    owner[problem.block_home[near]] = number
    return np.union1d(near, here)


def _solution(
    layout: Layout, priced: Priced, plan: Integers, clock: Clock, weights: Integers, bonus: int, workers: int
) -> Solution:
    problem, finest = layout.problem, weights.size - 1
    achieved = problem.goal_values[:, plan].sum(axis=1)
    bound = [_ceiling(layout, priced.pool, clock, g, int(got), finest, workers) for g, got in enumerate(achieved)]
    earlier = int(weights[:finest] @ achieved[:finest])
    bound[finest] = min(bound[finest], priced.bound.total // SCALE - bonus - earlier)
    bound = [max(pair) for pair in zip(bound, achieved.tolist(), strict=True)]
    return Solution(
        chosen=tuple(plan.tolist()),
        achieved=tuple(achieved.tolist()),
        bound=tuple(bound),
        proven=bound == achieved.tolist(),
    )


def _ceiling(layout: Layout, pool: Integers, clock: Clock, goal: int, reached: int, finest: int, workers: int) -> int:
    """The most that any plan reaches in one goal by itself, as far as few prices prove."""
    value = layout.problem.goal_values[goal].astype(np.int64)
    free = unpriced(layout, value, pool)
    if goal >= finest or free.bound.total // SCALE == reached:
        return free.bound.total // SCALE
    return prices_of(layout, value, free, clock, looks=1, workers=workers).bound.total // SCALE
