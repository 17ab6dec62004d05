"""A caseload written and read is the same, whatever it holds: as a folder, and row by row as the record keeps it."""

import tempfile
from dataclasses import replace
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from matching.domain import Caseload, Child, Home
from matching.io.caseload_csv import FILES, fingerprint, read_caseload, write_caseload
from matching.io.cells import FindPlace
from matching.io.rows import cells_of, row_of
from tests.lib.random_caseloads import random_caseload

PLACES = ("home_place", "school_place", "family_time_place", "worship_place", "preferred_place")


def find_in(caseload: Caseload) -> FindPlace:
    """The map on which a caseload's places lie, invented ones too."""
    own = [getattr(child, name) for child in caseload.children for name in PLACES]
    own += [place for child in caseload.children for place in child.places_to_avoid or ()]
    own += [home.place for home in caseload.homes]
    return {place.postcode: place for place in own if place}.get


# text as people write it: combining marks, right to left, quotation marks, commas, line ends within a cell
WORDS = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=40).map(str.strip).filter(
    lambda text: text and text.lower() != "none"
)  # fmt: skip


@given(seed=st.integers(0, 10_000), children=st.integers(1, 8), homes=st.integers(1, 6), words=WORDS)
@settings(max_examples=60, deadline=None)
def test_a_folder_written_and_read_is_the_same(seed: int, children: int, homes: int, words: str) -> None:
    caseload = random_caseload(seed, children=children, homes=homes, wild=0.3)
    first, *others = caseload.children
    told = replace(caseload, children=(replace(first, own_words=words), *others))
    with tempfile.TemporaryDirectory() as room:
        write_caseload(told, Path(room) / "caseload")
        read = read_caseload(Path(room) / "caseload", find_in(told), told.crossings, told.adjoining)
    assert fingerprint(read) == fingerprint(told)
    assert read.child(first.ref).own_words == words
    assert {child.ref for child in read.children} == {child.ref for child in told.children}


@given(seed=st.integers(0, 10_000))
@settings(max_examples=60, deadline=None)
def test_every_row_by_itself_is_the_same(seed: int) -> None:
    caseload = random_caseload(seed, children=5, homes=5, wild=0.3)
    find = find_in(caseload)
    for name, (_, kind, _) in FILES.items():
        for row in getattr(caseload, name):
            again = row_of(kind, cells_of(row), find)
            assert cells_of(again) == cells_of(row)
            if isinstance(row, Child | Home):
                assert again.ref == row.ref
