"""A proven bound over all blocks, for any prices, in exact integers.

With a price on every row, each sibling group solves its own small problem: how to part its children into
blocks. The sum over groups, plus the prices of the rows' limits, bounds every plan from above (Lagrange).
A block whose regret exceeds the gap to a known plan is in no better plan.
"""

from dataclasses import dataclass
from itertools import groupby

import numpy as np
import numpy.typing as npt

from matching.solver.problem import Integers, Problem

NOTHING = np.int64(-(1 << 60))


@dataclass(frozen=True, slots=True)
class Bound:
    """The bound `total`, and for each block by how much forcing it would lower the bound."""

    total: int
    regret: Integers


def bound_of(problem: Problem, value: Integers, prices: Integers) -> Bound:
    """Bound on the sum of `value` over chosen blocks, given whole prices of the packing rows."""
    cost = np.zeros(problem.blocks, dtype=np.int64)
    np.add.at(cost, problem.row_block, prices[problem.row_index] * problem.row_use)
    net = value - cost
    total, regret = int(prices @ problem.row_limit), np.zeros(problem.blocks, dtype=np.int64)
    for size, groups in _by_size(problem):
        best, inside = _best_by_mask(problem, net, size, groups)
        worth = _partitions(best, size)
        total += int(worth[:, -1].sum())
        at = inside >= 0
        rest = (1 << size) - 1 - problem.block_mask[at]
        regret[at] = worth[inside[at], -1] - net[at] - worth[inside[at], rest]
    return Bound(total, regret)


def _by_size(problem: Problem) -> list[tuple[int, npt.NDArray[np.int64]]]:
    order = np.argsort(problem.group_sizes, kind="stable")
    return [(int(s), np.array(list(g))) for s, g in groupby(order, key=lambda i: problem.group_sizes[i])]


def _best_by_mask(
    problem: Problem, net: Integers, size: int, groups: npt.NDArray[np.int64]
) -> tuple[Integers, npt.NDArray[np.int64]]:
    """Best net value by (group, mask), and each block's row in that table (-1: not of these groups)."""
    row = np.full(problem.group_sizes.size, -1, dtype=np.int64)
    row[groups] = np.arange(groups.size)
    inside = row[problem.block_group]
    best = np.full((groups.size, 1 << size), NOTHING, dtype=np.int64)
    at = inside >= 0
    np.maximum.at(best, (inside[at], problem.block_mask[at]), net[at])
    return best, inside


def _partitions(best: Integers, size: int) -> Integers:
    """Best worth of each set of children, over all ways to part it into blocks and children left out."""
    worth = np.zeros_like(best)
    for mask in range(1, 1 << size):
        low = mask & -mask
        value = worth[:, mask ^ low].copy()
        part = rest = mask ^ low
        while True:
            np.maximum(value, best[:, part | low] + worth[:, rest ^ part], out=value)
            if part == 0:
                break
            part = (part - 1) & rest
        worth[:, mask] = value
    return worth
