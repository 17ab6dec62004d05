"""Who is booked for a night lives there for that night: which room they have, and what is left."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from matching.checker import check_plan, read_pair, read_set
from matching.checker.home_checks import share_a_night
from matching.checker.night_checks import _evening, on_each_night
from matching.domain import Bedroom, Booking, CareType, Child, Consideration, Home, Stay, Verdict
from tests.lib.builders import TODAY, a_caseload, a_child, a_home, fostering

SETTINGS = fostering().settings
NO, YES = Verdict.NOT_MET, Verdict.MET

ROOMS = (Bedroom(0, ()), Bedroom(3, ()), Bedroom(1, ()), Bedroom(1, ("R1",)), Bedroom(1, (), with_carers=True))


def test_who_is_booked_has_the_smallest_free_room_that_is_not_the_carers() -> None:
    home = a_home("H1", places_free=2, bedrooms=ROOMS)
    caseload = a_caseload(a_child("V1"), a_child("V2"), a_child("V3"), home)
    one = _evening(caseload, home, ["V1"]).home("H1")
    assert one.bedrooms is not None
    assert [room.occupants for room in one.bedrooms] == [(), (), ("V1",), ("R1",), ()]
    assert one.places_free == 1
    three = _evening(caseload, home, ["V1", "V2", "V3"]).home("H1")
    assert three.bedrooms is not None
    assert [room.occupants for room in three.bedrooms] == [(), ("V2",), ("V1",), ("R1",), ()]
    assert three.places_free == 0


def test_rooms_and_places_that_are_not_known_stay_so() -> None:
    home = replace(a_home("H1"), bedrooms=None, places_free=None)
    evening = _evening(a_caseload(a_child("V1"), home), home, ["V1"]).home("H1")
    assert evening.bedrooms is None
    assert evening.places_free is None


def a_visitor(ref: str, *stays: str, **facts: Any) -> Child:
    """A child who asks for a short break on these nights; none told means that nobody knows which."""
    asked = tuple(Stay.read(text) for text in stays) or None
    return a_child(ref, care_type=CareType.SHORT_BREAK, stays=asked, **facts)


def booked(child: str, home: str, nights: str) -> Booking:
    stay = Stay.read(nights)
    return Booking(child=child, home=home, first_night=stay.first, last_night=stay.last)


FRIDAY, SATURDAY, SUNDAY = "2026-12-04", "2026-12-05", "2026-12-06"
WEEKEND, NEXT_WEEKEND = f"{FRIDAY} to {SUNDAY}", "2026-12-11 to 2026-12-13"


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ((WEEKEND,), (f"{SUNDAY} to 2026-12-08",), True),
        ((WEEKEND,), ("2026-12-07",), False),
        ((WEEKEND, NEXT_WEEKEND), ("2026-12-12",), True),
        ((WEEKEND, NEXT_WEEKEND), ("2026-12-08",), False),
    ],
)
def test_who_meets_on_some_night(one: tuple[str, ...], other: tuple[str, ...], expected: bool) -> None:
    """The last night of one may be the first of the other; who needs every night meets everybody."""
    assert share_a_night(a_visitor("V1", *one), a_visitor("V2", *other)) is expected
    assert share_a_night(a_visitor("V1", *other), a_visitor("V2", *one)) is expected
    for who in (one, other):
        assert share_a_night(a_visitor("V1", *who), a_child())
        assert share_a_night(a_child(), a_visitor("V1", *who))


def test_an_only_child_may_come_on_nights_on_which_the_other_does_not() -> None:
    alone = a_visitor("V1", FRIDAY, considerations=frozenset({Consideration.read("only-child")}))
    for nights, sound in ((SATURDAY, True), (WEEKEND, False)):
        caseload = a_caseload(alone, a_visitor("V2", nights), a_home())
        assert check_plan(caseload, [("V1", "H1"), ("V2", "H1")], SETTINGS).sound is sound


ONE_PLACE, TWO_PLACES = a_home(places_free=1), a_home(places_free=2)


@pytest.mark.parametrize(
    ("home", "newcomers", "expected"),
    [
        (ONE_PLACE, [a_visitor("V1", FRIDAY), a_visitor("V2", SATURDAY)], YES),
        (ONE_PLACE, [a_visitor("V1", WEEKEND), a_visitor("V2", SATURDAY)], NO),
        (TWO_PLACES, [a_child(), a_visitor("V1", FRIDAY), a_visitor("V2", SATURDAY)], YES),
        (ONE_PLACE, [a_child(), a_visitor("V1", FRIDAY)], NO),
        (ONE_PLACE, [a_visitor("V1"), a_visitor("V2", SATURDAY)], YES),
        (a_home(places_free=0), [a_visitor("V1", WEEKEND, NEXT_WEEKEND)], NO),
        (a_home(places_free=0), [a_visitor("V1")], YES),
    ],
)
def test_a_place_is_counted_night_by_night(home: Home, newcomers: list[Child], expected: Verdict) -> None:
    """Nights that are not told take no place; that they are not known is read under a rule of its own."""
    read = read_set(a_caseload(*newcomers, home), SETTINGS, "H1", [child.ref for child in newcomers])
    assert read["usable-place"] is expected


def test_a_visit_takes_a_room_of_its_own_home_while_it_lasts() -> None:
    rooms = {"bedrooms": (Bedroom(1),)}
    for home, nights, expected in (("H1", WEEKEND, NO), ("H2", WEEKEND, YES), ("H1", "2026-11-20", YES)):
        people = [a_child(), a_child("V1", care_type=CareType.SHORT_BREAK, stays=())]
        caseload = a_caseload(*people, a_home(**rooms), a_home("H2"), bookings=(booked("V1", home, nights),))
        assert read_set(caseload, SETTINGS, "H1", ("C1",))["own-bedroom"] is expected


def test_a_visit_that_is_over_makes_no_evening_of_its_own() -> None:
    """Only nights on which somebody comes, or on which somebody is booked, are read."""
    yesterday = (TODAY - timedelta(days=1)).isoformat()
    newcomers = [a_child(), a_visitor("V1", FRIDAY)]
    past = a_child("V2", care_type=CareType.SHORT_BREAK, stays=())
    for nights, evenings in ((yesterday, ["C1 V1"]), (TODAY.isoformat(), ["C1", "C1 V1"])):
        caseload = a_caseload(*newcomers, past, a_home(), bookings=(booked("V2", "H1", nights),))
        read = on_each_night(caseload, caseload.home("H1"), newcomers)
        assert [" ".join(child.ref for child in there) for _, _, there in read] == evenings


def test_a_foster_child_on_respite_lives_with_others_for_those_nights() -> None:
    people = [a_child(), a_child("V1", care_type=CareType.RESPITE, stays=())]
    homes = [a_home(places_free=1), a_home("H2")]
    caseload = a_caseload(*people, *homes, lives={"V1": "H2"}, bookings=(booked("V1", "H1", WEEKEND),))
    assert read_set(caseload, SETTINGS, "H1", ("C1",))["usable-place"] is NO


def test_the_bookings_of_another_child_take_none_of_the_nights() -> None:
    for child, expected in (("V1", NO), ("V2", YES)):
        visitors = [a_visitor("V1", FRIDAY), a_visitor("V2", NEXT_WEEKEND)]
        caseload = a_caseload(*visitors, a_home(), bookings=(booked(child, "H1", WEEKEND),))
        assert read_pair(caseload, SETTINGS, "V1", "H1")["nights-asked"] is expected
