"""A bound proven further than prices of homes alone prove it: by rows that only whole plans keep, and rows held back.

Blocks chosen in part lead to both: rows held back that they break, sums of rows that are rounded down. Such rows are
written for the blocks of least regret; they hold for every plan all the same, so the bound is over every block.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse

from matching.solver.clock import Clock
from matching.solver.packing import Packing
from matching.solver.pieces import Layout
from matching.solver.prices import Priced, priced_at
from matching.solver.problem import Held, Integers
from matching.solver.relaxation import Relaxation

POOL, MORE = 16, 8  # blocks of each group that take part beside those that led to the prices; that a further look adds
LOOKS = 2
ROUNDS = 3  # the relaxation is solved so often, with more rows each time
CLOSE = 2e-5  # as a share: a look is the last once the bound over every block is so near to that of the pool
WORTH_A_ROUND = 2e-6  # a round that lowers the bound by less, as a share, is the last
BROKEN = 0.01
MOST = 8_000  # groups; of more the relaxation with all its rows takes longer, and more room, than its gain is worth


@dataclass(frozen=True, slots=True, kw_only=True)
class Tightened:
    """The bound that is proven over every block; how far each written block is chosen where the relaxation is best."""

    total: int
    point: npt.NDArray[np.float64]


def tightened(whole: Layout, written: Layout, at: Integers, value: Integers, priced: Priced, clock: Clock) -> Tightened:
    """What prices of further rows prove, as far as the time allows; where it does not, what is proven already.

    `written` has every row written out, over the blocks `at` of the whole; `value` is that of all.
    """
    total, point = priced.bound.total, np.zeros(at.size)
    point[np.searchsorted(at, priced.pool)] = priced.chosen
    if whole.problem.group_sizes.size > MOST:
        return Tightened(total=total, point=point)
    pool = np.union1d(np.searchsorted(at, priced.pool), written.nearest(priced.bound.regret[at], POOL))
    for _ in range(LOOKS):
        if clock.over:
            break
        found, chosen, most = _look(whole, written, at, pool, value, clock)
        if found.bound.total < total:
            total, point = found.bound.total, np.zeros(at.size)
            point[pool] = chosen
        if found.bound.total <= most * (1 + CLOSE):
            break
        pool = np.union1d(pool, written.nearest(found.bound.regret[at], MORE))
    return Tightened(total=total, point=point)


def _look(
    whole: Layout, written: Layout, at: Integers, pool: Integers, value: Integers, clock: Clock
) -> tuple[Priced, npt.NDArray[np.float64], int]:
    """The bound over every block, the point of the relaxation and the bound over its pool alone."""
    relaxed, own = _cut_off(whole, written, at, pool, value, clock)
    return _priced(whole, value, own, relaxed, at[pool]), relaxed.point, relaxed.bound().total


def _cut_off(
    whole: Layout, written: Layout, at: Integers, pool: Integers, value: Integers, clock: Clock
) -> tuple[Relaxation, Integers]:
    """The relaxation with rows that its points break, until there are none, they bring little or the time is up.

    Also which rows of the whole stand first in it.
    """
    piece = whole.pool(at[pool], value)
    own = whole.problem.row_limit.size
    back = Packing(sparse.csr_array(written.by_block[pool][:, own:].T), written.problem.row_limit[own:])
    relaxed, before = Relaxation(piece.problem, np.arange(pool.size), Held.nothing(pool.size)), np.inf
    relaxed.aim(piece.value)
    for left in reversed(range(ROUNDS)):
        if not relaxed.solve(clock.left()):
            break
        now = relaxed.bound().total
        little = before - now < WORTH_A_ROUND * now
        if little or not left or clock.over or not _add_broken(relaxed, back):
            break
        before = now
    return relaxed, piece.rows


def _add_broken(relaxed: Relaxation, back: Packing) -> bool:
    """Add rows held back that the point breaks, and such as only whole plans keep; whether there were any."""
    broken = back.of_rows(back.use @ relaxed.point > back.limit + BROKEN)
    found = relaxed.whole() is None and relaxed.tighten(forget=False)
    if broken.size:
        relaxed.add(Packing(broken.use.astype(np.int64), broken.limit))
    return found or broken.size > 0


def _priced(whole: Layout, value: Integers, own: Integers, relaxed: Relaxation, pool: Integers) -> Priced:
    """The bound over every block at the prices of the relaxation; `own` are the whole's rows that come first in it."""
    _, prices = relaxed.prices()
    price = np.zeros(whole.problem.row_limit.size, dtype=np.int64)
    price[own] = prices[: own.size]
    further = (prices > 0) & relaxed.priced
    further[: own.size] = False
    rows, every = relaxed.packing.of_rows(further), prices[further]
    paid = np.zeros(whole.problem.blocks, dtype=np.int64)
    paid[pool] = rows.use.T @ every
    return priced_at(whole, value, price, paid, int(every @ rows.limit))
