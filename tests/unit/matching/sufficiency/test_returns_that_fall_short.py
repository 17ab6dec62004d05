"""What can go wrong with an authority's returns, through the command: each is forecast with a note, or refused with a sentence."""

from pathlib import Path

import pandas as pd
import pytest

from matching.errors import MatchingError
from matching.returns import History, read_history
from matching.returns.as_known import known_on
from matching.sufficiency.own_history import check_origin
from matching.sufficiency.spans import spans_of
from matching.sufficiency.yearly import STOCK, TOTAL
from matching.synthetic.histories import write_returns
from tests.lib.command import placements
from tests.lib.small_city import FIRST, LAST


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


def test_starts_mistyped_by_the_dozen_move_no_year(folder: Path, tmp_path: Path) -> None:
    """A tenth of those who are still in care are said to have come a year later than they did: nobody left in that year."""

    def late(name: str, table: pd.DataFrame) -> pd.DataFrame:
        if name == "episodes":
            slips = table.index[table.DEC == ""][::10]
            table.loc[slips, "DECOM"] = [f"{day[:6]}{LAST + 1}" for day in table.DECOM[slips]]
        return table

    spoilt(folder, tmp_path / "r", range(LAST, LAST + 1), late)
    assert read_history([tmp_path / "r"]).years[-1] == LAST


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
    assert "statistical neighbours of Southampton" in " ".join(capsys.readouterr().err.split())
    short = [part for part in ("--history", str(folder / "2024"))]
    assert placements("forecast", "review", *short, "--out", str(tmp_path / "short")) == 0
    assert "Three are needed" in capsys.readouterr().out
