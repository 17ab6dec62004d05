"""Pieces of a large problem: some groups with the room that all others leave them, solved exactly or nearly so."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy import sparse

from matching.solver.bound import spans
from matching.solver.exact import by_cp_sat
from matching.solver.problem import Held, Integers, Problem
from matching.solver.relaxation import SCALE, Relaxation
from matching.solver.search import lawful

AMPLY = 4  # times as many blocks as are asked for are put in order, rather than all
TIGHTENINGS = 4
LOOKED_AT = 7  # times as many blocks as groups, those of least regret, among which the exact search looks
LEAST = 2_000  # blocks, at the least
EFFORT = 2.0  # of the exact search for each 300 groups, in deterministic seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A problem of its own: which `blocks` and `rows` of the whole it has, and what each of its blocks is worth."""

    problem: Problem
    blocks: Integers
    rows: Integers
    value: Integers


class Layout:
    """A problem with what is needed again and again: its rows by block, its blocks by group."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem

    @cached_property
    def by_block(self) -> sparse.csr_array:
        """The problem's rows as (blocks, rows)."""
        turned = sparse.csr_array(self.problem.rows.T)
        turned.sort_indices()
        return turned

    @cached_property
    def order(self) -> Integers:
        """Blocks by group."""
        return np.argsort(self.problem.block_group, kind="stable")

    @cached_property
    def first(self) -> Integers:
        """Where each group begins in that order, and the end."""
        counts = np.bincount(self.problem.block_group, minlength=self.problem.group_sizes.size)
        return np.concatenate([[0], np.cumsum(counts)])

    @cached_property
    def home_of_row(self) -> Integers:
        """The home that each row is about."""
        home = np.zeros(self.problem.row_limit.size, dtype=np.int64)
        home[self.problem.row_index] = self.problem.block_home[self.problem.row_block]
        return home

    def among(self, blocks: Integers) -> "Layout":
        """The same over some of the blocks."""
        keep = np.zeros(self.problem.blocks, dtype=bool)
        keep[blocks] = True
        return Layout(self.problem.restricted(keep))

    def net(self, value: Integers, price: Integers) -> Integers:
        """Value less prices, in 1/`SCALE` points; exact, because all are whole and below 2**53."""
        problem = self.problem
        each = price.astype(np.float64)[problem.row_index]
        each *= problem.row_use
        paid = np.bincount(problem.row_block, weights=each, minlength=problem.blocks)
        del each
        net = value * SCALE
        return np.subtract(net, paid, out=net, casting="unsafe")

    def used(self, chosen: Integers) -> Integers:
        """How much of each row these blocks use."""
        return np.rint(np.asarray(self.by_block[chosen].sum(axis=0)).ravel()).astype(np.int64)

    def of_groups(self, groups: Integers) -> Integers:
        """All blocks of these groups."""
        spans = [self.order[self.first[g] : self.first[g + 1]] for g in groups.tolist()]
        return np.sort(np.concatenate(spans)) if spans else np.zeros(0, dtype=np.int64)

    def nearest(self, regret: Integers, count: int, among: Integers | None = None) -> Integers:
        """The `count` blocks of least regret of every group, of all or `among` some."""
        parts = [np.zeros(0, dtype=np.int64)]
        for span in spans(self.problem, among):
            some = self._low(span, regret, count)
            group = self.problem.block_group[some]
            order = np.lexsort((regret[some], group))
            first = np.searchsorted(group[order], group[order])
            parts.append(np.sort(some[order[np.arange(order.size) - first < count]]))
        return np.concatenate(parts)

    def _low(self, at: Integers, regret: Integers, count: int) -> Integers:
        """Of the blocks `at` those of low regret, `count` of each group at the least or all that it has."""
        group = self.problem.block_group[at]
        has = np.bincount(group)
        enough = AMPLY * count * np.count_nonzero(has)
        if at.size <= enough:
            return at
        low = regret[at] <= np.partition(regret[at], enough)[enough]
        short = np.bincount(group[low], minlength=has.size) < np.minimum(count, has)
        return np.asarray(at[low | short[group]], dtype=np.int64)

    def pool(self, blocks: Integers, value: Integers) -> Piece:
        """The problem of every group over some of the blocks; `value` is that of all. No table of all rows is made."""
        groups = np.arange(self.problem.group_sizes.size)
        return self.among(blocks).piece(groups, np.arange(blocks.size), value[blocks])

    def piece(self, groups: Integers, blocks: Integers, value: Integers, room: Integers | None = None) -> Piece:
        """The problem of these groups and blocks; `room` is what rows have left for them (default: all)."""
        whole = self.problem
        sizes = whole.group_sizes[groups]
        number = np.full(whole.group_sizes.size, -1, dtype=np.int64)
        number[groups] = np.arange(groups.size)
        mine = self.by_block[blocks].tocoo()
        rows, row_of = np.unique(mine.coords[1], return_inverse=True)
        limit = (whole.row_limit if room is None else room)[rows]
        children = (np.arange(s) + whole.first_child[g] for g, s in zip(groups.tolist(), sizes.tolist(), strict=True))
        problem = Problem(
            children=tuple(whole.children[i] for part in children for i in part.tolist()),
            homes=whole.homes,
            group_of_child=np.repeat(np.arange(groups.size), sizes).astype(np.int32),
            block_group=number[whole.block_group[blocks]].astype(np.int32),
            block_mask=whole.block_mask[blocks],
            block_home=whole.block_home[blocks],
            row_index=row_of.astype(np.int32),
            row_block=mine.coords[0].astype(np.int32),
            row_use=np.rint(mine.data).astype(np.int64),
            row_limit=limit,
            goals=("value",),
            goal_values=value[blocks][None],
            lot=np.zeros(blocks.size, dtype=np.int64),
        )
        return Piece(problem=problem, blocks=blocks, rows=rows.astype(np.int64), value=value[blocks])


def best_of_piece(piece: Piece, chosen: Integers) -> Integers:
    """The best plan found for a piece, by position in it; `chosen` is one, and nothing worse is returned.

    Its relaxation is tightened a little; then the blocks of least regret are searched exactly, within a
    deterministic effort, so that the answer is the same on every machine.
    """
    problem, value, held = piece.problem, piece.value, Held.nothing(piece.problem.blocks)
    relaxed = Relaxation(problem, np.arange(problem.blocks), held)
    relaxed.aim(value)
    if not relaxed.solve():
        return chosen
    for _ in range(TIGHTENINGS):
        if relaxed.whole() is not None or not relaxed.tighten() or not relaxed.solve():
            break
    now, bound = int(value[chosen].sum()), relaxed.bound()
    if bound.total < (now + 1) * SCALE:
        return chosen
    if (plan := relaxed.whole()) is not None and lawful(problem, held, plan):
        return plan if int(value[plan].sum()) > now else chosen
    near = np.argsort(bound.regret, kind="stable")[: max(LEAST, LOOKED_AT * problem.group_sizes.size)]
    effort = EFFORT * max(1.0, problem.group_sizes.size / 300)
    keep, short = np.union1d(near, chosen), relaxed.shortfall().reaching(now * SCALE)
    found, _ = by_cp_sat(problem, value, held, keep, None, hint=chosen, short=short, effort=effort)
    return found if found is not None and int(value[found].sum()) > now and lawful(problem, held, found) else chosen
