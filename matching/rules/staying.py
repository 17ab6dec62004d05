"""A home that a child lives in already: staying there takes no further place and no further bed.

A move leads to another home, so no plan proposes this; it is for the answer to "why may they not stay there".
"""

from collections.abc import Collection
from dataclasses import replace

import numpy as np

from matching.domain import Bedroom, Household, PlaceState
from matching.pairs import Side
from matching.rules.base import Sets


def counted_once(sets: Sets) -> Sets:
    """The sets, where a child would go to the home they live in each in that home without those who live there."""
    there = [(at, here) for at in _at_home(sets) if (here := _living_there(sets, at))]
    if not there:
        return sets
    items, home = list(sets.register.homes.items), sets.home.copy()
    for at, here in there:
        household, home[at] = items[home[at]], len(items)
        items.append(_without(household, here, stays=len(here) == sets.size[at]))
    return replace(sets, home=home, register=sets.register.with_homes(Side(items, sets.register.vocabularies)))


def _at_home(sets: Sets) -> list[int]:
    """Positions of the sets whose home is one where a child of their group lives."""
    lives, index = sets.register.caseload.lives_in, sets.register.home_index
    homes = {index[lives[ref]] for group in sets.groups for ref in group.children if lives.get(ref) in index}
    return [int(at) for at in np.flatnonzero(np.isin(sets.home, sorted(homes)))] if homes else []


def _living_there(sets: Sets, at: int) -> set[str]:
    residents = sets.register.homes.items[sets.home[at]].residents
    return {child.ref for child in residents} & set(sets.children_of(at))


def _without(household: Household, here: Collection[str], stays: bool) -> Household:
    """The household before these children: each leaves a place, and a bed in a room of its own; `stays`: nobody is new."""
    home = household.home
    free = len(here) + (home.places_free or 0 if home.place_state is PlaceState.VACANT else 0)
    rooms = () if stays and home.bedrooms is None else home.bedrooms
    return replace(
        household,
        residents=tuple(child for child in household.residents if child.ref not in here),
        home=replace(home, places_free=free, place_state=PlaceState.VACANT, bedrooms=_without_beds(rooms, here)),
    )


def _without_beds(rooms: tuple[Bedroom, ...] | None, here: Collection[str]) -> tuple[Bedroom, ...] | None:
    if rooms is None:
        return None
    left = []
    for room in rooms:
        occupants = tuple(ref for ref in room.occupants if ref not in here)
        left.append(replace(room, occupants=occupants, beds=room.beds - len(room.occupants) + len(occupants)))
    return (*(room for room in left if room.beds > 0), *(Bedroom(1) for _ in here))
