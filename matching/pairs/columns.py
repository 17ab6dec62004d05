"""One fact of many children or homes as an array, computed once."""

from collections.abc import Callable, Collection, Hashable, Iterable, Sequence
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

    def some(self, positions: npt.NDArray[np.intp]) -> "Side[T]":
        """Some of the items; their columns are taken from those of all."""
        part = Side([self.items[at] for at in positions.tolist()], self.vocabularies)
        part._within = (self, positions)
        return part

    def numbers(self, fact: Callable[[T], float | int | bool | None]) -> npt.NDArray[np.float64]:
        """The fact as numbers; NaN where it is not known."""
        if self._within:
            return self._within[0].numbers(fact)[self._within[1]]
        return self._once(fact, lambda: np.array([_number(fact(item)) for item in self.items], dtype=np.float64))

    def codes(self, fact: Callable[[T], Hashable | None], vocabulary: str) -> npt.NDArray[np.int64]:
        """The fact as the code of a word; -1 where it is not known."""
        if self._within:
            return self._within[0].codes(fact, vocabulary)[self._within[1]]
        words = self._vocabulary(vocabulary)

        def column() -> Column:
            found = (fact(item) for item in self.items)
            return np.array([-1 if word is None else words.code(word) for word in found], dtype=np.int64)

        return self._once((fact, vocabulary), column)

    def bits(self, fact: Callable[[T], Iterable[Hashable] | None], vocabulary: str) -> npt.NDArray[np.int64]:
        """The fact as a set of words in one integer; -1 where it is not known."""
        if self._within:
            return self._within[0].bits(fact, vocabulary)[self._within[1]]
        words = self._vocabulary(vocabulary)

        def column() -> Column:
            found = (fact(item) for item in self.items)
            return np.array([-1 if held is None else words.bits(held) for held in found], dtype=np.int64)

        return self._once((fact, vocabulary, "bits"), column)

    def among(self, fact: Callable[[T], Hashable | None], known: Collection[Hashable]) -> list[Hashable | None]:
        """The fact of each item where it is one of those known, else `None`."""
        return [value if value in known else None for value in (fact(item) for item in self.items)]

    def remembered(self, name: Hashable, make: Callable[[], U]) -> U:
        """Anything worked out from these items, made once; `name` holds all else that it depends on."""
        if name not in self._memory:
            self._memory[name] = make()
        return cast(U, self._memory[name])

    def _vocabulary(self, name: str) -> Vocabulary:
        return self.vocabularies.setdefault(name, Vocabulary())

    def _once(self, key: Hashable, column: Callable[[], Column]) -> Column:
        if key not in self._columns:
            self._columns[key] = column()
        return self._columns[key]


def _number(value: float | int | bool | None) -> float:
    return np.nan if value is None else float(value)
