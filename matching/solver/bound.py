"""A proven bound over many blocks, for any prices, in exact integers.

With a price on every row, each sibling group solves its own small problem: how to part its children into
blocks. The sum over groups, plus the prices of the rows' limits, bounds every plan from above (Lagrange).
A block whose regret exceeds the gap to a known plan is in no better plan.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from matching.solver.problem import Integers, Problem

NOTHING = np.int64(-(1 << 60))
SPAN = 2_000_000  # blocks looked at together


@dataclass(frozen=True, slots=True)
class Bound:
    """The bound `total`, and for each block looked at by how much forcing it would lower the bound."""

    total: int
    regret: Integers


def bound_of(problem: Problem, at: Integers | None, net: Integers, constant: int) -> Bound:
    """Bound on what plans made of the blocks `at` (or all) are worth; `net` is each block's value less its prices."""
    total, regret, done = constant, np.zeros(net.size, dtype=np.int64), 0
    for some in spans(problem, at):
        here = slice(done, done + some.size)
        total += _regretted(problem, some, net[here], regret[here])
        done += some.size
    return Bound(total, regret)


def spans(problem: Problem, at: Integers | None = None) -> Iterator[Integers]:
    """The blocks `at` (or all), in parts of a handy size that each hold all the blocks of their groups."""
    count = problem.blocks if at is None else at.size
    group = problem.block_group if at is None else problem.block_group[at]
    if count <= SPAN or (np.diff(group) < 0).any():
        yield np.arange(count) if at is None else at
        return
    begin = 0
    while begin < count:
        end = count if begin + SPAN >= count else int(np.searchsorted(group, group[begin + SPAN]))
        end = end if end > begin else int(np.searchsorted(group, group[begin], side="right"))
        yield np.arange(begin, end) if at is None else at[begin:end]
        begin = end


def _regretted(problem: Problem, at: Integers, net: Integers, regret: Integers) -> int:
    """What the groups of these blocks could reach; `regret` is written."""
    total = 0
    for size, groups, mine, inside in _by_size(problem, at):
        masks = problem.block_mask[at[mine]].astype(np.int64)
        worth = _partitions(_table(groups.size, size, inside, masks, net[mine]), size)
        total += int(worth[:, -1].sum())
        regret[mine] = worth[inside, -1] - net[mine] - worth[inside, ((1 << size) - 1) - masks]
    return total


def best_by_group(problem: Problem, net: Integers) -> Integers:
    """Blocks that every group would choose at these prices, were it alone; ties by position."""
    every, chosen = np.arange(problem.blocks), []
    for size, groups, mine, inside in _by_size(problem, every):
        masks = problem.block_mask[mine].astype(np.int64)
        table = _table(groups.size, size, inside, masks, net[mine])
        wanted = _chosen(table, _partitions(table, size), size)
        hit = np.flatnonzero(wanted[inside, masks] & (net[mine] == table[inside, masks]))
        _, first = np.unique(inside[hit] << size | masks[hit], return_index=True)
        chosen.append(mine[hit[first]])
    return np.sort(np.concatenate(chosen)) if chosen else every


def _by_size(problem: Problem, at: Integers) -> "list[tuple[int, Integers, Integers, Integers]]":
    """For each size of group: the size, the groups, which of the blocks are theirs, and the place of each one's group."""
    found, group = [], problem.block_group[at]
    first, last = (int(group.min()), int(group.max()) + 1) if group.size else (0, 0)
    for size in np.unique(problem.group_sizes[first:last]).tolist():
        groups = first + np.flatnonzero(problem.group_sizes[first:last] == size)
        row = np.full(problem.group_sizes.size, -1, dtype=np.int64)
        row[groups] = np.arange(groups.size)
        mine = np.flatnonzero(row[group] >= 0)
        found.append((size, groups, mine, row[group[mine]]))
    return found


def _table(groups: int, size: int, inside: Integers, masks: Integers, net: Integers) -> Integers:
    """The best block of each group and set of children."""
    best = np.full((groups, 1 << size), NOTHING, dtype=np.int64)
    np.maximum.at(best, (inside, masks), net)
    return best


def _partitions(best: Integers, size: int) -> Integers:
    """Best worth of each set of children, over all ways to part it into blocks and children left out."""
    worth = np.zeros_like(best)
    for mask in range(1, 1 << size):
        low = mask & -mask
        value = worth[:, mask ^ low].copy()
        for part in _parts(mask ^ low):
            np.maximum(value, best[:, part | low] + worth[:, (mask ^ low) ^ part], out=value)
        worth[:, mask] = value
    return worth


def _parts(mask: int) -> "list[int]":
    """Every part of a set, the empty one last."""
    parts, part = [mask], mask
    while part:
        part = (part - 1) & mask
        parts.append(part)
    return parts


def _chosen(best: Integers, worth: Integers, size: int) -> "np.ndarray[tuple[int, ...], np.dtype[np.bool_]]":
    """[group, set]: the sets of one best way to part each group's children; leaving a child out comes first."""
    left, wanted = np.full(best.shape[0], (1 << size) - 1), np.zeros(best.shape, dtype=bool)
    for mask in range((1 << size) - 1, 0, -1):
        low = mask & -mask
        here = np.flatnonzero(left == mask)
        out = worth[here, mask] == worth[here, mask ^ low]
        left[here[out]] = mask ^ low
        here = here[~out]
        for part in _parts(mask ^ low) if here.size else ():
            rest = (mask ^ low) ^ part
            hit = here[best[here, part | low] + worth[here, rest] == worth[here, mask]]
            wanted[hit, part | low], left[hit] = True, rest
            here = np.setdiff1d(here, hit)
    return wanted
