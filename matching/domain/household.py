"""Small values with a written form of their own: considerations, people in a home, bedrooms.

Each has `read(text)` (raises `ValueError` with a sentence) and `str()`, which are each other's inverse,
so that one cell of a file can hold several, separated by semicolons.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

from matching.domain.words import Sex


class ConsiderationKind(StrEnum):
    """What a child's plan asks of unrelated children in the same home."""

    NO_CHILD_UNDER = "no-child-under"
    NO_CHILD_OVER = "no-child-over"
    NO_BOYS = "no-boys"
    NO_GIRLS = "no-girls"
    NO_OLDER_BOYS = "no-older-boys"
    NO_OLDER_GIRLS = "no-older-girls"
    YOUNGEST_IN_HOME = "youngest-in-home"
    OLDEST_IN_HOME = "oldest-in-home"
    ONLY_CHILD = "only-child"


_WITH_AGE = (ConsiderationKind.NO_CHILD_UNDER, ConsiderationKind.NO_CHILD_OVER)


@dataclass(frozen=True, slots=True, order=True)
class Consideration:
    """A matching consideration, such as `no-child-under:5`; `age` is in whole years."""

    kind: ConsiderationKind
    age: int | None = None

    @classmethod
    def read(cls, text: str) -> "Consideration":
        """Read `no-boys` or `no-child-under:5`."""
        word, _, number = text.partition(":")
        kind = ConsiderationKind(word.strip())
        if (kind in _WITH_AGE) != number.strip().isdigit():
            raise ValueError(f"{kind.value} {'needs' if kind in _WITH_AGE else 'takes no'} age")
        return cls(kind, int(number) if number else None)

    def __str__(self) -> str:
        return self.kind.value if self.age is None else f"{self.kind.value}:{self.age}"


@dataclass(frozen=True, slots=True, order=True)
class Person:
    """Somebody who lives in or often visits a home: age in whole years and sex, never a name."""

    age: int
    sex: Sex | None = None

    @classmethod
    def read(cls, text: str) -> "Person":
        """Read `9 female`, or `9` when the sex is not known."""
        found = re.fullmatch(r"(\d{1,3})(?: (female|male|other))?", text.strip())
        if not found:
            raise ValueError("a person is written as age and sex, such as '9 female'")
        return cls(int(found[1]), Sex(found[2]) if found[2] else None)

    def __str__(self) -> str:
        return f"{self.age} {self.sex.value}" if self.sex else str(self.age)


@dataclass(frozen=True, slots=True, order=True)
class Bedroom:
    """A bedroom for children: how many beds, who sleeps there now (references), and what it offers."""

    beds: int
    occupants: tuple[str, ...] = ()
    ground_floor: bool = False
    with_carers: bool = False

    @classmethod
    def read(cls, text: str) -> "Bedroom":
        """Read `1`, `2:C0012+C0013`, `1 ground-floor`, `1 with-carers` (a cot in the carers' room)."""
        found = re.fullmatch(r"(\d)((?: (?:ground-floor|with-carers))*)(?::([^:;]+))?", text.strip())
        if not found:
            raise ValueError("a bedroom is written as beds, features and occupants, such as '2 ground-floor:C1+C2'")
        occupants = tuple(name.strip() for name in found[3].split("+")) if found[3] else ()
        return cls(int(found[1]), occupants, "ground-floor" in found[2], "with-carers" in found[2])

    def __str__(self) -> str:
        features = (" ground-floor" if self.ground_floor else "") + (" with-carers" if self.with_carers else "")
        return f"{self.beds}{features}" + (f":{'+'.join(self.occupants)}" if self.occupants else "")

    @property
    def free_beds(self) -> int:
        """Beds that nobody sleeps in."""
        return max(0, self.beds - len(self.occupants))
