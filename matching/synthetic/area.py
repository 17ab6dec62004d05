"""Where people of the invented city live: postcode sectors around Southampton, by how many children live there."""

import csv
from dataclasses import dataclass
from pathlib import Path

from matching.domain import Place
from matching.geo import Gazetteer
from matching.synthetic.figures import Chance

CITY = "E06000045"
COUNTY = "E10000014"


@dataclass(frozen=True)
class Spot:
    """A postcode sector within one district, with its weight for children and for carers."""

    place: Place
    authority: str
    children: float
    postcodes: float
    miles: float


class Area:
    """Sectors within 40 km of the Civic Centre; children come from poorer places, carers from all."""

    def __init__(self, reference: Path) -> None:
        places = Gazetteer.read(reference).places
        with (reference / "southampton_area.csv").open(encoding="utf-8", newline="") as file:
            rows = [row for row in csv.DictReader(file) if row["sector"] in places]
        self.spots = [_spot(row, places[row["sector"]]) for row in rows]
        self.city = [spot for spot in self.spots if spot.authority == CITY]
        self.near = [spot for spot in self.spots if spot.authority == COUNTY and spot.miles <= 15]

    def family(self, chance: Chance) -> Spot:
        """Where a child's family lives: in the city, by children and deprivation."""
        return chance.one(self.city, [spot.children for spot in self.city])

    def close_to(self, spot: Spot, chance: Chance) -> Spot:
        """Somewhere close by, such as a school."""
        near = sorted(
            self.city,
            key=lambda other: (
                abs(other.place.easting - spot.place.easting) + abs(other.place.northing - spot.place.northing)
            ),
        )
        return chance.one(near[:6], [6, 4, 3, 2, 1, 1])

    def own_home(self, chance: Chance) -> Spot:
        """Where the authority's own carers live: the city and the towns around it."""
        pool = chance.one([self.city, self.near], [0.62, 0.38])
        return chance.one(pool, [spot.postcodes for spot in pool])

    def agency_home(self, chance: Chance) -> Spot:
        """Where agency carers live: all around."""
        return chance.one(self.spots, [spot.postcodes for spot in self.spots])


def _spot(row: dict[str, str], place: Place) -> Spot:
    decile = float(row["imd_decile"] or 5.5)
    children = float(row["children_0_17"] or 0.0) * (11.0 - decile) / 5.5
    return Spot(place, row["authority"], children, float(row["postcodes"]), float(row["miles_from_civic_centre"]))
