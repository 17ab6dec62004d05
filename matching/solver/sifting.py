"""The first optimum of a relaxation with many blocks: a few of each group, then those that would improve it.

At the optimum a group has parts of two or three blocks, out of a hundred; the simplex need not carry the others
(sifting: Forrest 1989; Bixby and others, 1992). It leads to a basis of all blocks, from which everything else goes on.
"""

from typing import Any

import highspy
import numpy as np
from scipy import sparse

from matching.solver.packing import Packing
from matching.solver.problem import Held, Integers

FIRST, MORE = 6, 3  # blocks of each group at the start, and in each further round
ROUNDS = 200
FREE = highspy.kHighsInf
TOLERANCE = 1e-6
PRIMAL, DUAL = 4, 1  # a new aim or block leaves the point possible, a new row leaves the prices possible


class _Quiet(highspy.Highs):
    """HiGHS without its callbacks, because enabling them prints a line before output can be turned off."""

    def __init__(self) -> None:
        super(highspy.Highs, self).__init__()
        self.setOptionValue("output_flag", False)


def quiet() -> Any:
    """HiGHS on one thread with a fixed seed, saying nothing."""
    engine: Any = _Quiet()
    engine.setOptionValue("threads", 1)
    engine.setOptionValue("random_seed", 0)
    return engine


def engine_of(packing: Packing, held: Held) -> Any:
    """HiGHS with rows for what is held and for the packing, one column a block, and no aim yet."""
    return _loaded(sparse.vstack([sparse.csr_array(held.values), packing.use], format="csc"), packing.limit, held)


def _loaded(use: sparse.csc_array, limit: Integers, held: Held) -> Any:
    model = highspy.HighsLp()
    model.num_col_, model.num_row_ = use.shape[1], use.shape[0]
    model.sense_ = highspy.ObjSense.kMaximize
    model.col_cost_ = np.zeros(use.shape[1])
    model.col_lower_, model.col_upper_ = np.zeros(use.shape[1]), np.full(use.shape[1], FREE)
    model.row_lower_ = np.concatenate([np.where(held.on, held.targets, -FREE), np.full(limit.size, -FREE)])
    model.row_upper_ = np.concatenate([np.full(held.on.size, FREE), limit])
    model.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    model.a_matrix_.start_, model.a_matrix_.index_ = use.indptr.astype(np.int32), use.indices.astype(np.int32)
    model.a_matrix_.value_ = use.data.astype(np.float64)
    engine = quiet()
    engine.passModel(model)
    return engine


def sift(
    whole: Any, packing: Packing, held: Held, value: Integers, group: Integers, seconds: float | None = None
) -> None:
    """Give `whole`, an engine of all blocks without a basis, the basis of their optimum; nothing where that fails.

    `value` and `group` are told for each block. `seconds` limit each round.
    """
    use = sparse.vstack([sparse.csr_array(held.values), packing.use], format="csc")
    pool = _best_of_each(np.arange(value.size), value.astype(np.float64), group, FIRST)
    engine = _loaded(use[:, pool], packing.limit, held)
    engine.changeColsCost(pool.size, np.arange(pool.size, dtype=np.int32), value[pool].astype(np.float64))
    engine.setOptionValue("simplex_strategy", DUAL)
    if seconds is not None:
        engine.setOptionValue("time_limit", max(seconds, 0.01))
    prices_apart = sparse.csr_array(use.T.astype(np.float64))
    for _ in range(ROUNDS):
        engine.run()
        if engine.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return
        gain = value - prices_apart @ np.array(engine.getSolution().row_dual)
        gain[pool] = 0
        more = _best_of_each(np.flatnonzero(gain > TOLERANCE), gain, group, MORE)
        if not more.size:
            _hand_over(engine, pool, whole, value.size)
            return
        _add(engine, use[:, more], value[more])
        pool = np.concatenate([pool, more])


def _best_of_each(at: Integers, gain: "np.ndarray[Any, Any]", group: Integers, count: int) -> Integers:
    """Among blocks `at` the `count` of each group that gain most."""
    order = at[np.lexsort((-gain[at], group[at]))]
    first = np.searchsorted(group[order], group[order])
    return np.asarray(order[np.arange(order.size) - first < count], dtype=np.int64)


def _add(engine: Any, use: sparse.csc_array, value: Integers) -> None:
    engine.setOptionValue("simplex_strategy", PRIMAL)
    start, index = use.indptr[:-1].astype(np.int32), use.indices.astype(np.int32)
    free = np.zeros(value.size), np.full(value.size, FREE)
    engine.addCols(value.size, value.astype(np.float64), *free, use.nnz, start, index, use.data.astype(np.float64))


def _hand_over(engine: Any, pool: Integers, whole: Any, blocks: int) -> None:
    """The basis found is one of all blocks, those that were never looked at being at nothing."""
    found, basis = engine.getBasis(), whole.getBasis()
    status = [highspy.HighsBasisStatus.kLower] * blocks
    for position, one in zip(pool.tolist(), found.col_status, strict=True):
        status[position] = one
    basis.col_status, basis.row_status, basis.valid = status, list(found.row_status), True
    whole.setBasis(basis)
    whole.setOptionValue("simplex_strategy", PRIMAL)
