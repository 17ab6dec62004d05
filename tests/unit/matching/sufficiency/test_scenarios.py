"""Scenarios: each lever moves what it should, a file is read whole or refused with a sentence."""

import tomllib
from pathlib import Path

import numpy as np
import pytest

from matching.errors import MatchingError, PolicyRefused
from matching.sufficiency import scenario_file
from matching.sufficiency.forecast import City, counts_of, forecast
from matching.sufficiency.parameters import WEEKS
from matching.sufficiency.scenario import (
    BASE,
    NEEDS,
    Approvals,
    Campaign,
    ChildrensHome,
    Cohort,
    Placing,
    Scenario,
)
from matching.sufficiency.scenario_file import read_scenario, scenario_from
from matching.sufficiency.spending import pays_back
from tests.lib.command import placements
from tests.lib.small_city import MORE


def test_each_lever_of_a_scenario_moves_what_it_should(city: City) -> None:
    area = city.choices.areas.names[0]
    levers = [
        Scenario("cohort", cohorts=(Cohort("unaccompanied", 12, 0, 6),)),
        Scenario("area", demand_areas={area: 2.0}),
        Scenario("early help", demand={"early_help": 0.5}),
        Scenario("keep", supply={"leaving": 0.3, "joining": 1.5}),
        Scenario("near", policy=Placing(within_miles=5)),
        Scenario("in-house", policy=Placing(in_house_first=True)),
        Scenario("wide", approvals=(Approvals("any", 1.0),)),
    ]
    told = counts_of(city, [BASE, *levers], years=2, runs=14, seed=1)
    base, need = told[BASE.name], NEEDS.index("unaccompanied")
    more = told["cohort"].referrals[:, 0, need] - base.referrals[:, 0, need]
    assert (more.sum(axis=1) >= 11).all()
    gained = told["area"].referrals.sum(axis=(0, 1, 2)) - base.referrals.sum(axis=(0, 1, 2))
    assert gained[0] > 0
    assert not gained[1:].any()
    assert told["early help"].referrals.sum() < base.referrals.sum()
    assert told["keep"].homes[:, -1].mean() > base.homes[:, -1].mean() + 1
    assert told["near"].short[:, :, 1].sum() < base.short[:, :, 1].sum()
    assert told["in-house"].weeks_in[:, :, 1].sum() > base.weeks_in[:, :, 1].sum()
    assert told["wide"].short_weeks.sum() < base.short_weeks.sum()


def test_a_childrens_home_of_our_own_takes_from_the_market_and_costs_full_or_empty(city: City) -> None:
    values = forecast(city, [Scenario("own home", childrens_homes=(ChildrensHome(2, 12, 4000),))], years=2, runs=10)
    base, own = values.runs[BASE.name], values.runs["own home"]
    assert (own.of("spend", "residential")[:, 1] == base.of("spend", "residential")[:, 1]).all(), "not before it opens"
    assert (own.of("spend", "residential")[:, 2] < base.of("spend", "residential")[:, 2]).all()
    assert own.of("spend", "own children's homes")[:, 2] == pytest.approx(2 * 4000 * WEEKS * 1.037, rel=0.01)
    with pytest.raises(MatchingError, match="more places in children's homes close than the register holds"):
        forecast(city, [Scenario("close", childrens_homes=(ChildrensHome(-4),))], years=1, runs=2)


def test_an_area_or_a_campaign_that_the_city_can_not_have_is_refused(city: City) -> None:
    with pytest.raises(MatchingError, match="area 'ZZ9' is not known. Known: SO"):
        forecast(city, [Scenario("s", campaigns=(Campaign("any", 2, area="ZZ9"),))], years=1, runs=2)
    made = forecast(city, [Scenario("large", campaigns=(Campaign("any", 30, 0, 3),))], years=1, runs=2)
    assert any("more than anybody has seen join" in warning for warning in made.warnings)


def test_when_a_scenario_has_paid_for_itself() -> None:
    apart = np.array([[10.0, -20.0, -1.0], [10.0, -2.0, -1.0], [-1.0, -1.0, -1.0]], np.float32)
    told = pays_back(apart)
    assert told["share"] == pytest.approx(2 / 3, abs=0.001)
    assert told["q50"] == pytest.approx((1.5 + 0) / 2)
    assert pays_back(np.array([[5.0, 5.0]], np.float32))["share"] == 0


