"""What the solver sees: references and integers, never facts."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt
from scipy import sparse

Integers = npt.NDArray[np.int64]


Sparse = tuple[Integers, Integers, Integers, Integers]


@dataclass(frozen=True)
class HeldBack:
    """Rows too many to be written out at once: `make` writes them for some blocks, by their positions in what it knows.

    It is told on how many cores. It gives each row's number, the block's position among those asked of and its use; and each row's limit. Written
    for some blocks only, they hold for every plan all the same. `at` is where each block of the problem stands.
    """

    make: Callable[[Integers, int], Sparse]
    at: Integers

    def among(self, blocks: Integers, workers: int = 1) -> Sparse:
        """The rows over some blocks of the problem."""
        return self.make(self.at[blocks], workers)


@dataclass(frozen=True, kw_only=True)
class Problem:
    """Choose blocks (a set of one sibling group in one home) so that goals are best in lexicographic order.

    Blocks are parallel arrays: `block_group`, `block_mask` (bit i is the i-th child of the group, in order of
    `children`), `block_home`. Every child is in at most one chosen block. Rows are packing rows in sparse
    form: the `row_use` of chosen blocks adds up to at most `row_limit`. `goal_values` is (goals, blocks); each
    goal is maximised. `lot` breaks ties: the chosen blocks' sum is least. `must_place` are positions of
    children whom every plan must place. Rows may be `held_back` where there are very many; `goal_values` and `row_use`
    may then be narrower, and are widened when the rows are written out.
    """

    children: tuple[str, ...]
    homes: tuple[str, ...]
    group_of_child: npt.NDArray[np.int32]
    block_group: npt.NDArray[np.int32]
    block_mask: npt.NDArray[np.int32]
    block_home: npt.NDArray[np.int32]
    row_index: npt.NDArray[np.int32]
    row_block: npt.NDArray[np.int32]
    row_use: Integers
    row_limit: Integers
    goals: tuple[str, ...]
    goal_values: Integers
    lot: Integers
    must_place: tuple[int, ...] = field(default=())
    held_back: HeldBack | None = None

    def __post_init__(self) -> None:
        blocks = self.block_group.size
        if self.goal_values.shape != (len(self.goals), blocks) or self.lot.size != blocks:
            raise ValueError(
                f"goal values {self.goal_values.shape} and lots {self.lot.size} do not fit {blocks} blocks"
            )
        if self.row_use.size and self.row_use.min() < 0:
            raise ValueError("a row has a negative use")

    @property
    def blocks(self) -> int:
        """How many blocks there are."""
        return int(self.block_group.size)

    @cached_property
    def rows(self) -> sparse.csr_array:
        """Packing rows as a sparse matrix (rows, blocks)."""
        shape = (self.row_limit.size, self.blocks)
        return sparse.csr_array((self.row_use.astype(np.int32), (self.row_index, self.row_block)), shape=shape)

    @cached_property
    def group_sizes(self) -> npt.NDArray[np.int64]:
        """Children in each group."""
        groups = int(self.group_of_child.max(initial=-1)) + 1
        return np.bincount(self.group_of_child, minlength=groups).astype(np.int64)

    @cached_property
    def first_child(self) -> npt.NDArray[np.int64]:
        """Position of each group's first child."""
        return np.concatenate([[0], np.cumsum(self.group_sizes)])[:-1].astype(np.int64)

    def worth(self, weights: Integers) -> Integers:
        """What each block is worth, the first goals weighted and added up."""
        total = np.zeros(self.blocks, dtype=np.int64)
        for weight, values in zip(weights.tolist(), self.goal_values, strict=False):
            total += weight * values.astype(np.int64, copy=False)
        return total

    def holding(self, child: int) -> npt.NDArray[np.bool_]:
        """Which blocks hold a child."""
        group = self.group_of_child[child]
        bit = child - self.first_child[group]
        return np.asarray((self.block_group == group) & ((self.block_mask >> bit & 1) == 1))

    def restricted(self, keep: npt.NDArray[np.bool_], must_place: tuple[int, ...] = ()) -> "Problem":
        """The same rows over fewer blocks; further children must be placed."""
        where = np.cumsum(keep, dtype=np.int32) - 1
        inside = keep[self.row_block]
        return replace(
            self,
            block_group=self.block_group[keep],
            block_mask=self.block_mask[keep],
            block_home=self.block_home[keep],
            row_index=self.row_index[inside],
            row_block=where[self.row_block[inside]].astype(np.int32),
            row_use=self.row_use[inside],
            goal_values=self.goal_values[:, keep],
            lot=self.lot[keep],
            must_place=tuple(dict.fromkeys((*self.must_place, *must_place))),
            held_back=self.held_back and HeldBack(self.held_back.make, self.held_back.at[keep]),
        )

    def written_out(self, workers: int = 1) -> "Problem":
        """The same with every row written out, in numbers wide enough to be reckoned with."""
        if self.held_back is None:
            return self
        index, block, use, limit = self.held_back.among(np.arange(self.blocks), workers)
        return replace(
            self,
            goal_values=self.goal_values.astype(np.int64),
            row_index=np.append(self.row_index, self.row_limit.size + index).astype(np.int32),
            row_block=np.append(self.row_block, block).astype(np.int32),
            row_use=np.append(self.row_use.astype(np.int64), use),
            row_limit=np.append(self.row_limit, limit),
            held_back=None,
        )

    def with_row(self, blocks: Integers, limit: int) -> "Problem":
        """The same with one more row: at most `limit` of these blocks."""
        return self.with_rows([blocks], limit)

    def with_rows(self, rows: Sequence[Integers], limit: int) -> "Problem":
        """The same with more rows: at most `limit` of the blocks of each."""
        sizes = [blocks.size for blocks in rows]
        new = np.repeat(self.row_limit.size + np.arange(len(rows)), sizes)
        return replace(
            self,
            row_index=np.append(self.row_index, new).astype(np.int32),
            row_block=np.concatenate([self.row_block, *rows]).astype(np.int32),
            row_use=np.append(self.row_use, np.ones(sum(sizes), dtype=np.int64)),
            row_limit=np.append(self.row_limit, np.full(len(rows), limit)),
        )

    def without_what_is_used(self, chosen: Integers) -> "Problem":
        """The same with only the room that is left beside the chosen blocks."""
        used = self.rows[:, chosen].sum(axis=1)
        return replace(self, row_limit=self.row_limit - np.rint(used).astype(np.int64))


