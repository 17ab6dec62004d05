"""A lawful plan in milliseconds, so that there is always one: best blocks first, by the order of goals."""

import numpy as np
import numpy.typing as npt

from matching.solver.problem import Problem


def greedy_plan(problem: Problem) -> npt.NDArray[np.int64]:
    """Blocks chosen one by one, the best by goals in order first; children who must be placed come first of all."""
    must = np.zeros(problem.blocks, dtype=np.int64)
    for child in problem.must_place:
        must += problem.holding(child)
    order = np.lexsort((problem.lot, *(-values for values in problem.goal_values[::-1]), -must))
    left, taken = problem.row_limit.copy(), np.zeros(problem.group_sizes.size, dtype=np.int64)
    columns = problem.rows.tocsc()
    chosen = []
    for block in order:
        group, mask = problem.block_group[block], problem.block_mask[block]
        span = slice(columns.indptr[block], columns.indptr[block + 1])
        rows, use = columns.indices[span], columns.data[span].astype(np.int64)
        if not taken[group] & mask and (use <= left[rows]).all():
            left[rows] -= use
            taken[group] |= mask
            chosen.append(int(block))
    return np.array(sorted(chosen), dtype=np.int64)
