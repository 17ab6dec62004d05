"""Prices of what homes have to give, for problems too large for one exact search; any prices give a proven bound.

They are the duals of the linear relaxation, which is solved over a pool of blocks that grows by those of least regret at
the prices found so far (column generation: Dantzig and Wolfe, 1960). The bound is then taken over every block in whole
numbers, so that neither the pool nor the solver's tolerance can make it wrong.

The relaxation is solved by a first-order method (PDLP: Applegate and others, 2021), roughly at first: its time grows
with the blocks of the pool, where an interior point's grows faster, and each look goes on from the point before.
"""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from scipy import sparse

from matching.solver.bound import Bound, bound_of
from matching.solver.clock import Clock
from matching.solver.packing import Packing, family_rows, joined
from matching.solver.pieces import Layout
from matching.solver.problem import Integers
from matching.solver.relaxation import SCALE

if TYPE_CHECKING:
    from ortools.pdlp.python import pdlp
    from ortools.pdlp.solvers_pb2 import PrimalDualHybridGradientParams

FIRST, MORE = 14, 8  # blocks of each group that the pool begins with, and that each look adds
LOOKS = 12
COARSE, FINE = 1e-3, 1e-4  # tolerance of the first look and of the last ones, as a share
SHARPENED = 0.1  # of the distance between the pool's optimum and the bound over every block: the next look's tolerance
CLOSE = 1.5e-4  # as a share: the pool tells nearly all once its own optimum is so near to the bound over every block
STEPS = 40_000  # of one look, at the most
SHARDS = 8  # in which sums are taken, whatever the number of cores, so that they are the same
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Priced:
    """Prices of the rows in 1/`SCALE` points, the bound that they prove over every block, the pool they came from."""

    price: Integers
    bound: Bound
    pool: Integers
    chosen: Floats  # how far each block of the pool is, where the relaxation is best


@dataclass(frozen=True, slots=True)
class Point:
    """Where a look ended: how far each block of its pool is chosen; prices of homes' and of families' rows, in points."""

    pool: Integers
    chosen: Floats
    homes: Floats
    families: Floats
    worth: float
    balance: float

    def chosen_of(self, pool: Integers) -> Floats:
        """The same over a larger pool."""
        chosen = np.zeros(pool.size)
        chosen[np.searchsorted(pool, self.pool)] = self.chosen
        return chosen


def priced_at(layout: Layout, value: Integers, price: Integers, paid: Integers | None = None, most: int = 0) -> Priced:
    """The bound over every block at these prices; `paid` is what each pays for further rows, `most` what those yield."""
    net = layout.net(value, price)
    if paid is not None:
        net -= paid
    constant = int(price @ layout.problem.row_limit) + most
    nothing = np.zeros(0, dtype=np.int64)
    return Priced(price, bound_of(layout.problem, None, net, constant), nothing, np.zeros(0))


def unpriced(layout: Layout, value: Integers, pool: Integers | None = None) -> Priced:
    """No prices: the bound if nobody competed, and the best blocks of every group where no pool is given."""
    free = priced_at(layout, value, np.zeros(layout.problem.row_limit.size, dtype=np.int64))
    pool = layout.nearest(free.bound.regret, FIRST) if pool is None else pool
    return replace(free, pool=pool, chosen=np.zeros(pool.size))


def prices_of(
    layout: Layout, value: Integers, known: Priced, clock: Clock, looks: int = LOOKS, workers: int = 1
) -> Priced:
    """Nearly the best prices there are for a value of the blocks, as far as looks and time allow."""
    best, pool = known, known.pool
    del known  # its regrets are of every block, and a better one takes their place
    last: Point | None = None
    tolerance = COARSE if looks > 1 else FINE
    for _ in range(looks):
        point = None if clock.over else _look(layout, value, pool, last, tolerance, clock, workers)
        if point is None:
            break
        last = point
        priced = priced_at(layout, value, np.rint(point.homes * SCALE).astype(np.int64))
        if priced.bound.total < best.bound.total:
            best = priced
        distance = priced.bound.total / max(point.worth * SCALE, 1.0) - 1
        if distance <= CLOSE:
            break
        tolerance = min(tolerance, max(FINE, SHARPENED * distance))
        pool = np.union1d(pool, layout.nearest(priced.bound.regret, MORE))
    return replace(best, pool=pool, chosen=np.zeros(pool.size) if last is None else last.chosen_of(pool))


def _look(
    layout: Layout, value: Integers, pool: Integers, before: Point | None, tolerance: float, clock: Clock, workers: int
) -> Point | None:
    """The relaxation over the pool, solved to a tolerance from where the look before ended."""
    # only large problems ask it; it brings a table library along
    from ortools.pdlp.python import pdlp

    piece = layout.pool(pool, value)
    firm = Packing(piece.problem.rows.astype(np.int64).tocsr(), piece.problem.row_limit)
    rows, unit = joined(firm, family_rows(piece.problem)), float(max(piece.value.max(initial=1), 1))
    how = _how(tolerance, clock, workers)
    start = None
    if before is not None and before.families.size == rows.size - firm.size:
        start = pdlp.PrimalAndDualSolution()
        start.primal_solution = before.chosen_of(pool)
        start.dual_solution = -np.concatenate([before.homes[piece.rows], before.families]) / unit
        how.initial_primal_weight = before.balance
    found = pdlp.primal_dual_hybrid_gradient(_program(rows, piece.value / unit), how, start)
    chosen, dual = np.array(found.primal_solution), np.abs(np.array(found.dual_solution)) * unit
    if chosen.size != pool.size or not (np.isfinite(chosen).all() and np.isfinite(dual).all()):
        return None
    homes = np.zeros(layout.problem.row_limit.size)
    homes[piece.rows] = dual[: firm.size]
    worth, balance = float(piece.value @ chosen), found.solve_log.solution_stats.primal_weight
    return Point(pool, chosen, homes, dual[firm.size :], worth, balance)


def _program(rows: Packing, value: Floats) -> "pdlp.QuadraticProgram":
    """Each block chosen between not at all and wholly, within all rows; its value made as small as can be when negated."""
    from ortools.pdlp.python import pdlp

    program = pdlp.QuadraticProgram()
    program.resize_and_initialize(value.size, rows.size)
    program.objective_vector = -value
    program.variable_lower_bounds, program.variable_upper_bounds = np.zeros(value.size), np.ones(value.size)
    program.constraint_lower_bounds = np.full(rows.size, -np.inf)
    program.constraint_upper_bounds = rows.limit.astype(np.float64)
    program.constraint_matrix = sparse.csc_matrix(rows.use.astype(np.float64))
    return program


def _how(tolerance: float, clock: Clock, workers: int) -> "PrimalDualHybridGradientParams":
    """How far and how long to go."""
    from ortools.pdlp.solvers_pb2 import PrimalDualHybridGradientParams

    how = PrimalDualHybridGradientParams(num_threads=workers, num_shards=SHARDS)
    how.termination_criteria.simple_optimality_criteria.eps_optimal_relative = tolerance
    how.termination_criteria.simple_optimality_criteria.eps_optimal_absolute = tolerance
    how.termination_criteria.iteration_limit = STEPS
    if (left := clock.left()) is not None:
        how.termination_criteria.time_sec_limit = max(left, 0.01)
    return how
