"""The forecast from yearly counts: nothing after the origin, ages that add up, honest ranges, faults with a way out."""

from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import scoringrules

from matching.cli import main
from matching.errors import UnknownReference, UnreadableFile
from matching.places.authorities import AuthorityCodes
from matching.sufficiency import Yearly, forecast_yearly, read_yearly, shipped
from matching.sufficiency.codes_of_areas import gone, held_as
from matching.sufficiency.futures import COLUMNS, QUANTILES
from matching.sufficiency.pictures_of_years import plot_years
from matching.sufficiency.scores import rolled, scored
from matching.sufficiency.yearly import BANDS, CEASE, FLOWS, SINGLE, START, STOCK, TOTAL
from tests.lib.builders import DATA

SOUTHAMPTON = "E06000045"
CASE = ["area_code", "horizon", "flow", "category"]


@pytest.fixture(scope="module")
def series() -> Yearly:
    return shipped(DATA / "reference" / "statistics")


@pytest.fixture(scope="module")
def long(series: Yearly) -> pd.DataFrame:
    """The shipped series as a file has it."""
    rows = [
        (year, area, flow, TOTAL if category == TOTAL else "age", category, values[i, j])
        for (flow, category), values in series.seen.items()
        for i, area in enumerate(series.areas)
        for j, year in enumerate(series.years)
    ]
    return pd.DataFrame(rows, columns=["year", "area_code", "flow", "breakdown", "category", "count"])


def written(table: pd.DataFrame, folder: Path, name: str = "series.csv") -> Path:
    table.to_csv(folder / name, index=False)
    return folder / name


def test_the_shipped_series_is_the_published_one(series: Yearly) -> None:
    at = series.areas.index(SOUTHAMPTON)
    assert len(series.areas) > 120
    assert series.seen[STOCK, TOTAL][at].tolist()[:4] == [386, 429, 482, 500]
    assert series.at((STOCK, "a16p"), 2022)[at] == 111
    assert np.isnan(series.at((STOCK, "a16p"), 2020)).all(), "no ages of children in care were published in 2020"
    assert series.at((CEASE, "a16p"), 2018)[at] == 50, "11 of 16, 6 of 17 and 33 of 18 and over"


def test_nothing_after_the_origin_is_used(long: pd.DataFrame, tmp_path: Path) -> None:
    """Later rows made wild, or left out, change no byte."""
    wild = long.copy()
    later = wild.year > 2017
    wild.loc[later, "count"] = wild.loc[later, "count"] * 7 + 1000
    tables = [
        forecast_yearly(read_yearly(written(table, tmp_path), until=2017), 3).table
        for table in (long, wild, long[long.year <= 2017])
    ]
    pd.testing.assert_frame_equal(tables[0], tables[1])
    pd.testing.assert_frame_equal(tables[0], tables[2])
    whole = forecast_yearly(read_yearly(written(long, tmp_path)).until(2017), 3).table
    pd.testing.assert_frame_equal(tables[0], whole)


def test_one_row_for_each_case_with_quantiles_in_order(series: Yearly) -> None:
    table = forecast_yearly(series.until(2019), 3).table
    assert tuple(table.columns) == COLUMNS
    assert not table.duplicated(CASE).any()
    quantiles = table[list(QUANTILES)].to_numpy()
    assert (np.diff(quantiles, axis=1) >= 0).all()
    assert (quantiles >= 0).all()
    assert table.notna().all(axis=None)
    one = table[(table.area_code == SOUTHAMPTON) & (table.horizon == 2)]
    assert len(one) == len(FLOWS) * (1 + len(BANDS)) + len(SINGLE)
    widths = table[(table.flow == STOCK) & (table.category == TOTAL)].assign(w=table.q90 - table.q10)
    assert (widths.pivot_table(index="area_code", columns="horizon", values="w").diff(axis=1)[[2, 3]] > 0).all(
        axis=None
    )


