"""One authority's counts beside what it published itself, its statistical neighbours, and England."""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from matching.profile.breakdowns import Breakdown
from matching.profile.small_numbers import FEWEST_FOR_A_RATE, rounded, shown_counts, shown_shares
from matching.published import ENGLAND, Series

COLUMNS = ["count", "percent", "published", "neighbours_low", "neighbours_middle", "neighbours_high", "england"]


@dataclass(frozen=True)
class Table:
    """One breakdown: rows are categories, columns as `COLUMNS`; NaN is not shown or was not published.

    `total` is NaN for fewer than 10. `years` says of which year ending 31 March the published columns are.
    """

    breakdown: Breakdown
    rows: pd.DataFrame
    total: float
    years: dict[str, int | None]


def compared(
    breakdown: Breakdown,
    counts: pd.Series,
    total: int,
    series: Series,
    authority: str,
    neighbours: Sequence[str],
    year: int,
) -> Table:
    """A table; `counts` by category of the return, `total` everybody, published figures not after `year`."""
    counts = counts.reindex(list(breakdown.words), fill_value=0)
    published, own_year = published_shares(series, breakdown, authority, year)
    others = [published_shares(series, breakdown, other, year) for other in neighbours]
    beside = pd.DataFrame(
        {code: shares for code, (shares, _) in zip(neighbours, others, strict=True)}, index=counts.index
    )
    england, england_year = england_shares(series, breakdown, year)
    rows = pd.DataFrame(
        {
            "count": shown_counts(counts),
            "percent": shown_shares(counts, total),
            "published": published,
            "neighbours_low": beside.min(axis=1),
            "neighbours_middle": beside.median(axis=1),
            "neighbours_high": beside.max(axis=1),
            "england": england,
        },
        index=counts.index,
    )[COLUMNS].astype(float)
    newest = max((found for _, found in others if found), default=None)
    years = {"published": own_year, "neighbours": newest, "england": england_year}
    return Table(breakdown, rows, rounded(total) if total >= FEWEST_FOR_A_RATE else float("nan"), years)


def published_shares(series: Series, breakdown: Breakdown, area: str, year: int) -> tuple[pd.Series, int | None]:
    """Percentages of one area in its newest year with a total and any category; empty when there is none."""
    nothing = pd.Series(float("nan"), index=list(breakdown.words))
    table = series.looked_after
    columns = {f"{breakdown.prefix}.{code}": code for code in breakdown.words if f"{breakdown.prefix}.{code}" in table}
    if not columns or area not in table.index.get_level_values("authority"):
        return nothing, None
    rows = table[table.index.get_level_values("authority") == area].droplevel("authority")
    rows = rows[rows.index <= year].dropna(subset=[breakdown.total]).dropna(subset=list(columns), how="all")
    if rows.empty:
        return nothing, None
    newest = rows.iloc[-1]
    shares = 100 * newest[list(columns)].astype(float) / float(newest[breakdown.total])
    return shares.rename(columns).reindex(nothing.index), int(rows.index[-1])


def england_shares(series: Series, breakdown: Breakdown, year: int) -> tuple[pd.Series, int | None]:
    """England's percentages: published as such where they are, else from counts."""
    told = {
        code: series.england_percent(f"{breakdown.prefix.removeprefix('stock.')}.{code}", year)
        for code in breakdown.words
    }
    if any(told.values()):
        known = {code: found[1] for code, found in told.items() if found}
        years = [found[0] for found in told.values() if found]
        return pd.Series(known).reindex(list(breakdown.words)), max(years)
    return published_shares(series, breakdown, ENGLAND, year)
