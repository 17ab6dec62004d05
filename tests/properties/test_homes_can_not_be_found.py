"""A scripted attacker with two hundred referrals, the order of homes, the map and the exports finds cells, not homes."""

import random
from collections import defaultdict
from dataclasses import replace
from functools import cache, lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.optimize import least_squares

from matching.domain import Caseload, Place, Tie
from matching.geo import METRES_PER_MILE, read_crossings
from matching.io.caseload_csv import write_caseload
from matching.journeys import Estimate, journeys_of
from matching.pairs import Register
from matching.pairs.travel import family_home, miles_to_family_home, minutes_to
from matching.places import CellMap, PostcodeBook, draw_cells, middles_of, protect, true_places
from matching.places.cells import part_of
from matching.places.edition import State
from matching.places.spelling import sectors_of
from matching.shortlist import shortlist
from tests.lib.builders import DATA, a_caseload, a_child, a_home, fostering

REFERENCE = DATA / "reference"
REFERRALS, HOMES = 200, 120
AROUND = (425_000, 460_000, 100_000, 125_000)  # the city, the Waterside, Winchester and Fareham
Floats = npt.NDArray[np.float64]
Answers = tuple[Floats, Floats]


@lru_cache(maxsize=1)
def book() -> PostcodeBook:
    return PostcodeBook.read(REFERENCE)


