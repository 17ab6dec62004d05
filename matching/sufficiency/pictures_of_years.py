"""A picture of yearly counts: what was published, what is forecast with its ranges, and what came where it is known."""

import numpy as np
import pandas as pd
from matplotlib.ticker import MaxNLocator, StrMethodFormatter

from matching.sufficiency.answers import AGE_WORDS
from matching.sufficiency.legends import legend
from matching.sufficiency.pictures import COLOURS, INK, LEVELS, Picture, axes_of
from matching.sufficiency.yearly import STOCK, TOTAL, Yearly


def plot_years(
    known: Yearly, told: pd.DataFrame, area: str, category: str = TOTAL, came: Yearly | None = None
) -> Picture:
    """Children in care of an authority on 31 March of each year; `told` are rows of a yearly forecast from the last year of `known`.

    `came` adds what was published later.
    """
    past = _published(known, area, category)
    ahead = _ahead(told, area, category, past)
    later = None if came is None else _published(came, area, category).loc[lambda seen: seen.index > past.index[-1]]
    title = "Children in care on 31 March" + ("" if category == TOTAL else f", {AGE_WORDS[category]}")
    figure, axes = axes_of(title, "children")
    for low, high, shade, level in LEVELS:
        axes.fill_between(ahead.year, ahead[low], ahead[high], color=shade, lw=0, label=f"{level} in 100", zorder=0.3)
    axes.plot(past.index, past, color=INK, lw=2, label="published")
    axes.plot(ahead.year, ahead.q50, color=COLOURS[0], lw=2, ls="--", label="forecast, middle")
    if later is not None and len(later):
        axes.plot(later.index, later, "o", color=COLOURS[1], ms=6, label="what came")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.yaxis.set_major_formatter(StrMethodFormatter("{x:,g}"))
    axes.set_ylim(bottom=0)
    legend(figure)
    return Picture("years", title, figure, _words(title, past, ahead, later), ahead)


def _published(series: Yearly, area: str, category: str) -> "pd.Series[float]":
    counts = series.seen[STOCK, category][series.areas.index(area)]
    return pd.Series(counts, index=list(series.years), name="published").dropna()


def _ahead(told: pd.DataFrame, area: str, category: str, past: "pd.Series[float]") -> pd.DataFrame:
    """The forecast by year, from the last published count on, where every range has no width."""
    rows = told[(told.area_code == area) & (told.flow == STOCK) & (told.category == category)]
    edges = ["q025", "q10", "q25", "q50", "q75", "q90", "q975"]
    found = rows.assign(year=rows.origin + rows.horizon).sort_values("year")[["year", *edges]]
    start = pd.DataFrame([[past.index[-1], *np.full(len(edges), past.iloc[-1])]], columns=["year", *edges])
    return pd.concat([start, found], ignore_index=True).astype({"year": int})


def _words(title: str, past: "pd.Series[float]", ahead: pd.DataFrame, later: "pd.Series[float] | None") -> str:
    last = ahead.iloc[-1]
    said = [
        f"{past.iloc[0]:.0f} in {past.index[0]}, {past.iloc[-1]:.0f} in {past.index[-1]}",
        f"forecast for {last.year:.0f}: {last.q50:.0f} (8 in 10 futures from {last.q10:.0f} to {last.q90:.0f})",
    ]
    if later is not None and len(later):
        said.append("what came: " + ", ".join(f"{count:.0f} in {year}" for year, count in later.items()))
    return f"{title}. {'; '.join(said)}."
