"""Places, distances and times on the real reference data."""

import csv
from pathlib import Path

import numpy as np
import pytest

from matching.domain.places import Place, WaterCrossing
from matching.geo import AuthorityMap, Gazetteer, drive_minutes, miles_between, read_crossings

REFERENCE = Path(__file__).parents[3] / "data" / "reference"
SOUTHAMPTON, HAMPSHIRE, PORTSMOUTH, ISLE_OF_WIGHT = "E06000045", "E10000014", "E06000044", "E06000046"


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def gazetteer() -> Gazetteer:
    return Gazetteer.read(REFERENCE)


@pytest.fixture(scope="module")
def authorities() -> AuthorityMap:
    return AuthorityMap.read(REFERENCE)


def found(gazetteer: Gazetteer, text: str) -> Place:
    place = gazetteer.find(text)
    assert place is not None
    return place


@pytest.mark.parametrize(
    "typed", ["SO14 7LY", "so147ly", " so14  7ly ", "SO14 7", "so147", "SO14 7L", "so147l", "S O14 7LY"]
)
def test_what_people_type_is_cut_to_the_sector(gazetteer: Gazetteer, typed: str) -> None:
    place = found(gazetteer, typed)
    assert (place.postcode, place.precision, place.authority) == ("SO14 7", "sector", SOUTHAMPTON)
    assert abs(place.easting - 441792) < 800
    assert abs(place.northing - 112191) < 800


@pytest.mark.parametrize("typed", ["SO14", "so14 ", "S O14"])
def test_an_outcode_gives_its_middle(gazetteer: Gazetteer, typed: str) -> None:
    assert (found(gazetteer, typed).postcode, found(gazetteer, typed).precision) == ("SO14", "outcode")


@pytest.mark.parametrize("typed", ["", "SO14 9ZZ", "Southampton", "ZZ1 1AA", "BT1 5GS", "1234", "SO", "SO14 7LY 3"])
def test_no_guess_for_what_is_not_an_english_postcode(gazetteer: Gazetteer, typed: str) -> None:
    assert gazetteer.find(typed) is None


@pytest.mark.parametrize(
    ("typed", "sector"),
    [
        ("ec1a1bb", "EC1A 1"),
        ("M11AE", "M1 1"),
        ("w1a 1aa", "W1A 1"),
        ("SW1A2", "SW1A 2"),
        ("PO1 2", "PO1 2"),
        ("po12", "PO12"),
        ("M1 1", "M1 1"),
        ("B338TH", "B33 8"),
    ],
)
def test_every_shape_of_postcode(gazetteer: Gazetteer, typed: str, sector: str) -> None:
    assert found(gazetteer, typed).postcode == sector


def test_a_county_has_its_county_code(gazetteer: Gazetteer) -> None:
    assert found(gazetteer, "SO50 9").authority == HAMPSHIRE  # Eastleigh


def test_a_sector_in_two_authorities_has_none(gazetteer: Gazetteer) -> None:
    straddling = [
        row["sector"] for row in rows(REFERENCE / "postcode_sectors.csv") if float(row["authority_share"]) < 0.9
    ]
    assert straddling
    assert found(gazetteer, straddling[0]).authority is None


def test_all_of_england() -> None:
    table = rows(REFERENCE / "postcode_sectors.csv")
    assert len(table) == 9133
    assert {row["authority"] for row in table} <= set(AuthorityMap.read(REFERENCE).names)


def test_miles_broadcast_and_keep_the_unknown() -> None:
    east, north = np.array([[0.0], [np.nan]]), np.zeros((2, 1))
    miles = miles_between(east, north, np.array([0.0, 16093.44]), np.array([1609.344, 0.0]))
    assert miles[0] == pytest.approx([1, 10])
    assert np.isnan(miles[1]).all()


def test_minutes_rise_without_a_jump() -> None:
    metres = np.linspace(0, 80 * 1609.344 / 1.35, 801)  # a tenth of a mile by road at a time
    steps = np.diff(drive_minutes(metres, np.zeros(801), np.zeros(801), np.zeros(801)))
    assert steps.min() == pytest.approx(0.12)
    assert steps.max() < 0.34
    assert np.isnan(drive_minutes(np.array(np.nan), np.zeros(()), np.zeros(()), np.zeros(())))


