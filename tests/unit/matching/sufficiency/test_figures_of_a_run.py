"""Each run has figures of its own within their ranges; time in care, moves, seasons and stages of adoption count."""

import os
from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from matching.sufficiency.coming import ADOPTION, IN_HOUSE, KIN, PARENTS, RESIDENTIAL, SUPPORTED, arrivals
from matching.sufficiency.drawn import drawn
from matching.sufficiency.figures import Parameters
from matching.sufficiency.forecast import City, batch_of, city_of
from matching.sufficiency.mix import Mix
from matching.sufficiency.moving import KIND_OF, moving_of
from matching.sufficiency.parameters import AGES, WEEKS, published_parameters
from matching.sufficiency.scenario import BASE
from matching.sufficiency.staying import been_in_care, exits, published_by_age, years_in_care
from matching.synthetic import sample_caseload
from tests.lib.builders import DATA, fostering

NIGHTLY = pytest.mark.skipif(not os.environ.get("NIGHTLY"), reason="many runs: make nightly")


@pytest.fixture(scope="module")
def city(england: Parameters) -> City:
    here = sample_caseload(DATA / "reference", children=10, homes=40, seed=4)
    return city_of(here, sample_caseload(DATA / "reference", children=80, homes=1, seed=9), fostering(), england)


def test_figures_lie_about_their_values_and_belong_to_the_run(england: Parameters) -> None:
    many = drawn(england, 1, range(2000))
    for name in ("starts", "leave_a16p", "home_joins", "on_hold", "from_foster_to_foster"):
        figure = england.figures[name]
        assert np.median(many[name]) == pytest.approx(figure.value, rel=0.05)
        inside = (many[name] >= figure.low - 1e-9) & (many[name] <= figure.high + 1e-9)
        assert 0.93 < inside.mean() < 0.97 or figure.high >= 1, name
    assert (many["from_foster_to_foster"] <= 1).all()
    few = drawn(england, 1, range(7, 9))
    np.testing.assert_array_equal(few["kin"], many["kin"][7:9])
    assert abs(np.corrcoef(many["starts"], many["kin"])[0, 1]) < 0.08
    by_hand = drawn(england.changed(starts=0.5), 1, range(50))
    assert set(by_hand["starts"]) == {0.5}
    np.testing.assert_array_equal(by_hand["kin"], many["kin"][:50])


def test_whoever_has_just_come_leaves_sooner_than_whoever_has_been_here_long(england: Parameters) -> None:
    draw = (np.arange(2000) + 0.5) / 2000
    age = np.full(2000, 8.0)
    new, usual, long = (exits(england, age, draw, since) for since in (0.0, None, 4.0))
    assert (new < WEEKS).mean() > (usual < WEEKS).mean() > (long < WEEKS).mean()
    rate = england["leave_a5_9"] * england["leave_after_2y"]
    assert (exits(england, age, draw, 2.5) < WEEKS).mean() == pytest.approx(1 - np.exp(-rate), abs=0.002)
    assert exits(england, np.full(2000, 17.0), draw, 0.5).max() == pytest.approx(WEEKS)
    others = exits(england, np.full(2000, 2.0), draw, 1.0, adopted=False)
    assert others.mean() > exits(england, np.full(2000, 2.0), draw, 1.0).mean()


def test_time_in_care_of_those_found_in_it(england: Parameters) -> None:
    been = been_in_care(england)
    draw = (np.arange(500) + 0.5) / 500
    young, old = (years_in_care(been, np.full(500, age), draw) for age in (0.6, 15.0))
    assert young.max() <= 0.6
    assert 1.0 < np.median(old) < 6.0
    held = published_by_age(england)
    assert held["leave_u1"] < england["leave_u1"] / 1.5, "a child under 1 has just come"
    assert held["leave_a10_15"] == pytest.approx(england["leave_a10_15"], rel=0.4)


