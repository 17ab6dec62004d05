"""Prices of what homes have to give, for problems too large for one exact search; any prices give a proven bound.

They are the duals of the linear relaxation, which is solved over a pool of blocks that grows by those of least regret at
the prices found so far (column generation: Dantzig and Wolfe, 1960). The bound is then taken over every block in whole
numbers, so that neither the pool nor the solver's tolerance can make it wrong.
"""

from dataclasses import dataclass

import highspy
import numpy as np

from matching.solver.bound import Bound, bound_of
from matching.solver.packing import Packing, family_rows, joined
from matching.solver.pieces import Layout
from matching.solver.problem import Held, Integers
from matching.solver.relaxation import SCALE
from matching.solver.search import Clock
from matching.solver.sifting import engine_of

FIRST, MORE = 14, 8  # blocks of each group that the pool begins with, and that each look adds
LOOKS = 8
CLOSE = 1e-6  # as a share: the pool tells nearly all once its own optimum is so near to the bound over every block


@dataclass(frozen=True, slots=True)
class Priced:
    """Prices of the rows in 1/`SCALE` points, the bound that they prove over every block, the pool they came from."""

    price: Integers
    bound: Bound
    pool: Integers


def bound_at(layout: Layout, value: Integers, price: Integers) -> Bound:
    """The bound over every block at these prices."""
    problem = layout.problem
    constant = int(price @ problem.row_limit)
    return bound_of(problem, np.arange(problem.blocks), layout.net(value, price), constant)


def unpriced(layout: Layout, value: Integers) -> Priced:
    """No prices: the bound if nobody competed, and the best blocks of every group."""
    price = np.zeros(layout.problem.row_limit.size, dtype=np.int64)
    bound = bound_at(layout, value, price)
    return Priced(price, bound, layout.nearest(bound.regret, FIRST))


def prices_of(layout: Layout, value: Integers, known: Priced, clock: Clock, looks: int = LOOKS) -> Priced:
    """Nearly the best prices there are for a value of the blocks, as far as looks and time allow."""
    best, pool = known, known.pool
    for _ in range(looks):
        found = None if clock.over else _duals(layout, value, pool, clock)
        if found is None:
            break
        price, worth = found
        bound = bound_at(layout, value, price)
        if bound.total < best.bound.total:
            best = Priced(price, bound, pool)
        if bound.total <= worth * SCALE * (1 + CLOSE):
            break
        pool = np.union1d(pool, layout.nearest(bound.regret, MORE))
    return Priced(best.price, best.bound, pool)


def _duals(layout: Layout, value: Integers, pool: Integers, clock: Clock) -> tuple[Integers, float] | None:
    """Duals of the linear relaxation over the pool by an interior point, and its optimum."""
    piece = layout.piece(np.arange(layout.problem.group_sizes.size), pool, value)
    sub = piece.problem
    packing = joined(Packing(sub.rows.astype(np.int64).tocsr(), sub.row_limit), family_rows(sub))
    engine = engine_of(packing, Held(np.zeros((0, sub.blocks), np.int64), np.zeros(0, np.int64), np.zeros(0, bool)))
    engine.changeColsCost(sub.blocks, np.arange(sub.blocks, dtype=np.int32), piece.value.astype(np.float64))
    engine.setOptionValue("solver", "ipm")
    engine.setOptionValue("run_crossover", "off")
    if (left := clock.left()) is not None:
        engine.setOptionValue("time_limit", max(left, 0.01))
    engine.run()
    if engine.getModelStatus() not in (highspy.HighsModelStatus.kOptimal, highspy.HighsModelStatus.kUnknown):
        return None
    dual = np.abs(np.array(engine.getSolution().row_dual)[: sub.row_limit.size])
    price = np.zeros(layout.problem.row_limit.size, dtype=np.int64)
    price[piece.rows] = np.rint(dual * SCALE).astype(np.int64)
    return price, float(engine.getInfo().objective_function_value)
