"""The simulated weeks: choices are the shortlist's, futures are shared between scenarios, answers add up and say what they are."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from matching.domain import Tie
from matching.errors import MatchingError, PolicyRefused
from matching.pairs import Register
from matching.shortlist import shortlist
from matching.sufficiency.choices import NO_HOME, choices_of, emptied
from matching.sufficiency.coming import exits, supply_of
from matching.sufficiency.forecast import City, Forecast, city_of, forecast
from matching.sufficiency.parameters import published_parameters
from matching.sufficiency.scenario import BASE, Campaign, Scenario, read_scenario
from matching.sufficiency.summary import sentences
from matching.sufficiency.weeks import Batch
from matching.synthetic import sample_caseload
from tests.lib.builders import fostering
from tests.lib.command import placements

REFERENCE = Path(__file__).resolve().parents[4] / "data" / "reference"
RECRUIT = Scenario("recruit", campaigns=(Campaign("teenagers", 20, 3, 6),))
MORE = Scenario("more", demand={"starts": 1.5})


@pytest.fixture(scope="module")
def city() -> City:
    here = sample_caseload(REFERENCE, children=10, homes=40, seed=4)
    referrals = sample_caseload(REFERENCE, children=60, homes=1, seed=9)
    return city_of(here, referrals, fostering(), published_parameters(REFERENCE))


@pytest.fixture(scope="module")
def made(city: City) -> Forecast:
    return forecast(city, [RECRUIT, MORE], years=3, runs=24, seed=2)


def test_the_fast_choice_is_the_first_line_of_the_shortlist_in_random_states() -> None:
    homes = sample_caseload(REFERENCE, children=10, homes=60, seed=4).homes
    referrals = sample_caseload(REFERENCE, children=40, homes=1, seed=9)
    choices = choices_of(referrals, homes, fostering())
    plans = tuple(row for row in referrals.relationships if row.tie is Tie.SIBLING_PLAN)
    seeking = {child.ref for child in referrals.seeking}
    children = tuple(child for child in referrals.children if child.ref in seeking)
    random, compared, placed = np.random.default_rng(5), 0, 0
    for _ in range(3):
        free = np.minimum(random.integers(0, 3, len(homes)), choices.places)
        state = tuple(emptied(home, int(number)) for home, number in zip(choices.homes, free, strict=True))
        now = replace(referrals, children=children, homes=state, placements=(), decisions=(), relationships=plans)
        register = Register(now)
        for kind, group in enumerate(now.groups):
            options = shortlist(register, fostering(), group.children, most=1).options
            listed = choices.asked[kind][choices.asked[kind] != NO_HOME]
            room = listed[free[listed] >= choices.size[kind]]
            assert (choices.homes[room[0]].ref if len(room) else None) == (options[0].home if options else None)
            compared, placed = compared + 1, placed + bool(options)
    assert compared > 80
    assert 0 < placed < compared


def test_no_home_ever_has_more_children_than_places(city: City) -> None:
    supply = supply_of(city.choices, city.parameters, BASE, 2, 1)
    batch = Batch(city.choices, city.stock, supply, city.parameters, BASE, 2, 1, range(10))
    place = Batch._place

    def watched(self: Batch, week: int, year: int) -> None:
        before = self.free.copy()
        place(self, week, year)
        assert (self.free >= np.minimum(before, 0)).all()
        living = np.zeros_like(self.free)
        rows, who, slot = np.nonzero(self.home != NO_HOME)
        np.add.at(living, (rows, self.home[rows, who, slot]), 1)
        assert (living + self.free == self.supply.places).all()

    batch._place = watched.__get__(batch)  # type: ignore[method-assign]
    batch.run()


def test_the_answer_is_the_same_with_any_number_of_workers_and_twice(city: City, made: Forecast) -> None:
    again = forecast(city, [RECRUIT, MORE], years=3, runs=24, seed=2, workers=2)
    pd.testing.assert_frame_equal(made.values, again.values)
    other = forecast(city, years=3, runs=24, seed=3)
    base = made.values[made.values.scenario == BASE.name].reset_index(drop=True)
    assert not other.values.equals(base)


def test_scenarios_share_their_futures(made: Forecast) -> None:
    values = made.values.set_index(["scenario", "measure", "kind", "year", "run"]).sort_index().value
    demand = ["in care", "referrals"]
    for measure in demand:
        assert values.loc["recruit", measure].equals(values.loc[BASE.name, measure]), "supply does not change demand"
    paired = made.against_base.set_index(["scenario", "measure", "kind", "year"]).sort_index()
    apart = made.values[(made.values.measure == "living") & (made.values.kind == "in-house") & (made.values.year == 3)]
    spread = apart.groupby("scenario").value.std()
    row = paired.loc[("recruit", "living", "in-house", 3)]
    assert row["mean"] > 0
    assert (row.q90 - row.q10) / 2.56 < spread.sum()
    assert paired.loc[("more", "in care", "all", 3), "q10"] > 0


def test_answers_add_up_and_ranges_are_in_order(made: Forecast) -> None:
    values = made.values.groupby(["scenario", "measure", "year", "run", "kind"]).value.first().unstack("kind")
    care = values.xs("in care", level="measure")
    ages = ["under 1", "1 to 4", "5 to 9", "10 to 15", "16 and over"]
    assert (care[ages].sum(axis=1) == care["all"]).all()
    living = values.xs("living", level="measure").drop(columns=["all"]).dropna(axis=1, how="all").sum(axis=1)
    assert (living == care["all"]).all()
    told = made.table[~made.table.hidden]
    assert (np.diff(told[["q025", "q10", "q25", "q50", "q75", "q90", "q975"]].to_numpy(), axis=1) >= 0).all()
    counted = told[told.measure.isin(["in care", "living", "no family found"])]
    assert not counted["mean"].between(0.01, 5).any()


def test_without_a_history_numbers_hold_steady(made: Forecast) -> None:
    base = made.table[
        (made.table.scenario == BASE.name) & (made.table.measure == "in care") & (made.table.kind == "all")
    ]
    first, last = base["mean"].iloc[0], base["mean"].iloc[-1]
    assert abs(last / first - 1) < 0.12


def test_the_wall_at_18(city: City) -> None:
    stay = exits(city.parameters, np.full(1000, 16.0), np.linspace(0, 1 - 1e-12, 1000))
    assert stay.max() == pytest.approx(2 * 52.18)
    assert (stay > 2 * 52.17).mean() > 0.3


def test_one_line_gives_a_picture_and_sentences_say_the_range(made: Forecast) -> None:
    figure = made.plot()
    assert figure.axes[0].get_ylabel() == "children"
    assert len(figure.axes[0].lines) == 3
    said = sentences(made)
    assert "in 8 of 10 runs" in said[0]
    assert any(sentence.startswith("recruit: ") for sentence in said)
    assert any("borrowed or assumed" in warning for warning in made.warnings)


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
            "400 homes in 1 months can not be assessed",
        ),
        ('[[supply.campaigns]]\nprofile = "any"', "homes is missing"),
        ("[demand]\nstarts = -1", "demand.starts = -1: write a number from 0 to 3"),
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


def test_two_scenarios_of_one_name_and_no_runs_are_refused(city: City) -> None:
    with pytest.raises(MatchingError, match="Two scenarios are called 'more'"):
        forecast(city, [MORE, MORE], runs=2, years=1)
    with pytest.raises(MatchingError, match="1 runs can not be done"):
        forecast(city, runs=1)


def test_the_command_writes_tables_pictures_and_a_summary(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "s.toml").write_text('name = "Recruit"\n[[supply.campaigns]]\nprofile = "teenagers"\nhomes = 10\n')
    caseload, out = tmp_path / "city", tmp_path / "out"
    assert placements("sample", str(caseload), "--children", "5", "--homes", "40") == 0
    asked = ["--caseload", str(caseload), "--scenario", str(tmp_path / "s.toml"), "--years", "1", "--runs", "10"]
    assert placements("forecast", *asked, "--out", str(out)) == 0
    written = {path.name for path in out.iterdir()}
    assert {"answers.csv", "assumptions.csv", "sufficiency.xlsx", "sufficiency.html", "children-in-care.svg"} <= written
    page = (out / "sufficiency.html").read_text()
    assert 'alt="In care in year 1.' in page
    assert "Assumptions" in page
    captured = capsys.readouterr()
    assert "start with sufficiency.html" in "".join(captured.out.replace("\n", " "))
    assert "10 runs: the ends of the ranges are rough" in captured.err


def test_the_command_refuses_a_scenario_with_a_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "s.toml").write_text('[[supply.campaigns]]\nprofile = "astronauts"\nhomes = 10\n')
    assert placements("forecast", "--scenario", str(tmp_path / "s.toml"), "--out", str(tmp_path / "out")) == 2
    assert "astronauts" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()
