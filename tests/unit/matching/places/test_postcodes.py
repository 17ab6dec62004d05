"""Postcode to place by the ladder, on the shipped edition of every English postcode."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.places import PostcodeBook, Precision
from matching.places.spelling import key_of, keys_of, sectors_of, spelling, together

REFERENCE = Path(__file__).parents[4] / "data" / "reference"
SOUTHAMPTON, HAMPSHIRE, BARNSLEY = "E06000045", "E10000014", "E08000016"


@pytest.fixture(scope="module")
def book() -> PostcodeBook:
    return PostcodeBook.read(REFERENCE)


@pytest.mark.parametrize("typed", ["SO14 7LY", "so147ly", "  so14   7ly ", "S O14 7LY"])
def test_a_live_postcode_has_its_own_grid_reference_authority_and_ward(book: PostcodeBook, typed: str) -> None:
    found = book.look_up(typed)
    assert (found.postcode, found.precision) == ("SO14 7LY", Precision.UNIT)
    assert (found.easting, found.northing) == (441792, 112191)
    assert (found.authority, book.ward_name(found.ward)) == (SOUTHAMPTON, "Bargate")
    assert str(found.sentence) == "SO14 7LY is in Bargate ward, Southampton."
    assert "May 2025" in found.edition


@pytest.mark.parametrize(
    ("typed", "precision", "postcode", "authority", "words"),
    [
        ("SO45 6AU", "unit", "SO45 6AU", HAMPSHIRE, "in Hythe Central ward, Hampshire"),
        ("PO30 1AA", "terminated unit", "PO30 1AA", "E06000046", "not on the list of live postcodes"),
        ("SO14 7ZZ", "sector", "SO14 7", SOUTHAMPTON, "not in the list of postcodes. Only the middle of its sector"),
        ("SO14 7CV", "sector", "SO14 7", SOUTHAMPTON, "no postcode has C, I, K, M, O or V"),
        ("SO14 7", "sector", "SO14 7", SOUTHAMPTON, "a postcode sector in Southampton"),
        ("PO1 2", "sector", "PO1 2", "E06000044", "a postcode sector in Portsmouth"),
        ("PO12", "outcode", "PO12", HAMPSHIRE, "a postcode district in Hampshire"),
        ("SO41 7LY", "outcode", "SO41", HAMPSHIRE, "Only the middle of its district, SO41"),
        ("EH1 1YZ", "outcode", "EH1", None, "is in Scotland; our list is of England"),
        ("CF10 1AA", "outcode", "CF10", None, "is in Wales"),
        ("BT1 5GS", "unknown", "BT1 5GS", None, "is in Northern Ireland"),
        ("GY1 1AA", "unknown", "GY1 1AA", None, "is in Guernsey"),
        ("ZZ9 9ZZ", "unknown", None, None, "Check the spelling"),
        ("hello", "unknown", None, None, "is not a postcode"),
        ("", "unknown", None, None, "An empty cell is not a postcode"),
    ],
)
def test_the_ladder(
    book: PostcodeBook, typed: str, precision: str, postcode: str | None, authority: str | None, words: str
) -> None:
    found = book.look_up(typed)
    assert (found.precision.value, found.postcode, found.authority) == (precision, postcode, authority)
    assert words in str(found.sentence)
    assert found.known == (found.precision is not Precision.UNKNOWN)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("S014 7LY", "SO14 7LY"), ("SO147YL", "SO14 7LY"), ("SO14 77LY", "SO14 7LY"), ("SO41 7LY", "SO14 7LY")],
)
def test_a_slip_is_named_and_never_corrected(book: PostcodeBook, typed: str, meant: str) -> None:
    found = book.look_up(typed)
    assert meant in found.suggestions
    assert meant in str(found.sentence)
    assert not found.precision.exact


def test_an_address_in_the_wrong_cell_is_not_repeated(book: PostcodeBook) -> None:
    assert "Acacia" not in str(book.look_up("12 Acacia Avenue, Southampton").sentence)


def test_a_live_postcode_with_no_exact_position_keeps_its_authority(book: PostcodeBook) -> None:
    edition = book.edition
    rough = np.flatnonzero((edition.easting == 0) & (edition.authority != 0))[0]
    unit = next(
        f"{sector}{pair}"
        for sector in sectors_of(edition.keys[[rough]])
        for pair in PAIRS
        if edition.row(f"{sector}{pair}") == rough
    )
    found = book.look_up(unit)
    assert found.precision in (Precision.SECTOR, Precision.OUTCODE)
    assert found.authority == edition.authorities[edition.authority[rough]]
    assert "no exact position" in str(found.sentence)


PAIRS = [a + b for a in "ABCDEFGHIJKLMNOPQRSTUVWXYZ" for b in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"]


def test_all_of_england_is_there(book: PostcodeBook) -> None:
    assert int((book.edition.state == 0).sum()) == 1_489_907
    assert len(book.edition) == 2_265_675
    assert set(book.edition.authorities[1:]) == set(book.authorities.listed.names)


@given(st.from_regex(r"[A-Z]{1,2}[0-9][A-Z0-9]? [0-9][A-Z]{2}", fullmatch=True))
def test_keys_sort_and_sectors_come_back(unit: str) -> None:
    written = spelling(unit)
    assert written is not None
    assert written.unit == unit
    assert int(keys_of([unit])[0]) == key_of(unit)
    assert sectors_of(keys_of([unit])) == [written.sector]


@given(st.text(max_size=20))
def test_any_text_gets_an_answer(text: str) -> None:
    found = spelling(text)
    assert found is None or found.written.replace(" ", "") == "".join(text.upper().split())


@pytest.mark.parametrize(
    ("words", "postcodes"),
    [
        (["SO14", "7LY", "PO12"], ["SO14 7LY", "PO12"]),
        (["po1", "2", "SO14 7LY"], ["po1 2", "SO14 7LY"]),
        (["SO14", "PO12", "7LY", "7LY"], ["SO14", "PO12 7LY", "7LY"]),
    ],
)
def test_postcodes_need_no_quotes(words: list[str], postcodes: list[str]) -> None:
    assert together(words) == postcodes
