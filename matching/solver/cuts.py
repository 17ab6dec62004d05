"""New rows that every plan keeps and a fractional point does not: halves, fractions and cliques.

Halves: rows at their limit added up so that uses become even and the limit odd, then halved (Koster, Zymolka and
Kutschka, Algorithms to separate {0,1/2}-Chvatal-Gomory cuts, 2009). Fractions: the same with the multipliers that
the basis of the relaxation suggests (Gomory, 1958). Cliques: blocks of which no two go together. All arithmetic that
decides whether a row holds is in whole numbers; the fractional point only suggests which rows to make.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from matching.solver.packing import Packing, divided, joined
from matching.solver.problem import Integers

Point = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Words = npt.NDArray[np.uint64]
SMALL = 1e-6
LARGEST_DIVISOR = 40
WORTH_ADDING = 0.01
MOST = 200_000  # blocks named by new sums of a kind in a round: sums of a hundred rows name thousands each
TOGETHER = 20  # sums that are made at once


def new_rows(packing: Packing, point: Point, basis: Iterable[Point], exclusive: Packing) -> Packing:
    """Rows that cut `point` off; `exclusive` are the rows from which conflicts between two blocks are read."""
    used = packing.of_blocks(point > 0)
    sums = [one.distinct() for one in (halves(packing, point), fractions(packing.size, basis))]
    deep = [one.cutting(used, point[point > 0]) for one in sums]
    found = cliques(exclusive, point)
    found = found.of_rows(found.use @ point - found.limit > WORTH_ADDING)
    found = joined(*(one.over(packing, at, MOST) for one, at in zip(sums, deep, strict=True)), found)
    return found.of_rows(_distinct(found.use, found.limit))


@dataclass(frozen=True, slots=True)
class Sums:
    """Rows to be taken `times` (new, rows), added up and divided `by` whole numbers."""

    times: sparse.csr_array
    by: Integers

    def among(self, at: Integers) -> "Sums":
        """Some of them."""
        return Sums(self.times[at], self.by[at])

    def over(self, packing: Packing, first: Integers | None = None, most: float = np.inf) -> Packing:
        """The new rows, or of those by position in `first` as many as name `most` blocks; in their own order.

        Before it is divided a sum is long: few are made at once.
        """
        order = np.arange(self.by.size) if first is None else first
        rows, length = [divided(packing, self.times[:0], self.by[:0])], 0
        for begin in range(0, order.size, TOGETHER):
            some = order[begin : begin + TOGETHER]
            rows.append(divided(packing, self.times[some], self.by[some]))
            length += rows[-1].use.nnz
            if length > most:
                break
        written = joined(*rows)
        return written.of_rows(np.argsort(order[: written.size]))

    def distinct(self) -> "Sums":
        """Each once."""
        return self.among(_distinct(self.times, self.by))

    def cutting(self, used: Packing, point: Point) -> Integers:
        """Those that cut the point off, by position, the deepest cut first; told from the blocks that the point uses."""
        found = self.over(used)
        off, length = found.use @ point - found.limit, np.sqrt(found.use.power(2).sum(axis=1))
        deep = np.argsort(-off / np.maximum(length, 1), kind="stable")
        return np.asarray(deep[off[deep] > WORTH_ADDING])


def halves(packing: Packing, point: Point) -> Sums:
    """Sums of rows at their limit, to be halved."""
    support = np.flatnonzero(point > SMALL)
    tight = _in_doubt(packing, point, support, np.flatnonzero(packing.limit - packing.use @ point < SMALL))
    among = packing.use[tight][:, support]
    odd = sparse.csr_array((among.data % 2 == 1, among.indices, among.indptr), shape=among.shape).toarray()
    weight = point[support]
    first_out = (-weight, np.abs(weight - 0.5), weight)  # which columns are made even first leads to other sums
    sums = [s for order in first_out for s in _odd_sums(odd, packing.limit[tight] % 2 == 1, weight, order)]
    times = sparse.lil_array((len(sums), packing.size), dtype=np.int64)
    for i, members in enumerate(sums):
        times[i, tight[members]] = 1
    return Sums(times.tocsr(), np.full(len(sums), 2, dtype=np.int64))


def _in_doubt(packing: Packing, point: Point, support: Integers, tight: Integers) -> Integers:
    """The rows at their limit that hang together, by blocks of the point, with one that is chosen in part.

    No sum of the others cuts anything off: there the point is whole.
    """
    use = packing.use[tight][:, support]
    _, part = connected_components(sparse.csr_array(use @ use.T), directed=False)
    split = (use @ (point[support] < 1 - SMALL)) > 0
    return tight[np.isin(part, part[split])]


def _odd_sums(odd: Flags, odd_limit: Flags, weight: Point, order: Point) -> list[Integers]:
    """Sets of rows whose sum has an odd limit and few odd uses, by elimination over the field of two elements.

    Each row's odd uses, then the rows it is the sum of, then whether its limit is odd, are bits of 64-bit words.
    """
    count, width = odd.shape
    rows = _bits(np.hstack([odd, np.eye(count, dtype=bool), odd_limit[:, None]]))
    last, used = width + count, np.zeros(count, dtype=bool)
    found: dict[bytes, Integers] = {}
    for column in np.argsort(order, kind="stable").tolist():
        at = np.flatnonzero(_bit(rows, column) & ~used)
        if not at.size:
            continue
        pivot = at[np.argmin(np.bitwise_count(rows[at, : width // 64 + 1]).sum(axis=1))]
        used[pivot] = True
        others = at[at != pivot]
        rows[others] ^= rows[pivot]
        for row in _nearly_even(rows, others[_bit(rows[others], last)], weight):
            members = np.flatnonzero(_flags(rows[row])[width:last])
            found.setdefault(members.tobytes(), members)
    return list(found.values())


def _nearly_even(rows: Words, at: Integers, weight: Point) -> Integers:
    """Which of these rows have odd uses that weigh so little that halving them cuts the point off."""
    return at[_flags(rows[at])[:, : weight.size] @ weight < 1 - 2 * WORTH_ADDING] if at.size else at


def _bits(flags: Flags) -> Words:
    """Each row of flags as 64-bit words."""
    words = -(-flags.shape[1] // 64)
    padded = np.zeros((flags.shape[0], 64 * words), dtype=bool)
    padded[:, : flags.shape[1]] = flags
    return np.packbits(padded, axis=1, bitorder="little").view(np.uint64)


def _bit(rows: Words, column: int) -> Flags:
    """One flag of every row."""
    return np.asarray(rows[:, column // 64] >> np.uint64(column % 64) & np.uint64(1), dtype=bool)


def _flags(rows: Words) -> Flags:
    """Words as flags again."""
    return np.unpackbits(rows.view(np.uint8), axis=-1, bitorder="little").astype(bool)


def fractions(size: int, basis: Iterable[Point]) -> Sums:
    """Sums of rows with the fractional parts of the basis's multipliers, where these have a small divisor."""
    rows, times, by = [], [], []
    for multipliers in basis:
        at = np.flatnonzero(np.abs(multipliers) > 1e-9)
        divisor = _divisor(multipliers[at])
        if divisor is None:
            continue
        whole = np.rint(multipliers[at] * divisor).astype(np.int64)
        for sign in (1, -1):
            rows.append(at)
            times.append((sign * whole) % divisor)
            by.append(divisor)
    index = np.repeat(np.arange(len(by)), [at.size for at in rows])
    none = [np.zeros(0, dtype=np.int64)]
    where = (index, np.concatenate([*none, *rows]))
    stacked = sparse.csr_array((np.concatenate([*none, *times]), where), shape=(len(by), size))
    stacked.eliminate_zeros()
    return Sums(stacked, np.array(by, dtype=np.int64))


