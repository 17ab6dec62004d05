"""Codes of authorities through their changes, and the four ways in which one place lies to another."""

from datetime import date
from pathlib import Path

import pytest

from matching.errors import UnknownReference
from matching.places import AuthorityCodes, PostcodeBook, relation

REFERENCE = Path(__file__).parents[4] / "data" / "reference"
SOUTHAMPTON, HAMPSHIRE, BCP = "E06000045", "E10000014", "E06000058"


@pytest.fixture(scope="module")
def codes() -> AuthorityCodes:
    return AuthorityCodes.read(REFERENCE)


@pytest.fixture(scope="module")
def book() -> PostcodeBook:
    return PostcodeBook.read(REFERENCE)


@pytest.mark.parametrize(
    ("code", "day", "then"),
    [
        ("E06000028", date(2018, 3, 31), ("E06000028",)),
        ("E06000028", date(2019, 4, 1), (BCP,)),
        ("E10000021", date(2021, 4, 1), ("E06000061", "E06000062")),
        ("E06000061", date(2020, 3, 31), ("E10000021",)),
        ("E08000016", date(2025, 3, 31), ("E08000016",)),
        ("E08000016", date(2025, 4, 1), ("E08000038",)),
        (SOUTHAMPTON, date(2030, 1, 1), (SOUTHAMPTON,)),
    ],
)
def test_codes_are_those_of_the_day(codes: AuthorityCodes, code: str, day: date, then: tuple[str, ...]) -> None:
    assert codes.on(code, day) == then


@pytest.mark.parametrize(
    ("of", "to", "distance"),
    [
        (SOUTHAMPTON, SOUTHAMPTON, "inside"),
        (SOUTHAMPTON, HAMPSHIRE, "adjoining"),
        (SOUTHAMPTON, "E06000044", "distant"),  # Portsmouth: near, but Hampshire lies between
        ("E08000039", "E08000019", "inside"),  # Sheffield before and after
        ("E06000028", BCP, "inside"),  # Bournemouth, now part of it
        ("E10000021", "E06000061", None),  # Northamptonshire was split: the code alone can not tell
        (None, SOUTHAMPTON, None),
        ("E99999999", SOUTHAMPTON, None),
    ],
)
def test_inside_adjoining_distant_by_code(codes: AuthorityCodes, of: str | None, to: str, distance: str | None) -> None:
    assert codes.distance(of, to) == distance


@pytest.mark.parametrize("text", ["E06000045", "e06000045", "southampton", " Southampton "])
def test_an_authority_by_code_or_name(codes: AuthorityCodes, text: str) -> None:
    assert codes.named(text) == SOUTHAMPTON


def test_an_unknown_authority_is_named_with_a_way_out(codes: AuthorityCodes) -> None:
    with pytest.raises(UnknownReference, match="Maybe Southampton"):
        codes.named("Southamton")
    with pytest.raises(UnknownReference, match="Codes are such as"):
        codes.named("Atlantis")


@pytest.mark.parametrize(
    ("home", "placement", "authority", "over"),
    [
        ("SO14 7LY", "SO17 1BJ", "inside", False),
        ("SO14 7LY", "SO45 6AU", "adjoining", False),
        ("SO14 7LY", "PO1 2AB", "distant", False),  # sixteen miles: distant by code and still within 20 miles
        ("SO14 7LY", "RG21 4AF", "adjoining", True),  # Basingstoke: over 20 miles and still adjoining
        ("SO14 7LY", "RG21", "adjoining", None),  # a partial postcode settles no flag
        ("SO14 7", "SO14 7LY", "inside", None),
        ("SO14 7LY", "EH1 1YZ", None, None),
        ("SO14 7LY", "BT1 5GS", None, None),
    ],
)
def test_four_things_are_four_things(
    book: PostcodeBook, home: str, placement: str, authority: str | None, over: bool | None
) -> None:
    lies = relation(book.look_up(home), book.look_up(placement), book.authorities)
    assert (lies.authority, lies.over_20_miles) == (authority, over)
    if over is None and lies.miles is not None:
        assert "only full postcodes tell" in str(lies.sentences[1])


def test_the_authority_that_looks_after_the_child_decides(book: PostcodeBook) -> None:
    home, placement = book.look_up("SO50 9AA"), book.look_up("SO14 7LY")
    assert relation(home, placement, book.authorities).authority == "adjoining"
    assert relation(home, placement, book.authorities, responsible=SOUTHAMPTON).authority == "inside"


def test_miles_are_on_the_grid_and_zero_is_no_proof(book: PostcodeBook) -> None:
    civic, large_user = book.look_up("SO14 7LY"), book.look_up("SO18 9SY")
    assert relation(civic, large_user, book.authorities).miles == 0.0
    hythe = relation(book.look_up("SO45 6AU"), book.look_up("SO14 3GG"), book.authorities)
    assert hythe.miles == pytest.approx(1.7 / 1.609344, abs=0.05)  # 1.7 km over the water, measured on a map
