"""Places from postcodes, straight-line distance on the national grid, and estimated driving time; no network.

A full postcode is reduced to its sector on purpose: matching needs no household's own address.
"""

import csv
import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from matching.domain.places import Place, WaterCrossing

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

    An estimate to order homes by, never to settle a rule; water is added by the crossings of the caseload.
    """
    road = miles_between(east, north, other_east, other_north) * CIRCUITY
    minutes, start = np.zeros_like(road), 0.0
    for end, speed in _BANDS:
        minutes = minutes + np.clip(road - start, 0.0, end - start) * 60.0 / speed
        start = end
    return minutes


def read_crossings(folder: Path) -> tuple[WaterCrossing, ...]:
    """Read `water_crossings.csv`; `*` stands for everywhere else."""
    with (folder / "water_crossings.csv").open(encoding="utf-8", newline="") as file:
        return tuple(_crossing(row) for row in csv.DictReader(file))


def _crossing(row: dict[str, str]) -> WaterCrossing:
    everywhere = row["to_districts"].strip() == "*"
    return WaterCrossing(
        near=frozenset(row["from_districts"].split()),
        far=None if everywhere else frozenset(row["to_districts"].split()),
        added_minutes=float(row["added_minutes"]),
    )
