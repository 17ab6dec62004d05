"""Nights away from home: what a short break or respite asks for, and what has been booked."""

import re
from dataclasses import dataclass
from datetime import date

from matching.domain.facts import required
from matching.wording import counted, written


@dataclass(frozen=True, slots=True, order=True)
class Stay:
    """Nights in a row, from the first to the last; the child goes home on the morning after the last."""

    first: date
    last: date

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise ValueError("the last night comes before the first")

    @classmethod
    def read(cls, text: str) -> "Stay":
        """Read `2026-12-04 to 2026-12-06`, or `2026-12-04` for one night."""
        found = re.fullmatch(r"(\d{4}-\d\d-\d\d)(?: to (\d{4}-\d\d-\d\d))?", text.strip())
        if not found:
            raise ValueError("a stay is written as its first and last night, such as '2026-12-04 to 2026-12-06'")
        return cls(date.fromisoformat(found[1]), date.fromisoformat(found[2] or found[1]))

    def __str__(self) -> str:
        return self.first.isoformat() + (f" to {self.last.isoformat()}" if self.last > self.first else "")

    @property
    def in_words(self) -> str:
        """As people say it: "2 nights from 11 December 2026"."""
        return f"{counted(self.nights, 'night')} from {written(self.first)}"

    @property
    def nights(self) -> int:
        """How many nights; each counts as one day away."""
        return (self.last - self.first).days + 1

    def has(self, night: date) -> bool:
        """Whether the night is one of these."""
        return self.first <= night <= self.last

    def meets(self, other: "Stay") -> bool:
        """Whether some night is in both."""
        return self.first <= other.last and other.first <= self.last

    def within(self, first: date, last: date) -> int:
        """How many of the nights lie between two days, both included."""
        return max(0, (min(self.last, last) - max(self.first, first)).days + 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Booking:
    """Nights of a child in a home that are booked or past; on them, and on no others, the child uses a bed and a room."""

    child: str = required("Reference of the child.")
    home: str = required("Reference of the home.")
    first_night: date = required("First night.")
    last_night: date = required("Last night; the same as the first for one night.")

    @property
    def stay(self) -> Stay:
        """The nights."""
        return Stay(self.first_night, self.last_night)
