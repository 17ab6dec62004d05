"""The checker's reading of settings by date, and of journeys: given, estimated, and across water."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from matching.checker import read_pair
from matching.checker.setting_checks import METRES_PER_MILE, ROAD_TO_LINE, road_minutes
from matching.domain import ApprovalStatus, HomeKind, Place, Travel, Verdict, WaterCrossing
from tests.lib.builders import CIVIC_CENTRE, a_caseload, a_child, a_home, fostering

SETTINGS = fostering().settings
NO, ASK, YES = Verdict.NOT_MET, Verdict.NOT_KNOWN, Verdict.MET
LODGINGS, CHILDRENS_HOME = HomeKind.SUPPORTED_LODGINGS, HomeKind.RESIDENTIAL
LAST_DAY_BEFORE, FIRST_DAY = date(2023, 10, 27), date(2023, 10, 28)


@pytest.mark.parametrize(
    ("kind", "day", "expected"),
    [
        (LODGINGS, LAST_DAY_BEFORE, YES),
        (LODGINGS, FIRST_DAY, NO),
        (CHILDRENS_HOME, LAST_DAY_BEFORE, NO),
        (CHILDRENS_HOME, FIRST_DAY, NO),
    ],
)
def test_supported_settings_register_from_the_day_the_regulations_began(
    kind: HomeKind, day: date, expected: Verdict
) -> None:
    """On 28 October 2023; children's homes had to before."""
    caseload = replace(a_caseload(a_child(age=17), a_home(kind=kind, registered=False)), as_of=day)
    assert read_pair(caseload, SETTINGS, "C1", "H1")["registered-setting"] is expected


@pytest.mark.parametrize(
    ("child", "home", "expected"),
    [
        ({}, {"authority": None}, YES),
        ({}, {"authority": None, "place": None}, ASK),
        ({}, {"authority": "E06000059"}, ASK),
        ({}, {"authority": "E06000059", "approved_by": "E06000045"}, YES),
        ({}, {"authority": "E06000059", "approved_by": "E06000045", "status": ApprovalStatus.TEMPORARY_CONNECTED}, NO),
        ({}, {"authority": "E06000059", "approved_by": "E06000045", "status": None}, ASK),
        ({"authority": None}, {"approved_by": "E06000045"}, ASK),
        ({"authority": None}, {"authority": None, "place": None}, ASK),
    ],
)
def test_whether_a_home_is_distant(child: dict[str, Any], home: dict[str, Any], expected: Verdict) -> None:
    """Beyond the authorities next door, only a carer fully approved by the child's own is no distant one."""
    caseload = a_caseload(a_child(**child), a_home(**home))
    assert read_pair(caseload, SETTINGS, "C1", "H1")["not-distant"] is expected


def east(road_miles: float) -> Place:
    """A place so many road miles east of the Civic Centre, on land."""
    return replace(CIVIC_CENTRE, easting=CIVIC_CENTRE.easting + road_miles / ROAD_TO_LINE * METRES_PER_MILE)


@pytest.mark.parametrize(("miles", "minutes"), [(0, 0), (3, 10), (10, 10 + 15), (25, 25 + 22.5), (75, 47.5 + 60)])
def test_minutes_by_road(miles: float, minutes: float) -> None:
    """Slow in town, faster the further it goes: 18, 28, 40 and 50 miles an hour."""
    assert road_minutes(a_caseload(), CIVIC_CENTRE, east(miles)) == pytest.approx(minutes)


WIGHT = Place(postcode="PO30 1", easting=450000, northing=89000, authority="E06000046")
HYTHE = Place(postcode="SO45 6", easting=442400, northing=107600, authority="E10000014")
RYDE = Place(postcode="PO33 2", easting=459000, northing=92500, authority="E06000046")
ISLAND = WaterCrossing(near=frozenset({"PO30", "PO33"}), far=None, added_minutes=60)
WATERSIDE = WaterCrossing(near=frozenset({"SO45"}), far=frozenset({"SO14"}), added_minutes=20)


@pytest.mark.parametrize(
    ("one", "other", "added"),
    [
        (CIVIC_CENTRE, WIGHT, 60),
        (WIGHT, RYDE, 0),
        (CIVIC_CENTRE, HYTHE, 20),
        (CIVIC_CENTRE, CIVIC_CENTRE, 0),
        (HYTHE, HYTHE, 0),
        (HYTHE, WIGHT, 60),
    ],
)
def test_water_between_two_places_takes_longer(one: Place, other: Place, added: float) -> None:
    """An island is far from everywhere else; over an estuary two districts are far from each other alone."""
    bridged, dry = a_caseload(crossings=(ISLAND, WATERSIDE)), a_caseload()
    for there, back in ((one, other), (other, one)):
        assert road_minutes(bridged, there, back) - road_minutes(dry, there, back) == pytest.approx(added)


def test_the_longest_of_two_crossings_counts_once() -> None:
    ferry_and_ford = (replace(ISLAND, added_minutes=45), ISLAND)
    both = road_minutes(a_caseload(crossings=ferry_and_ford), CIVIC_CENTRE, WIGHT)
    assert both == road_minutes(a_caseload(crossings=(ISLAND,)), CIVIC_CENTRE, WIGHT)


def school(minutes: float | None, longest: float = 60, **home: Any) -> Verdict:
    """The verdict on C1 in year 11 and H1; other journeys, all of five hours, are given first."""
    others = [
        Travel(child="C2", home="H1", minutes_to_school=300),
        Travel(child="C1", home="H2", minutes_to_school=300),
    ]
    given = (*others, Travel(child="C1", home="H1", minutes_to_school=minutes))
    pupil = a_child(age=15, school_year=11, school_place=CIVIC_CENTRE)
    caseload = a_caseload(pupil, a_child("C2"), a_home(**home), a_home("H2"), travel=given)
    settings = {"key-stage-4-school": {**SETTINGS["key-stage-4-school"], "longest": longest}}
    return read_pair(caseload, settings, "C1", "H1")["key-stage-4-school"]


def test_a_journey_to_school_that_was_looked_up_is_taken_as_it_is() -> None:
    assert school(60) is YES
    assert school(61) is NO
    assert school(61, place=CIVIC_CENTRE) is NO
    assert school(59, place=east(300)) is YES


def test_an_estimated_journey_decides_only_where_it_is_clear() -> None:
    """Half as much again still within the limit, or two thirds of it beyond; the limits themselves are within."""
    estimate = road_minutes(a_caseload(), CIVIC_CENTRE, east(10))
    assert school(None, longest=estimate * 1.5, place=east(10)) is YES
    assert school(None, longest=estimate, place=east(10)) is ASK
    assert school(None, longest=estimate / 1.5, place=east(10)) is ASK
    assert school(None, longest=estimate / 1.6, place=east(10)) is NO
    assert school(None, place=None) is ASK
