"""The linear relaxation, for its prices."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.optimize import linprog

from matching.solver.problem import Integers, Problem

SCALE = 64


@dataclass(frozen=True, slots=True)
class Held:
    """Values that a plan must still reach: (held, blocks) values and their targets."""

    values: Integers
    targets: Integers


@dataclass(frozen=True, slots=True)
class Prices:
    """Whole prices, `SCALE` to one point: of packing rows, and of the held values."""

    rows: Integers
    held: Integers


def prices_of(problem: Problem, value: Integers, held: Held) -> Prices:
    """Prices from the relaxation; any whole prices give a valid bound, these give a tight one."""
    child, triples = child_rows(problem), triple_rows(problem)
    above = sparse.vstack(
        [problem.rows, child, triples, -sparse.csr_array(held.values.astype(np.float64))], format="csr"
    )
    limits = np.concatenate([problem.row_limit, np.ones(child.shape[0] + triples.shape[0]), -held.targets]).astype(
        np.float64
    )
    found = linprog(
        -value.astype(np.float64),
        A_ub=above,
        b_ub=limits,
        bounds=(0, None),
        method="highs-ds" if problem.blocks < 60_000 else "highs-ipm",
    )
    if found.status != 0:
        return Prices(np.zeros(problem.row_limit.size, np.int64), np.zeros(held.targets.size, np.int64))
    duals = np.maximum(-found.ineqlin.marginals, 0.0) * SCALE
    whole = np.rint(duals).astype(np.int64)
    return Prices(whole[: problem.row_limit.size], whole[limits.size - held.targets.size :])


def child_rows(problem: Problem) -> sparse.csr_array:
    """Each child in at most one block, as rows (children, blocks)."""
    members, blocks = [], []
    for bit in range(int(problem.group_sizes.max(initial=0))):
        at = np.flatnonzero(problem.block_mask >> bit & 1)
        members.append(problem.first_child[problem.block_group[at]] + bit)
        blocks.append(at)
    return _ones(members, blocks, len(problem.children), problem.blocks)


def triple_rows(problem: Problem) -> sparse.csr_array:
    """Two blocks that share two or more of the same three siblings overlap: at most one of them."""
    rows, blocks, count = [], [], 0
    for size in range(3, min(int(problem.group_sizes.max(initial=0)), 6) + 1):
        at = np.flatnonzero(problem.group_sizes[problem.block_group] == size)
        groups, position = np.unique(problem.block_group[at], return_inverse=True)
        for triple in (m for m in range(1 << size) if m.bit_count() == 3):
            inside = np.bitwise_count(problem.block_mask[at] & triple) >= 2
            rows.append(count + position[inside])
            blocks.append(at[inside])
            count += groups.size
    return _ones(rows, blocks, count, problem.blocks)


def _ones(
    rows: list[npt.NDArray[np.int64]], blocks: list[npt.NDArray[np.int64]], count: int, width: int
) -> sparse.csr_array:
    at = np.concatenate(rows) if rows else np.zeros(0, np.int64)
    across = np.concatenate(blocks) if blocks else np.zeros(0, np.int64)
    return sparse.csr_array((np.ones(at.size), (at, across)), shape=(count, width))
