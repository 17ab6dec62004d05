"""Where places are, how far apart, and a rough time to drive between them; all offline, from data/reference.

Grid coordinates are metres on EPSG:27700. Distances are straight lines in miles; times are estimates in minutes.
"""

import csv
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from matching.domain.places import Place

Numbers = NDArray[np.float64]
Zones = NDArray[np.int_]
AuthorityDistance = Literal["inside", "adjoining", "distant"]

METRES_IN_A_MILE: Final = 1609.344
CIRCUITY: Final = 1.35
"""Road miles for each mile of straight line: an estimate, to be set by the authority."""

SPEED_BANDS: Final = ((3.0, 20.0), (10.0, 28.0), (25.0, 40.0), (np.inf, 50.0))
"""End of the band in road miles, and the speed within it in miles an hour."""

WHOLE_IN_ONE_AUTHORITY: Final = 0.995
"""Share of an area's postcodes from which the whole area counts as one authority's."""

_OUTWARD = re.compile(r"[A-Z]{1,2}\d[A-Z\d]?")
_INWARD = re.compile(r"\d[A-Z]{0,2}")


def rows(path: Path) -> list[dict[str, str]]:
    """Rows of a CSV file, by column name."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


# Distance and time


def miles_between(
    easting: ArrayLike, northing: ArrayLike, other_easting: ArrayLike, other_northing: ArrayLike
) -> Numbers:
    """Straight-line miles between grid references in metres, broadcast; NaN where either is unknown."""
    east = np.asarray(easting, dtype=np.float64) - np.asarray(other_easting, dtype=np.float64)
    north = np.asarray(northing, dtype=np.float64) - np.asarray(other_northing, dtype=np.float64)
    return np.asarray(np.hypot(east, north) / METRES_IN_A_MILE, dtype=np.float64)


def road_minutes(road_miles: ArrayLike) -> Numbers:
    """Minutes to drive so many road miles; each band adds to the last, so there are no jumps."""
    miles = np.asarray(road_miles, dtype=np.float64)
    minutes = np.zeros_like(miles)
    start = 0.0
    for end, speed in SPEED_BANDS:
        minutes = minutes + np.clip(miles - start, 0.0, end - start) * 60 / speed
        start = end
    return minutes


@dataclass(frozen=True, slots=True)
class Points:
    """Places as columns: grid metres (NaN for an unknown place) and crossing zones (0 for none)."""

    eastings: Numbers
    northings: Numbers
    zones: Zones

    def down(self) -> "Points":
        """The same points as a column, to compare each of them with a row of others."""
        return Points(self.eastings[:, None], self.northings[:, None], self.zones[:, None])

    def miles_to(self, other: "Points") -> Numbers:
        """Straight-line miles to the other points, broadcast."""
        return miles_between(self.eastings, self.northings, other.eastings, other.northings)


@dataclass(frozen=True, slots=True)
class WaterCrossings:
    """Minutes to add where water lies on the straight line, between zones of outcodes or sectors."""

    zones: dict[str, int]
    added: Numbers

    @classmethod
    def read(cls, folder: Path) -> Self:
        """Read `water_crossings.csv` in a folder."""
        table = rows(folder / "water_crossings.csv")
        areas = {
            area
            for row in table
            for side in (_areas(row["from_outcodes"]), _areas(row["to_outcodes"]))
            for area in side
        }
        zones = {area: number for number, area in enumerate(sorted(areas - {"*"}), start=1)}
        added = np.zeros((len(zones) + 1, len(zones) + 1))
        for row in table:
            _add_crossing(added, zones, row)
        return cls(zones, added)

    def zone(self, postcode: str) -> int:
        """Zone of a sector or outcode; 0 where no crossing is known."""
        return self.zones.get(postcode) or self.zones.get(postcode.split(" ")[0], 0)

    def minutes(self, zones: ArrayLike, other_zones: ArrayLike) -> Numbers:
        """Minutes to add between zones, broadcast."""
        return np.asarray(self.added[np.asarray(zones), np.asarray(other_zones)], dtype=np.float64)


def _areas(text: str) -> list[str]:
    return text.split(";")


def _add_crossing(added: Numbers, zones: dict[str, int], row: dict[str, str]) -> None:
    here = _covered(zones, _areas(row["from_outcodes"]))
    there = ~here if row["to_outcodes"] == "*" else _covered(zones, _areas(row["to_outcodes"]))
    crossing = here[:, None] & there
    np.maximum(added, (crossing | crossing.T) * float(row["added_minutes"]), out=added)


def _covered(zones: dict[str, int], areas: list[str]) -> NDArray[np.bool_]:
    """Mask over zones: those named, and the sectors of an outcode named."""
    mask = np.zeros(len(zones) + 1, dtype=np.bool_)
    for name, zone in zones.items():
        mask[zone] = name in areas or name.split(" ")[0] in areas
    return mask


def drive_minutes(start: Points, end: Points, crossings: WaterCrossings, circuity: float = CIRCUITY) -> Numbers:
    """Estimated minutes to drive, broadcast; NaN where either place is unknown. Not a measured route."""
    return road_minutes(start.miles_to(end) * circuity) + crossings.minutes(start.zones, end.zones)


# Postcodes


@dataclass(frozen=True, slots=True)
class Gazetteer:
    """Every postcode sector and outcode of England, and the crossings between them."""

    sectors: dict[str, Place]
    outcodes: dict[str, Place]
    crossings: WaterCrossings

    @classmethod
    def read(cls, folder: Path) -> Self:
        """Read `postcode_sectors.csv` and `water_crossings.csv` in a folder."""
        table = rows(folder / "postcode_sectors.csv")
        by_outcode: dict[str, list[dict[str, str]]] = {}
        for row in table:
            by_outcode.setdefault(row["sector"].split(" ")[0], []).append(row)
        sectors = {row["sector"]: _sector(row) for row in table}
        outcodes = {outcode: _outcode(outcode, parts) for outcode, parts in by_outcode.items()}
        return cls(sectors, outcodes, WaterCrossings.read(folder))

    def find(self, text: str) -> Place | None:
        """Place of a postcode as people type it; a whole one is cut to its sector on purpose.

        Falls back to the outcode where the sector is not known, and to `None` rather than a guess.
        """
        readings = list(_readings(text))
        for outward, inward in readings:
            place = self.sectors.get(f"{outward} {inward[0]}") if inward else self.outcodes.get(outward)
            if place is not None:
                return place
        return next((self.outcodes[outward] for outward, inward in readings if outward in self.outcodes), None)

    def points(self, places: Iterable[Place | None]) -> Points:
        """Places as columns; `None` is an unknown place."""
        listed = list(places)
        eastings = np.array([place.easting if place else np.nan for place in listed], dtype=np.float64)
        northings = np.array([place.northing if place else np.nan for place in listed], dtype=np.float64)
        zones = np.array([self.crossings.zone(place.postcode) if place else 0 for place in listed], dtype=np.int_)
        return Points(eastings, northings, zones)

    def drive_minutes(self, start: Points, end: Points, circuity: float = CIRCUITY) -> Numbers:
        """Estimated minutes to drive, broadcast, with this gazetteer's crossings."""
        return drive_minutes(start, end, self.crossings, circuity)


