"""A plain sentence for each answer of a forecast."""

from collections.abc import Iterator
from typing import Any

import pandas as pd

from matching.sufficiency.answers import ALL, BUSIEST, IN_CARE, NEEDED, UNMET, WAITED, each
from matching.sufficiency.areas import ELSEWHERE
from matching.sufficiency.counts import FAR, OUTSIDE, PARTED, SHORTFALLS
from matching.sufficiency.forecast import Forecast
from matching.sufficiency.pictures import BASE_NAME, MILLION, base_rows, rows_of
from matching.sufficiency.spending import POUNDS
from matching.wording import counted, listed

FEW = "few (5 or less)"


def sentences(made: Forecast) -> dict[str, list[str]]:
    """Sentences under `short`, `needs`, `money` and `duty`; the last year of the forecast unless it says otherwise."""
    year = int(made.manifest["years"])
    return {
        "short": list(_short(made, year)),
        "needs": list(_needs(made, year)),
        "money": list(_money(made, year)),
        "duty": list(_duty(made, year)),
    }


def _row(made: Forecast, measure: str, year: int) -> Any | None:
    rows = rows_of(made, measure)
    rows = rows[(rows.year == year) & (rows.scenario == BASE_NAME)]
    return next(each(rows), None)


def _range(row: Any | None, places: int = 0) -> str:
    """Middle and 80% range, in words."""
    if row is None:
        return FEW
    return f"{row.q50:.{places}f} (in 8 of 10 runs {row.q10:.{places}f} to {row.q90:.{places}f})"


def _short(made: Forecast, year: int) -> Iterator[str]:
    now, then = _row(made, IN_CARE, 0), _row(made, IN_CARE, year)
    if now is not None:
        yield f"Children in care: {now.q50:.0f} today; {_range(then)} in year {year}."
    yield f"Children a year for whom a family is the plan and none is found: {_range(_row(made, UNMET, year))} in year {year}."
    yield f"Places in families that would be needed for them: {_range(_row(made, NEEDED, year))}."
    spend = _row(made, POUNDS, year)
    if spend is not None:
        low, middle, high = (one / MILLION for one in (spend.q10, spend.q50, spend.q90))
        yield f"Spend on homes in year {year}: £{middle:.1f} million (in 8 of 10 runs £{low:.1f} to £{high:.1f} million)."
    best = _best_scenario(made, year)
    if best:
        yield best


def _best_scenario(made: Forecast, year: int) -> str | None:
    """The scenario that gives most children a family."""
    rows = _all_of(made.against_base, NEEDED, year)
    if rows.empty:
        return None
    first = rows.sort_values("mean", kind="stable").iloc[0]
    # less than half a child would be said as none
    if first.q90 >= 0 or first.q50 > -0.5:
        return "No scenario surely leaves fewer children without a family than the base case."
    return (
        f"Of the scenarios, '{first.scenario}' leaves fewest children without a family: {-first.q50:.0f} fewer at a time "
        f"in year {year} (in 8 of 10 runs {-first.q90:.0f} to {-first.q10:.0f})."
    )


def _all_of(table: pd.DataFrame, measure: str, year: int) -> pd.DataFrame:
    return table[(table.measure == measure) & (table.kind == ALL) & (table.area == ALL) & (table.year == year)]


def _needs(made: Forecast, year: int) -> Iterator[str]:
    by_need = base_rows(made, NEEDED, year, "kind").sort_values("mean", ascending=False, kind="stable")
    if len(by_need):
        first = by_need.iloc[0]
        yield (
            f"Most places are needed for {_plural(first.kind)}: {first['mean']:.1f} on average in year {year} "
            f"(in 8 of 10 runs {first.q10:.0f} to {first.q90:.0f})."
        )
    areas = base_rows(made, NEEDED, year, "area")
    areas = areas[areas.area != ELSEWHERE].sort_values("mean", ascending=False, kind="stable").head(3)
    if len(areas):
        told = [f"{row.area} ({places:.1f})" for row, places in zip(each(areas), areas["mean"], strict=True)]
        yield f"By where families live, the most are needed in {listed(told)}, on average."
    yield f"Children a year placed with a family over 20 miles away: {_range(_row(made, SHORTFALLS[FAR], year))}."
    yield f"Children a year placed with a family in another authority: {_range(_row(made, SHORTFALLS[OUTSIDE], year))}."
    yield f"Children a year parted from brothers and sisters: {_range(_row(made, SHORTFALLS[PARTED], year))}."


def _plural(need: str) -> str:
    return {"younger child": "younger children", "teenager": "teenagers"}.get(
        need, need if "and" in need else f"{need} children"
    )


def _money(made: Forecast, year: int) -> Iterator[str]:
    first, last = _row(made, POUNDS, 1), _row(made, POUNDS, year)
    if first is not None and last is not None:
        yield f"Spend on homes in the base case: £{first.q50 / MILLION:.1f} million in year 1, £{last.q50 / MILLION:.1f} million in year {year}."
    spend = made.against_base
    for row in each(made.pays):
        pounds = _all_of(spend[spend.scenario == row.scenario], POUNDS, year)
        change = next(each(pounds), None)
        told = "" if change is None else (
            f"{_apart(change.q50)} in year {year} (in 8 of 10 runs from {_apart(change.q10)} to {_apart(change.q90)}). "
        )  # fmt: skip
        yield f"{row.scenario}: {told}{_payback(row, year)}"


def _apart(pounds: float) -> str:
    """Pounds more or less than the base case, in words."""
    told = f"£{abs(pounds) / MILLION:.1f} million"
    return "as much" if told == "£0.0 million" else f"{told} {'more' if pounds > 0 else 'less'}"


def _payback(row: Any, years: int) -> str:
    if row.share < 0.5:
        return f"It does not pay for itself within {counted(years, 'year', 'years')} in most runs."
    if row.q90 <= 0:
        return "It costs less from the start."
    if row.q50 <= 0:
        return f"In most runs it costs less from the start; in {row.share:.0%} it has paid for itself within {counted(years, 'year', 'years')}."
    return f"It has paid for itself after {row.q50:.1f} years (in 8 of 10 runs {row.q10:.1f} to {row.q90:.1f}), in {row.share:.0%} of runs."


def _duty(made: Forecast, year: int) -> Iterator[str]:
    yield f"Children a year who are not placed in their first week: {_range(_row(made, WAITED, year))}."
    yield f"Searches in the busiest week of year {year}: {_range(_row(made, BUSIEST, year))}."
    yield (
        f"Emergencies in a year: {_range(_row(made, 'emergencies', year))}; of them on a Friday "
        f"{_range(_row(made, 'emergencies on a Friday', year))}."
    )
    yield f"Places free on an average day: {_range(_row(made, 'places free', year))}."
