"""Drawing the map of cells: parts that hold too few homes are put together with their nearest neighbours."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from math import hypot

import numpy as np
import numpy.typing as npt

from matching.domain import Place, WaterCrossing
from matching.places.cells import FEWEST_HOMES, PRECISION, CellMap, Part, part_of
from matching.places.edition import NONE, Edition, State
from matching.places.spelling import SECTOR_STEP, Keys, sectors_of

WIDEST = 25_000  # metres between the middles of two areas that may become one cell
REACH = 10_000  # metres from a part without homes to the cell it is given to
STEP = 100  # grid references of cells are rounded to so many metres


@dataclass(frozen=True, slots=True)
class Middle:
    """The mean grid reference of a part's live postcodes, and how many there are."""

    easting: float
    northing: float
    postcodes: int


Middles = dict[Part, Middle]
Rows = npt.NDArray[np.intp]


@dataclass
class _Area:
    """A cell in the making: parts that hold homes, then parts near by that hold none."""

    parts: list[Part]
    homes: int
    middle: Middle
    empty: list[Part] = field(default_factory=list)
    place: Place | None = None  # already on the map: never cut, never moved unless put together with another

    def metres_to(self, other: Middle) -> float:
        """Metres between the middles, as the crow flies."""
        return hypot(self.middle.easting - other.easting, self.middle.northing - other.northing)

    @property
    def authorities(self) -> set[str]:
        """Codes of the authorities in which some of it lies."""
        return {part.authority for part in self.parts}


Key = Callable[[_Area], object]


def draw_cells(
    homes: Iterable[Place],
    middles: Middles,
    crossings: tuple[WaterCrossing, ...] = (),
    *,
    before: CellMap | None = None,
    at_least: int = FEWEST_HOMES,
) -> CellMap:
    """The map of cells for the homes of one day, each cell holding at least five.

    Neighbours on one shore of one authority are put together first, then within the authority, then leftovers
    across authorities, whose cell then has none; what is still too few has no cell. `before` is the map to redraw:
    its cells stay whole, and those that have become too few are put together with their nearest.
    """
    counts = Counter(part for part in map(part_of, homes) if part is not None and part in middles)
    shore = _Shores(crossings)
    old = _old_areas(before, counts, middles) if before else []
    drawn = {part for area in old for part in (*area.parts, *area.empty)}
    new = [_Area([part], count, middles[part]) for part, count in sorted(counts.items()) if part not in drawn]
    kept = _together(old, at_least, lambda area: frozenset(area.authorities))
    new = _together(new, at_least, lambda area: (area.parts[0].authority, shore.of(area.parts[0])))
    new = _together(new, at_least, lambda area: area.parts[0].authority)
    new = _together(new, at_least, lambda area: None, among_short=True)
    areas = kept + [area for area in new if area.homes >= at_least]
    _give_empty_parts(areas, middles, counts, shore)
    return _map(areas, middles)


@dataclass(frozen=True)
class _Shores:
    """Which side of the water a part lies on."""

    crossings: tuple[WaterCrossing, ...]

    def of(self, part: Part) -> str:
        """The water tables that name the part's district, as a word."""
        district = part.sector.split(" ")[0]
        return " ".join(str(number) for number, crossing in enumerate(self.crossings) if district in crossing.near)


def _old_areas(before: CellMap, counts: Counter[Part], middles: Middles) -> list[_Area]:
    areas = []
    for name, place in sorted(before.cells.items()):
        parts = list(before.parts(name))
        weight = sum(middles[part].postcodes for part in parts if part in middles)
        middle = Middle(place.easting, place.northing, weight)
        areas.append(_Area(parts, sum(counts[part] for part in parts), middle, place=place))
    return areas


def _together(areas: list[_Area], at_least: int, key: Key, *, among_short: bool = False) -> list[_Area]:
    """Put areas of one key together until each holds enough homes or has no neighbour of that key.

    With `among_short`, only areas that hold too few are put together, so that the others keep their authority.
    """
    groups: dict[object, list[_Area]] = {}
    for area in areas:
        groups.setdefault(key(area), []).append(area)
    return [area for group in groups.values() for area in _together_in(group, at_least, among_short)]


