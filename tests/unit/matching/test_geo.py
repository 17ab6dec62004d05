"""Places, distances and times on the real reference data."""

from pathlib import Path

import numpy as np
import pytest

from matching.domain.places import Place
from matching.geo import AuthorityMap, Gazetteer, WaterCrossings, miles_between, road_minutes, rows

REFERENCE = Path(__file__).parents[3] / "data" / "reference"
SOUTHAMPTON, HAMPSHIRE, PORTSMOUTH, ISLE_OF_WIGHT = "E06000045", "E10000014", "E06000044", "E06000046"


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
    assert miles_between(place.easting, place.northing, 441792, 112191) < 0.5


@pytest.mark.parametrize("typed", ["SO14", "so14 ", "SO14 9ZZ"])
def test_an_outcode_or_a_sector_not_known_gives_the_outcode(gazetteer: Gazetteer, typed: str) -> None:
    assert (found(gazetteer, typed).postcode, found(gazetteer, typed).precision) == ("SO14", "outcode")


@pytest.mark.parametrize("typed", ["", "Southampton", "ZZ1 1AA", "BT1 5GS", "1234", "SO", "SO14 7LY 3"])
def test_no_guess_for_what_is_not_an_english_postcode(gazetteer: Gazetteer, typed: str) -> None:
    assert gazetteer.find(typed) is None


@pytest.mark.parametrize(
    ("typed", "sector"),
    [("ec1a1bb", "EC1A 1"), ("M11AE", "M1 1"), ("w1a 1aa", "W1A 1"), ("SW1A2", "SW1A 2"), ("B338TH", "B33 8")],
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
    miles = miles_between([[0.0], [np.nan]], [[0.0], [0.0]], [0, 16093.44], [1609.344, 0])
    assert miles[0] == pytest.approx([1, 10])
    assert np.isnan(miles[1]).all()


def test_minutes_rise_without_a_jump() -> None:
    assert road_minutes([0, 3, 10, 25, 75]) == pytest.approx([0, 9, 24, 46.5, 106.5])
    assert np.isnan(road_minutes(np.nan))
    assert np.diff(road_minutes(np.linspace(0, 80, 801))).max() < 0.31


def minutes(gazetteer: Gazetteer, start: str, end: str) -> float:
    points = gazetteer.points([found(gazetteer, start), found(gazetteer, end)])
    return float(gazetteer.drive_minutes(points.down(), points)[0, 1])


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
    assert minutes(gazetteer, start, end) == minutes(gazetteer, end, start)


def test_an_unknown_place_has_no_minutes(gazetteer: Gazetteer) -> None:
    points = gazetteer.points([None, found(gazetteer, "SO14")])
    assert np.isnan(gazetteer.drive_minutes(points.down(), points)).tolist() == [[True, True], [True, False]]


def test_a_crossing_of_an_outcode_covers_its_sectors() -> None:
    crossings = WaterCrossings.read(REFERENCE)
    fawley = crossings.zone("SO45 1")
    assert crossings.minutes(
        fawley, [crossings.zone(area) for area in ("SO31 4", "SO31 8", "SO31", "SO40 4", "SO40 3")]
    ).tolist() == [
        20,
        20,
        20,
        0,
        0,
    ]


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
        (HAMPSHIRE, {"Southampton", "Portsmouth", "Dorset", "Wiltshire", "West Berkshire", "Wokingham", "Bracknell Forest", "Surrey", "West Sussex", "Bournemouth, Christchurch and Poole"}),
        ("E06000017", {"Leicestershire", "Lincolnshire", "North Northamptonshire", "Peterborough"}),
        ("E06000009", {"Lancashire"}),
        ("E06000016", {"Leicestershire"}),
        ("E06000060", {"West Northamptonshire", "Milton Keynes", "Central Bedfordshire", "Hertfordshire", "Hillingdon", "Slough", "Windsor and Maidenhead", "Wokingham", "Oxfordshire"}),
    ],
)  # fmt: skip
def test_neighbours_of_some(authorities: AuthorityMap, code: str, others: set[str]) -> None:
    assert {authorities.names[other] for own, other in authorities.neighbours if own == code} == others


def test_a_later_code_is_the_same_authority(authorities: AuthorityMap) -> None:
    assert authorities.authority_distance("E08000039", "E08000019") == "inside"
    assert authorities.name("E08000038") == "Barnsley"


def test_the_area_of_southampton() -> None:
    table = rows(REFERENCE / "southampton_area.csv")
    city = [row for row in table if row["district"] == SOUTHAMPTON]
    assert sum(float(row["children_0_17"] or 0) for row in city) == pytest.approx(51806, rel=0.02)
    assert min(int(row["postcodes"]) for row in table) >= 5
    assert max(float(row["miles_from_civic_centre"]) for row in table) < 25


def test_every_parameter_has_a_number_and_a_kind() -> None:
    table = rows(REFERENCE / "parameters.csv")
    assert len({row["name"] for row in table}) == len(table)
    assert {row["kind"] for row in table} == {"published", "derived", "assumption"}
    assert all(float(row["value"]) >= 0 and row["source"] for row in table)
