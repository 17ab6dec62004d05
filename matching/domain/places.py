"""Where something is, as coarsely as matching needs it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A postcode sector, a district or a cell on the national grid; never a household's own address.

    `easting` and `northing` are metres on EPSG:27700, the middle of the area's postcodes.
    `authority` is the upper-tier code, `None` where the area lies in more than one. Inside the trusted core
    alone, before `matching.places.protect`, it may be a postcode's own, of precision "unit".
    """

    postcode: str
    easting: int
    northing: int
    authority: str | None = None
    precision: str = "sector"

    def __str__(self) -> str:
        return self.postcode

    @property
    def district(self) -> str:
        """The postcode district, such as SO14."""
        return self.postcode.split(" ")[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class WaterCrossing:
    """Postcode districts that lie across water: near on a map, far by road.

    `far` is `None` when `near` is far from everywhere else; `added_minutes` go on top of any estimate.
    """

    near: frozenset[str]
    far: frozenset[str] | None
    added_minutes: float
