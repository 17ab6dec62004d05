"""Places from postcodes, straight-line distance on the national grid, and estimated driving time; no network.

A full postcode is reduced to its sector on purpose: matching needs no household's own address.
"""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from matching.domain.places import Place

Floats = npt.NDArray[np.float64]
METRES_PER_MILE = 1609.344
CIRCUITY = 1.35
WHOLE = 0.995
_SHAPE = re.compile(r"([A-Z]{1,2}[0-9][A-Z0-9]?)(?:([0-9])(?:[A-Z]{2})?)?")
# Miles by road up to which each speed (miles an hour) holds: town, edge of town, open road, main road.
_BANDS = ((3.0, 18.0), (10.0, 28.0), (25.0, 40.0), (np.inf, 50.0))


@dataclass(frozen=True)
class Gazetteer:
    """Postcode sectors and districts of England with their middle and their authority."""

    places: dict[str, Place]

    @classmethod
    def read(cls, folder: Path) -> "Gazetteer":
        """Read `postcode_sectors.csv` from the reference folder."""
        with (folder / "postcode_sectors.csv").open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        sectors = {row["sector"]: _sector(row) for row in rows}
        return cls({**_districts(rows), **sectors})

    def find(self, text: str) -> Place | None:
        """The sector or district of a postcode as people type it, or `None` when there is no such place."""
        found = _SHAPE.fullmatch(re.sub(r"\s+", "", text).upper())
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
    east, north = (round(float(np.average([float(r[axis]) for r in inside], weights=weight))) for axis in ("easting", "northing"))
    codes = {row["authority"] for row in inside}
    whole = len(codes) == 1 and all(float(row["authority_share"]) >= WHOLE for row in inside)
    return Place(postcode=name, easting=east, northing=north, authority=codes.pop() if whole else None, precision="outcode")


def miles_between(east: Floats, north: Floats, other_east: Floats, other_north: Floats) -> Floats:
    """Straight-line miles between grid references in metres; NaN where one is not known."""
    return np.asarray(np.hypot(east - other_east, north - other_north) / METRES_PER_MILE, dtype=np.float64)


def drive_minutes(east: Floats, north: Floats, other_east: Floats, other_north: Floats) -> Floats:
    """Estimated minutes by road: straight line times 1.35, then speeds that rise with length.

    An estimate to order homes by, never to settle a rule; water is added by `Crossings`.
    """
    road = miles_between(east, north, other_east, other_north) * CIRCUITY
    minutes, start = np.zeros_like(road), 0.0
    for end, speed in _BANDS:
        minutes = minutes + np.clip(road - start, 0.0, end - start) * 60.0 / speed
        start = end
    return minutes


@dataclass(frozen=True)
class Crossings:
    """Minutes to add between postcode districts that lie across water from each other."""

    zone_of: dict[str, int]
    added: Floats

    @classmethod
    def read(cls, folder: Path) -> "Crossings":
        """Read `water_crossings.csv`; `*` stands for everywhere else."""
        with (folder / "water_crossings.csv").open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        zones: dict[str, int] = {}
        for number, row in enumerate(rows):
            zones.update(dict.fromkeys(row["from_districts"].split(), 2 * number + 1))
            zones.update({d: 2 * number + 2 for d in row["to_districts"].split() if d != "*"})
        added = np.zeros((2 * len(rows) + 1, 2 * len(rows) + 1))
        for number, row in enumerate(rows):
            for a, b in _sides(number, row["to_districts"].strip() == "*", added.shape[0]):
                added[a, b] = added[b, a] = max(added[a, b], float(row["added_minutes"]))
        return cls(zones, added)

    def zone(self, place: Place | None) -> int:
        """Zone of a place; 0 for everywhere that no row names."""
        return 0 if place is None else self.zone_of.get(place.postcode.split(" ")[0], 0)


def _sides(number: int, everywhere: bool, zones: int) -> Iterator[tuple[int, int]]:
    mine = 2 * number + 1
    others = [z for z in range(zones) if z != mine] if everywhere else [2 * number + 2]
    return ((mine, other) for other in others)
