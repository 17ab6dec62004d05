"""Answers of one rule or criterion for children met before, one row of homes for all children alike in what it reads."""

from collections.abc import Callable, Hashable, Sequence
from threading import Lock
from typing import Generic, TypeVar

from matching.domain import Child
from matching.pairs.observed import Asks, ObservedSide, Reader
from matching.pairs.pairs import Pairs, Register

Row = TypeVar("Row")
MOST_CELLS = 3_000_000  # of homes, in all rows of one rule or criterion; then it starts afresh


class Memory(Generic[Row]):
    """Rows by what was read of a child.

    `judge` answers for a grid, a row a child. Its answer for one child may depend on the caseload, the homes and that
    child alone, and it reads children only through the grid it is given: then two children with the same values in all
    that was read of either have the same row.
    """

    def __init__(self, register: Register, judge: Callable[[Pairs], Sequence[Row]]) -> None:
        self.register, self.judge = register, judge
        self.asks: Asks = {}
        self.readers: tuple[Reader, ...] = ()
        self.rows: dict[tuple[Hashable, ...], Row] = {}
        self.one_at_a_time = Lock()
        self.most = max(16, MOST_CELLS // max(1, len(register.homes.items)))

    def of(self, children: Sequence[Child]) -> list[Row]:
        """The row of each child, judged now where no child alike was met before."""
        with self.one_at_a_time:
            if len(self.rows) + len(children) > self.most:
                self.rows = {}
            keys = self._keys(children)
            while not self.rows.keys() >= set(keys):
                fresh = {key: child for key, child in zip(keys, children, strict=True) if key not in self.rows}
                self._judge(list(fresh.values()))
                keys = self._keys(children)
            return [self.rows[key] for key in keys]

    def _judge(self, fresh: list[Child]) -> None:
        side = ObservedSide(fresh, self.register.vocabularies)
        told = self.judge(Pairs(self.register.caseload, side, self.register.homes))
        self._ask_also(side.asks)
        self.rows.update(zip(self._keys(fresh), told, strict=True))

    def _keys(self, children: Sequence[Child]) -> list[tuple[Hashable, ...]]:
        return [tuple([read(child) for read in self.readers]) for child in children]

    def _ask_also(self, asks: Asks) -> None:
        """Rows kept under fewer questions could be given to a child who differs in a new one: they are forgotten."""
        if not asks.keys() <= self.asks.keys():
            self.asks |= asks
            self.readers, self.rows = tuple(self.asks.values()), {}
