"""Prices of what homes have to give, for problems too large for one exact search; any prices give a proven bound.

They are the duals of the linear relaxation, which is solved over a pool of blocks that grows by those of least regret at
the prices found so far (column generation: Dantzig and Wolfe, 1960). Rows that the problem holds back are written for
the pool alone, once its prices are nearly right, and only those that the point breaks or fills take part. The bound is
then taken over every block in whole numbers, so that neither the pool nor the solver's tolerance can make it wrong.
"""

from dataclasses import dataclass

import highspy
import numpy as np
import numpy.typing as npt
from scipy import sparse

from matching.solver.bound import Bound, bound_of
from matching.solver.clock import Clock
from matching.solver.packing import Packing, family_rows, joined
from matching.solver.pieces import Layout
from matching.solver.problem import Held, Integers
from matching.solver.relaxation import SCALE
from matching.solver.sifting import engine_of

FIRST, MORE = 14, 8  # blocks of each group that the pool begins with, and that each look adds
LOOKS = 12
CLOSE = 1e-6  # as a share: the pool tells nearly all once its own optimum is so near to the bound over every block
NEARLY = 1e-3  # and nearly right once it is so near
ENOUGH = 1e-5  # rows held back are written until they bring less: a look costs much more with them
FULL = 0.05  # a row counts as full with so much room left, since an interior point seldom touches it


@dataclass(frozen=True, slots=True)
class Priced:
    """Prices of the rows in 1/`SCALE` points, the bound that they prove over every block, the pool they came from."""

    price: Integers
    bound: Bound
    pool: Integers


@dataclass(frozen=True, slots=True)
class Duals:
    """Prices of the rows; what rows held back cost each block of the pool, and what their limits are worth in all.

    `point` is how far each block of the pool is chosen, `worth` what that is worth.
    """

    price: Integers
    burden: Integers
    worth_of_limits: int
    point: npt.NDArray[np.float64]
    worth: float


def bound_at(layout: Layout, value: Integers, price: Integers, pool: Integers, duals: Duals | None = None) -> Bound:
    """The bound over every block at these prices."""
    problem, net = layout.problem, layout.net(value, price)
    constant = int(price @ problem.row_limit)
    if duals is not None:
        net[pool] -= duals.burden
        constant += duals.worth_of_limits
    return bound_of(problem, np.arange(problem.blocks), net, constant)


def unpriced(layout: Layout, value: Integers) -> Priced:
    """No prices: the bound if nobody competed, and the best blocks of every group."""
    price = np.zeros(layout.problem.row_limit.size, dtype=np.int64)
    bound = bound_at(layout, value, price, price[:0])
    return Priced(price, bound, layout.nearest(bound.regret, FIRST))


def prices_of(layout: Layout, value: Integers, known: Priced, clock: Clock, looks: int = LOOKS) -> Priced:
    """Nearly the best prices there are for a value of the blocks, as far as looks and time allow."""
    best, pool, rows, before = known, known.pool, None, np.inf
    for _ in range(looks):
        found = None if clock.over else _duals(layout, value, pool, rows, clock)
        if found is None:
            break
        bound = bound_at(layout, value, found.price, pool, found)
        if bound.total < best.bound.total:
            best = Priced(found.price, bound, pool)
        close = bound.total <= found.worth * SCALE * (1 + CLOSE)
        if close and rows is None and layout.problem.held_back is None:
            break
        more = pool if close else np.union1d(pool, layout.nearest(bound.regret, MORE))
        nearly = bound.total <= found.worth * SCALE * (1 + NEARLY)
        if layout.problem.held_back is not None and (
            nearly or rows is not None
        ):  # once written, they grow with the pool
            point = np.zeros(more.size)
            point[np.searchsorted(more, pool)] = found.point
            rows, broken = _filled(layout, more, point)
            enough = bound.total <= found.worth * SCALE * (1 + ENOUGH) and before - found.worth <= ENOUGH * found.worth
            if close and not broken or enough:
                break
            before = found.worth
        pool = more
    return Priced(best.price, best.bound, pool)


def _filled(layout: Layout, pool: Integers, point: npt.NDArray[np.float64]) -> tuple[Packing, bool]:
    """Rows held back, over the pool, that a point fills or breaks; whether it breaks any by much."""
    packing = held_back_over(layout, pool)
    used = packing.use @ point
    return packing.of_rows(used > packing.limit - FULL), bool((used > packing.limit + FULL).any())


def held_back_over(layout: Layout, blocks: Integers) -> Packing:
    """The rows that the problem holds back, over some of its blocks."""
    if layout.problem.held_back is None:
        return Packing(sparse.csr_array((0, blocks.size), dtype=np.int64), np.zeros(0, dtype=np.int64))
    index, block, use, limit = layout.problem.held_back.among(blocks)
    return Packing(sparse.csr_array((use, (index, block)), shape=(limit.size, blocks.size)), limit)


def _duals(layout: Layout, value: Integers, pool: Integers, rows: Packing | None, clock: Clock) -> Duals | None:
    """Duals of the linear relaxation over the pool by an interior point."""
    piece = layout.piece(np.arange(layout.problem.group_sizes.size), pool, value)
    sub = piece.problem
    firm = Packing(sub.rows.astype(np.int64).tocsr(), sub.row_limit)
    more = rows or Packing(firm.use[:0], firm.limit[:0])
    engine = engine_of(
        joined(firm, more, family_rows(sub)),
        Held(np.zeros((0, sub.blocks), np.int64), np.zeros(0, np.int64), np.zeros(0, bool)),
    )
    engine.changeColsCost(sub.blocks, np.arange(sub.blocks, dtype=np.int32), piece.value.astype(np.float64))
    engine.setOptionValue("solver", "ipm")
    engine.setOptionValue("run_crossover", "off")
    if (left := clock.left()) is not None:
        engine.setOptionValue("time_limit", max(left, 0.01))
    engine.run()
    if engine.getModelStatus() not in (highspy.HighsModelStatus.kOptimal, highspy.HighsModelStatus.kUnknown):
        return None
    found = engine.getSolution()
    dual = np.rint(np.abs(np.array(found.row_dual)) * SCALE).astype(np.int64)
    price = np.zeros(layout.problem.row_limit.size, dtype=np.int64)
    price[piece.rows], further = dual[: firm.size], dual[firm.size : firm.size + more.size]
    worth = float(engine.getInfo().objective_function_value)
    return Duals(price, more.use.T @ further, int(further @ more.limit), np.array(found.col_value), worth)
