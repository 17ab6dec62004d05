"""Caseloads of shapes that break solvers: ten homes that everybody wants, only groups of three, nothing possible, all alike."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path

from matching.candidates import find_candidates
from matching.domain import Caseload, Child, Home, PlaceState, Relationship, SiblingPlan, Tie
from matching.pairs import Register
from matching.synthetic import sample_caseload
from tests.lib.builders import fostering

REFERENCE = Path(__file__).resolve().parents[2] / "data" / "reference"
FAR = 60_000  # metres north
TOWNS = 50


def same_ten_homes() -> Caseload:
    """200 children whose family, school and family time lie beside the same ten homes; 140 homes lie far away."""
    city = sample_caseload(REFERENCE, children=200, homes=150, seed=1)
    middle = next(child.home_place for child in city.seeking if child.home_place)
    near = replace(middle, postcode="near")
    far = replace(middle, postcode="far", northing=middle.northing + FAR)
    homes = [replace(home, place=near if i < 10 else far) for i, home in enumerate(city.homes)]
    asked = {child.ref for child in city.seeking}
    children = [
        replace(child, home_place=near, family_time_place=near, school_place=child.school_place and near)
        if child.ref in asked
        else child
        for child in city.children
    ]
    return replace(city, children=tuple(children), homes=tuple(homes))


def groups_of_three() -> Caseload:
    """Children who are all in groups of three: half of the plans require them together, half would rather."""
    city = sample_caseload(REFERENCE, children=320, homes=150, seed=2)
    seeking = iter(sorted(child.ref for child in city.seeking if child.sibling_group is None))
    group_of = {ref: f"T{i:03d}" for i, trio in enumerate(_threes(seeking)) for ref in trio}
    others = {child.ref for child in city.seeking} - set(group_of)
    children = [
        replace(c, sibling_group=group_of.get(c.ref, c.sibling_group)) for c in city.children if c.ref not in others
    ]
    kept = {child.ref for child in children}
    plans = [SiblingPlan.TOGETHER_REQUIRED, SiblingPlan.TOGETHER_PREFERRED]
    named = sorted(set(group_of.values()))
    told = [Relationship(tie=Tie.SIBLING_PLAN, of=group, plan=plans[i % 2]) for i, group in enumerate(named)]
    ties = [r for r in city.relationships if r.tie is not Tie.SIBLING_PLAN and {r.of, r.to} & others == set()]
    return replace(
        city,
        children=tuple(children),
        relationships=(*ties, *told),
        placements=tuple(p for p in city.placements if p.child in kept),
        decisions=tuple(d for d in city.decisions if d.child in kept),
        refusals=tuple(r for r in city.refusals if r.child in kept),
    )


def _threes(refs: Iterator[str]) -> Iterator[tuple[str, ...]]:
    while len(trio := tuple(islice(refs, 3))) == 3:
        yield trio


def nothing_possible() -> Caseload:
    """300 children and 300 homes, all of which are full."""
    city = sample_caseload(REFERENCE, children=300, homes=300, seed=3)
    full = [replace(home, places_free=0, place_state=PlaceState.FILLED) for home in city.homes]
    return replace(city, homes=tuple(full))


def all_alike() -> Caseload:
    """200 children who differ in their reference only, and 120 homes likewise: every plan is tied with very many."""
    city = sample_caseload(REFERENCE, children=60, homes=150, placed=0, seed=4)
    child = next(c for c in city.seeking if c.sibling_group is None and c.deadline is not None)
    home = next(h for h in city.homes if _open_to(child, h, city))
    return Caseload(
        as_of=city.as_of,
        children=tuple(replace(child, ref=f"C{i:04d}") for i in range(200)),
        homes=tuple(replace(home, ref=f"H{i:04d}") for i in range(120)),
        crossings=city.crossings,
        adjoining=city.adjoining,
    )


def _open_to(child: Child, home: Home, city: Caseload) -> bool:
    """Whether the home is possible for the child, by the product's own rules."""
    pair = Caseload(
        as_of=city.as_of, children=(child,), homes=(home,), crossings=city.crossings, adjoining=city.adjoining
    )
    return bool(find_candidates(Register(pair), fostering()).sets.group.size)


def one_huge_city() -> Caseload:
    """1,000 children and 800 homes in one city."""
    return sample_caseload(REFERENCE, children=1000, homes=800, seed=5)


def fifty_towns() -> Caseload:
    """Fifty authorities of 10 children and 12 homes, of which no two lie next to each other."""
    towns = [sample_caseload(REFERENCE, children=10, homes=12, seed=100 + town) for town in range(TOWNS)]
    parts = [_town(town, f"T{number:02d}") for number, town in enumerate(towns)]
    whole = {
        name: tuple(row for part in parts for row in getattr(part, name))
        for name in ("children", "homes", "placements", "relationships")
    }
    return Caseload(as_of=towns[0].as_of, crossings=towns[0].crossings, adjoining=frozenset(), **whole)


def _town(town: Caseload, name: str) -> Caseload:
    """The town with references and authorities of its own; what names single people or homes is left out."""
    children = [
        replace(c, ref=name + c.ref, sibling_group=c.sibling_group and name + c.sibling_group, authority=name)
        for c in town.children
    ]
    homes = [
        replace(h, ref=name + h.ref, authority=name, approved_by=name, bedrooms=_rooms(h, name)) for h in town.homes
    ]
    plans = [
        replace(r, of=name + r.of, subsets=_subsets(r, name)) for r in town.relationships if r.tie is Tie.SIBLING_PLAN
    ]
    lives = [replace(p, child=name + p.child, home=name + p.home) for p in town.placements]
    return replace(
        town,
        children=tuple(children),
        homes=tuple(homes),
        relationships=tuple(plans),
        placements=tuple(lives),
        decisions=(),
        refusals=(),
    )


def _rooms(home: Home, name: str) -> tuple[object, ...] | None:
    rooms = home.bedrooms
    return rooms and tuple(replace(room, occupants=tuple(name + ref for ref in room.occupants)) for room in rooms)


def _subsets(row: Relationship, name: str) -> tuple[str, ...] | None:
    return row.subsets and tuple("+".join(name + ref for ref in part.split("+")) for part in row.subsets)


SHAPES: dict[str, Callable[[], Caseload]] = {
    "everybody wants the same ten homes": same_ten_homes,
    "all groups of three": groups_of_three,
    "no home is possible": nothing_possible,
    "all children and all homes alike": all_alike,
    "one huge city": one_huge_city,
    "50 disjoint towns": fifty_towns,
}
