"""Values whose sum orders plans as the goals do, one after another."""

import numpy as np
import numpy.typing as npt

from matching.solver.problem import Problem

Integers = npt.NDArray[np.int64]
WHOLE = 1 << 62  # beyond, 64-bit whole numbers end
LARGEST = 10**12  # of a weight: beyond, the relaxation's steps are lost in its rounding


def strict_value(problem: Problem, goals: Integers, last: Integers, largest: int = LARGEST) -> Integers | None:
    """One value for each block, (blocks,): a unit of a goal outweighs all that plans can differ by in what comes after it.

    `goals` is (goals, blocks), the first first; `last` is what counts when all are equal. `None` where it grows too large.
    """
    strict, weight = np.zeros_like(last), 1
    for values in (last, *goals[::-1]):
        if weight > largest or weight * int(np.abs(values).max(initial=0)) > WHOLE:
            return None
        strict = strict + values * weight
        weight *= _between_plans(problem, values) + 1
    return strict


def _between_plans(problem: Problem, values: Integers) -> int:
    """No two plans differ by more in the sum of these values: each child counts the most that a block gives for it."""
    a_child, most = values / np.maximum(np.bitwise_count(problem.block_mask), 1), 0.0
    for some in (a_child, -a_child):
        by_group = np.zeros(problem.group_sizes.size)
        np.maximum.at(by_group, problem.block_group, some)
        most += float(by_group @ problem.group_sizes)
    return int(np.ceil(most))