def test_all_kinds_of_home_together_come_to_the_moves_of_a_child_year(england: Parameters) -> None:
    figures = drawn(england, 1, range(3))
    moving = moving_of(figures)
    draw = -np.log1p(-(np.arange(4000) + 0.5) / 4000).astype(np.float32)
    mean = {
        product: moving.weeks(np.zeros(4000, np.intp), np.full(4000, product, np.int8), draw).mean()
        for product in (IN_HOUSE, RESIDENTIAL, SUPPORTED, PARENTS)
    }
    share = {RESIDENTIAL: figures["residential"][0], SUPPORTED: 0.092, PARENTS: figures["with_parents"][0]}
    share[IN_HOUSE] = 1 - sum(share.values()) - figures["kin"][0] - 0.02
    moves = sum(share[product] * WEEKS / mean[product] for product in mean)
    assert moves == pytest.approx(figures["moves"][0], rel=0.05)
    assert moving.scale[0, KIN] == moving.scale[0, ADOPTION], "with relatives and adopters a stay lasts"
    assert set(KIND_OF) == {*mean, 2, 3}
    assert (moving.first_kin <= figures["kin"]).all(), "some come to relatives later"
    assert not moving.residential[:, IN_HOUSE].any()


def test_who_comes_is_as_old_as_the_figures_say(city: City) -> None:
    mix = Mix(city.choices)
    old = city.parameters.changed(start_a16p=0.5, start_a10_15=0.2, start_u1=0.1, start_a1_4=0.1, start_a5_9=0.1)
    for figures in (city.parameters, old):
        children = mix.weights(figures)[:, None] * mix.of_age
        told = children[~mix.alone].sum(axis=0) / children[~mix.alone].sum()
        wanted = np.array([figures[f"start_{age}"] for age in AGES])
        assert np.abs(told - wanted / wanted.sum()).max() < 0.12
    alone = mix.weights(city.parameters.changed(start_alone=0.3))
    if mix.alone.any():
        assert (alone * mix.size)[mix.alone].sum() / (alone * mix.size).sum() == pytest.approx(0.3, abs=0.01)


def test_more_come_in_the_season_that_says_so(city: City) -> None:
    spring = city.parameters.changed(season_spring=2.5, season_summer=0.5, season_autumn=0.5, season_winter=0.5)
    rates = {name: figure.value for name, figure in spring.figures.items()} | {"level_sd": 0.0}
    stock = replace(city.stock, on=date(2026, 4, 1))
    week, _, _ = arrivals(city.choices, Mix(city.choices), rates, BASE, stock, 52, 1, 1)
    assert (week < 13).mean() > 0.5


def test_adopters_are_found_once_the_stages_are_gone_through(city: City) -> None:
    def with_adopters(months: float) -> float:
        stages = {f"adoption_to_{stage}": months for stage in ("decision", "match", "move")}
        at = replace(city, parameters=city.parameters.changed(**stages, adoption_to_order=9.0))
        return float(batch_of(at, BASE, None, 2, 1, range(12)).weeks_in[:, :, ADOPTION].sum())

    assert with_adopters(0.5) > 1.2 * with_adopters(30.0)


def test_what_is_not_known_of_the_figures_widens_the_ranges(city: City) -> None:
    known = city.with_parameters(**{n: f.value for n, f in city.parameters.figures.items()})
    wide, narrow = (
        np.log(batch_of(at, BASE, None, 2, 1, range(60)).in_care[:, 2].sum(axis=(1, 2))).std() for at in (city, known)
    )
    assert wide > narrow * 1.05


@NIGHTLY
def test_ranges_without_a_history_are_as_wide_as_authorities_have_differed() -> None:
    """SD of the log growth of children in care between authorities, 2011 to 2022, over 1, 2, 3 and 5 years."""
    here = sample_caseload(DATA / "reference", children=30, homes=270, placed=300, seed=1)
    referrals = sample_caseload(DATA / "reference", children=300, homes=1, seed=1001)
    large = city_of(here, referrals, fostering(), published_parameters(DATA / "reference"))
    in_care = batch_of(large, BASE, None, 5, 1, range(300)).in_care.sum(axis=(2, 3))
    spread = np.log(in_care / in_care[:, :1]).std(axis=0)[[1, 2, 3, 5]]
    assert spread == pytest.approx([0.077, 0.115, 0.143, 0.187], rel=0.25)
