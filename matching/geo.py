"""Places from postcodes, straight-line distance on the national grid, and estimated driving time; no network.

A full postcode is reduced to its sector on purpose: matching needs no household's own address.
"""

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt

from matching.domain.places import Place, WaterCrossing

AuthorityDistance = Literal["inside", "adjoining", "distant"]
Floats = npt.NDArray[np.float64]
METRES_PER_MILE = 1609.344
CIRCUITY = 1.35
WHOLE = 0.995
_SHAPE = re.compile(r"([A-Z]{1,2}[0-9][A-Z0-9]?)(?: ?([0-9])[A-Z]{0,2})?")
# Miles by road up to which each speed (miles an hour) holds: town, edge of town, open road, main road.
_BANDS = ((3.0, 18.0), (10.0, 28.0), (25.0, 40.0), (np.inf, 50.0))


@dataclass(frozen=True)
class Gazetteer:
    """Postcode sectors and districts of England with their middle and their authority."""

    places: dict[str, Place]

    @classmethod
    def read(cls, folder: Path) -> "Gazetteer":
        """Read `postcode_sectors.csv` from the reference folder."""
        rows = _rows(folder / "postcode_sectors.csv")
        sectors = {row["sector"]: _sector(row) for row in rows}
        return cls({**_districts(rows), **sectors})

    def find(self, text: str) -> Place | None:
        """The sector or district of a postcode as people type it, or `None` when there is no such place.

        A space is believed, since PO1 2 is in Portsmouth and PO12 in Gosport; other spaces are ignored.
        """
        words = text.upper().split()
        return self._exact(" ".join(words)) or self._exact("".join(words))

    def _exact(self, text: str) -> Place | None:
        found = _SHAPE.fullmatch(text)
        if not found:
            return None
        district, number = found.groups()
        return self.places.get(f"{district} {number}" if number else district)


def _sector(row: dict[str, str]) -> Place:
    whole = float(row["authority_share"]) >= WHOLE
    return Place(
        postcode=row["sector"],
        easting=int(row["easting"]),
        northing=int(row["northing"]),
        authority=row["authority"] if whole else None,
        precision="sector",
    )


def _districts(rows: list[dict[str, str]]) -> dict[str, Place]:
    """Postcode districts, as the middle of their sectors weighed by postcodes."""
    parts: dict[str, list[dict[str, str]]] = {}
    for row in rows:
        parts.setdefault(row["sector"].split(" ")[0], []).append(row)
    return {name: _district(name, inside) for name, inside in parts.items()}


def _district(name: str, inside: list[dict[str, str]]) -> Place:
    weight = np.array([float(row["postcodes"]) for row in inside])
    east, north = (
        round(float(np.average([float(r[axis]) for r in inside], weights=weight))) for axis in ("easting", "northing")
    )
    codes = {row["authority"] for row in inside}
    whole = len(codes) == 1 and all(float(row["authority_share"]) >= WHOLE for row in inside)
    return Place(
        postcode=name, easting=east, northing=north, authority=codes.pop() if whole else None, precision="outcode"
    )


def miles_between(east: Floats, north: Floats, other_east: Floats, other_north: Floats) -> Floats:
    """Straight-line miles between grid references in metres; NaN where one is not known."""
    return np.asarray(np.hypot(east - other_east, north - other_north) / METRES_PER_MILE, dtype=np.float64)


def drive_minutes(east: Floats, north: Floats, other_east: Floats, other_north: Floats) -> Floats:
    """Estimated minutes by road: straight line times 1.35, then speeds that rise with length.

    An estimate to order homes by, never to settle a rule; water is added by the crossings of the caseload.
    """
    road = miles_between(east, north, other_east, other_north) * CIRCUITY
    minutes, start = np.zeros_like(road), 0.0
    for end, speed in _BANDS:
        minutes += np.minimum(np.maximum(road - start, 0.0), end - start) * 60.0 / speed
        start = end
    return minutes