def test_prices_differ_from_run_to_run_but_not_between_scenarios(city: City) -> None:
    told = forecast(city, [Scenario("dearer", price={"residential": 1.05})], years=2, runs=4).runs
    base, dearer = told[BASE.name], told["dearer"]
    np.testing.assert_array_equal(base.of("spend", "kin"), dearer.of("spend", "kin"))
    assert base.of("spend", "kin")[:, 1].std() > 0
    was, now = (one.of("spend", "residential")[:, 2] for one in (base, dearer))
    np.testing.assert_allclose(now, 1.05 * was, rtol=1e-5)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            '[[supply.campaigns]]\nprofile = "astronauts"\nhomes = 3',
            "profile 'astronauts' is not known. Known: any, teenagers",
        ),
        ('[[supply.campaigns]]\nprofile = "any"\nhomes = 1000', "homes 1000: write a whole number from 1 to 500"),
        (
            '[[supply.campaigns]]\nprofile = "any"\nhomes = 400\nover_months = 1',
            "400 homes in 1 month can not be assessed",
        ),
        ('[[supply.campaigns]]\nprofile = "any"', "homes is missing"),
        ("[demand]\nstarts = -1", "demand.starts = -1: write a number from 0 to 2"),
        ("[demand]\nstarts = 1.5\nteenagers = 1.6", "the factors together come to 2.40 times; write at most 2"),
        ("[demand]\nareas = 3", "demand.areas = 3 is no table"),
        ('[[demand.cohorts]]\nneed = "martians"\nreferrals = 3', "need 'martians' is not known. Known: younger child"),
        ('[[supply.approvals]]\nprofile = "any"\nshare = 2', "share 2: write a number from 0 to 1"),
        ('[[supply.approvals]]\nprofile = "any"\nshare = 0.5\nyoungest = 9\noldest = 5', "from 9 to 5 is no range"),
        ("[[supply.childrens_homes]]\nplaces = 100", "places 100: write a whole number from -50 to 50"),
        ("[supply]\ncampaigns = 3", "supply.campaigns is no list"),
        ("[policy]\nin_house_first = 3", "policy.in_house_first = 3: write true or false"),
        ("[policy]\nmagic = true", "policy.magic is not known. Known: in_house_first"),
        ('[policy]\nfirst_agencies = "SC1"', "write a list of references"),
        ("[demand]\nmartians = 2", "demand.martians is not known"),
        ("[weather]\nrain = 1", "weather is not known here"),
        ("demand = 3", "demand = 3 is no table"),
        ("[demand", "Write a TOML file"),
    ],
)
def test_a_scenario_that_asks_for_what_can_not_be_is_refused(text: str, said: str, tmp_path: Path) -> None:
    path = tmp_path / "s.toml"
    path.write_text(text)
    with pytest.raises(PolicyRefused, match="s.toml") as refused:
        read_scenario(path)
    assert said in str(refused.value)


def test_every_line_of_a_scenario_file_is_read() -> None:
    text = scenario_file.__doc__ or ""
    told = scenario_from(tomllib.loads(text[text.index("name =") :]))
    assert told.name == "Recruit for teenagers"
    assert told.demand_areas == {"SO14": 1.3}
    assert told.cohorts == (Cohort("unaccompanied", 20, 6, 6),)
    assert told.campaigns == (Campaign("teenagers", 20, 9, 12, 0.2, "SO16"),)
    assert told.approvals == (Approvals("young-children", 0.3, 0, 16, 6),)
    assert told.childrens_homes == (ChildrensHome(4, 12, 4500),)
    assert told.policy == Placing(True, ("SC430012",), True, 20, 13)
    assert told.price == {"residential": 1.05}


def test_two_scenarios_of_one_name_and_no_runs_are_refused(city: City) -> None:
    with pytest.raises(MatchingError, match="Two scenarios are called 'more'"):
        forecast(city, [MORE, MORE], runs=2, years=1)
    with pytest.raises(MatchingError, match="1 runs can not be done"):
        forecast(city, runs=1)


def test_the_command_refuses_a_scenario_with_a_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "s.toml").write_text('[[supply.campaigns]]\nprofile = "astronauts"\nhomes = 10\n')
    assert placements("forecast", "--scenario", str(tmp_path / "s.toml"), "--out", str(tmp_path / "out")) == 2
    assert "astronauts" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()
