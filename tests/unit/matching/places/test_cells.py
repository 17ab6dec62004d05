"""Cells: at least five homes each, fixed while homes join, kept whole when the map is redrawn."""

import random
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.domain import Place
from matching.errors import UnreadableFile
from matching.geo import read_crossings
from matching.places import CellMap, PostcodeBook, draw_cells, middles_of
from matching.places.cells import Part, part_of
from matching.places.drawing import WIDEST, Middle, Middles

REFERENCE = Path(__file__).parents[4] / "data" / "reference"
CROSSINGS = read_crossings(REFERENCE)
CITY, COUNTY = "E06000045", "E10000014"


def small_country() -> Middles:
    """Sixty sectors of two authorities, two kilometres apart."""
    return {
        Part(f"SO{district} {number}", CITY if district < 13 else COUNTY): Middle(
            440_000 + 2_000 * number, 110_000 + 2_000 * district, 100
        )
        for district in range(10, 16)
        for number in range(10)
    }


MIDDLES = small_country()
PARTS = sorted(MIDDLES)


def home_in(part: Part) -> Place:
    middle = MIDDLES[part]
    at = f"{part.sector}AA"
    return Place(postcode=at, easting=int(middle.easting), northing=int(middle.northing), authority=part.authority)


HOMES = st.lists(st.sampled_from(PARTS).map(home_in), max_size=80)


def counts(cells: CellMap, homes: list[Place]) -> Counter[str | None]:
    found = (cells.cell(home) for home in homes)
    return Counter(cell.postcode if cell else None for cell in found)


@given(HOMES)
def test_every_cell_holds_at_least_five_homes_and_one_authority(homes: list[Place]) -> None:
    cells = draw_cells(homes, MIDDLES)
    held = counts(cells, homes)
    assert all(held[name] >= 5 for name in cells.cells)
    for name, cell in cells.cells.items():
        authorities = {part.authority for part in cells.parts(name)}
        assert cell.authority in authorities if len(authorities) == 1 else cell.authority is None
    assert held[None] < 5 or len(homes) == held[None]  # only few are withheld where all lie near each other


@given(HOMES, st.randoms(use_true_random=False))
def test_the_order_of_homes_plays_no_part(homes: list[Place], chance: random.Random) -> None:
    shuffled = chance.sample(homes, len(homes))
    assert draw_cells(homes, MIDDLES) == draw_cells(shuffled, MIDDLES)


@given(HOMES, HOMES)
def test_who_joins_changes_no_cell(homes: list[Place], joining: list[Place]) -> None:
    cells = draw_cells(homes, MIDDLES)
    before = [cells.cell(home) for home in homes]
    assert [cells.cell(home) for home in [*homes, *joining]][: len(homes)] == before
    held = counts(cells, [*homes, *joining])
    assert all(held[name] >= 5 for name in cells.cells)


@given(HOMES, HOMES)
@settings(max_examples=60)
def test_a_redraw_only_puts_whole_cells_together(homes: list[Place], later: list[Place]) -> None:
    before = draw_cells(homes, MIDDLES)
    after = draw_cells(later, MIDDLES, before=before)
    for name in before.cells:
        parts = before.parts(name)
        now = {after.cell_of_part[part] for part in parts}
        assert len(now) == 1  # never cut
        whole = set(after.parts(now.pop()))
        others = {before.cell_of_part.get(part) for part in whole}
        assert None not in others  # never widened by land that was not drawn before
    again = draw_cells(later, MIDDLES, before=after)
    assert again.cell_of_part == after.cell_of_part


def test_neighbours_on_one_shore_come_first() -> None:
    book = PostcodeBook.read(REFERENCE)
    middles = middles_of(book.edition)
    gosport = [book.parts.places[sector] for sector in ("PO12 1", "PO12 2", "PO12 3", "PO13 0", "PO13 8")]
    fareham = [book.parts.places[sector] for sector in ("PO14 1", "PO15 5", "PO16 0", "PO16 7", "PO14 2")]
    cells = draw_cells([*gosport, *fareham], middles, CROSSINGS)
    assert {cells.cell(home) for home in gosport}.isdisjoint({cells.cell(home) for home in fareham})
    assert len(draw_cells(gosport[:3] + fareham[:3], middles, CROSSINGS).cells) == 1  # too few to keep apart


def test_far_and_few_are_withheld() -> None:
    book = PostcodeBook.read(REFERENCE)
    near = [book.parts.places["SO14 7"]] * 5
    far = [book.parts.places["NE1 4"]] * 4
    cells = draw_cells([*near, *far], middles_of(book.edition), CROSSINGS)
    assert counts(cells, [*near, *far]) == {"SO14 7 area": 5, None: 4}
    assert WIDEST == 25_000


def test_parts_cover_england() -> None:
    book = PostcodeBook.read(REFERENCE)
    middles = middles_of(book.edition)
    assert {part.sector for part in middles} >= {name for name in book.parts.places if " " in name}
    place = book.look_up("SO14 7LY").place
    assert place is not None
    assert part_of(place) == Part("SO14 7", CITY)
    alone = middles[Part("SO14 7", CITY)]
    assert alone.easting == pytest.approx(book.parts.places["SO14 7"].easting, abs=30)


def test_the_map_is_written_and_read(tmp_path: Path) -> None:
    cells = draw_cells([home_in(part) for part in PARTS], MIDDLES)
    cells.write(tmp_path / "cells.csv")
    assert CellMap.read(tmp_path / "cells.csv") == cells
    name = next(iter(cells.cells))
    assert cells.find(f" {name} ") == cells.cells[name]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda text: text.replace("easting", "x", 1), "the columns are not"),
        (lambda text: text + "SO10 0 area,1,2,,SO99 9,\n", "contradicts an earlier row"),
        (lambda text: text + "New area,west,2,,SO99 9,\n", "no name and whole grid reference"),
    ],
)
def test_a_changed_map_is_refused(tmp_path: Path, change: object, words: str) -> None:
    path = tmp_path / "cells.csv"
    draw_cells([home_in(PARTS[0])] * 5, MIDDLES).write(path)
    assert callable(change)
    path.write_text(change(path.read_text()))
    with pytest.raises(UnreadableFile, match=words):
        CellMap.read(path)
