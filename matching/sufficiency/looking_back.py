"""How forecasts from an authority's own returns would have done, beside simpler ones, and how last year's did."""

from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from matching.returns.as_known import known_on
from matching.returns.history import History
from matching.sufficiency.figures import Parameters
from matching.sufficiency.futures import forecast_yearly
from matching.sufficiency.own_history import (
    RUNS_OF_TRIALS,
    beside,
    counts_of,
    forecast_history,
    learn,
    origins_of,
)
from matching.sufficiency.peers import METHODS
from matching.sufficiency.scores import scored
from matching.sufficiency.surprises import UNTRIED, unstepped, widened_by
from matching.sufficiency.yearly import BANDS, CEASE, START, STOCK, TOTAL, Yearly
from matching.wording import counted, listed

OURS = "forecast"
PEERS = tuple(name for name in METHODS if name != OURS)
ENOUGH_ORIGINS = 4  # fewer, and what ranges held is an anecdote
FLOW_WORDS = {STOCK: "children in care on 31 March", START: "starts", CEASE: "leavers"}
AGE_WORDS = dict(zip(BANDS, ("under 1", "1 to 4", "5 to 9", "10 to 15", "16 and over"), strict=True))
Borrow = Callable[[int], Parameters]


@dataclass(frozen=True)
class LookingBack:
    """`told` has one row for each method, origin, year ahead and category, with `actual` and `last`; `scores` as `scored` gives.

    `last_year` are the rows of the forecast made a year before the newest return, widened as it would have been;
    `sentences` say what it means.
    """

    told: pd.DataFrame
    scores: pd.DataFrame
    last_year: pd.DataFrame
    sentences: tuple[str, ...]


def looking_back(
    history: History, borrow: Borrow, furthest: int = 3, *, runs: int = RUNS_OF_TRIALS, seed: int = 1
) -> LookingBack:
    """Forecast from each earlier year with what was known then, and compare with what came.

    `borrow` gives the figures borrowed in a year. Each origin's ranges are widened by what the origins before it missed,
    and by nothing later. Needs returns of four years; with fewer, the tables are empty and a sentence says so.
    """
    came = counts_of(history)
    origins = origins_of(history)
    if not len(origins):
        short = f"The returns cover {counted(len(came.years) - 1, 'year', 'years')}. Three are needed to try a forecast of one year: no score."
        return LookingBack(pd.DataFrame(), pd.DataFrame(), pd.DataFrame(), (short,))
    ours = list(_ours(history, borrow, came, furthest, runs, seed))
    peers = [part for origin in origins for part in _peers(came, origin, furthest)]
    told = pd.concat([*ours, *peers], ignore_index=True)
    scores = scored(told)
    last_year = ours[-1]
    return LookingBack(told, scores, last_year, tuple(_sentences(scores, last_year, origins)))


def _ours(
    history: History, borrow: Borrow, came: Yearly, furthest: int, runs: int, seed: int
) -> Iterator[pd.DataFrame]:
    """Our forecast from each origin, widened by the misses that were known then."""
    misses: list[pd.DataFrame] = []
    for origin in origins_of(history):
        known = known_on(history, pd.Timestamp(origin, 3, 31))
        before = pd.concat([rows[rows.year <= origin] for rows in misses]) if misses else pd.DataFrame()
        arrivals = learn(known, borrow(origin)).arrivals
        factor = widened_by(before, unstepped(before, arrivals, origin)) if len(before) else UNTRIED
        years = min(furthest, came.years[-1] - origin)
        plain, wide = (
            forecast_history(known, borrow(origin), years, runs=runs, seed=seed, wider=one).table
            for one in (1.0, factor)
        )
        misses.append(beside(plain, came))
        yield beside(wide, came).assign(method=OURS, widened=factor)


def _peers(came: Yearly, origin: int, furthest: int) -> Iterator[pd.DataFrame]:
    known = came.until(origin)
    for name in PEERS:
        table = forecast_yearly(known, min(furthest, came.years[-1] - origin), method=METHODS[name]).table
        yield beside(table, came).assign(method=name, widened=1.0)


def score_of(scores: pd.DataFrame, method: str, flow: str, category: str, ahead: int) -> "pd.Series[float]":
    """The scores of one method for one series and horizon."""
    at: Any = (method, flow, category, ahead)
    row: pd.Series[float] = scores.loc[at]
    return row


def _sentences(scores: pd.DataFrame, last_year: pd.DataFrame, origins: range) -> Iterator[str]:
    rows = last_year[last_year.horizon == 1]
    for flow, words in FLOW_WORDS.items():
        for row in rows[(rows.flow == flow) & (rows.category == TOTAL)].to_dict("records"):
            yield _how_it_did(row, words)
    ages = rows[(rows.flow == STOCK) & rows.category.isin(AGE_WORDS)]
    out = [AGE_WORDS[name] for name in ages.category[(ages.actual < ages.q10) | (ages.actual > ages.q90)]]
    yield (f"Ages outside their 8-in-10 range: {listed(out)}." if out else "Every age came within its 8-in-10 range.")
    yield from _beside_last(scores)
    if len(origins) < ENOUGH_ORIGINS:
        yield (
            f"Only {counted(len(origins), 'year', 'years')} could be tried, so how often the ranges held says little; "
            "the backtest on the public series says more."
        )


def _how_it_did(row: Mapping[Hashable, Any], words: str) -> str:
    inside = "inside" if row["q10"] <= row["actual"] <= row["q90"] else "outside"
    return (
        f"From {row['origin']}, {words} in {row['year']} were forecast as {row['mean']:.0f} (8 in 10: {row['q10']:.0f} to {row['q90']:.0f}); "
        f"{row['actual']:.0f} came, {inside} the range. Repeating the last value would have said {row['last']:.0f}."
    )


def _beside_last(scores: pd.DataFrame) -> Iterator[str]:
    for ahead in sorted({int(one) for one in scores.index.get_level_values("horizon")}):
        mine, last = (score_of(scores, name, STOCK, TOTAL, ahead) for name in (OURS, "last value"))
        yield (
            f"{counted(ahead, 'year', 'years').capitalize()} ahead, over {counted(int(mine.cases), 'forecast', 'forecasts')}: children in care "
            f"{mine.mape:.1f}% off on average, the last value {last.mape:.1f}%; {mine.coverage_80:.0f}% inside the 80% range."
        )