@lru_cache(maxsize=1)
def streets() -> list[str]:
    """Live postcodes of the area, whole."""
    edition = book().edition
    west, east, south, north = AROUND
    rows = np.flatnonzero(
        (edition.state == State.LIVE)
        & (edition.easting > west) & (edition.easting < east) & (edition.northing > south) & (edition.northing < north)
    )  # fmt: skip
    letters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    keys = edition.keys[rows].tolist()
    ends = [letters[key // 37 % 37 - 1] + letters[key % 37 - 1] for key in keys]
    return [f"{sector}{end}" for sector, end in zip(sectors_of(edition.keys[rows]), ends, strict=True)]


@cache
def true_place(unit: str) -> Place:
    place = book().look_up(unit).place
    assert place is not None
    assert place.precision == "unit"
    return place


def avoided(unit: str, number: int) -> tuple[Place, ...]:
    """A sector, for every tenth child a whole district."""
    area = unit.split(" ")[0] if number % 10 == 0 else unit[:-2]
    return (book().parts.places[area],)


@lru_cache(maxsize=1)
def true_caseload() -> Caseload:
    """The trusted core: homes at their own postcodes, and the attacker's two hundred referrals wherever they like."""
    chance = random.Random(7)
    homes = [a_home(f"H{n:03}", place=true_place(chance.choice(streets())), authority=None) for n in range(HOMES)]
    children = [
        a_child(
            f"C{n:03}",
            home_place=true_place(chance.choice(streets())),
            places_to_avoid=avoided(chance.choice(streets()), n),
        )
        for n in range(REFERRALS)
    ]
    return a_caseload(*children, *homes, crossings=read_crossings(REFERENCE))


@lru_cache(maxsize=1)
def the_map() -> CellMap:
    homes = [place for place in true_places(true_caseload(), book().authorities) if place]
    return draw_cells(homes, middles_of(book().edition), read_crossings(REFERENCE))


def leaves(caseload: Caseload) -> Caseload:
    """What leaves the trusted core."""
    return protect(caseload, the_map(), book().parts, book().authorities).caseload


def answers(caseload: Caseload) -> Answers:
    """Miles and minutes from every referral to every home, as the public functions tell them."""
    pairs = Register(caseload).pairs(caseload.seeking)
    return miles_to_family_home(pairs), minutes_to(pairs, family_home)


def attackers_places(caseload: Caseload) -> Floats:
    """Where the attacker's own referrals are, as answered to them: (referrals, 2)."""
    return np.array(
        [(child.home_place.easting, child.home_place.northing) for child in caseload.seeking if child.home_place]
    )


def trilaterated(points: Floats, metres: Floats) -> Floats:
    """The place whose distances to the points fit best."""
    start = points[np.argmin(metres)]
    return np.asarray(least_squares(lambda at: np.hypot(*(points - at).T) - metres, start, loss="soft_l1").x)


def shown() -> dict[str, Place]:
    return {home.ref: home.place for home in leaves(true_caseload()).homes if home.place}


def test_the_attack_works_on_true_places() -> None:
    """Against rounding to a kilometre, the usual defence, the same attacker comes within a few hundred metres."""
    caseload = true_caseload()
    points = attackers_places(caseload)
    miles, _ = answers(caseload)
    found = []
    for at, home in enumerate(caseload.homes[:20]):
        assert home.place is not None
        guess = trilaterated(points, np.round(miles[:, at] * METRES_PER_MILE, -3))
        found.append(np.hypot(guess[0] - home.place.easting, guess[1] - home.place.northing))
    assert np.median(found) < 100
    assert max(found) < 400


def test_distances_give_the_cell_and_nothing_closer() -> None:
    caseload = leaves(true_caseload())
    points, (miles, _) = attackers_places(caseload), answers(caseload)
    truth = {home.ref: home.place for home in true_caseload().homes}
    errors, own = [], []
    for at, home in enumerate(caseload.homes):
        if home.place is None:
            assert np.isnan(miles[:, at]).all()
            continue
        guess = trilaterated(points, miles[:, at] * METRES_PER_MILE)
        assert np.hypot(guess[0] - home.place.easting, guess[1] - home.place.northing) < 2  # they find the cell
        place = truth[home.ref]
        assert place is not None
        errors.append(np.hypot(guess[0] - place.easting, guess[1] - place.northing))
        own.append(np.hypot(home.place.easting - place.easting, home.place.northing - place.northing))
    assert np.allclose(errors, own, atol=2)
    assert np.median(errors) > 500


def test_no_answer_tells_the_homes_of_a_cell_apart() -> None:
    """Distances, times, order in the list to ring, journeys for the file: equal for all homes of a cell, at least five."""
    caseload = leaves(true_caseload())
    miles, minutes = answers(caseload)
    members: dict[Place | None, list[int]] = defaultdict(list)
    for at, home in enumerate(caseload.homes):
        members[home.place].append(at)
    travel = {
        (row.child, row.home): row.minutes_to_home for row in journeys_of(caseload, Estimate(caseload.crossings)).travel
    }
    for cell, homes in members.items():
        if cell is None:
            continue
        assert len(homes) >= 5
        for grid in (miles, minutes):
            assert (grid[:, homes] == grid[:, homes[:1]]).all()
        for child in caseload.seeking:
            assert len({travel[child.ref, caseload.homes[at].ref] for at in homes}) == 1
        assert len({caseload.homes[at].authority for at in homes}) == 1


def moved(caseload: Caseload, ref: str, unit: str) -> Caseload:
    homes = tuple(replace(home, place=true_place(unit)) if home.ref == ref else home for home in caseload.homes)
    return replace(caseload, homes=homes)


def test_wherever_in_its_cell_a_home_is_everything_that_leaves_is_the_same(tmp_path: Path) -> None:
    """The strongest form: files, shortlists and their order do not depend on where in the cell a home lies."""
    caseload, chance = true_caseload(), random.Random(11)
    before = exported(leaves(caseload), tmp_path / "before")
    policy, groups = fostering(), [child.ref for child in caseload.seeking[:3]]
    order = [shortlist(Register(leaves(caseload)), policy, [ref]) for ref in groups]
    for home in chance.sample(caseload.homes, 6):
        cell = shown().get(home.ref)
        if cell is None:
            continue
        others = [unit for unit in streets() if the_map().cell(true_place(unit)) == cell]
        for unit in chance.sample(others, 3):
            elsewhere = leaves(moved(caseload, home.ref, unit))
            assert exported(elsewhere, tmp_path / "after") == before
            assert [shortlist(Register(elsewhere), policy, [ref]) for ref in groups] == order


def exported(caseload: Caseload, folder: Path) -> dict[str, bytes]:
    write_caseload(caseload, folder)
    the_map().write(folder / "cells.csv")
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def test_exports_and_the_map_hold_no_true_place(tmp_path: Path) -> None:
    text = b"\n".join(exported(leaves(true_caseload()), tmp_path).values()).decode()
    for home in true_caseload().homes:
        assert home.place is not None
        assert home.place.postcode not in text
        assert home.place.postcode.replace(" ", "") not in text
        assert f"{home.place.easting},{home.place.northing}" not in text


def test_the_area_that_fits_all_answers_holds_at_least_five_homes() -> None:
    """Whatever half-planes the order of homes gives, no line of equal distance parts the homes of a cell."""
    places, cells = shown(), the_map()
    truth = {home.ref: home.place for home in true_caseload().homes}
    for ref, cell in places.items():
        fits = {part for part in cells.parts(cell.postcode)}
        inside = [other for other, place in truth.items() if place and part_of(place) in fits]
        assert ref in inside
        assert len(inside) >= 5


def test_who_joins_is_as_hidden_and_gives_nobody_away(tmp_path: Path) -> None:
    """The attacker compares the exports before and after: only the new row differs, in a cell of five others."""
    caseload = true_caseload()
    new = a_home("H999", place=true_place("SO17 1BJ"), authority=None)
    after = replace(caseload, homes=(*caseload.homes, new))
    one, two = exported(leaves(caseload), tmp_path / "one"), exported(leaves(after), tmp_path / "two")
    assert one.keys() == two.keys()
    assert {name for name in one if one[name] != two[name]} <= {"homes.csv", "relationships.csv"}
    for name in one:
        added = set(two[name].splitlines()) - set(one[name].splitlines())
        assert set(one[name].splitlines()) <= set(two[name].splitlines())
        assert all(b"H999" in row for row in added)
    cell = the_map().cell(true_place("SO17 1BJ"))
    assert cell is not None
    assert sum(place == cell for place in shown().values()) >= 5


def test_areas_to_avoid_find_no_home_either() -> None:
    """Two hundred made-up areas to stay away from bar whole cells; every home that truly lies there is barred."""
    caseload, truth = leaves(true_caseload()), true_caseload()
    barred = caseload.ties[Tie.NO_CONTACT]
    assert barred
    for child, true_child in zip(caseload.children, truth.children, strict=True):
        areas = {place.postcode for place in child.places_to_avoid or ()}
        by_cell: dict[Place, set[bool]] = defaultdict(set)
        for home, true_home in zip(caseload.homes, truth.homes, strict=True):
            assert true_home.place is not None
            if home.place is None:
                continue
            by_cell[home.place].add((child.ref, home.ref) in barred)
            if not areas.isdisjoint({true_home.place.postcode[:-2], true_home.place.district}):
                assert (true_child.ref, home.ref) in barred
        assert all(len(answer) == 1 for answer in by_cell.values())