def test_ages_add_up_to_their_total(series: Yearly) -> None:
    table = forecast_yearly(series.until(2019), 3).table
    ages = table[table.category.isin(BANDS)].groupby(["area_code", "horizon", "flow"])["mean"].sum()
    total = table[table.category == TOTAL].set_index(["area_code", "horizon", "flow"])["mean"]
    assert np.allclose(ages, total.reindex(ages.index), atol=0.06)


def test_it_holds_what_the_table_promises(series: Yearly) -> None:
    """At most the last value's error and CRPS in total and at every age; 80 % ranges that hold what they say."""
    table = scored(rolled(series, range(2016, 2022), 3))
    mine, last = table.loc["forecast"], table.loc["last value"]
    compared = [*BANDS, TOTAL]
    for measure in ("mape", "crps"):
        ratio = (mine[measure] / last[measure]).unstack("category")[compared]
        assert (ratio <= 1).all(axis=None), ratio
    total = mine.xs(TOTAL, level="category").loc[STOCK]
    assert total.coverage_80.between(75, 90).all()
    assert total.cases.min() > 400


def test_the_score_is_the_one_of_a_kept_library(series: Yearly) -> None:
    told = rolled(series, range(2018, 2019), 1)
    mine = scored(told).loc[("forecast", STOCK, TOTAL, 1)]
    rows = told[(told.method == "forecast") & (told.flow == STOCK) & (told.category == TOTAL)]
    theirs = scoringrules.crps_quantile(
        rows.actual.to_numpy(), rows[list(QUANTILES)].to_numpy(), np.array(list(QUANTILES.values()))
    )
    assert mine.crps == pytest.approx(float(theirs.mean()))


def test_an_authority_never_seen_alone_in_the_file_has_a_wide_forecast_with_a_note(
    long: pd.DataFrame, tmp_path: Path
) -> None:
    alone = long[long.area_code == SOUTHAMPTON].assign(area_code="E06999999")
    made = forecast_yearly(read_yearly(written(alone, tmp_path), until=2022), 3)
    total = made.table[(made.table.flow == STOCK) & (made.table.category == TOTAL)].iloc[0]
    assert total.q90 - total.q10 > 60
    assert any("published spread" in warning for warning in made.warnings)


def test_a_small_file_learns_from_the_published_authorities_beside_it(
    series: Yearly, long: pd.DataFrame, tmp_path: Path
) -> None:
    """Nothing after the origin, from either; only the file's own authorities are forecast."""
    few = long[long.area_code.isin([SOUTHAMPTON, "E06000001"]) & (long.year >= 2015)]
    known = read_yearly(written(few, tmp_path), until=2019)
    pool = known.beside(series)
    assert (pool.years[0], pool.years[-1], len(pool.areas)) == (2011, 2019, len(series.areas))
    assert pool.at((STOCK, TOTAL), 2019)[0] == known.at((STOCK, TOTAL), 2019)[0]
    made = forecast_yearly(pool, 3, known.areas)
    assert set(made.table.area_code) == {SOUTHAMPTON, "E06000001"}
    assert made.warnings == ()
    alone = forecast_yearly(known, 3)
    assert any("published spread" in warning for warning in alone.warnings)


@pytest.mark.parametrize("years", [1, 2])
def test_one_or_two_years_give_a_forecast_with_a_note(long: pd.DataFrame, tmp_path: Path, years: int) -> None:
    short = long[long.year > 2022 - years]
    made = forecast_yearly(read_yearly(written(short, tmp_path)), 5, [SOUTHAMPTON])
    assert made.table[COLUMNS[6]].notna().all()
    assert any(f"Only {years} year" in warning for warning in made.warnings)


def test_gaps_three_children_and_an_age_without_any(long: pd.DataFrame, tmp_path: Path) -> None:
    gaps = long[~((long.area_code == SOUTHAMPTON) & long.year.isin([2016, 2020, 2022]))].copy()
    tiny = gaps.area_code == "E06000001"
    gaps.loc[tiny, "count"] = 0
    gaps.loc[tiny & (gaps.category == TOTAL), "count"] = 3
    made = forecast_yearly(read_yearly(written(gaps, tmp_path)), 3)
    table = made.table.set_index(["area_code", "horizon", "flow", "category"])
    small = table.loc[("E06000001", 3, STOCK, TOTAL)]
    assert small.q025 < 0.5
    assert small.q975 > 5
    assert any("E06000001" in warning and "one family" in warning for warning in made.warnings)
    assert any(SOUTHAMPTON in warning and "earlier one is used" in warning for warning in made.warnings)
    fresh = forecast_yearly(read_yearly(written(long, tmp_path)), 3).table.set_index(
        ["area_code", "horizon", "flow", "category"]
    )
    case = (SOUTHAMPTON, 1, STOCK, TOTAL)
    assert table.loc[case].q90 / table.loc[case].q10 > fresh.loc[case].q90 / fresh.loc[case].q10


