"""Who is booked for a night lives there for that night: which room they have, and what is left."""

from dataclasses import replace

from matching.checker.night_checks import _evening
from matching.domain import Bedroom
from tests.lib.builders import a_caseload, a_child, a_home

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
