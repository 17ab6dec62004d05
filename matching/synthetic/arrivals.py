"""An invented city, and who comes to it over a year: homes and residents of the sample, arrivals of another draw."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from matching.domain import Caseload, Child, Relationship, Tie
from matching.synthetic.city import sample_caseload

SEEDS_APART = 100_000


def city_with_arrivals(
    reference: Path, *, children: int, homes: int, placed: int, waiting: int, city: int, year: int
) -> tuple[Caseload, tuple[tuple[str, ...], ...]]:
    """The sample city with `waiting` children on the first day and `children` more to come; who comes together, in order.

    Nobody asks to move. `city` draws homes and residents, `year` those who come, so that several years of one city can be drawn.
    """
    start = sample_caseload(reference, children=waiting, homes=homes, placed=placed, seed=city)
    coming = sample_caseload(reference, children=children, homes=5, placed=0, seed=SEEDS_APART + year)
    named = {child.ref: f"Y{child.ref}" for child in coming.seeking}
    more = tuple(_renamed(child, named) for child in coming.seeking)
    plans = tuple(_plan(row, named) for row in coming.relationships if row.tie is Tie.SIBLING_PLAN)
    settled = tuple(replace(child, move_requested=None) for child in start.children)
    whole = replace(start, children=(*settled, *more), relationships=(*start.relationships, *plans))
    return whole, (*_first_day(whole), *(tuple(named[ref] for ref in group.children) for group in coming.groups))


def _first_day(whole: Caseload) -> list[tuple[str, ...]]:
    """Groups who wait on the first day."""
    return [group.children for group in whole.groups if not group.children[0].startswith("Y")]


def _renamed(child: Child, named: Mapping[str, str]) -> Child:
    group = None if child.sibling_group is None else f"Y{child.sibling_group}"
    return replace(child, ref=named[child.ref], sibling_group=group)


def _plan(row: Relationship, named: Mapping[str, str]) -> Relationship:
    parts = row.subsets and tuple("+".join(named[ref] for ref in part.split("+")) for part in row.subsets)
    return replace(row, of=f"Y{row.of}", subsets=parts)
