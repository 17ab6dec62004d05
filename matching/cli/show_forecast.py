"""Making forecasts and telling on the screen what they found."""

import sys
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from matching.cli.places import data_folder
from matching.errors import MatchingError
from matching.published import Series
from matching.sufficiency.yearly import YearlyCounts, forecast_years, from_published, read_yearly_counts

MOST_WARNINGS = 12


def backtest_to(
    out: Path, series: Path | None, population: Path | None, origin: int, horizon: int, areas: Sequence[str]
) -> None:
    """Write the table of a yearly forecast; warnings go to stderr."""
    shipped = from_published(Series.read(data_folder() / "reference" / "statistics"))
    if series is None and population is not None:
        raise MatchingError("A population without a series. Give --series too; the published series has its own.")
    counts = shipped if series is None else read_yearly_counts(series, origin, population)
    if origin < min(counts.years):
        raise MatchingError(f"Origin {origin} is before the first year, {min(counts.years)}. Choose a later one.")
    outlook = forecast_years(counts.until(origin), origin, horizon, areas, borrow=_borrowed(shipped, origin))
    outlook.table.to_csv(out, index=False, lineterminator="\n")
    for warning in outlook.warnings[:MOST_WARNINGS]:
        sys.stderr.write(f"Note: {warning}\n")
    if len(outlook.warnings) > MOST_WARNINGS:
        sys.stderr.write(f"Note: and {len(outlook.warnings) - MOST_WARNINGS} more of this kind.\n")
    told = outlook.table.area_code.nunique()
    Console().print(f"Forecast {told} authorities from {origin}, {horizon} years ahead; written to {out}.")


def _borrowed(shipped: YearlyCounts, origin: int) -> YearlyCounts | None:
    """The published series as it stood at the origin, to learn from; `None` where it had not begun."""
    return shipped.until(origin) if min(shipped.years) <= origin else None