def test_a_population_changes_the_forecast_a_little(long: pd.DataFrame, tmp_path: Path) -> None:
    people = long[["year", "area_code"]].drop_duplicates().assign(population_0_17=50_000)
    path = written(people, tmp_path, "people.csv")
    with_people = forecast_yearly(read_yearly(written(long, tmp_path), path), 1).table
    without = forecast_yearly(read_yearly(written(long, tmp_path)), 1).table
    apart = (with_people["mean"] - without["mean"]).abs() / (without["mean"] + 1)
    assert 0 < apart[without.flow == START].max() < 0.5


@pytest.mark.parametrize("mark", ["c", "K", "[z]", "x", "-", "..", "< 5", "fewer than 5", "N/A", " u ", "low"])
def test_marks_of_publishers_for_hidden_cells_are_not_known(long: pd.DataFrame, tmp_path: Path, mark: str) -> None:
    hidden = long.astype({"count": object}).copy()
    at = (hidden.flow == START) & (hidden.category == "u1") & (hidden.year == 2019)
    hidden.loc[at, "count"] = mark
    empty = read_yearly(written(hidden.assign(count=hidden["count"].where(~at)), tmp_path))
    marked = read_yearly(written(hidden, tmp_path))
    assert np.isnan(marked.at((START, "u1"), 2019)).all()
    for key, values in empty.seen.items():
        assert np.array_equal(values, marked.seen[key], equal_nan=True)


def test_however_the_file_is_laid_out_it_is_the_same_forecast(long: pd.DataFrame, tmp_path: Path) -> None:
    """Columns and rows in another order, columns and categories beside, England among the rows, years and thousands as written."""
    plain = read_yearly(written(long, tmp_path))
    england = long.groupby(["year", "flow", "breakdown", "category"])["count"].sum().reset_index()
    beside = long[long.category == TOTAL].assign(breakdown="need", category="N1")
    odd = pd.concat([long, england.assign(area_code="E92000001"), beside]).sample(frac=1, random_state=3)
    odd["year"] = [f"{year - 1}/{year % 100:02}" for year in odd.year]
    odd["count"] = ["c" if np.isnan(n) else f"{n:,.0f}" for n in odd["count"]]
    odd = odd.assign(note="as sent")[["note", *reversed(long.columns)]].rename(columns=lambda name: f" {name.upper()} ")
    again = read_yearly(written(odd, tmp_path, "odd.csv"))
    assert again.areas == plain.areas
    for key, values in plain.seen.items():
        assert np.array_equal(values, again.seen[key], equal_nan=True), key


def test_totals_that_were_not_published_are_the_sum_of_their_ages(long: pd.DataFrame, tmp_path: Path) -> None:
    known = read_yearly(written(long[long.category != TOTAL], tmp_path))
    ages = sum(known.at((STOCK, band), 2022) for band in BANDS)
    assert np.array_equal(known.at((STOCK, TOTAL), 2022), ages, equal_nan=True)
    made = forecast_yearly(known, 1)
    assert not any("published spread" in warning for warning in made.warnings)