def minutes(gazetteer: Gazetteer, start: str, end: str) -> float:
    """Estimate with the largest crossing that applies."""
    one, two = found(gazetteer, start), found(gazetteer, end)
    estimate = drive_minutes(*(np.array(float(at)) for at in (one.easting, one.northing, two.easting, two.northing)))
    added = [crossing.added_minutes for crossing in read_crossings(REFERENCE) if across(crossing, one, two)]
    return float(estimate) + max(added, default=0)


def across(crossing: WaterCrossing, one: Place, two: Place) -> bool:
    def far(place: Place) -> bool:
        return place.district not in crossing.near if crossing.far is None else place.district in crossing.far

    return any(here.district in crossing.near and far(there) for here, there in ((one, two), (two, one)))


@pytest.mark.parametrize(
    ("start", "end", "least", "most"),
    [
        ("SO14 7", "SO23 8", 20, 40),  # Winchester
        ("SO14 7", "PO1 2", 30, 50),  # Portsmouth
        ("SO45 6", "SO14 3", 20, 40),  # Hythe: a mile over the water, round through Totton
        ("PO12 1", "PO1 3", 25, 45),  # Gosport to Portsmouth
        ("PO31 7", "SO14 3", 90, 130),  # Cowes
        ("PO30 1", "PO31 7", 5, 25),  # within the island
    ],
)
def test_minutes_know_the_water(gazetteer: Gazetteer, start: str, end: str, least: float, most: float) -> None:
    assert least < minutes(gazetteer, start, end) < most


def test_crossings_name_real_districts(gazetteer: Gazetteer) -> None:
    named = {district for row in read_crossings(REFERENCE) for district in row.near | (row.far or frozenset())}
    assert named <= set(gazetteer.places)


def test_southampton_adjoins_hampshire_alone(authorities: AuthorityMap) -> None:
    assert {other for code, other in authorities.neighbours if code == SOUTHAMPTON} == {HAMPSHIRE}
    assert authorities.authority_distance(SOUTHAMPTON, SOUTHAMPTON) == "inside"
    assert authorities.authority_distance(SOUTHAMPTON, HAMPSHIRE) == "adjoining"
    assert authorities.authority_distance(SOUTHAMPTON, PORTSMOUTH) == "distant"
    assert authorities.authority_distance(SOUTHAMPTON, None) is None
    assert authorities.authority_distance(SOUTHAMPTON, "W06000015") is None


def test_neighbours_go_both_ways_and_islands_have_none(authorities: AuthorityMap) -> None:
    assert {(other, code) for code, other in authorities.neighbours} == authorities.neighbours
    assert set(authorities.names) - {code for code, _ in authorities.neighbours} == {ISLE_OF_WIGHT, "E06000053"}


@pytest.mark.parametrize(
    ("code", "others"),
    [
        ("E06000044", "Hampshire"),
        ("E06000017", "Leicestershire; Lincolnshire; North Northamptonshire; Peterborough"),
        ("E06000009", "Lancashire"),
        ("E06000016", "Leicestershire"),
        (
            HAMPSHIRE,
            "Southampton; Portsmouth; Dorset; Wiltshire; West Berkshire; Wokingham; Bracknell Forest; Surrey; "
            "West Sussex; Bournemouth, Christchurch and Poole",
        ),
        (
            "E06000060",
            "West Northamptonshire; Milton Keynes; Central Bedfordshire; Hertfordshire; Hillingdon; Slough; "
            "Windsor and Maidenhead; Wokingham; Oxfordshire",
        ),
    ],
)
def test_neighbours_of_some(authorities: AuthorityMap, code: str, others: str) -> None:
    assert {authorities.names[other] for own, other in authorities.neighbours if own == code} == set(others.split("; "))


def test_a_later_code_is_the_same_authority(authorities: AuthorityMap) -> None:
    assert authorities.authority_distance("E08000039", "E08000019") == "inside"
    assert authorities.name("E08000038") == "Barnsley"


def test_the_area_of_southampton() -> None:
    table = rows(REFERENCE / "southampton_area.csv")
    city = [row for row in table if row["district"] == SOUTHAMPTON]
    assert sum(float(row["children_0_17"] or 0) for row in city) == pytest.approx(51806, rel=0.02)
    assert min(int(row["postcodes"]) for row in table) >= 20
    assert max(float(row["miles_from_civic_centre"]) for row in table) < 25


def test_every_parameter_has_a_number_and_a_kind() -> None:
    table = rows(REFERENCE / "parameters.csv")
    assert len({row["name"] for row in table}) == len(table)
    assert {row["kind"] for row in table} == {"published", "derived", "assumption"}
    assert all(float(row["value"]) >= 0 and row["source"] for row in table)