def _divisor(multipliers: Point) -> int | None:
    """The least whole number that makes all multipliers whole."""
    for divisor in range(2, LARGEST_DIVISOR):
        times = multipliers * divisor
        if np.abs(times - np.rint(times)).max(initial=0.0) < 1e-5:
            return divisor
    return None


def cliques(exclusive: Packing, point: Point) -> Packing:
    """Fractional blocks of which no two go together, and all further blocks that go with none of them."""
    support = np.flatnonzero((point > SMALL) & (point < 1 - SMALL))
    columns = exclusive.use.tocsc()
    clash = np.array([_clashes(exclusive, columns, int(block))[support] for block in support])
    rows = []
    for clique in _heavy_cliques(clash.reshape(support.size, support.size), point[support]):
        row = support[list(clique)].tolist()
        left = np.logical_and.reduce([_clashes(exclusive, columns, block) for block in row])
        while (more := np.flatnonzero(left)).size:
            row.append(int(more[0]))
            left &= _clashes(exclusive, columns, row[-1])
        rows.append(row)
    index, at = [b for row in rows for b in row], np.repeat(np.arange(len(rows)), [len(row) for row in rows])
    use = sparse.csr_array((np.ones(len(index), np.int64), (at, index)), shape=(len(rows), point.size))
    return Packing(use, np.ones(len(rows), dtype=np.int64))


def _clashes(exclusive: Packing, columns: sparse.csc_array, block: int) -> Flags:
    """Which blocks break a row together with this one."""
    found = np.zeros(columns.shape[1], dtype=bool)
    rows = exclusive.use
    for at in range(columns.indptr[block], columns.indptr[block + 1]):
        row = columns.indices[at]
        span = slice(rows.indptr[row], rows.indptr[row + 1])
        found[rows.indices[span][rows.data[span] + columns.data[at] > exclusive.limit[row]]] = True
    found[block] = False
    return found


def _heavy_cliques(clash: Flags, weight: Point) -> set[tuple[int, ...]]:
    """Cliques that weigh more than one, grown greedily from every pair."""
    found = set()
    for first, second in zip(*np.nonzero(np.triu(clash)), strict=True):
        clique, left = [int(first), int(second)], clash[first] & clash[second]
        while left.any():
            clique.append(int(np.argmax(np.where(left, weight, -1.0))))
            left = left & clash[clique[-1]]
        if weight[clique].sum() > 1 + WORTH_ADDING:
            found.add(tuple(sorted(clique)))
    return found


def _distinct(use: sparse.csr_array, limit: Integers) -> Integers:
    """Each row once, with its limit, by position."""
    seen: dict[tuple[int, bytes, bytes], int] = {}
    use.sort_indices()
    for row in range(limit.size):
        span = slice(use.indptr[row], use.indptr[row + 1])
        seen.setdefault((int(limit[row]), use.indices[span].tobytes(), use.data[span].tobytes()), row)
    return np.array(list(seen.values()), dtype=np.int64)