@dataclass(frozen=True, eq=False)
class Waters:
    """Minutes that water adds between two districts: `minutes[row of one, row of the other]`.

    Each district that a crossing names has a row; the last row is everywhere else.
    """

    rows: dict[str, int]
    minutes: Floats

    def row(self, place: Place | None) -> int:
        """The row of a place; of one not known, that of everywhere else."""
        return self.rows.get(place.district, len(self.rows)) if place else len(self.rows)

    def between(self, starts: Sequence[Place], ends: Sequence[Place]) -> Floats:
        """Minutes to add from each start to each end, (starts, ends): the largest crossing that applies."""
        return self.minutes[np.ix_([self.row(place) for place in starts], [self.row(place) for place in ends])]


@lru_cache(maxsize=16)
def waters_of(crossings: tuple[WaterCrossing, ...]) -> Waters:
    """The minutes added between any two districts, worked out once for the crossings of a caseload."""
    named = sorted(set().union(*(crossing.near | (crossing.far or frozenset()) for crossing in crossings)))
    minutes = np.zeros((len(named) + 1, len(named) + 1))
    for crossing in crossings:
        near = np.array([*(district in crossing.near for district in named), False])
        far = ~near if crossing.far is None else np.array([*(district in crossing.far for district in named), False])
        apart = np.outer(near, far) | np.outer(far, near)
        minutes = np.maximum(minutes, crossing.added_minutes * apart)
    return Waters({district: row for row, district in enumerate(named)}, minutes)


def read_crossings(folder: Path) -> tuple[WaterCrossing, ...]:
    """Read `water_crossings.csv`; `*` stands for everywhere else."""
    return tuple(_crossing(row) for row in _rows(folder / "water_crossings.csv"))


def _crossing(row: dict[str, str]) -> WaterCrossing:
    everywhere = row["to_districts"].strip() == "*"
    return WaterCrossing(
        near=frozenset(row["from_districts"].split()),
        far=None if everywhere else frozenset(row["to_districts"].split()),
        added_minutes=float(row["added_minutes"]),
    )


@dataclass(frozen=True)
class AuthorityMap:
    """Upper-tier authorities of England and which of them share a land boundary."""

    names: dict[str, str]
    neighbours: frozenset[tuple[str, str]]
    earlier_codes: dict[str, str]

    @classmethod
    def read(cls, folder: Path) -> "AuthorityMap":
        """Read `authorities.csv` and `authority_neighbours.csv` from the reference folder."""
        listed, pairs = _rows(folder / "authorities.csv"), _rows(folder / "authority_neighbours.csv")
        return cls(
            names={row["code"]: row["name"] for row in listed},
            neighbours=frozenset((row["code"], row["neighbour"]) for row in pairs),
            earlier_codes={row["later_code"]: row["code"] for row in listed if row["later_code"]},
        )

    def name(self, code: str) -> str | None:
        """Name of an authority, `None` for a code not known."""
        return self.names.get(self._known_as(code))

    def authority_distance(self, of: str | None, to: str | None) -> AuthorityDistance | None:
        """How one authority lies to another; `None` where either is not known."""
        if of is None or to is None or self.name(of) is None or self.name(to) is None:
            return None
        pair = self._known_as(of), self._known_as(to)
        if pair[0] == pair[1]:
            return "inside"
        return "adjoining" if pair in self.neighbours else "distant"

    def _known_as(self, code: str) -> str:
        return self.earlier_codes.get(code, code)


def read_adjoining(folder: Path) -> frozenset[tuple[str, str]]:
    """Pairs of authority codes that adjoin, both ways round, under earlier and later codes alike."""
    authorities = AuthorityMap.read(folder)
    later: dict[str, set[str]] = {code: {code} for code in authorities.names}
    for new, old in authorities.earlier_codes.items():
        later.setdefault(old, {old}).add(new)
    same = {(a, b) for codes in later.values() for a in codes for b in codes if a != b}
    pairs = {(a, b) for one, two in authorities.neighbours for a in later[one] for b in later[two]}
    return frozenset(pairs | same)


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
