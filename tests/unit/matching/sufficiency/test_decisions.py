"""Decisions stand on paired runs: more homes never hurt, rankings agree, what can not be is refused."""

import os
from pathlib import Path

import pandas as pd
import pytest

from matching.errors import MatchingError
from matching.sufficiency.decisions import GAINS, UNMET, best_campaign, required_recruitment, worth_of_homes
from matching.sufficiency.duals import ranked_by_duals
from matching.sufficiency.forecast import City, city_of
from matching.sufficiency.parameters import published_parameters
from matching.sufficiency.scenario import PROFILES
from matching.sufficiency.sensitivity import apportioned, screened, tornado
from matching.synthetic import sample_caseload
from tests.lib.builders import fostering

NIGHTLY = pytest.mark.skipif(not os.environ.get("NIGHTLY"), reason="many runs: make nightly")
REFERENCE = Path(__file__).resolve().parents[4] / "data" / "reference"


@pytest.fixture(scope="module")
def city() -> City:
    here = sample_caseload(REFERENCE, children=10, homes=40, seed=4)
    referrals = sample_caseload(REFERENCE, children=50, homes=1, seed=9)
    return city_of(here, referrals, fostering(), published_parameters(REFERENCE))


def test_one_more_home_helps_and_the_first_by_duals_surely_does(city: City) -> None:
    worth = worth_of_homes(city, years=2, runs=40)
    unmet = worth[worth.measure == GAINS[UNMET]].set_index("profile")
    assert (unmet.high[["any", "teenagers", "brothers-and-sisters"]] < 0.05).all()
    assert (worth.low <= worth["mean"]).all()
    duals = ranked_by_duals(city)
    assert set(duals.profile) == set(PROFILES)
    assert (duals.price >= 0).all()
    waiting = worth[worth.measure == "children who wait"].set_index("profile")
    assert waiting.high[duals.profile.iloc[0]] < 0


@NIGHTLY
def test_more_confidence_takes_more_homes_and_none_are_needed_for_a_wide_target(city: City) -> None:
    told = required_recruitment(city, target=5, profiles=["brothers-and-sisters"], years=2, runs=10)
    homes = told.homes.fillna(999).tolist()
    assert homes == sorted(homes)
    easy = required_recruitment(city, target=500, profiles=["any"], years=2, runs=10)
    assert easy.homes.tolist() == [0, 0, 0]


@NIGHTLY
def test_a_campaign_takes_all_its_homes(city: City) -> None:
    campaign, steps = best_campaign(city, homes=10, years=2, runs=10)
    assert sum(part.homes for part in campaign.campaigns) == 10
    assert steps.homes.sum() == 10
    assert (steps.low <= steps.gained).all()


def test_starts_matter_for_who_is_in_care(city: City) -> None:
    screening = screened(city, measure="in care", years=1, runs=2, trajectories=2)
    assert "starts" in screening.name[:3].tolist()
    assert (screening.effect >= 0).all()
    shares = apportioned(city, ["starts", "kin"], measure="in care", years=1, runs=2, points=2)
    assert isinstance(shares, pd.DataFrame)
    assert shares.set_index("name").total["starts"] > shares.set_index("name").total["kin"]
    assert len(tornado(screening).axes[0].patches) == len(screening)


def test_what_can_not_be_asked_is_refused(city: City) -> None:
    with pytest.raises(MatchingError, match="Profile 'astronauts' is not known"):
        worth_of_homes(city, profiles=["astronauts"], runs=2)
    with pytest.raises(MatchingError, match="A campaign of 1000 homes can not be planned"):
        best_campaign(city, homes=1000)
    with pytest.raises(MatchingError, match="A target of -1 children"):
        required_recruitment(city, target=-1)
    with pytest.raises(MatchingError, match="can not be screened"):
        screened(city, measure="weather")
