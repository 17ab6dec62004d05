"""The invented city: the same from the same seed, on real places, close to the published shares, and lawful."""

from collections import Counter
from pathlib import Path

import pytest

from matching.checker import read_pair, read_set
from matching.domain import CareType, Caseload, HomeKind, PlaceState, Verdict
from matching.io.caseload_csv import fingerprint
from matching.pairs import Register
from matching.planning import propose_plan
from matching.synthetic import sample_caseload, sample_city
from tests.lib.builders import fostering

REFERENCE = Path(__file__).resolve().parents[3] / "data" / "reference"


@pytest.fixture(scope="module")
def city() -> Caseload:
    return sample_caseload(REFERENCE, children=40, homes=270, seed=1)


@pytest.fixture(scope="module")
def large() -> Caseload:
    return sample_caseload(REFERENCE, children=400, homes=2000, seed=2)


def test_the_same_seed_makes_the_same_city_and_another_seed_another(city: Caseload) -> None:
    again = sample_caseload(REFERENCE, children=40, homes=270, seed=1)
    other = sample_caseload(REFERENCE, children=40, homes=270, seed=2)
    assert fingerprint(again) == fingerprint(city)
    assert fingerprint(other) != fingerprint(city)


def test_it_is_as_large_as_asked_for(city: Caseload) -> None:
    assert len(city.seeking) == 40
    assert len(city.homes) == 270
    assert 370 <= len(city.lives_in) <= 430


def test_everybody_lives_at_a_real_postcode_area(city: Caseload) -> None:
    known = (REFERENCE / "postcode_sectors.csv").read_text(encoding="utf-8")
    for home in city.homes:
        assert home.place is not None
        assert home.place.postcode in known


def test_siblings_come_in_the_published_sizes(large: Caseload) -> None:
    """Sibling groups among children in care: a little under half have a brother or sister in care too."""
    in_group = sum(len(group.children) for group in large.groups if len(group.children) + len(group.settled) > 1)
    assert 0.2 < in_group / 400 < 0.6
    sizes = Counter(len(group.children) for group in large.groups)
    assert sizes[2] > sizes[3] > sizes[4]


def test_most_homes_are_fostering_households_and_some_places_stand_empty(large: Caseload) -> None:
    kinds = Counter(home.kind for home in large.homes)
    assert kinds[HomeKind.FOSTER] > 0.7 * len(large.homes)
    states = Counter(home.place_state for home in large.homes)
    assert min(states[state] for state in PlaceState) > 0


def test_children_who_live_in_a_home_live_there_lawfully(city: Caseload) -> None:
    """Only the terms are read: a waiting child's wishes do not bind where another child lives already."""
    settings = {code: told for code, told in fostering().settings.items() if code in ("approved-sex",)}
    register = Register(city)
    for household in register.homes.items:
        for child in household.residents:
            verdicts = read_pair(city, settings, child.ref, household.home.ref)
            assert Verdict.NOT_MET not in verdicts.values(), (child.ref, household.home.ref)


def test_every_situation_that_the_demonstration_promises_occurs(city: Caseload) -> None:
    plan = propose_plan(city, fostering())
    assert plan.placements
    assert plan.unplaced
    assert any(group.as_planned for group in plan.sibling_groups)
    assert any(placed.not_known for placed in plan.placements)
    home = plan.placements[0].home
    together = [placed.child for placed in plan.placements if placed.home == home]
    assert set(read_set(city, fostering().settings, home, together).values()) == {Verdict.MET}


@pytest.fixture(scope="module")
def whole() -> Caseload:
    return sample_city(REFERENCE, children=40, homes=270, seed=1)


def test_the_whole_city_keeps_everybody_of_the_caseload(city: Caseload, whole: Caseload) -> None:
    asking = {child.ref for child in whole.seeking if child.move_requested}
    assert {child.ref for child in whole.seeking if not (child.by_nights or child.move_requested)} == {
        child.ref for child in city.seeking
    }
    assert [c for c in city.children if c.ref not in asking] == [
        c for c in whole.children if not (c.ref in asking or c.by_nights)
    ]
    assert len(whole.homes) == len(city.homes)
    assert whole.lives_in == city.lives_in
    assert fingerprint(whole) == fingerprint(sample_city(REFERENCE, children=40, homes=270, seed=1))


def test_a_few_ask_to_move_and_a_few_for_weekends(whole: Caseload) -> None:
    moving = [child for child in whole.seeking if child.move_requested]
    kinds = Counter(whole.home_by_ref[whole.lives_in[child.ref]].kind for child in moving)
    assert kinds == {HomeKind.RESIDENTIAL: 2, HomeKind.FOSTER: 4}
    assert (
        sum(child.care_type is CareType.LONG_TERM and "for long" in str(child.move_requested) for child in moving) == 2
    )
    weekends = [child for child in whole.seeking if child.by_nights]
    assert len(weekends) == 4
    assert all(stay.nights == 2 and stay.first > whole.as_of for child in weekends for stay in child.nights or ())
    assert sum(bool(whole.bookings_of.get(child.ref)) for child in weekends) == 2


def test_a_plan_of_the_whole_city_moves_some_and_finds_weekends(whole: Caseload) -> None:
    plan = propose_plan(whole, fostering())
    placed = {placement.child for placement in plan.placements}
    assert plan.checked is not None
    assert plan.checked.sound
    assert {child.ref for child in whole.seeking if child.move_requested} & placed
    assert {child.ref for child in whole.seeking if child.by_nights} & placed
    assert any(child.stays_at for child in plan.unplaced)


def test_a_city_where_nobody_waits_asks_for_nothing() -> None:
    assert sample_city(REFERENCE, children=0, homes=40, seed=1).seeking == ()
