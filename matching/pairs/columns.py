"""One fact of many children or homes as an array, computed once."""

from collections.abc import Callable, Collection, Hashable, Iterable, Sequence
from functools import cached_property
from typing import Any, Generic, TypeVar, cast

import numpy as np
import numpy.typing as npt

Column = npt.NDArray[Any]
T = TypeVar("T")
U = TypeVar("U")


class Vocabulary:
    """Gives each word a bit, in order of first use, so that sets of words become integers.

    At most 62 words: a set is one 64-bit integer. Codes for single words have no such limit.
    """

    def __init__(self) -> None:
        self._codes: dict[Hashable, int] = {}

    def code(self, word: Hashable) -> int:
        """A small number for a word."""
        return self._codes.setdefault(word, len(self._codes))

    def bits(self, words: Iterable[Hashable]) -> int:
        """A set of words as one integer."""
        return sum(1 << self.code(word) for word in set(words))


class Side(Generic[T]):
    """The children or the homes of some pairs, with their columns as they are asked for."""

    def __init__(self, items: Sequence[T], vocabularies: dict[str, Vocabulary] | None = None) -> None:
        self.items = tuple(items)
        self.vocabularies = {} if vocabularies is None else vocabularies
        self._columns: dict[Hashable, Column] = {}
        self._memory: dict[Hashable, object] = {}
        self._within: tuple[Side[T], npt.NDArray[np.intp]] | None = None

    @cached_property
    def every(self) -> npt.NDArray[np.int64]:
        """The position of each item, in order."""
        return np.arange(len(self.items), dtype=np.int64)

    def some(self, positions: npt.NDArray[np.intp]) -> "Side[T]":
        """Some of the items; their columns are taken from those of all."""
        part = Side([self.items[at] for at in positions.tolist()], self.vocabularies)
        part._within = (self, positions)
        return part

    def numbers(self, fact: Callable[[T], float | int | bool | None]) -> npt.NDArray[np.float64]:
        """The fact as numbers; NaN where it is not known."""
        if self._within:
            return self._within[0].numbers(fact)[self._within[1]]
        return self._once(fact, lambda: np.array([_number(value) for value in self.told(fact)], dtype=np.float64))

    def counts(self, fact: Callable[[T], float | None]) -> npt.NDArray[np.int64]:
        """The fact as whole numbers; 0 where it is not known, because nothing may be planned there."""
        if self._within:
            return self._within[0].counts(fact)[self._within[1]]
        return self._once((fact, "counts"), lambda: np.nan_to_num(self.numbers(fact)).astype(np.int64))

    def codes(self, fact: Callable[[T], Hashable | None], vocabulary: str) -> npt.NDArray[np.int64]:
        """The fact as the code of a word; -1 where it is not known."""
        if self._within:
            return self._within[0].codes(fact, vocabulary)[self._within[1]]
        words = self._vocabulary(vocabulary)

        def column() -> Column:
            return np.array([-1 if word is None else words.code(word) for word in self.told(fact)], dtype=np.int64)

        return self._once((fact, vocabulary), column)

    def bits(self, fact: Callable[[T], Iterable[Hashable] | None], vocabulary: str) -> npt.NDArray[np.int64]:
        """The fact as a set of words in one integer; -1 where it is not known."""
        if self._within:
            return self._within[0].bits(fact, vocabulary)[self._within[1]]
        words = self._vocabulary(vocabulary)

        def column() -> Column:
            return np.array([-1 if held is None else words.bits(held) for held in self.told(fact)], dtype=np.int64)

        return self._once((fact, vocabulary, "bits"), column)

    def told(self, fact: Callable[[T], U]) -> list[U]:
        """The fact of each item."""
        return [fact(item) for item in self.items]

    def among(self, fact: Callable[[T], Any], known: Collection[Hashable], tell: Callable[[T], U]) -> list[U | None]:
        """What each item tells whose fact is one of those known, else `None`."""
        return [tell(item) if fact(item) in known else None for item in self.items]

    def itself(self, at: int) -> T:
        """The item at a position."""
        return self.items[at]

    def remembered(self, name: Hashable, make: Callable[[], U]) -> U:
        """Anything worked out from these items, made once; `name` holds all else that it depends on."""
        if name not in self._memory:
            self._memory[name] = make()
        return cast(U, self._memory[name])

    def _vocabulary(self, name: str) -> Vocabulary:
        return self.vocabularies.setdefault(name, Vocabulary())

    def _once(self, key: Hashable, column: Callable[[], Column]) -> Column:
        if key not in self._columns:
            made = column()
            made.flags.writeable = False  # it is shared
            self._columns[key] = made
        return self._columns[key]


def _number(value: float | int | bool | None) -> float:
    return np.nan if value is None else float(value)
