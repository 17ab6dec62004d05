"""A caseload with whole postcodes made into one that may leave the trusted core: cells for homes, sectors for children.

Distances, times, order, maps and exports come after, from cells. So does the answer "too near": a child who must stay
away from an area is kept from every home whose cell reaches into it, as a statement between child and home. An answer
from true places would be safer for nobody, and would let referrals with made-up areas find a home.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from matching.domain import Caseload, Child, Home, Place, Relationship, Tie
from matching.geo import Gazetteer
from matching.places.authorities import AuthorityCodes
from matching.places.cells import CellMap
from matching.places.spelling import spelling

CHILD_PLACES = ("home_place", "school_place", "family_time_place", "worship_place", "preferred_place")
TOO_NEAR = "The home may lie where the child may not be."


@dataclass(frozen=True)
class Protected:
    """The caseload that may leave, and the homes whose location is withheld because no cell reaches them."""

    caseload: Caseload
    withheld: tuple[str, ...]


def true_places(caseload: Caseload, authorities: AuthorityCodes) -> tuple[Place | None, ...]:
    """Where each home truly is; its authority by its postcode, else as the caseload states it."""
    return tuple(
        home.place and replace(home.place, authority=home.place.authority or authorities.as_listed(home.authority))
        for home in caseload.homes
    )


def protect(caseload: Caseload, cells: CellMap, parts: Gazetteer, authorities: AuthorityCodes) -> Protected:
    """Homes at their cells, children's places at their sectors, and who would live too near as a statement.

    The authority of a home is its cell's: a code of its own would tell it from the others of a cell without one.
    """
    places = true_places(caseload, authorities)
    homes = tuple(_hidden(home, place, cells) for home, place in zip(caseload.homes, places, strict=True))
    withheld = tuple(home.ref for home, place in zip(homes, places, strict=True) if place and home.place is None)
    children = tuple(_coarse(child, parts) for child in caseload.children)
    told = caseload.ties[Tie.NO_CONTACT]
    new = tuple(
        Relationship(tie=Tie.NO_CONTACT, of=child, to=home, reason=TOO_NEAR)
        for child, home in too_near(children, homes, cells)
        if (child, home) not in told
    )
    relationships = (*caseload.relationships, *new)
    return Protected(replace(caseload, homes=homes, children=children, relationships=relationships), withheld)


def _hidden(home: Home, place: Place | None, cells: CellMap) -> Home:
    if place is None:
        return home
    cell = cells.cell(place)
    return replace(home, place=cell, authority=cell.authority if cell else None)


def too_near(children: Iterable[Child], homes: Iterable[Home], cells: CellMap) -> list[tuple[str, str]]:
    """Child and home pairs where the home's cell reaches into a sector or district that the child must stay away from.

    A home whose location is withheld is not named: for it the rule asks.
    """
    reach = [(home.ref, cells.areas(home.place.postcode)) for home in homes if home.place]
    return [
        (child.ref, home)
        for child in children
        if child.places_to_avoid
        for home, areas in reach
        if not areas.isdisjoint(map(_narrowest, child.places_to_avoid))
    ]


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
