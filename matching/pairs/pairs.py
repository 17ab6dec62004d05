"""Children with homes, as a grid or as a list of pairs."""

from collections.abc import Callable, Hashable, Iterable, Sequence
from copy import copy
from functools import cached_property
from typing import Any, TypeVar, cast

import numpy as np
import numpy.typing as npt

from matching.domain import Caseload, Child, Household, Tie
from matching.pairs.columns import Column, Side, Vocabulary
from matching.pairs.truth import Mask

T = TypeVar("T")
Indices = npt.NDArray[np.intp]


class Register:
    """A caseload with the columns of its homes kept ready, so that a shortlist is instant."""

    def __init__(self, caseload: Caseload) -> None:
        self.caseload = caseload
        self.vocabularies: dict[str, Vocabulary] = {}
        self.homes: Side[Household] = Side(tuple(caseload.households.values()), self.vocabularies)
        self.home_index = Pairs(caseload, Side((), self.vocabularies), self.homes).home_index
        self.memory: dict[Hashable, Any] = {}

    def remembered(self, key: Hashable, make: Callable[[], T]) -> T:
        """Anything worked out once; `key` holds all that it depends on, the date and brothers and sisters apart."""
        try:
            return cast(T, self.memory[key])
        except KeyError:
            return cast(T, self.memory.setdefault(key, make()))

    def among(self, homes: Indices) -> "Register":
        """The same with only these homes, by position; their columns are shared."""
        some = copy(self)
        some.homes, some.memory = self.homes.some(homes), {}
        some.home_index = Pairs(self.caseload, Side((), self.vocabularies), some.homes).home_index
        return some

    @property
    def positions(self) -> dict[str, tuple[int, ...]]:
        """Positions of each home by reference; more than one where a home is looked at night by night."""
        return self.homes.remembered("positions", self._positions)

    def _positions(self) -> dict[str, tuple[int, ...]]:
        found: dict[str, tuple[int, ...]] = {}
        for i, household in enumerate(self.homes.items):
            found[household.home.ref] = (*found.get(household.home.ref, ()), i)
        return found

    def with_homes(self, homes: Side[Household]) -> "Register":
        """The same caseload seen through other households."""
        other = copy(self)
        other.homes = homes
        other.home_index = {household.home.ref: i for i, household in enumerate(homes.items)}
        return other

    def pairs(self, children: Sequence[Child]) -> "Pairs":
        """The grid of these children with every home, in order of home reference."""
        return Pairs(self.caseload, Side(children, self.vocabularies), self.homes)


