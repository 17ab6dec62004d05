"""Forecasts from yearly counts: nothing later than the origin, better than last value, never a silent number."""

import csv
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from matching.published import Series
from matching.sufficiency.yearly import AGES, FLOWS, LEVELS, YearlyCounts, forecast_years, from_published, score_origins
from matching.sufficiency.yearly.scoring import pinball, summary, weighted_interval_score
from tests.lib.command import placements

STATISTICS = Path(__file__).resolve().parents[4] / "data" / "reference" / "statistics"
HEADER = ["year", "area_code", "area_name", "level", "flow", "breakdown", "category", "count"]


@pytest.fixture(scope="module")
def published() -> YearlyCounts:
    return from_published(Series.read(STATISTICS))


def series_file(path: Path, rows: list[list[object]]) -> Path:
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([HEADER, *rows])
    return path


def rows_of(area: str, years: range, stock: int, flow: str = "stock_31mar") -> list[list[object]]:
    ages = [["age", age, stock // 5] for age in AGES]
    return [[year, area, "X", "la", flow, *cut] for year in years for cut in [["total", "total", stock], *ages]]


def forecast(path: Path, out: Path, *more: str, origin: int = 2020) -> int:
    said = ["forecast", "backtest", "--series", str(path), "--origin", str(origin), "--horizon", "3"]
    return placements(*said, "--out", str(out), *more)


def test_nothing_later_than_the_origin_is_used(tmp_path: Path) -> None:
    rows = [row for area in ("A", "B") for flow in FLOWS for row in rows_of(area, range(2012, 2023), 400, flow)]
    mangled = [row[:-1] + ["no number"] if int(str(row[0])) > 2018 else row for row in rows]
    late = [[2019, "NEVER SEEN", "", "la", "stock_31mar", "total", "total", -5]]
    whole = series_file(tmp_path / "whole.csv", rows)
    other = series_file(tmp_path / "other.csv", mangled + late)
    people = tmp_path / "people.csv"
    people.write_text("year,area_code,population_0_17\n2017,A,40000\n2018,A,41000\n2021,A,nonsense\n")
    for path in (whole, other):
        assert forecast(path, path.with_suffix(".out"), "--population", str(people), origin=2018) == 0
    assert whole.with_suffix(".out").read_bytes() == other.with_suffix(".out").read_bytes()


def test_the_published_series_as_it_stood_is_the_same_whatever_came_later(published: YearlyCounts) -> None:
    later = {key: frame * ([1] * 7 + [3] * (len(frame.columns) - 7)) for key, frame in published.counts.items()}
    assert published.years[6] == 2017
    told = forecast_years(published, 2017, 2).table
    pd.testing.assert_frame_equal(told, forecast_years(YearlyCounts(later, later, published.population), 2017, 2).table)


def test_it_does_no_worse_than_last_value_at_any_age_and_its_ranges_hold(published: YearlyCounts) -> None:
    scored = score_origins(published, range(2016, 2022), 3)
    by = summary(scored)
    assert len(by) == 3 * 6 * 3
    assert (by.mape_ours <= by.mape_last_value).all()
    assert (by.crps <= 0.8 * by.crps_last_value).all()
    stock = by.sort_index().loc[("stock_31mar", "total")]
    assert stock.covered_80.between(75, 90).all()
    assert (stock.mape_ours < stock[["mape_flows", "mape_drift"]].min(axis=1)).all()


def test_ages_add_up_and_quantiles_are_in_order(published: YearlyCounts) -> None:
    table = forecast_years(published, 2022, 3, ["E06000045"]).table
    middles = table.set_index(["flow", "horizon", "category"])["mean"].unstack()
    assert len(table) == 3 * 3 * 6
    assert np.allclose(middles[list(AGES)].sum(axis=1), middles.total, atol=0.01)
    assert (np.diff(table[list(LEVELS)].to_numpy(), axis=1) >= 0).all()
    wide = (table.q90 - table.q10)[(table.flow == "stock_31mar") & (table.category == "total")]
    assert wide.is_monotonic_increasing


def test_three_children_in_one_year_give_a_wide_range_and_say_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    small = [[2020, "TINY", "", "la", "stock_31mar", "total", "total", 3]]
    path, out = series_file(tmp_path / "s.csv", small + rows_of("BIG", range(2016, 2021), 500)), tmp_path / "out.csv"
    assert forecast(path, out) == 0
    told = pd.read_csv(out).set_index(["area_code", "flow", "category", "horizon"])
    tiny, big = (told.loc[(area, "stock_31mar", "total", 1)] for area in ("TINY", "BIG"))
    assert (tiny.q90 - tiny.q10) / tiny["mean"] > 4 * (big.q90 - big.q10) / big["mean"]
    assert told.loc[("TINY", "start", "u1", 1)].q975 > 0
    said = capsys.readouterr().err
    assert "TINY: one year only" in said
    assert "TINY: fewer than 50 children" in said
    assert "borrowed" in said or "middle authority" in said


def test_gaps_make_ranges_wider(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = rows_of("GAP", range(2014, 2018), 300) + rows_of("FULL", range(2014, 2021), 300)
    out = tmp_path / "out.csv"
    assert forecast(series_file(tmp_path / "s.csv", rows), out) == 0
    told = pd.read_csv(out).set_index(["area_code", "flow", "category", "horizon"])
    gap, full = (told.loc[(area, "stock_31mar", "total", 1)] for area in ("GAP", "FULL"))
    assert gap.q90 - gap.q10 > 1.3 * (full.q90 - full.q10)
    assert "GAP: the newest count is of 2017" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ([2019, "A", "", "la", "start", "total", "total", -4], "row 2, column count: '-4': is no count"),
        ([2019, "A", "", "la", "start", "total", "total", "inf"], "is no count"),
        (["2019/20", "A", "", "la", "start", "total", "total", 4], "column year: '2019/20': is no year"),
        ([2019, "", "", "la", "start", "total", "total", 4], "column area_code: may not be empty"),
        ([2020, "B", "", "la", "stock_31mar", "total", "total", 7], "B, 2020, stock_31mar, total was 7 above"),
        ([2019, "A"], "has 2 cells; the header has 8"),
    ],
)
def test_what_can_not_be_read_is_told_with_its_place(
    row: list[object], said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = series_file(tmp_path / "s.csv", [row, *rows_of("B", range(2018, 2021), 100)])
    assert forecast(path, tmp_path / "out.csv") == 2
    assert said in capsys.readouterr().err
    assert not (tmp_path / "out.csv").exists()


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (["--authority", "E99"], "E99: not in the series"),
        (["--origin", "1999"], "no count of an authority is of 1999 or before"),
        (["--population", "nowhere.csv"], "nowhere.csv: the file is missing"),
    ],
)
def test_a_call_that_can_not_be_answered_is_refused(
    more: list[str], said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = series_file(tmp_path / "s.csv", rows_of("B", range(2018, 2021), 100))
    assert forecast(path, tmp_path / "out.csv", *more) == 2
    assert said in capsys.readouterr().err


def test_a_missing_column_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "s.csv").write_text("year,area_code,flow\n2019,A,start\n")
    assert forecast(tmp_path / "s.csv", tmp_path / "out.csv") == 2
    assert "row 1, column breakdown: is missing." in capsys.readouterr().err


def test_scores_of_a_known_forecast() -> None:
    table = pd.DataFrame([{"came": 12.0, "last_value": 10.0, **dict.fromkeys(LEVELS, 10.0)}])
    assert pinball(table)[0] == pytest.approx(2.0, rel=0.05)
    assert weighted_interval_score(table)[0] == pytest.approx((0.5 * 2 + 3 * 2) / 3.5)
