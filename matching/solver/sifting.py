"""The simplex, and which of many blocks it is shown: a few of each group, then those that would improve its optimum.

At the optimum a group has parts of two or three blocks, out of a hundred; the simplex need not carry the others
(sifting: Forrest 1989; Bixby and others, 1992).
"""

from typing import Any

import highspy
import numpy as np

from matching.solver.problem import Held, Integers

FIRST, MORE = 6, 3  # blocks of each group at the start, and in each further round
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


def engine_of(limit: Integers, held: Held) -> Any:
    """HiGHS with rows for what is held and for what is limited, and no column yet."""
    model = highspy.HighsLp()
    model.num_col_, model.num_row_ = 0, held.on.size + limit.size
    model.sense_ = highspy.ObjSense.kMaximize
    model.row_lower_ = np.concatenate([np.where(held.on, held.targets, -FREE), np.full(limit.size, -FREE)])
    model.row_upper_ = np.concatenate([np.full(held.on.size, FREE), limit])
    model.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    engine = quiet()
    engine.passModel(model)
    return engine


def best_of_each(at: Integers, gain: "np.ndarray[Any, Any]", group: Integers, count: int) -> Integers:
    """Among blocks `at` the `count` of each group that gain most."""
    order = at[np.lexsort((-gain[at], group[at]))]
    first = np.searchsorted(group[order], group[order])
    return np.asarray(order[np.arange(order.size) - first < count], dtype=np.int64)
