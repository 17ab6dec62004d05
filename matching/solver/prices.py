"""Prices of what homes have to give, for problems too large for one exact search; any prices give a proven bound.

They are the duals of the linear relaxation, which is solved over a pool of blocks that grows by those of least regret at
the prices found so far (column generation: Dantzig and Wolfe, 1960). The bound is then taken over every block in whole
numbers, so that neither the pool nor the solver's tolerance can make it wrong.
"""

from dataclasses import dataclass, replace

import highspy
import numpy as np
from scipy import sparse

from matching.solver.bound import Bound, bound_of
from matching.solver.clock import Clock
from matching.solver.packing import Packing, family_rows, joined
from matching.solver.pieces import Layout, nothing_held
from matching.solver.problem import Integers
from matching.solver.relaxation import SCALE
from matching.solver.sifting import engine_of

FIRST, MORE = 14, 8  # blocks of each group that the pool begins with, and that each look adds
LOOKS = 12
CLOSE = 1e-6  # as a share: the pool tells nearly all once its own optimum is so near to the bound over every block


@dataclass(frozen=True, slots=True)
class Priced:
    """Prices of the rows in 1/`SCALE` points, the bound that they prove over every block, the pool they came from.

    `net` is each block's value less all that it has to pay.
    """

    price: Integers
    bound: Bound
    pool: Integers
    net: Integers


@dataclass(frozen=True, slots=True)
class Duals:
    """Prices of the problem's rows and of `further` ones, in 1/`SCALE` points; what the relaxation over the pool is worth."""

    price: Integers
    further: Integers
    worth: float


def priced_at(layout: Layout, value: Integers, duals: Duals, pool: Integers, further: Packing) -> Priced:
    """The bound over every block at these prices."""
    net = layout.net(value, duals.price) - further.use.T @ duals.further
    constant = int(duals.price @ layout.problem.row_limit) + int(duals.further @ further.limit)
    every = np.arange(layout.problem.blocks)
    return Priced(duals.price, bound_of(layout.problem, every, net, constant), pool, net)


def unpriced(layout: Layout, value: Integers) -> Priced:
    """No prices: the bound if nobody competed, and the best blocks of every group."""
    nothing = np.zeros(0, dtype=np.int64)
    duals = Duals(np.zeros(layout.problem.row_limit.size, dtype=np.int64), nothing, np.inf)
    free = priced_at(layout, value, duals, nothing, no_rows(layout))
    return replace(free, pool=layout.nearest(free.bound.regret, FIRST))


def no_rows(layout: Layout) -> Packing:
    """No rows over the blocks of a problem but its own."""
    return Packing(sparse.csr_array((0, layout.problem.blocks), dtype=np.int64), np.zeros(0, dtype=np.int64))


def prices_of(layout: Layout, value: Integers, known: Priced, clock: Clock, looks: int = LOOKS) -> Priced:
    """Nearly the best prices there are for a value of the blocks, as far as looks and time allow."""
    best, pool = known, known.pool
    for _ in range(looks):
        duals = None if clock.over else _duals(layout, value, pool, clock)
        if duals is None:
            break
        priced = priced_at(layout, value, duals, pool, no_rows(layout))
        if priced.bound.total < best.bound.total:
            best = priced
        if priced.bound.total <= duals.worth * SCALE * (1 + CLOSE):
            break
        pool = np.union1d(pool, layout.nearest(priced.bound.regret, MORE))
    return replace(best, pool=pool)


def _duals(layout: Layout, value: Integers, pool: Integers, clock: Clock) -> Duals | None:
    """Prices by an interior point of the linear relaxation over the pool."""
    piece = layout.piece(np.arange(layout.problem.group_sizes.size), pool, value)
    sub = piece.problem
    firm = Packing(sub.rows.astype(np.int64).tocsr(), sub.row_limit)
    engine = engine_of(joined(firm, family_rows(sub)), nothing_held(sub.blocks))
    engine.changeColsCost(sub.blocks, np.arange(sub.blocks, dtype=np.int32), piece.value.astype(np.float64))
    engine.setOptionValue("solver", "ipm")
    engine.setOptionValue("run_crossover", "off")
    if (left := clock.left()) is not None:
        engine.setOptionValue("time_limit", max(left, 0.01))
    engine.run()
    if engine.getModelStatus() not in (highspy.HighsModelStatus.kOptimal, highspy.HighsModelStatus.kUnknown):
        return None
    dual = np.rint(np.abs(np.array(engine.getSolution().row_dual)) * SCALE).astype(np.int64)
    price = np.zeros(layout.problem.row_limit.size, dtype=np.int64)
    price[piece.rows] = dual[: firm.size]
    return Duals(price, dual[:0], float(engine.getInfo().objective_function_value))
