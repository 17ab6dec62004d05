"""From an authority's own returns to figures and a forecast: as it was known, by how much there is, never silent."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from matching.errors import MatchingError
from matching.published import Series
from matching.returns import History, read_history
from matching.returns.as_known import known_on
from matching.sufficiency.children_ahead import ahead, beginning_of
from matching.sufficiency.figures import AGES, BORROWED, OWN, Parameters
from matching.sufficiency.futures import COLUMNS, QUANTILES
from matching.sufficiency.lengths import AFTER, LEAVE, cumulative_incidence, lengths_of, own_lengths
from matching.sufficiency.looking_back import looking_back
from matching.sufficiency.neighbours import as_of
from matching.sufficiency.own_history import UNTRIED, check_origin, counts_of, forecast_history, learn, widened_by
from matching.sufficiency.parameters import published_parameters
from matching.sufficiency.review import shown
from matching.sufficiency.spans import CAUSES, DURATION_EDGES, spans_of, time_and_leavers
from matching.sufficiency.yearly import BANDS, CEASE, START, STOCK, TOTAL
from matching.synthetic.histories import CareTruth, history_of, invented_returns, write_returns
from tests.lib.builders import DATA
from tests.lib.command import placements

FIRST, LAST = 2019, 2024
TRUTH = CareTruth(starts=90)
COLUMNS_OF_SPANS = ("began", "ended", "age", "cause", "alone", "group")


@pytest.fixture(scope="module")
def england() -> Parameters:
    return published_parameters(DATA / "reference")


@pytest.fixture(scope="module")
def modules() -> dict[str, pd.DataFrame]:
    return invented_returns(TRUTH, FIRST, LAST, seed=5)


@pytest.fixture(scope="module")
def history(modules: dict[str, pd.DataFrame]) -> History:
    return history_of(modules, FIRST, LAST)


@pytest.fixture(scope="module")
def folder(modules: dict[str, pd.DataFrame], tmp_path_factory: pytest.TempPathFactory) -> Path:
    where = tmp_path_factory.mktemp("returns")
    write_returns(modules, where, range(FIRST, LAST + 1))
    return where


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
    assert widened_by(rows) == 1.0
    missed = widened_by(rows.assign(actual=[70.0, 135.0, 100.0] * 20))
    assert 1.2 < missed < 3.0
    assert widened_by(rows.iloc[:3].assign(actual=135.0)) < missed, "few misses move little"


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


# what can go wrong with returns, through the command


def spoilt(folder: Path, into: Path, years: range, change: object = None) -> Path:
    """A copy of some returns, each module as a frame of text passed through a change."""
    for year in years:
        (into / str(year)).mkdir(parents=True)
        for path in sorted((folder / str(year)).glob("*.csv")):
            table = pd.read_csv(path, dtype=str, keep_default_na=False)
            table = change(path.stem, table) if callable(change) else table
            table.to_csv(into / str(year) / path.name, index=False)
    return into


def told(folder: Path, out: Path, capsys: pytest.CaptureFixture[str], *more: str) -> tuple[int, str, pd.DataFrame]:
    code = placements("forecast", "backtest", "--history", str(folder), "--horizon", "2", "--out", str(out), *more)
    said = capsys.readouterr()
    table = pd.read_csv(out) if out.is_file() else pd.DataFrame()
    return code, " ".join((said.err + said.out).split()), table


def width(table: pd.DataFrame) -> float:
    row = table[(table.flow == STOCK) & (table.category == TOTAL) & (table.horizon == 2)].iloc[0]
    return float((row.q90 - row.q10) / max(row["mean"], 1))


def test_one_year_of_returns_gives_wide_ranges_with_a_note(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _, _, whole = told(folder, tmp_path / "whole.csv", capsys)
    code, said, table = told(spoilt(folder, tmp_path / "r", range(LAST, LAST + 1)), tmp_path / "one.csv", capsys)
    assert code == 0
    assert "Only 1 year of returns" in said
    assert width(table) > width(whole)


def test_a_gap_is_named_and_what_is_before_it_left_out(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spoilt(folder, tmp_path / "r", range(FIRST, 2021))
    spoilt(folder, tmp_path / "s", range(2022, LAST + 1))
    code, said, _ = told(tmp_path / "r", tmp_path / "o.csv", capsys, "--history", str(tmp_path / "s"))
    assert code == 0
    assert "a gap before 2022: only the 3 years after it are learnt from" in said


def test_an_extract_of_several_years_counts_as_their_returns(modules: dict[str, pd.DataFrame], tmp_path: Path) -> None:
    """One file with all that ever happened, as case systems give it, teaches as many years as the returns do."""
    write_returns(modules, tmp_path, range(LAST, LAST + 1))
    rows = modules["episodes"].assign(REASON_PLACE_CHANGE="", URN="")
    rows[pd.Timestamp(LAST, 3, 31) >= rows.DECOM].to_csv(
        tmp_path / str(LAST) / "episodes.csv", index=False, date_format="%d/%m/%Y"
    )
    modules["header"].assign(ETHNIC="WBRI", UPN="UN5").to_csv(
        tmp_path / str(LAST) / "header.csv", index=False, date_format="%d/%m/%Y"
    )
    read = read_history([tmp_path])
    assert read.years == (LAST,)
    spans = spans_of(known_on(read, pd.Timestamp(LAST, 3, 31)))
    assert spans.first_day.year <= FIRST - 1
    assert not any("gap" in sentence for sentence in spans.dropped)


def test_whoever_is_in_no_later_return_is_in_care_no_more(
    history: History, folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lost = set(history.episodes.child[history.episodes.ended.isna()][:4])
    spoilt(folder, tmp_path / "r", range(FIRST, LAST))
    spoilt(folder, tmp_path / "r" / "new", range(LAST, LAST + 1), lambda _, table: table[~table.CHILD.isin(lost)])
    read = read_history([tmp_path / "r"])
    spans = spans_of(read)
    assert spans.open.sum() < spans_of(history).open.sum()
    assert any("open in an older return and in none after it" in sentence for sentence in spans.dropped)


def test_three_children_are_a_wide_range_with_a_warning(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    few = set(pd.read_csv(folder / "2024" / "episodes.csv", dtype=str).query("DEC.isna()").CHILD.unique()[:3])
    kept = spoilt(folder, tmp_path / "r", range(2022, LAST + 1), lambda _, table: table[table.CHILD.isin(few)])
    code, said, table = told(kept, tmp_path / "o.csv", capsys)
    assert code == 0
    assert "3 children in care at the end: one family more or less changes everything" in said
    assert width(table) > 0.5


def test_an_age_without_anybody_is_borrowed_and_said(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    born = pd.read_csv(folder / "2024" / "header.csv", dtype=str)
    old = set(born.CHILD[pd.to_datetime(born.DOB, format="%d/%m/%Y") < pd.Timestamp(2016, 1, 1)])
    kept = spoilt(folder, tmp_path / "r", range(2023, LAST + 1), lambda _, table: table[table.CHILD.isin(old)])
    code, said, table = told(kept, tmp_path / "o.csv", capsys)
    assert code == 0
    assert "Nobody aged under 1 or 1 to 4" in said
    young = table[(table.flow == STOCK) & (table.category == "u1") & (table.horizon == 1)].iloc[0]
    assert young.q90 > young.q10


def test_ends_before_starts_are_left_out_and_counted_or_refused_when_all_are(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def some(name: str, table: pd.DataFrame) -> pd.DataFrame:
        if name == "episodes":
            ended = table.index[(table.DEC != "") & (table.RNE == "S") & (table.REC != "X1")][:2]
            table.loc[ended, "DEC"] = "01/05/2012"
        return table

    code, said, _ = told(spoilt(folder, tmp_path / "r", range(LAST, LAST + 1), some), tmp_path / "o.csv", capsys)
    assert code == 0
    assert "with an end before the start" in said

    def every(name: str, table: pd.DataFrame) -> pd.DataFrame:
        return table.drop_duplicates("CHILD").assign(DEC="01/05/2005", REC="E4A") if name == "episodes" else table

    code, said, _ = told(spoilt(folder, tmp_path / "s", range(LAST, LAST + 1), every), tmp_path / "p.csv", capsys)
    assert code == 2
    assert "All periods of care end before they begin. Correct the dates." in said


def test_a_mistyped_start_moves_no_year_and_is_said(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def late(name: str, table: pd.DataFrame) -> pd.DataFrame:
        if name == "episodes":
            table.loc[table.index[table.DEC == ""][:2], "DECOM"] = ["01/05/2031", "02/04/2025"]
        return table

    spoilt(folder, tmp_path / "r", range(FIRST, LAST))
    spoilt(folder, tmp_path / "r" / "new", range(LAST, LAST + 1), late)
    code, said, table = told(tmp_path / "r", tmp_path / "o.csv", capsys)
    assert code == 0
    assert "begin after 31 March 2024, when the newest return ends, and are left out: correct the dates" in said
    assert set(table.origin) == {LAST}
    assert any("begins after the year of its return" in str(one) for one in read_history([tmp_path / "r"]).queries)


def test_returns_without_an_episode_are_refused(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    nobody = spoilt(
        folder, tmp_path / "r", range(LAST, LAST + 1), lambda name, rows: rows[:0] if name == "episodes" else rows
    )
    code, said, _ = told(nobody, tmp_path / "o.csv", capsys)
    assert code == 2
    assert "The returns hold no episode" in said


def test_rows_told_twice_count_once(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    years = range(2022, LAST + 1)
    once = read_history([spoilt(folder, tmp_path / "once", years)])
    twice = read_history([spoilt(folder, tmp_path / "twice", years, lambda _, rows: pd.concat([rows, rows]))])
    assert spans_of(twice).open.sum() == spans_of(once).open.sum()
    assert spans_of(twice).inside.sum() == spans_of(once).inside.sum()


def test_calls_that_can_not_be_answered(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "o.csv"
    assert told(folder, out, capsys, "--origin", "1999")[0] == 2
    assert placements("forecast", "backtest", "--out", str(out)) == 2
    assert "Give --origin" in capsys.readouterr().err
    both = ["--history", str(folder), "--series", str(out)]
    assert placements("forecast", "backtest", *both, "--out", str(out)) == 2
    with pytest.raises(MatchingError, match="cover 2019 to 2024"):
        check_origin(read_history([folder]), 2030)


def test_the_review_is_written_and_figures_are_a_table(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "review"
    years = [part for year in (2022, 2023, 2024) for part in ("--history", str(folder / str(year)))]
    assert placements("forecast", "review", *years, "--horizon", "1", "--out", str(out)) == 0
    assert {path.name for path in out.iterdir()} == {
        "review.md",
        "scores.csv",
        "forecasts.csv",
        "figures.csv",
        "leaving.csv",
    }
    text = (out / "review.md").read_text()
    assert "| children in care on 31 March | all | 1 |" in text
    assert "Aalen-Johansen" in text
    assert placements("forecast", "figures", "--authority", "E06000045", "--out", str(tmp_path / "f.csv")) == 0
    figures = pd.read_csv(tmp_path / "f.csv")
    assert list(figures.columns) == ["name", "value", "low", "high", "unit", "source", "kind"]
    assert "statistical neighbours of E06000045" in " ".join(capsys.readouterr().err.split())
    short = [part for part in ("--history", str(folder / "2024"))]
    assert placements("forecast", "review", *short, "--out", str(tmp_path / "short")) == 0
    assert "Three are needed" in capsys.readouterr().out


def test_spans_see_who_was_there_before_the_first_return(history: History) -> None:
    spans = spans_of(history)
    assert spans.length == pytest.approx(LAST - FIRST + 1, abs=0.01)
    assert (spans.began < 0).sum() > 50
    assert spans.inside.sum() == history.starts_and_ceases.started.sum()
    assert spans.open.sum() == history.in_care_on(history.last_day)