class Pairs:
    """Pairs of children and households, with facts as arrays that broadcast to `shape`.

    A grid has shape (children, homes). A list, made by `listed`, has shape (pairs,).
    """

    def __init__(
        self,
        caseload: Caseload,
        children: Side[Child],
        homes: Side[Household],
        at: tuple[Indices, Indices] | None = None,
    ) -> None:
        self.caseload = caseload
        self.children = children
        self.homes = homes
        self.at = at

    @classmethod
    def one(cls, caseload: Caseload, child: Child, household: Household) -> "Pairs":
        """A grid of one child and one home."""
        words: dict[str, Vocabulary] = {}
        return cls(caseload, Side((child,), words), Side((household,), words))

    def listed(self, children: Indices, homes: Indices) -> "Pairs":
        """Only these pairs, by position; the columns already made are shared."""
        return Pairs(self.caseload, self.children, self.homes, (children, homes))

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of every result."""
        return (len(self.children.items), len(self.homes.items)) if self.at is None else self.at[0].shape

    def of_children(self, fact: Callable[[Child], Any]) -> npt.NDArray[np.float64]:
        """A number about each child; NaN where not known."""
        return self.spread_children(self.children.numbers(fact))

    def of_homes(self, fact: Callable[[Household], Any]) -> npt.NDArray[np.float64]:
        """A number about each household; NaN where not known."""
        return self.spread_homes(self.homes.numbers(fact))

    def child_bits(self, fact: Callable[[Child], Iterable[Hashable] | None], words: str) -> npt.NDArray[np.int64]:
        """A set of words about each child as bits; -1 where not known."""
        return self.spread_children(self.children.bits(fact, words))

    def home_bits(self, fact: Callable[[Household], Iterable[Hashable] | None], words: str) -> npt.NDArray[np.int64]:
        """A set of words about each household as bits; -1 where not known."""
        return self.spread_homes(self.homes.bits(fact, words))

    def child_codes(self, fact: Callable[[Child], Hashable | None], words: str) -> npt.NDArray[np.int64]:
        """A word about each child as a code; -1 where not known."""
        return self.spread_children(self.children.codes(fact, words))

    def home_codes(self, fact: Callable[[Household], Hashable | None], words: str) -> npt.NDArray[np.int64]:
        """A word about each household as a code; -1 where not known."""
        return self.spread_homes(self.homes.codes(fact, words))

    @cached_property
    def age(self) -> npt.NDArray[np.float64]:
        """Age of each child in completed years on the caseload's date."""
        day = self.caseload.as_of
        return self.spread_children(np.array([_nan(c.age_on(day)) for c in self.children.items], dtype=np.float64))

    def spread_children(self, column: Column) -> Column:
        """A column of children in the shape that broadcasts."""
        return column[:, None] if self.at is None else column[self.at[0]]

    def spread_homes(self, column: Column) -> Column:
        """A column of homes in the shape that broadcasts."""
        return column[None, :] if self.at is None else column[self.at[1]]

    def spread_rows(self, rows: Sequence[Column], kind: type) -> Column:
        """A row of homes for each child, in the shape of every result."""
        grid: Column = np.array(rows, dtype=kind).reshape(len(self.children.items), len(self.homes.items))
        return grid if self.at is None else grid[self.at]

    def where(self, pairs: Iterable[tuple[str, str]]) -> Mask:
        """True for the pairs of references given (child, home)."""
        grid = np.zeros((len(self.children.items), len(self.homes.items)), dtype=np.bool_)
        homes_of: dict[Hashable, list[str]] = {}
        for child, home in pairs:
            homes_of.setdefault(child, []).append(home)
        for row, ref in enumerate(self.children.among(_ref, homes_of, _ref)):
            at = [self.home_index[home] for home in homes_of.get(ref, ()) if home in self.home_index]
            grid[row, at] = True
        return grid if self.at is None else grid[self.at]

    def tied(self, tie: Tie) -> Mask:
        """True where a relationship of this kind joins the child and the home."""
        return self.where(self.caseload.ties[tie])

    @cached_property
    def child_index(self) -> dict[str, int]:
        """Position of each child."""
        return {child.ref: i for i, child in enumerate(self.children.items)}

    @cached_property
    def home_index(self) -> dict[str, int]:
        """Position of each home."""
        return self.homes.remembered(
            "position", lambda: {household.home.ref: i for i, household in enumerate(self.homes.items)}
        )

    @cached_property
    def with_own_family(self) -> tuple[tuple[int, int], ...]:
        """Positions of the pairs where the child, or a brother or sister, lives in the home today."""
        homes_of = self.homes.remembered("homes of families", self._homes_of_families)
        known = self.homes.remembered("families in homes", lambda: frozenset(homes_of))
        theirs = [c for c, ref in enumerate(self.children.among(_family, known, _ref)) if ref is not None]
        return tuple((c, h) for c in theirs for h in sorted(homes_of[_family(self.children.itself(c))]))

    def _homes_of_families(self) -> dict[Hashable, set[int]]:
        """Positions of the homes where members of each sibling group, or a child without one, live."""
        homes_of: dict[Hashable, set[int]] = {}
        for h, household in enumerate(self.homes.items):
            for resident in household.residents:
                homes_of.setdefault(resident.sibling_group or resident.ref, set()).add(h)
        return homes_of


def _ref(child: Child) -> str:
    return child.ref


def _family(child: Child) -> str:
    return child.sibling_group or child.ref


def _nan(value: int | None) -> float:
    return np.nan if value is None else float(value)
