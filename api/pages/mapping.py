"""A map without tiles, drawn here: areas that stand for five homes or more, never a home; the child's own places by sector."""

from dataclasses import dataclass

from matching.domain import Caseload, Child, Place
from matching.places.cells import CellMap

WIDE, HIGH, EDGE = 640, 400, 56
MILE = 1609.344
LETTER, LINE = 8.0, 18.0  # pixels of a label
BESIDE = (
    (12, -10, "start"),
    (12, 22, "start"),
    (-12, -10, "end"),
    (-12, 22, "end"),
    (12, -30, "start"),
    (12, 42, "start"),
    (-12, -30, "end"),
    (-12, 42, "end"),
)
SQUARE, CIRCLE = 7, 26  # half the width of a mark of the child's, and of an area's circle with its edge
PLACES = (("family home", "home_place"), ("school", "school_place"), ("family time", "family_time_place"))


@dataclass(frozen=True)
class Mark:
    """Something on the map: where, in pixels, and its words."""

    x: float
    y: float
    text: str


@dataclass(frozen=True)
class Label(Mark):
    """A mark whose words stand beside it: where they begin or end, so that no two stand on each other."""

    label_x: float
    label_y: float
    anchor: str

    @property
    def box(self) -> tuple[float, float, float, float]:
        """Left, top, right and bottom of the words."""
        wide = LETTER * len(self.text)
        left = self.label_x if self.anchor == "start" else self.label_x - wide
        return left, self.label_y - LINE + 4, left + wide, self.label_y + 4


@dataclass(frozen=True)
class Drawn:
    """The map: areas with the numbers of the homes on the list, the child's places, how long five miles are."""

    areas: tuple[Mark, ...]
    places: tuple[Label, ...]
    five_miles: float
    withheld: tuple[str, ...]
    said: tuple[tuple[str, str], ...]


def draw(caseload: Caseload, child: Child, homes: list[str], cells: CellMap) -> Drawn:
    """Where the homes of a list lie, as far as anybody may know."""
    area: dict[str, list[str]] = {}
    found: dict[str, Place] = {}
    withheld, said = [], []
    for number, ref in enumerate(homes, 1):
        place = caseload.home(ref).place
        cell = cells.cell(place) if place else None
        if cell is None:
            withheld.append(ref)
            said.append((ref, "withheld: too few homes near"))
        else:
            found[cell.postcode] = cell
            area.setdefault(cell.postcode, []).append(str(number))
            said.append((ref, cell.postcode))
    own = [(words, place) for words, name in PLACES if (place := getattr(child, name)) is not None]
    scale = _Scale([*found.values(), *(place for _, place in own)])
    areas = tuple(Mark(*scale.at(found[name]), f"{', '.join(numbers)}") for name, numbers in area.items())
    return Drawn(
        areas=areas,
        places=_labelled(areas, [Mark(*at, ", ".join(words)) for at, words in _by_spot(scale, own).items()]),
        five_miles=5 * MILE * scale.pixels,
        withheld=tuple(withheld),
        said=tuple(said),
    )


def _labelled(areas: tuple[Mark, ...], marks: list[Mark]) -> tuple[Label, ...]:
    """Words beside each mark, where they stay on the map and hide no circle, mark or other words; else as few as can be."""
    found: list[Label] = []
    for mark in marks:
        tried = [Label(mark.x, mark.y, mark.text, mark.x + dx, mark.y + dy, anchor) for dx, dy, anchor in BESIDE]
        spots = [_around(m, SQUARE) for m in marks if m is not mark] + [_around(area, CIRCLE) for area in areas]
        taken = [*(one.box for one in found), *spots]
        found.append(min(tried, key=lambda one: (not _on_the_map(one.box), sum(_touch(one.box, o) for o in taken))))
    return tuple(found)


def _around(mark: Mark, half: float) -> tuple[float, float, float, float]:
    return mark.x - half, mark.y - half, mark.x + half, mark.y + half


def _on_the_map(box: tuple[float, float, float, float]) -> bool:
    return box[0] >= 0 and box[1] >= 0 and box[2] <= WIDE and box[3] <= HIGH


def _touch(one: tuple[float, float, float, float], other: tuple[float, float, float, float]) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _by_spot(scale: "_Scale", own: list[tuple[str, Place]]) -> dict[tuple[float, float], list[str]]:
    """The words of places that lie on one spot, together."""
    found: dict[tuple[float, float], list[str]] = {}
    for words, place in own:
        found.setdefault(scale.at(place), []).append(words)
    return found


class _Scale:
    """Metres of the grid to pixels, north up, everything inside the edge."""

    def __init__(self, places: list[Place]) -> None:
        east, north = [p.easting for p in places] or [0], [p.northing for p in places] or [0]
        self.middle = ((min(east) + max(east)) / 2, (min(north) + max(north)) / 2)
        wide, high = max(max(east) - min(east), 8 * MILE), max(max(north) - min(north), 5 * MILE)
        self.pixels = min((WIDE - 2 * EDGE) / wide, (HIGH - 2 * EDGE) / high)

    def at(self, place: Place) -> tuple[float, float]:
        """Where a place lies on the picture, in pixels from the left and from the top."""
        x = WIDE / 2 + (place.easting - self.middle[0]) * self.pixels
        y = HIGH / 2 - (place.northing - self.middle[1]) * self.pixels
        return round(x, 1), round(y, 1)
