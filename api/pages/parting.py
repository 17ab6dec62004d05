"""Long lists in parts, so that no page weighs more than 150 kB: the rows of one part, and the numbers of all."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Way:
    """One part as it is offered: its number, and its first and last row in words."""

    number: int
    text: str


@dataclass(frozen=True)
class Part(Generic[T]):
    """The rows of one part of a list, the number of the part, and the ways to all parts."""

    rows: Sequence[T]
    number: int
    ways: tuple[Way, ...]
    whole: int


def part_of(rows: Sequence[T], names: Sequence[str] | None, asked: int, most: int) -> Part[T]:
    """The part that is asked for, of at most so many rows; the nearest one if there is none such. Without names rows are counted."""
    names = names or [str(place) for place in range(1, len(rows) + 1)]
    ways = tuple(
        Way(number, _words(names[start : start + most]))
        for number, start in enumerate(range(0, len(rows), most), start=1)
    )
    number = max(1, min(asked, len(ways)))
    return Part(rows[(number - 1) * most : number * most], number, ways, len(rows))


def _words(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{names[0]} to {names[-1]}"


def part_with(names: Sequence[str], name: str, most: int) -> int:
    """The number of the part that a row is in; the first if there is no such row."""
    return list(names).index(name) // most + 1 if name in names else 1
