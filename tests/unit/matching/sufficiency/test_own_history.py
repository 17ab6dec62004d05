"""From an authority's own returns to figures and a forecast: as it was known, by how much there is."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from matching.published import Series
from matching.returns import History, read_history
from matching.returns.as_known import known_on
from matching.sufficiency.children_ahead import ahead, beginning_of
from matching.sufficiency.figures import AGES, BORROWED, OWN, Parameters
from matching.sufficiency.futures import COLUMNS, QUANTILES
from matching.sufficiency.lengths import AFTER, LEAVE, cumulative_incidence, lengths_of, own_lengths
from matching.sufficiency.looking_back import looking_back
from matching.sufficiency.neighbours import as_of
from matching.sufficiency.own_history import counts_of, evenly, forecast_history, learn
from matching.sufficiency.review import shown
from matching.sufficiency.spans import CAUSES, DURATION_EDGES, spans_of, time_and_leavers
from matching.sufficiency.surprises import UNTRIED, unstepped, widened_by
from matching.sufficiency.yearly import BANDS, CEASE, START, STOCK, TOTAL
from matching.synthetic.histories import history_of, invented_returns
from tests.lib.builders import DATA
from tests.lib.small_city import FIRST, LAST, TRUTH

COLUMNS_OF_SPANS = ("began", "ended", "age", "cause", "alone", "group")


def test_known_on_a_day_is_what_the_returns_up_to_it_say(
    modules: dict[str, pd.DataFrame], history: History, folder: Path
) -> None:
    sent = read_history([folder / str(year) for year in range(FIRST, 2022)])
    known = known_on(history, pd.Timestamp(2021, 3, 31))
    columns = ["child", "started", "ended", "ended_because"]
    ours, theirs = (
        one.periods[columns].fillna({"ended_because": ""}).sort_values(columns[:2], ignore_index=True)
        for one in (known, sent)
    )
    pd.testing.assert_frame_equal(ours, theirs, check_dtype=False)
    assert known.years == sent.years == tuple(range(FIRST, 2022))


def test_nothing_after_the_origin_is_used(history: History, england: Parameters) -> None:
    """Returns that end at the origin, and longer ones whose later rows are wild, forecast the same to the byte."""
    origin = pd.Timestamp(2021, 3, 31)
    short = known_on(history, origin)
    wild = dict(history.tables)
    later = wild["episodes"].started > origin
    wild["episodes"] = wild["episodes"].assign(
        started=wild["episodes"].started.where(~later, pd.Timestamp(2023, 1, 1)),
        placement=wild["episodes"].placement.where(~later, "K2"),
    )
    tables = [
        forecast_history(known_on(one, origin), england, 2, runs=50).table
        for one in (short, history, History(wild, ()))
    ]
    pd.testing.assert_frame_equal(tables[0], tables[1])
    pd.testing.assert_frame_equal(tables[0], tables[2])


def test_counts_are_those_of_the_history(history: History) -> None:
    counts = counts_of(history)
    told = history.starts_and_ceases.set_index("year")
    for year in told.index[1:]:
        assert counts.at((STOCK, TOTAL), year)[0] == told.in_care[year]
        assert counts.at((START, TOTAL), year)[0] == told.started[year]
        assert counts.at((CEASE, TOTAL), year)[0] == told.ended[year]
    ages = sum(counts.at((STOCK, band), LAST) for band in BANDS)
    assert ages[0] == told.in_care[LAST]


def test_rates_of_leaving_come_near_the_truth_and_further_with_less(history: History, england: Parameters) -> None:
    learnt = learn(history, england)
    rate = lengths_of(learnt.parameters).rate
    middle = np.array([0.5, 3.0, 7.5, 13.0, 17.0])
    for piece, in_care in ((1, 0.3), (3, 1.5), (4, 3.0)):
        true = TRUTH.rate(middle, np.full(5, in_care))[1:]
        assert np.abs(np.log(rate[1:, piece] / true)).max() < 0.5, (piece, rate[1:, piece], true)
    assert sum(learnt.parameters.figures[name].kind == OWN for name in LEAVE) >= 4
    few = learn(history_of(invented_returns(replace(TRUTH, starts=2.0), FIRST, LAST, 5), FIRST, LAST), england)
    for name in LEAVE:
        assert few.parameters.figures[name].kind == BORROWED
        assert abs(np.log(few.parameters[name] / england[name])) < 0.7
        wide, narrow = ((f.high / f.low) for f in (few.parameters.figures[name], learnt.parameters.figures[name]))
        assert wide > narrow


def test_ages_without_leavers_are_borrowed_at_the_own_pace(england: Parameters) -> None:
    slow = learn(history_of(invented_returns(replace(TRUTH, leaving=0.5), FIRST, LAST, 5), FIRST, LAST), england)
    time, leavers = time_and_leavers(slow.spans, 4.0)
    expected = time * np.outer([england[name] for name in LEAVE], [england[name] for name in AFTER])
    assert leavers.sum() < 0.8 * expected.sum(), "the invented authority is a slow one"
    until_16 = slow.spans.age + slow.spans.length - slow.spans.began < 16
    young, nobody = (
        replace(slow.spans, **{name: getattr(slow.spans, name)[kept] for name in COLUMNS_OF_SPANS})
        for kept in (until_16, np.zeros(len(until_16), dtype=bool))
    )
    after_a_year = [
        england["leave_a16p"] * england["leave_after_1y"],
        *(
            own["leave_a16p"].value * own["leave_after_1y"].value
            for own in (own_lengths(england, young), own_lengths(england, nobody))
        ),
    ]
    assert after_a_year[1] < 0.85 * after_a_year[0]
    assert after_a_year[2] == pytest.approx(after_a_year[0], rel=0.01)


def test_england_counts_for_less_where_leavers_are_unlike_its_own(
    england: Parameters, monkeypatch: pytest.MonkeyPatch
) -> None:
    spans = spans_of(history_of(invented_returns(replace(TRUTH, starts=60.0), FIRST, LAST, 5), FIRST, LAST))
    learnt = own_lengths(england, spans)
    monkeypatch.setattr("matching.sufficiency.lengths.WORTHS", ((20.0, 1.0),))
    fixed = own_lengths(england, spans)
    long = TRUTH.rate(np.array([13.0]), np.array([6.0]))[0]
    told = [one["leave_a10_15"].value * one["leave_after_5y"].value for one in (learnt, fixed)]
    assert abs(np.log(told[0] / long)) < abs(np.log(told[1] / long))


def test_more_who_just_came_are_no_swing_of_leaving(england: Parameters) -> None:
    """Three times as many start, none leaves sooner: newcomers leave soonest, so that more leave of as many."""
    truth = replace(TRUTH, starts=300.0, changes_in=2023, teenagers=3.0, under_fives=3.0, uneven=0.0)
    own = own_lengths(england, spans_of(history_of(invented_returns(truth, FIRST, LAST, 5), FIRST, LAST)))
    assert own["leave_year_sd"].value < 0.08


def test_ranges_of_few_children_hold_as_many_whole_numbers_as_they_say() -> None:
    random, held = np.random.default_rng(1), []
    for usual in np.linspace(3, 12, 30):
        low, high = np.quantile(evenly(random.poisson(usual, 4_000)), (0.1, 0.9))
        came = random.poisson(usual, 4_000)
        held.append(((came >= low) & (came <= high)).mean())
    assert np.mean(held) == pytest.approx(0.8, abs=0.02)


def test_competing_risks_spell_by_spell_agree_with_the_fitted_rates(history: History, england: Parameters) -> None:
    """Aalen-Johansen of everybody who came beside the same children sent through the fitted rates."""
    learnt = learn(history, england)
    table = cumulative_incidence(learnt.spans, at=(0.5, 1.0, 2.0))
    assert (table[[*CAUSES, "18"]].diff().dropna() >= -1e-9).all(axis=None)
    lengths, spans = lengths_of(learnt.parameters), learnt.spans
    age = spans.age[spans.inside]
    survived, still = np.ones(len(age)), {}
    steps = np.arange(0, 2, 1 / 24)
    for step in steps:
        now = age + step
        band = np.clip(np.searchsorted([1, 5, 10, 16], now, side="right"), 0, 4)
        piece = np.searchsorted(DURATION_EDGES, step, side="right") - 1
        survived = np.where(now < 18, survived * np.exp(-lengths.rate[band, piece] / 24), 0.0)
        still[round(step + 1 / 24, 4)] = survived.mean()
    for years in (0.5, 1.0, 2.0):
        assert 1 - table.loc[years, [*CAUSES, "18"]].sum() == pytest.approx(still[years], abs=0.05)


def test_every_child_is_counted_once(history: History, england: Parameters) -> None:
    learnt = learn(history, england)
    counts = ahead(beginning_of(learnt.spans), lengths_of(learnt.parameters), learnt.arrivals, years=3, runs=20, seed=3)
    now = np.full((20, 1), learnt.spans.open.sum())
    stock = np.concatenate([now, counts[STOCK, TOTAL]], axis=1)
    assert np.array_equal(np.diff(stock, axis=1), counts[START, TOTAL] - counts[CEASE, TOTAL])
    for flow in (STOCK, START, CEASE):
        assert np.array_equal(sum(counts[flow, band] for band in BANDS), counts[flow, TOTAL])
    again = ahead(beginning_of(learnt.spans), lengths_of(learnt.parameters), learnt.arrivals, years=3, runs=20, seed=3)
    assert all(np.array_equal(counts[key], again[key]) for key in counts)


def test_the_table_is_that_of_the_yearly_forecast(history: History, england: Parameters) -> None:
    table = forecast_history(history, england, 2, runs=50, wider=1.0).table
    assert tuple(table.columns) == COLUMNS
    assert (np.diff(table[list(QUANTILES)].to_numpy(), axis=1) >= 0).all()
    assert (table[list(QUANTILES)] >= 0).all(axis=None)
    ages = table[table.category.isin(BANDS)].groupby(["horizon", "flow"])["mean"].sum()
    total = table[table.category == TOTAL].set_index(["horizon", "flow"])["mean"]
    assert np.allclose(ages, total.reindex(ages.index), atol=0.06)


def test_brothers_and_sisters_and_seasons_are_seen(history: History, england: Parameters) -> None:
    figures = learn(history, england).parameters.figures
    assert figures["group_of_2"].kind == OWN
    assert figures["group_of_2"].value == pytest.approx(0.15, abs=0.05)
    assert sum(figures[f"season_{name}"].value for name in ("spring", "summer", "autumn", "winter")) == pytest.approx(4)
    assert figures["start_alone"].value == pytest.approx(TRUTH.unaccompanied, abs=0.04)
    assert sum(figures[f"start_{age}"].value for age in AGES) == pytest.approx(1, abs=0.05)
    table = learn(history, england).parameters.table()
    assert table.notna().all(axis=None)
    assert ((table.low <= table.value) & (table.value <= table.high)).all()


def test_looking_back_scores_beside_simpler_ways_and_widens_by_earlier_misses_alone(
    history: History, england: Parameters
) -> None:
    years: list[int] = []

    def borrow(year: int) -> Parameters:
        years.append(year)
        return england

    back = looking_back(history, borrow, 2, runs=40)
    assert set(back.told.method) == {"forecast", "last value", "flows", "drift"}
    assert (back.told.year <= LAST).all()
    assert years[0] == 2020
    assert years == sorted(years)
    assert back.told[back.told.origin == 2020].widened.isin([1.0, UNTRIED]).all(), (
        "nothing was known of its misses then"
    )
    assert {"mape", "crps", "coverage_80", "pit"} <= set(back.scores.columns)
    assert set(back.last_year.origin) == {LAST - 1}
    assert "From 2023, children in care on 31 March in 2024 were forecast as" in back.sentences[0]


def test_ranges_are_widened_by_what_was_missed_and_never_narrowed() -> None:
    rows = pd.DataFrame({"q10": [90.0] * 60, "q50": [100.0] * 60, "q90": [110.0] * 60, "actual": [100.0] * 60})
    every = np.ones(60)
    assert widened_by(rows, every) == 1.0
    wild = rows.assign(actual=[70.0, 135.0, 100.0] * 20)
    missed = widened_by(wild, every)
    assert 1.2 < missed < 3.0
    assert widened_by(rows.iloc[:3].assign(actual=135.0), every[:3]) < missed, "few misses move little"
    assert widened_by(wild, 1.0 * (wild.actual == 100.0)) == 1.0, "what weighs nothing widens nothing"


def test_forecasts_across_a_step_say_little_of_ranges_after_it(england: Parameters) -> None:
    truth = replace(TRUTH, starts=200.0, changes_in=2023, teenagers=1.9, under_fives=0.55)
    stepped, steady = (
        learn(history_of(invented_returns(one, FIRST, LAST, 5), FIRST, LAST), england).arrivals
        for one in (truth, replace(TRUTH, starts=200.0))
    )
    trials = pd.DataFrame({"origin": [2020, 2021, 2022], "year": [2021, 2024, 2023]})
    weight = unstepped(trials, stepped, LAST)
    assert weight[0] > 0.7
    assert weight[1] < 0.3
    assert unstepped(trials, steady, LAST).min() > 0.5


def test_neighbours_and_england_stand_in_and_say_so(england: Parameters) -> None:
    series = Series.read(DATA / "reference" / "statistics")
    near, every, early = (
        as_of(england, series, year, code) for year, code in ((2022, "E06000045"), (2022, None), (2015, None))
    )
    assert "statistical neighbours of E06000045" in near.figures["leave_a5_9"].source
    assert near.figures["leave_a5_9"].kind == BORROWED
    assert near["starts"] != every["starts"]
    assert "up to 2015" in early.figures["leave_a5_9"].source
    assert "2016" not in early.table().to_csv().replace("2016-17", "")
    unknown = as_of(england, series, 2022, "E06999999")
    assert "no statistical neighbours" in unknown.figures["starts"].source


def test_small_counts_leave_no_trace_in_the_report() -> None:
    ages = [("total", 40.0), ("u1", 3.0), ("a1_4", 9.0), ("a5_9", 8.0), ("a10_15", 12.0), ("a16p", 8.0)]
    told = pd.DataFrame(
        [
            {"method": "forecast", "origin": 2020, "horizon": 1, "flow": STOCK, "category": age, "actual": n, "last": n}
            for age, n in ages
        ]
    )
    told = told.assign(mean=told.actual, **dict.fromkeys(QUANTILES, 1.0))
    table = shown(told).set_index("category")
    assert table.actual.isna().sum() >= 2, "one hidden count could be worked out from the total"
    assert np.isnan(table.actual["u1"])
    assert table.actual["total"] == 40


def test_spans_see_who_was_there_before_the_first_return(history: History) -> None:
    spans = spans_of(history)
    assert spans.length == pytest.approx(LAST - FIRST + 1, abs=0.01)
    assert (spans.began < 0).sum() > 50
    assert spans.inside.sum() == history.starts_and_ceases.started.sum()
    assert spans.open.sum() == history.in_care_on(history.last_day)