def _together_in(group: list[_Area], at_least: int, among_short: bool) -> list[_Area]:
    """The smallest area that holds too few joins its nearest, again and again."""
    alone: list[_Area] = []
    rest = list(group)
    while short := [area for area in rest if area.homes < at_least]:
        area = min(short, key=lambda item: (item.homes, item.parts))
        rest.remove(area)
        near = [other for other in (short if among_short else rest) if other is not area]
        nearest = min(near, key=lambda other: (other.metres_to(area.middle), other.parts), default=None)
        if nearest is None or nearest.metres_to(area.middle) > WIDEST:
            alone.append(area)
        else:
            rest.remove(nearest)
            rest.append(_joined(area, nearest))
    return rest + alone


def _joined(one: _Area, two: _Area) -> _Area:
    weight = one.middle.postcodes + two.middle.postcodes
    middle = Middle(
        (one.middle.easting * one.middle.postcodes + two.middle.easting * two.middle.postcodes) / weight,
        (one.middle.northing * one.middle.postcodes + two.middle.northing * two.middle.postcodes) / weight,
        weight,
    )
    return _Area(sorted(one.parts + two.parts), one.homes + two.homes, middle, one.empty + two.empty)


def _give_empty_parts(areas: list[_Area], middles: Middles, counts: Counter[Part], shore: _Shores) -> None:
    """Give each part without homes to the nearest cell within reach, so that a home that joins changes nothing."""
    taken = {part for area in areas for part in area.parts}
    holders = [(area, part) for area in areas if area.place is None for part in area.parts]
    if not holders:
        return
    east = np.array([middles[part].easting for _, part in holders])
    north = np.array([middles[part].northing for _, part in holders])
    authority = np.array([part.authority for _, part in holders])
    shores = np.array([shore.of(part) for _, part in holders])
    for part in sorted(set(middles) - taken - set(counts)):
        metres = np.hypot(east - middles[part].easting, north - middles[part].northing)
        metres = np.where(authority == part.authority, metres, np.inf)
        same_shore = np.where(shores == shore.of(part), metres, np.inf)
        best = same_shore if same_shore.min() <= REACH else metres
        if best.min() <= REACH:
            holders[int(best.argmin())][0].empty.append(part)


def _map(areas: list[_Area], middles: Middles) -> CellMap:
    cells: dict[str, Place] = {}
    cell_of_part: dict[Part, str] = {}
    for area in sorted(areas, key=lambda item: (item.place is None, item.parts)):
        place = area.place or _named(area, middles, cells)
        cells[place.postcode] = place
        cell_of_part |= dict.fromkeys([*area.parts, *area.empty], place.postcode)
    return CellMap(cells, cell_of_part)


def _named(area: _Area, middles: Middles, taken: dict[str, Place]) -> Place:
    """The cell, named after the sector nearest its middle whose name is free."""
    parts = sorted(area.parts, key=lambda part: area.metres_to(middles[part]) if part in middles else REACH)
    names = (f"{part.sector} area{more}" for more in ("", *range(2, 1000)) for part in parts)
    name = next(name for name in names if name not in taken)
    authorities = area.authorities
    return Place(
        postcode=name,
        easting=round(area.middle.easting / STEP) * STEP,
        northing=round(area.middle.northing / STEP) * STEP,
        authority=(authorities.pop() or None) if len(authorities) == 1 else None,
        precision=PRECISION,
    )


def middles_of(edition: Edition) -> Middles:
    """The middle of every part of England, from its live postcodes; a second or two.

    A sector that lies in several authorities is a part by itself too, for a home known by its sector alone.
    """
    rows = np.flatnonzero((edition.state == State.LIVE) & (edition.easting > 0) & (edition.authority != NONE))
    sector = edition.keys[rows] // np.uint64(SECTOR_STEP)
    within = _middles(edition, rows, sector * np.uint64(256) + edition.authority[rows], with_authority=True)
    shared = Counter(part.sector for part in within)
    whole = _middles(edition, rows, sector, with_authority=False)
    return within | {part: middle for part, middle in whole.items() if shared[part.sector] > 1}


def _middles(edition: Edition, rows: Rows, codes: Keys, *, with_authority: bool) -> Middles:
    found, first, inverse, count = np.unique(codes, return_index=True, return_inverse=True, return_counts=True)
    east = np.bincount(inverse, edition.easting[rows]) / count
    north = np.bincount(inverse, edition.northing[rows]) / count
    sectors = sectors_of(edition.keys[rows[first]])
    names = [edition.authorities[code] if with_authority else "" for code in edition.authority[rows[first]].tolist()]
    return {
        Part(sectors[at], names[at]): Middle(float(east[at]), float(north[at]), int(count[at]))
        for at in range(len(found))
    }