def _readings(text: str) -> Iterable[tuple[str, str]]:
    """Ways to read a text as outward and inward parts, likeliest first; a typed space is believed."""
    words = text.upper().split()
    if len(words) == 2 and _INWARD.fullmatch(words[1]):
        splits = [(words[0], words[1])]
    else:
        whole = "".join(words)
        splits = [(whole[: len(whole) - size], whole[len(whole) - size :]) for size in (0, 3, 2, 1)]
    return [split for split in splits if _OUTWARD.fullmatch(split[0]) and _is_inward(split[1])]


def _is_inward(text: str) -> bool:
    return not text or _INWARD.fullmatch(text) is not None


def _sector(row: dict[str, str]) -> Place:
    return Place(
        postcode=row["sector"],
        easting=int(row["easting"]),
        northing=int(row["northing"]),
        authority=row["authority"] if float(row["authority_share"]) >= WHOLE_IN_ONE_AUTHORITY else None,
        precision="sector",
    )


def _outcode(outcode: str, parts: list[dict[str, str]]) -> Place:
    """Middle of an outcode's postcodes, from its sectors."""
    weights = [int(part["postcodes"]) for part in parts]
    easting, northing = (
        round(float(np.average([int(part[axis]) for part in parts], weights=weights)))
        for axis in ("easting", "northing")
    )
    authority = _one_authority(parts, weights)
    return Place(postcode=outcode, easting=easting, northing=northing, authority=authority, precision="outcode")


def _one_authority(parts: list[dict[str, str]], weights: list[int]) -> str | None:
    main = parts[int(np.argmax(weights))]["authority"]
    held = (
        weight * float(part["authority_share"])
        for part, weight in zip(parts, weights, strict=True)
        if part["authority"] == main
    )
    return main if sum(held) >= WHOLE_IN_ONE_AUTHORITY * sum(weights) else None


# Authorities


@dataclass(frozen=True, slots=True)
class AuthorityMap:
    """Upper-tier authorities of England and which of them share a land boundary."""

    names: dict[str, str]
    neighbours: frozenset[tuple[str, str]]
    earlier_codes: dict[str, str]

    @classmethod
    def read(cls, folder: Path) -> Self:
        """Read `authorities.csv` and `authority_neighbours.csv` in a folder."""
        table = rows(folder / "authorities.csv")
        pairs = rows(folder / "authority_neighbours.csv")
        return cls(
            {row["code"]: row["name"] for row in table},
            frozenset((row["code"], row["neighbour"]) for row in pairs),
            {row["later_code"]: row["code"] for row in table if row["later_code"]},
        )

    def name(self, code: str) -> str | None:
        """Name of an authority, `None` for a code not known."""
        return self.names.get(self._same(code))

    def authority_distance(self, of: str | None, to: str | None) -> AuthorityDistance | None:
        """How an authority lies to another; `None` where either is not known."""
        if of is None or to is None or self.name(of) is None or self.name(to) is None:
            return None
        pair = (self._same(of), self._same(to))
        if pair[0] == pair[1]:
            return "inside"
        return "adjoining" if pair in self.neighbours else "distant"

    def _same(self, code: str) -> str:
        return self.earlier_codes.get(code, code)
