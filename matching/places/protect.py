"""A caseload with whole postcodes made into one that may leave the trusted core: cells for homes, sectors for children.

True places answer one question only, and before they are given up: which homes lie where a child may not be. That
becomes a statement between child and home. Distances, times, order and exports come after, from cells.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from matching.domain import Caseload, Child, Home, Place, Relationship, Tie
from matching.geo import Gazetteer
from matching.places.cells import CellMap
from matching.places.spelling import spelling

CHILD_PLACES = ("home_place", "school_place", "family_time_place", "worship_place", "preferred_place")
TOO_NEAR = "The home lies where the child may not be."


@dataclass(frozen=True)
class Protected:
    """The caseload that may leave, and the homes whose location is withheld because no cell reaches them."""

    caseload: Caseload
    withheld: tuple[str, ...]


def protect(caseload: Caseload, cells: CellMap, parts: Gazetteer) -> Protected:
    """Homes at their cells, children's places at their sectors, and who would live too near as a statement."""
    near = too_near(caseload.children, caseload.homes)
    told = {(tie.of, tie.to) for tie in caseload.relationships if tie.tie is Tie.NO_CONTACT}
    new = tuple(
        Relationship(tie=Tie.NO_CONTACT, of=child, to=home, reason=TOO_NEAR)
        for child, home in near
        if (child, home) not in told
    )
    homes = tuple(replace(home, place=cells.cell(home.place) if home.place else None) for home in caseload.homes)
    withheld = tuple(
        home.ref for home, shown in zip(caseload.homes, homes, strict=True) if home.place and shown.place is None
    )
    children = tuple(_coarse(child, parts) for child in caseload.children)
    relationships = (*caseload.relationships, *new)
    return Protected(replace(caseload, homes=homes, children=children, relationships=relationships), withheld)


def too_near(children: Iterable[Child], homes: Iterable[Home]) -> list[tuple[str, str]]:
    """Child and home pairs where the home truly lies in a sector or district that the child must stay away from."""
    areas = [(home.ref, _areas(home.place)) for home in homes if home.place]
    return [
        (child.ref, home)
        for child in children
        for home, held in areas
        if any(_narrowest(avoided) in held for avoided in child.places_to_avoid or ())
    ]


def _areas(place: Place) -> frozenset[str]:
    """Sector and district of a place."""
    written = spelling(place.postcode)
    return frozenset() if written is None else frozenset(filter(None, (written.sector, written.outcode)))


def _narrowest(place: Place) -> str:
    """The sector of an avoided place, or its district when that is all that was given."""
    written = spelling(place.postcode)
    return place.postcode if written is None else written.sector or written.outcode


def _coarse(child: Child, parts: Gazetteer) -> Child:
    changes: dict[str, Any] = {
        name: _sector(place, parts) for name in CHILD_PLACES if (place := getattr(child, name)) is not None
    }
    if child.places_to_avoid is not None:
        changes["places_to_avoid"] = tuple(_sector(place, parts) for place in child.places_to_avoid)
    return replace(child, **changes)


def _sector(place: Place, parts: Gazetteer) -> Place:
    """The sector of a place; its district where the sector has no live postcode left."""
    return parts.find(place.postcode) or parts.find(place.postcode.split(" ")[0]) or place
