"""The rows of a relaxation: what blocks compete for, in whole numbers, and how rows are added up into new ones."""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from scipy import sparse

from matching.solver.problem import Integers, Problem

Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Packing:
    """Rows `use` (rows, blocks) of whole numbers with their limits: use @ chosen <= limit."""

    use: sparse.csr_array
    limit: Integers

    @property
    def size(self) -> int:
        """How many rows there are."""
        return int(self.limit.size)

    def of_blocks(self, keep: Flags | Integers) -> "Packing":
        """The same rows over fewer blocks."""
        return Packing(self.use[:, keep], self.limit)

    def of_rows(self, keep: Flags | Integers) -> "Packing":
        """Fewer rows."""
        return Packing(self.use[keep], self.limit[keep])

    def busy(self) -> "Packing":
        """Only rows that could be broken."""
        return self.of_rows(np.asarray(self.use.sum(axis=1)).ravel() > self.limit)


def joined(*parts: Packing) -> Packing:
    """Rows one under another."""
    return Packing(
        sparse.vstack([part.use for part in parts], format="csr"), np.concatenate([part.limit for part in parts])
    )


def keeping(problem: Problem, rows: Packing) -> Problem:
    """The problem with further rows over its blocks."""
    further = rows.use.tocoo()
    return replace(
        problem,
        row_index=np.append(problem.row_index, problem.row_limit.size + further.row).astype(np.int32),
        row_block=np.append(problem.row_block, further.col).astype(np.int32),
        row_use=np.append(problem.row_use, further.data),
        row_limit=np.append(problem.row_limit, rows.limit),
    )


def divided(packing: Packing, times: sparse.csr_array, by: Integers) -> Packing:
    """Rows taken `times` (new, rows), added up and divided `by` whole numbers, rounded down (Chvatal, Gomory).

    Every plan keeps the new rows too, because plans are whole.
    """
    use = sparse.csr_array(times @ packing.use)
    use.data //= np.repeat(by, np.diff(use.indptr))
    use.eliminate_zeros()
    return Packing(_narrow(use), (times @ packing.limit) // by)


def _narrow(use: sparse.csr_array) -> sparse.csr_array:
    """The same in four bytes a number, where they fit."""
    if max(np.abs(use.data).max(initial=0), *use.shape, use.nnz) > np.iinfo(np.int32).max:
        return use
    told = use.data.astype(np.int32), use.indices.astype(np.int32), use.indptr.astype(np.int32)
    return sparse.csr_array(told, shape=use.shape)


def home_rows(problem: Problem) -> Packing:
    """What homes have to give, and the same halved, thirded and so on where that says more."""
    given = Packing(problem.rows, problem.row_limit)
    parts, most = [given], problem.rows.max(axis=1).toarray() if problem.rows.nnz else problem.row_limit
    for limit in np.unique(problem.row_limit[problem.row_limit > 2]).tolist():
        rows = given.of_rows(at := problem.row_limit == limit)
        for by in range(2, min(limit, int(most[at].max()) + 1)):  # a larger divisor leaves no use
            if limit % by:
                parts.append(divided(rows, sparse.eye_array(rows.size, dtype=np.int64).tocsr(), np.full(rows.size, by)))
    return joined(*parts)


def family_rows(problem: Problem) -> Packing:
    """Each child in at most one block; two blocks that share two of the same three siblings overlap."""
    return joined(_child_rows(problem), _triple_rows(problem))


def _child_rows(problem: Problem) -> Packing:
    members, blocks = [], []
    for bit in range(int(problem.group_sizes.max(initial=0))):
        at = np.flatnonzero(problem.block_mask >> bit & 1)
        members.append(problem.first_child[problem.block_group[at]] + bit)
        blocks.append(at)
    return _ones(members, blocks, len(problem.children), problem.blocks)


def _triple_rows(problem: Problem) -> Packing:
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


def _ones(rows: list[Integers], blocks: list[Integers], count: int, width: int) -> Packing:
    at, across = (np.concatenate([np.zeros(0, np.int32), *part], dtype=np.int32) for part in (rows, blocks))
    use = sparse.csr_array((np.ones(at.size, np.int32), (at, across)), shape=(count, width))
    return Packing(use, np.ones(count, dtype=np.int64))
