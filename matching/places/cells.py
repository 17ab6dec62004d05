"""Fixed cells that stand for homes in everything that leaves the trusted core: distances, times, order, maps, exports.

A cell is a set of *parts*, a postcode sector within one authority, that held at least five homes on the day it was
drawn. Every home of a cell has the one grid reference of the cell, so no number of questions can tell its homes apart;
rounding or noise would only slow an attacker down. Which cell a home is in follows from its postcode alone:

- a home that joins changes no cell, since empty parts near by belong to a cell from the start;
- where no cell reaches, the location is withheld until the map is redrawn;
- a redraw, made by the calendar and never because somebody joined, only puts whole cells together.
"""

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from matching.domain import Place
from matching.errors import Fault, UnreadableFile
from matching.places.spelling import spelling
from matching.reading import read_rows

FEWEST_HOMES = 5
HEADER = ("cell", "easting", "northing", "authority", "sector", "part_authority")
PRECISION = "cell"
WAY_OUT = "Take the file as it was written; a changed map of cells can give homes away."


@dataclass(frozen=True, slots=True, order=True)
class Part:
    """A postcode sector within one upper-tier authority; an empty code where only the sector is known."""

    sector: str
    authority: str


def part_of(place: Place) -> Part | None:
    """The part in which a postcode lies; `None` when its sector is not known."""
    written = spelling(place.postcode)
    return None if written is None or written.sector is None else Part(written.sector, place.authority or "")


@dataclass(frozen=True)
class CellMap:
    """Cells by name and the cell of every part that has one; it holds no home and no count of homes."""

    cells: dict[str, Place]
    cell_of_part: dict[Part, str]

    def cell(self, place: Place) -> Place | None:
        """The cell that stands for a home; `None` where its location is withheld."""
        part = part_of(place)
        name = self.cell_of_part.get(part) if part else None
        return None if name is None else self.cells[name]

    def find(self, name: str) -> Place | None:
        """A cell by its name, such as "SO14 7 area"."""
        return self.cells.get(" ".join(name.split()))

    def parts(self, name: str) -> tuple[Part, ...]:
        """The parts of a cell, in order."""
        return self._parts.get(name, ())

    def areas(self, name: str) -> frozenset[str]:
        """The sectors of a cell and their districts."""
        sectors = {part.sector for part in self.parts(name)}
        return frozenset(sectors | {sector.split(" ")[0] for sector in sectors})

    @cached_property
    def _parts(self) -> dict[str, tuple[Part, ...]]:
        found: dict[str, list[Part]] = {name: [] for name in self.cells}
        for part, name in sorted(self.cell_of_part.items()):
            found[name].append(part)
        return {name: tuple(parts) for name, parts in found.items()}

    def write(self, path: Path) -> None:
        """Write one row for each part, in order of cell and part."""
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(HEADER)
            for part, name in sorted(self.cell_of_part.items(), key=lambda item: (item[1], item[0])):
                cell = self.cells[name]
                writer.writerow((name, cell.easting, cell.northing, cell.authority or "", part.sector, part.authority))

    @classmethod
    def read(cls, path: Path) -> "CellMap":
        """Read what `write` wrote; raises `UnreadableFile`."""
        rows = read_rows(path, WAY_OUT)
        if not rows or tuple(rows[0]) != HEADER:
            raise UnreadableFile((_fault(path, 1, f"the columns are not {', '.join(HEADER)}."),))
        return _read(path, rows[1:])


def _read(path: Path, rows: Iterable[list[str]]) -> CellMap:
    cells: dict[str, Place] = {}
    cell_of_part: dict[Part, str] = {}
    for number, row in enumerate(rows, 2):
        try:
            name, easting, northing, authority, sector, part_authority = row
            cell = _place(name, int(easting), int(northing), authority or None)
        except ValueError:
            raise UnreadableFile((_fault(path, number, "has no name and whole grid reference."),)) from None
        part = Part(sector, part_authority)
        if cells.setdefault(name, cell) != cell or part in cell_of_part:
            raise UnreadableFile((_fault(path, number, "contradicts an earlier row."),))
        cell_of_part[part] = name
    return CellMap(cells, cell_of_part)


def _place(name: str, easting: int, northing: int, authority: str | None) -> Place:
    return Place(postcode=name, easting=easting, northing=northing, authority=authority, precision=PRECISION)


def _fault(path: Path, row: int, reason: str) -> Fault:
    return Fault(file=path.name, row=row, column=None, value=None, reason=reason, way_out=WAY_OUT)