@dataclass(frozen=True, slots=True)
class Held:
    """Values (held, blocks) that a plan must still reach where they are `on`, and their targets."""

    values: Integers
    targets: Integers
    on: npt.NDArray[np.bool_]

    @classmethod
    def none(cls, values: Integers) -> "Held":
        """Values (held, blocks) of which none must be reached yet."""
        return cls(values, np.zeros(len(values), dtype=np.int64), np.zeros(len(values), dtype=bool))

    @classmethod
    def nothing(cls, blocks: int) -> "Held":
        """No value at all that plans of so many blocks must reach."""
        return cls.none(np.zeros((0, blocks), dtype=np.int64))

    def hold(self, position: int, target: int) -> None:
        """From now on the value at `position` must reach `target`."""
        self.targets[position], self.on[position] = target, True

    def without(self, first: int) -> "Held":
        """The same, the `first` so many values released."""
        on = self.on.copy()
        on[:first] = False
        return Held(self.values, self.targets.copy(), on)

    def with_row(self, value: Integers, target: int) -> "Held":
        """The same with one more value to reach."""
        return Held(np.vstack([self.values, value]), np.append(self.targets, target), np.append(self.on, True))

    def reached_by(self, chosen: Integers) -> bool:
        """Whether the chosen blocks reach every target that is on."""
        return bool((self.values[:, chosen].sum(axis=1) >= self.targets)[self.on].all())

    def active(self) -> "tuple[Integers, Integers]":
        """Values and targets that are on."""
        return self.values[self.on], self.targets[self.on]


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """When to stop: `seconds` of wall time, `megabytes` of the whole process (it is then not proven); `workers` cores.

    What is held in memory is looked at between steps; a step may go beyond it by some tens of megabytes.

    Without `lot` any plan that is best in every goal will do: enough where only what goals reach is asked.
    """

    seconds: float | None = None
    workers: int = 1
    lot: bool = True
    megabytes: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Solution:
    """Chosen blocks, what they achieve, and the most that any plan could achieve, goal by goal.

    A bound holds for plans that reach the achieved values of all earlier goals.
    """

    chosen: tuple[int, ...]
    achieved: tuple[int, ...]
    bound: tuple[int, ...]
    proven: bool
    seconds: tuple[tuple[str, float], ...] = ()
