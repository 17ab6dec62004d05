"""Journeys from a matrix on file, keyed by pairs of postcode sectors; made once, elsewhere, without any child's data."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from matching.domain import Place
from matching.errors import Fault, UnreadableFile
from matching.journeys.base import Journeys
from matching.reading import read_rows

HEADER = ("from", "to", "minutes")
WAY_OUT = "Write one row for each pair of sectors, such as SO14 7,SO45 6,31."
MOST_FAULTS = 100
LONGEST = 24 * 60.0


@dataclass(frozen=True)
class Matrix:
    """Minutes by pair of sectors; a pair given one way only holds both ways, a missing one is not known."""

    minutes: Mapping[tuple[str, str], float]
    name: str

    @classmethod
    def read(cls, path: Path) -> "Matrix":
        """Read a CSV file, or one packed with gzip, with columns from, to, minutes; raises `UnreadableFile`."""
        faults: list[Fault] = []
        minutes: dict[tuple[str, str], float] = {}
        rows = read_rows(path, WAY_OUT)
        header = tuple(name.strip().lower() for name in rows[0]) if rows else ()
        if header[:3] != HEADER:
            raise UnreadableFile((_fault(path, 1, None, f"the first columns are not {', '.join(HEADER)}."),))
        for number, cells in enumerate(rows[1:], 2):
            reason = _wrong(cells, minutes)
            if reason:
                faults.append(_fault(path, number, ",".join(cells), reason))
            elif cells:
                minutes[_sector(cells[0]), _sector(cells[1])] = float(cells[2])
            if len(faults) == MOST_FAULTS:
                break
        if faults:
            raise UnreadableFile(tuple(faults))
        return cls(minutes, f"matrix {path.name}")

    def journeys(self, starts: Sequence[Place], ends: Sequence[Place]) -> Journeys:
        """Minutes on file; NaN for pairs that are not in it."""
        found = np.array([[self._between(start, end) for end in ends] for start in starts], dtype=np.float64)
        return Journeys.of(found.reshape(len(starts), len(ends)), self.name)

    def _between(self, start: Place, end: Place) -> float:
        one, two = _sector(start.postcode), _sector(end.postcode)
        return self.minutes.get((one, two), self.minutes.get((two, one), math.nan))


def _sector(postcode: str) -> str:
    """The sector of a sector, of a unit postcode, or of a cell, which is named after one."""
    words = postcode.upper().split()
    return f"{words[0]} {words[1][0]}" if len(words) > 1 else postcode.strip().upper()


def _wrong(cells: list[str], minutes: Mapping[tuple[str, str], float]) -> str | None:
    if not cells:
        return None
    if len(cells) < len(HEADER) or not cells[0].strip() or not cells[1].strip():
        return "does not name two sectors and minutes."
    try:
        value = float(cells[2])
    except ValueError:
        value = math.nan
    if not 0 <= value <= LONGEST:
        return "minutes are not a number from 0 to 1440."
    known = minutes.get((_sector(cells[0]), _sector(cells[1])), value)
    return None if known == value else "contradicts an earlier row."


def _fault(path: Path, row: int | None, value: str | None, reason: str) -> Fault:
    return Fault(file=path.name, row=row, column=None, value=value, reason=reason, way_out=WAY_OUT)