def test_an_authority_whose_code_changed_is_one_series_under_its_newest_code(
    long: pd.DataFrame, tmp_path: Path
) -> None:
    changes = AuthorityCodes.read(DATA / "reference").changes
    codes = dict(zip(["E08000016", "E08000038"], [2019, 2022], strict=True))
    rest = long[~long.area_code.isin(codes)]
    one = long[long.area_code == "E06000001"]
    both = [one[one.year <= 2019].assign(area_code="E08000016"), one[one.year > 2019].assign(area_code="E08000038")]
    path = written(pd.concat([rest, *both]), tmp_path)
    whole, before = (read_yearly(path, until=year, changes=changes) for year in (2022, 2018))
    assert ("E08000038" in whole.areas, "E08000016" in whole.areas) == (True, False)
    assert ("E08000038" in before.areas, "E08000016" in before.areas) == (False, True)
    at, twin = whole.areas.index("E08000038"), whole.areas.index("E06000001")
    assert np.array_equal(whole.seen[START, TOTAL][at], whole.seen[START, TOTAL][twin], equal_nan=True)
    assert held_as(["E08000016", "E06000001"], whole.areas, changes) == ["E08000038", "E06000001"]
    assert gone(["E06000028", "E06000001", "E08000016"], date(2021, 3, 31), changes) == ["E06000028"]
    assert gone(["E06000028"], date(2018, 3, 31), changes) == []


def test_an_authority_without_a_code_and_a_year_that_is_none_are_named(long: pd.DataFrame, tmp_path: Path) -> None:
    wrong = long.astype({"year": object}).copy()
    wrong.loc[2, "area_code"] = ""
    wrong.loc[4, "year"] = "last year"
    with pytest.raises(UnreadableFile) as refused:
        read_yearly(written(wrong, tmp_path))
    told = [str(fault) for fault in refused.value.faults]
    assert any("row 4, column area_code" in one and "no code" in one for one in told)
    assert any("row 6, column year" in one and "'last year'" in one for one in told)


def test_every_fault_is_named_and_nothing_is_read(long: pd.DataFrame, tmp_path: Path) -> None:
    wrong = long.astype({"count": object}).copy()
    wrong.loc[3, "count"] = "-4"
    wrong.loc[5, "count"] = "many"
    twice = pd.concat([wrong, wrong.iloc[[10]]], ignore_index=True)
    with pytest.raises(UnreadableFile) as refused:
        read_yearly(written(twice, tmp_path))
    told = [str(fault) for fault in refused.value.faults]
    assert any("row 5, column count" in one and "'-4'" in one for one in told)
    assert any("row 7, column count" in one and "'many'" in one for one in told)
    assert any("given twice" in one and f"row {len(twice) + 1}" in one for one in told)
    with pytest.raises(UnreadableFile, match="column area_code"):
        read_yearly(written(long.drop(columns="area_code"), tmp_path))
    with pytest.raises(UnreadableFile, match="no authority's counts up to 1999"):
        read_yearly(written(long, tmp_path), until=1999)
    with pytest.raises(UnreadableFile, match="missing"):
        read_yearly(tmp_path / "none.csv")
    with pytest.raises(UnknownReference, match="E99"):
        forecast_yearly(read_yearly(written(long, tmp_path)), 1, ["E99"])


def test_the_command_writes_the_table(
    long: pd.DataFrame, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "new" / "forecast.csv"
    run = ["placements", "forecast", "backtest", "--series", str(written(long, tmp_path)), "--out", str(out)]
    monkeypatch.setattr("sys.argv", [*run, "--origin", "2020", "--horizon", "2", "--authority", SOUTHAMPTON])
    with pytest.raises(SystemExit) as end:
        main()
    assert not end.value.code
    table = pd.read_csv(out)
    assert tuple(table.columns) == COLUMNS
    assert set(table.area_code) == {SOUTHAMPTON}
    assert set(table.horizon) == {1, 2}
    assert "2021 to 2022" in capsys.readouterr().out


def test_a_picture_of_the_years_says_what_was_forecast_and_what_came(series: Yearly) -> None:
    known = series.until(2019)
    picture = plot_years(known, forecast_yearly(known, 3, ["E06000045"]).table, "E06000045", came=series)
    assert "481 in 2019" in picture.alt
    assert picture.alt.endswith("what came: 486 in 2020, 498 in 2021, 561 in 2022.")
    assert picture.table.year.tolist() == [2019, 2020, 2021, 2022]
    assert (picture.table.q10 <= picture.table.q90).all()
