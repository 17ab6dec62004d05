"""A proven bound over many blocks, for any prices, in exact integers.

With a price on every row, each sibling group solves its own small problem: how to part its children into
blocks. The sum over groups, plus the prices of the rows' limits, bounds every plan from above (Lagrange).
A block whose regret exceeds the gap to a known plan is in no better plan.
"""

from dataclasses import dataclass

import numpy as np

from matching.solver.problem import Integers, Problem

NOTHING = np.int64(-(1 << 60))


@dataclass(frozen=True, slots=True)
class Bound:
    """The bound `total`, and for each block looked at by how much forcing it would lower the bound."""

    total: int
    regret: Integers


def bound_of(problem: Problem, at: Integers, net: Integers, constant: int) -> Bound:
    """Bound on what plans made of the blocks `at` are worth; `net` is each block's value less its prices."""
    total, regret = constant, np.zeros(at.size, dtype=np.int64)
    group, mask = problem.block_group[at], problem.block_mask[at]
    for size in np.unique(problem.group_sizes).tolist():
        groups = np.flatnonzero(problem.group_sizes == size)
        row = np.full(problem.group_sizes.size, -1, dtype=np.int64)
        row[groups] = np.arange(groups.size)
        mine = np.flatnonzero(row[group] >= 0)
        inside, masks = row[group[mine]], mask[mine]
        best = np.full((groups.size, 1 << size), NOTHING, dtype=np.int64)
        np.maximum.at(best, (inside, masks), net[mine])
        worth = _partitions(best, size)
        total += int(worth[:, -1].sum())
        regret[mine] = worth[inside, -1] - net[mine] - worth[inside, ((1 << size) - 1) - masks]
    return Bound(total, regret)


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
