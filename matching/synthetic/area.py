"""Where people of the invented city live: postcode sectors around Southampton, by how many children live there."""

import csv
from dataclasses import dataclass
from functools import lru_cache
from math import hypot
from pathlib import Path

from matching.domain import Place
from matching.errors import UnknownReference
from matching.geo import Gazetteer
from matching.synthetic.figures import Chance

CITY = "E06000045"
COUNTY = "E10000014"
METRES_IN_A_MILE = 1609.344
MILES_AROUND = 25.0
EVERYWHERE = "England"


@dataclass(frozen=True)
class Spot:
    """A postcode sector within one district, with its weight for children and for carers."""

    place: Place
    authority: str
    children: float
    postcodes: float
    miles: float


class Area:
    """Sectors around the middle of an authority; children come from poorer places, carers from all.

    Southampton is drawn finest, with deprivation and children by sector; any other authority by its postcodes.
    """

    def __init__(self, reference: Path, authority: str = CITY) -> None:
        self.authority = authority
        self.spots = _southampton(reference) if authority == CITY else _elsewhere(reference, authority)
        self.city = [spot for spot in self.spots if spot.authority == authority]
        if authority == CITY:
            self.near = [spot for spot in self.spots if spot.authority == COUNTY and spot.miles <= 15]
        else:
            beside = [spot for spot in self.spots if spot.authority != authority and spot.miles <= 15]
            self.near = beside or self.city
        self._close: dict[Place, list[Spot]] = {}

    def family(self, chance: Chance) -> Spot:
        """Where a child's family lives: in the city, by children and deprivation."""
        return chance.one(self.city, [spot.children for spot in self.city])

    def close_to(self, spot: Spot, chance: Chance) -> Spot:
        """Somewhere close by, such as a school."""
        if spot.place not in self._close:
            self._close[spot.place] = sorted(self.city, key=lambda other: _steps(other.place, spot.place))[:6]
        near = self._close[spot.place]
        return chance.one(near, [6, 4, 3, 2, 1, 1][: len(near)])

    def own_home(self, chance: Chance) -> Spot:
        """Where the authority's own carers live: the city and the towns around it."""
        pool = chance.one([self.city, self.near], [0.62, 0.38])
        return chance.one(pool, [spot.postcodes for spot in pool])

    def agency_home(self, chance: Chance) -> Spot:
        """Where agency carers live: all around."""
        return chance.one(self.spots, [spot.postcodes for spot in self.spots])


def _steps(one: Place, other: Place) -> int:
    return abs(one.easting - other.easting) + abs(one.northing - other.northing)


def _southampton(reference: Path) -> list[Spot]:
    places = Gazetteer.read(reference).places
    with (reference / "southampton_area.csv").open(encoding="utf-8", newline="") as file:
        return [_spot(row, places[row["sector"]]) for row in csv.DictReader(file) if row["sector"] in places]


def authorities_of(reference: Path, region: str) -> tuple[str, ...]:
    """Codes of the authorities of a region, or of all for England; raises `UnknownReference` with the regions there are."""
    with (reference / "authorities.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    regions = sorted({row["region"] for row in rows})
    if region not in (*regions, EVERYWHERE):
        raise UnknownReference(f"No region {region!r}. Choose one of: {', '.join((*regions, EVERYWHERE))}.")
    there = with_sectors(reference)
    chosen = [row for row in rows if region in (row["region"], EVERYWHERE)]
    codes = [row["code"] if row["code"] in there else row["later_code"] for row in chosen]
    return tuple(code for code in codes if code in there)


def with_sectors(reference: Path) -> frozenset[str]:
    """Codes of the authorities that have a sector of their own."""
    return frozenset(code for _, code, _ in _sectors(reference))


@lru_cache(maxsize=2)
def _sectors(reference: Path) -> tuple[tuple[Place, str, float], ...]:
    """Every sector of England with its authority and how many postcodes it has."""
    places = Gazetteer.read(reference).places
    with (reference / "postcode_sectors.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["sector"] in places]
    return tuple((places[row["sector"]], row["authority"], float(row["postcodes"])) for row in rows)


def _elsewhere(reference: Path, authority: str) -> list[Spot]:
    """Sectors of the authority, and those of others within 40 km of its middle."""
    every = _sectors(reference)
    own = [(place, postcodes) for place, code, postcodes in every if code == authority]
    if not own:
        raise UnknownReference(f"No sector lies in {authority!r}. Look its code up in authorities.csv.")
    whole = sum(postcodes for _, postcodes in own)
    east, north = (sum(getattr(p, axis) * n for p, n in own) / whole for axis in ("easting", "northing"))
    spots = []
    for place, code, postcodes in every:
        miles = hypot(place.easting - east, place.northing - north) / METRES_IN_A_MILE
        if code == authority or miles <= MILES_AROUND:
            spots.append(Spot(place, code, postcodes, postcodes, miles))
    return spots


def _spot(row: dict[str, str], place: Place) -> Spot:
    decile = float(row["imd_decile"] or 5.5)
    children = float(row["children_0_17"] or 0.0) * (11.0 - decile) / 5.5
    return Spot(place, row["authority"], children, float(row["postcodes"]), float(row["miles_from_civic_centre"]))
