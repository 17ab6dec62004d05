"""Where children live and move, stages of adoption, distances, homes: own by how much there is, else as published."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from matching.cli.show_forecast import parameters_of
from matching.domain import Caseload, Hold
from matching.errors import MatchingError
from matching.returns import History
from matching.sufficiency.adoption_stages import own_stages
from matching.sufficiency.figures import BORROWED, OWN, PRIOR_EVENTS, Parameters
from matching.sufficiency.living import own_distance, own_living
from matching.sufficiency.supply_rates import own_supply
from matching.synthetic import sample_caseload
from matching.synthetic.histories import CareTruth, history_of, invented_returns
from tests.lib.builders import DATA
from tests.lib.command import placements

FIRST, LAST = 2021, 2024


@pytest.fixture(scope="module")
def history() -> History:
    return history_of(invented_returns(CareTruth(starts=120), FIRST, LAST, seed=8), FIRST, LAST)


@pytest.fixture(scope="module")
def register() -> Caseload:
    return sample_caseload(DATA / "reference", children=5, homes=80, seed=4)


def test_placements_last_and_lead_as_the_truth_has_it(history: History, england: Parameters) -> None:
    found = own_living(england, history)
    assert found["stay_shape_foster"].kind == OWN
    assert found["stay_shape_foster"].value == pytest.approx(0.68, abs=0.08), "0.65, and some leave care first"
    leads = [figure.value for name, figure in found.items() if name.startswith("from_foster_to_")]
    assert sum(leads) == pytest.approx(1, abs=0.03)
    assert found["from_foster_to_foster"].value == max(leads)
    assert found["supported_at_16"].value == pytest.approx(0.5, abs=0.1)
    day, homes = history.last_day, history.placements
    now = homes[(homes.started <= day) & homes.ended.isna()]
    share = (now.placement == "U1").mean()
    whole = len(now)
    assert found["kin"].value == pytest.approx((share * whole + PRIOR_EVENTS * england["kin"]) / (whole + PRIOR_EVENTS))


def test_few_placements_leave_the_published_curve_and_say_so(england: Parameters) -> None:
    few = history_of(invented_returns(CareTruth(starts=2), 2024, 2024, seed=3), 2024, 2024)
    found = own_living(england, few)
    assert found["stay_weeks_residential"].value == england["stay_weeks_residential"]
    assert found["stay_weeks_residential"].kind == BORROWED
    assert abs(np.log(found["moves"].value / england["moves"])) < 0.5


def test_stages_of_adoption_are_counted_one_by_one(history: History, england: Parameters) -> None:
    found = own_stages(england, history)
    assert found["adoption_to_decision"].kind == OWN
    rows = history.periods[history.periods.ended_because == "E11"]
    homes = history.placements
    moved_in = homes[homes.placement == "A6"].groupby("child").started.min()
    months = (rows.set_index("child").ended - moved_in).dropna().dt.days / 30.4375
    expected = (months.sum() + 10 * england["adoption_to_order"]) / (len(months) + 10)
    assert found["adoption_to_order"].value == pytest.approx(expected, rel=0.02)
    nobody = history_of(invented_returns(CareTruth(starts=1), 2024, 2024, seed=2), 2024, 2024)
    assert own_stages(england, nobody)["adoption_to_match"].value == pytest.approx(
        england["adoption_to_match"], rel=0.3
    )


def test_distances_count_where_both_postcodes_are_known(england: Parameters) -> None:
    miles = pd.Series([1.0, 25.0, np.nan, 40.0] * 30)
    found = own_distance(england, miles)["over_20_miles"]
    prior = england["over_20_miles"]
    assert found.value == pytest.approx((60 + PRIOR_EVENTS * prior) / (90 + PRIOR_EVENTS))
    assert found.kind == OWN
    assert own_distance(england, pd.Series([np.nan]))["over_20_miles"].value == pytest.approx(prior)


def test_homes_that_join_leave_and_pause_are_counted_between_registers(register: Caseload, england: Parameters) -> None:
    homes = register.homes
    paused = tuple(replace(home, hold=Hold.ON_HOLD) for home in homes[:30])
    later = replace(
        register,
        homes=(*paused, *homes[30:70]),
        as_of=register.as_of.replace(year=register.as_of.year + 1),
        placements=(),
        relationships=(),
        decisions=(),
    )
    found = own_supply(england, [later, register])
    prior = england["home_leaves"]
    fostering = sum(home.kind is None or home.kind.value == "foster" for home in homes[70:])
    assert found["home_leaves"].value == pytest.approx(
        (PRIOR_EVENTS + fostering) / (PRIOR_EVENTS / prior + 75), rel=0.06
    )
    assert "in" in found["home_leaves"].source
    assert found["on_hold"].value > own_supply(england, [register])["on_hold"].value
    assert found["home_joins"].value < england["home_joins"], "none joined"
    with pytest.raises(MatchingError, match="Two registers are of"):
        own_supply(england, [register, register])


def test_one_register_tells_who_joined_by_the_date_of_approval(register: Caseload, england: Parameters) -> None:
    lately, long_ago = register.as_of.replace(day=1), date(2010, 1, 1)

    def approved(number: int) -> date:
        return lately if number < 20 else long_ago

    homes = tuple(
        replace(home, approval=replace(home.approval, approved_on=approved(number)))
        for number, home in enumerate(register.homes)
    )
    found = own_supply(england, [replace(register, homes=homes)])
    assert found["home_joins"].value > england["home_joins"]
    assert "home_leaves" not in found, "one register can not tell who left"


def test_a_caseload_borrows_from_its_neighbours_and_tells_of_its_own_homes(register: Caseload) -> None:
    figures = parameters_of((), DATA / "reference", register)
    assert "statistical neighbours of E06000045" in figures.figures["leave_a5_9"].source
    assert figures.figures["on_hold"].source.startswith("own: ")
    assert "England" in parameters_of((), DATA / "reference").figures["leave_a5_9"].source
    assert figures.notes == (
        "No history was given: who comes and how long children stay is as in the statistical neighbours of Southampton.",
    )


def test_a_register_on_the_command_line_moves_the_figures_of_homes(tmp_path: Path) -> None:
    folder = tmp_path / "city"
    assert placements("sample", str(folder), "--children", "5", "--homes", "60") == 0
    assert placements("forecast", "figures", "--register", str(folder), "--out", str(tmp_path / "f.csv")) == 0
    table = pd.read_csv(tmp_path / "f.csv").set_index("name")
    assert table.source["on_hold"].startswith("own: ")
    assert set(table.kind) <= {"own data", "borrowed", "assumed"}
