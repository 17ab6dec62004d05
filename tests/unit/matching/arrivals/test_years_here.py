"""Invented years of a place: its own homes and children, those whom its forecast brings, and what the command tells of them."""

import json
from dataclasses import replace
from io import StringIO
from pathlib import Path

import numpy as np
import pytest
from rich.console import Console

from matching.arrivals.here import years_here
from matching.arrivals.year import Year
from matching.cli.show_year import show
from matching.domain import Caseload, Tie
from matching.errors import MatchingError
from matching.io.caseload_csv import write_caseload
from matching.sufficiency.choices import NOT_ASKED
from matching.sufficiency.forecast import City, city_of
from matching.sufficiency.parameters import published_parameters
from matching.synthetic import invented_referrals, sample_caseload, sample_city
from tests.lib.builders import DATA, a_caseload, a_child, a_home, fostering
from tests.lib.command import placements

REFERENCE = Path(DATA) / "reference"
LEEDS, CORNWALL = "E08000035", "E06000052"


@pytest.fixture(scope="module")
def here() -> Caseload:
    return sample_caseload(REFERENCE, children=6, homes=30, seed=4)


@pytest.fixture(scope="module")
def city(here: Caseload) -> City:
    return city_of(here, invented_referrals(REFERENCE, here), fostering(), published_parameters(REFERENCE))


@pytest.fixture(scope="module")
def year(here: Caseload, city: City) -> Year:
    return next(years_here(here, city, years=1, seed=2))


def test_a_year_is_the_place_with_those_who_come_over_its_days(here: Caseload, city: City, year: Year) -> None:
    at_once = {ref for arrival in year.arrivals if arrival.day == 0 for ref in arrival.children} & set(
        here.child_by_ref
    )
    assert at_once == {
        ref for group in here.groups for ref in group.children if not here.child_by_ref[ref].move_requested
    }
    coming = [arrival for arrival in year.arrivals if arrival.children[0] not in here.child_by_ref]
    assert [arrival.day for arrival in coming] == sorted(arrival.day for arrival in coming)
    assert 0 <= coming[0].day <= coming[-1].day < 365
    assert {home.ref for home in year.start.homes} == {home.ref for home in here.homes}
    yearly = city.parameters["starts"] * len(city.stock.kind)
    several = [
        sum(len(a.children) for a in one.arrivals if a.children[0] not in here.child_by_ref)
        for one in years_here(here, city, years=12, seed=2)
    ]
    assert len(set(several)) > 1, "years differ"
    assert 0.6 < np.mean(several) / yearly < 1.5
    for arrival in coming:
        assert all(year.until[ref] > arrival.day for ref in arrival.children)


def test_brothers_and_sisters_who_come_bring_their_plan(city: City, year: Year) -> None:
    planned = {row.of for row in year.start.relationships if row.tie is Tie.SIBLING_PLAN and row.of.startswith("E")}
    families = {c.sibling_group for c in year.start.children if c.sibling_group and c.sibling_group.startswith("E")}
    assert planned, "some come with a plan"
    assert planned <= families


def test_the_same_seed_gives_the_same_years(here: Caseload, city: City, year: Year) -> None:
    assert next(years_here(here, city, years=1, seed=2)) == year
    assert next(years_here(here, city, years=1, seed=3)) != year


def test_a_child_named_like_an_invented_one_is_refused(city: City) -> None:
    clash = a_caseload(a_child("E001", age=9), a_home("H1"))
    with pytest.raises(MatchingError, match="E001"):
        next(years_here(clash, city, years=1, seed=2))


@pytest.mark.parametrize("authority", [LEEDS, CORNWALL])
def test_families_of_those_who_come_live_where_the_place_is(authority: str) -> None:
    """Elsewhere their homes would all be too far away, and the forecast would find no family for anybody."""
    place = sample_caseload(REFERENCE, children=8, homes=30, seed=1, authorities=(authority,))
    referrals = invented_referrals(REFERENCE, place)
    assert {child.authority for child in referrals.seeking} == {authority}
    choices = city_of(place, referrals, fostering(), published_parameters(REFERENCE)).choices
    possible = (choices.rank[:, : choices.register] < NOT_ASKED).mean()
    assert possible > 0.05
    assert np.nanmedian(choices.miles[:, : choices.register]) < 40


def test_without_an_authority_families_are_those_of_the_invented_city(here: Caseload) -> None:
    unknown = replace(here, children=tuple(replace(child, authority=None) for child in here.children))
    assert (
        invented_referrals(REFERENCE, unknown) == invented_referrals(REFERENCE) == invented_referrals(REFERENCE, here)
    )


def test_the_command_tells_each_way_and_which_one_other_years_speak_for(
    here: Caseload, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_caseload(here, tmp_path / "here")
    assert placements("forecast", "year", "--caseload", str(tmp_path / "here"), "--others", "3", "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert told["chosen"] == "first come, first served"
    assert "not clearly better than first come, first served in the other year" in told["sentences"][0]
    assert told["ways"]["what these years speak for"] == told["ways"]["first come, first served"]
    for one in told["ways"].values():
        assert 0 < one["placed"] <= told["in_hindsight"]["placed"] <= told["came"]
    screen = Console(width=100, record=True, file=StringIO())
    show(screen, told)
    said = screen.export_text()
    assert f"{told['came']} children in need of a home" in said
    assert "first come, first served" in said


def test_who_asks_to_move_or_for_nights_does_not_come_into_a_year(city: City) -> None:
    place = sample_city(REFERENCE, children=6, homes=30, seed=4)
    asks = {child.ref for child in place.seeking if child.move_requested or child.by_nights}
    assert asks
    year = next(years_here(place, city, years=1, seed=2))
    assert asks.isdisjoint(ref for arrival in year.arrivals for ref in arrival.children)
    assert year.caseload_on(30, (), {}).bookings == ()
