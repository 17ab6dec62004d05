"""A forecast from an authority's own returns, child by child, and how earlier ones from the same returns would have done."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from matching.errors import MatchingError
from matching.returns.as_known import known_on
from matching.returns.history import History
from matching.sufficiency.adoption_stages import own_stages
from matching.sufficiency.arriving import Arrivals, arrivals_of, own_arrivals
from matching.sufficiency.children_ahead import ahead, beginning_of
from matching.sufficiency.figures import AGE_EDGES, AGES, LAST_AGE, Parameters
from matching.sufficiency.futures import COLUMNS, QUANTILES, Forecast
from matching.sufficiency.lengths import lengths_of, own_lengths
from matching.sufficiency.living import own_distance, own_living
from matching.sufficiency.spans import YEAR, Floats, Spans, spans_of
from matching.sufficiency.surprises import UNTRIED, unstepped, widened_by
from matching.sufficiency.yearly import BANDS, CEASE, KEYS, SINGLE, START, STOCK, TOTAL, Key, Yearly
from matching.wording import counted

RUNS, RUNS_OF_TRIALS = 400, 200
FEWEST_YEARS = 2  # of history before an earlier forecast is tried
FEW_CHILDREN, FEW_YEARS = 50, 3
NO_CODE = "own"


@dataclass(frozen=True)
class Learnt:
    """What a history teaches: its spans, figures with their sources, and who comes."""

    spans: Spans
    parameters: Parameters
    arrivals: Arrivals


def learn(history: History, borrowed: Parameters) -> Learnt:
    """Figures from an authority's own returns, moved to England's by how little there is.

    Raises `MatchingError` where the returns hold nothing that can be counted.
    """
    spans = spans_of(history)
    in_care = int(spans.open.sum())
    arrivals = arrivals_of(borrowed, spans, in_care)
    own = own_lengths(borrowed, spans) | own_arrivals(borrowed, spans, arrivals, in_care)
    return Learnt(spans, Parameters({**borrowed.figures, **own}), arrivals)


def with_living(learnt: Learnt, history: History, miles: "pd.Series[float] | None" = None) -> Parameters:
    """All figures of a history: who comes and leaves, with where children live and move, stages of adoption, distances.

    `miles` from home by child, NaN where not known; without it distances stay borrowed.
    """
    figures = dict(learnt.parameters.figures)
    figures |= own_living(learnt.parameters, history) | own_stages(learnt.parameters, history)
    if miles is not None:
        figures |= own_distance(learnt.parameters, miles)
    return Parameters(figures)


def forecast_history(
    history: History, borrowed: Parameters, horizon: int, *, runs: int = RUNS, seed: int = 1, wider: float | None = None
) -> Forecast:
    """Forecast the years after a history: rows with the columns of the yearly forecast, and warnings.

    Ranges are those of the runs, widened where earlier forecasts from the same history were surprised more often than
    they said (`wider`; worked out when not given).
    """
    learnt = learn(history, borrowed)
    factor = widening(history, borrowed, horizon, learnt.arrivals, seed=seed) if wider is None else wider
    table = _table(history, learnt, horizon, runs, seed, factor)
    return Forecast(table, tuple(_warnings(learnt, factor)))


def _table(history: History, learnt: Learnt, horizon: int, runs: int, seed: int, factor: float) -> pd.DataFrame:
    origin = history.last_day.year
    counts = ahead(
        beginning_of(learnt.spans), lengths_of(learnt.parameters), learnt.arrivals, years=horizon, runs=runs, seed=seed
    )
    rows = [
        _row(area_of(history), origin, year + 1, key, counts[key][:, year], factor)
        for year in range(horizon)
        for key in KEYS
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS)).round(2)


def _row(area: str, origin: int, ahead_: int, key: Key, runs: Floats, factor: float) -> tuple[object, ...]:
    mean, middle = float(runs.mean()), np.log1p(np.median(runs))
    at = np.quantile(evenly(runs), list(QUANTILES.values()))
    wide = np.expm1(middle + factor * (np.log1p(np.maximum(at, -0.5)) - middle))
    breakdown = TOTAL if key[1] == TOTAL else "age"
    return area, origin, ahead_, key[0], breakdown, key[1], mean, *np.maximum(wide, 0.0)


def evenly(runs: Floats) -> Floats:
    """Counts in order, those of one number spread evenly over half a child either way, so that few lie on an edge.

    The range of few children would else hold whole numbers at both ends, and more of what comes than it says.
    """
    _, number, many = np.unique(runs, return_inverse=True, return_counts=True)
    order = np.sort(number)
    place = np.arange(len(runs)) - np.searchsorted(order, order)
    return np.asarray(np.sort(runs) + (place + 0.5) / many[order] - 0.5)


def area_of(history: History) -> str:
    """The code of the authority whose returns these are, where one is told."""
    codes = sorted({str(code) for code in history.episodes.authority if code})
    return codes[0] if len(codes) == 1 else NO_CODE


def counts_of(history: History) -> Yearly:
    """Children in care on 31 March, starts and leavers by age, of each year that the returns cover whole."""
    spans = spans_of(history)
    years = tuple(range(spans.first_day.year, spans.last_day.year + 1))
    seen = {key: np.full((1, len(years)), np.nan) for key in KEYS}
    ends = [(pd.Timestamp(year, 3, 31) - spans.first_day).days / YEAR for year in years]
    for at, end in enumerate(ends):
        here = (spans.began <= end) & (spans.ended > end)
        _count(seen, STOCK, at, (spans.age + end - spans.began)[here])
        if at:
            _count(seen, START, at, spans.age[(spans.began > ends[at - 1]) & (spans.began <= end)])
            left = (spans.ended > ends[at - 1]) & (spans.ended <= end)
            _count(seen, CEASE, at, (spans.age + spans.ended - spans.began)[left])
    return Yearly((area_of(history),), years, seen, np.full((1, len(years)), np.nan))


def _count(seen: dict[Key, Floats], flow: str, at: int, ages: Floats) -> None:
    band = np.clip(np.searchsorted(AGE_EDGES, ages, side="right") - 1, 0, len(AGES) - 1)
    seen[flow, TOTAL][0, at] = len(ages)
    for number, name in enumerate(BANDS):
        seen[flow, name][0, at] = (band == number).sum()
    if flow == CEASE:
        single = np.searchsorted((16.0, 17.0, LAST_AGE), ages, side="right") - 1
        for number, name in enumerate(SINGLE):
            seen[flow, name][0, at] = (single == number).sum()


def origins_of(history: History, ahead_: int = 1) -> range:
    """Years from which a forecast of so many years ahead can be tried and compared."""
    spans = spans_of(history)
    return range(spans.first_day.year + FEWEST_YEARS, spans.last_day.year - ahead_ + 1)


def tried(history: History, borrowed: Parameters, furthest: int, *, runs: int, seed: int) -> Iterator[pd.DataFrame]:
    """Forecasts from each earlier year, not widened, beside what came (`actual`) and the last value (`last`)."""
    came = counts_of(history)
    for origin in origins_of(history):
        known = known_on(history, pd.Timestamp(origin, 3, 31))
        years = min(furthest, came.years[-1] - origin)
        yield beside(_table(known, learn(known, borrowed), years, runs, seed, 1.0), came)


def beside(table: pd.DataFrame, came: Yearly) -> pd.DataFrame:
    """A forecast with what came and the last value; rows without both are left out."""
    keys = list(zip(table.flow, table.category, strict=True))
    years = table.origin + table.horizon
    actual = [float(came.at(key, year)[0]) for key, year in zip(keys, years, strict=True)]
    last = [float(came.at(key, year)[0]) for key, year in zip(keys, table.origin, strict=True)]
    return table.assign(actual=actual, last=last, year=years).dropna(subset=["actual", "last"])


def widening(history: History, borrowed: Parameters, furthest: int, arrivals: Arrivals, *, seed: int = 1) -> float:
    """How many times wider ranges must be, by what earlier forecasts from the same history missed."""
    parts = list(tried(history, borrowed, furthest, runs=RUNS_OF_TRIALS, seed=seed))
    if not parts:
        return UNTRIED
    trials = pd.concat(parts, ignore_index=True)
    return widened_by(trials, unstepped(trials, arrivals, history.last_day.year))


def _warnings(learnt: Learnt, factor: float) -> Iterator[str]:
    yield from notes_of(learnt)
    if factor > 1.05:
        because = (
            "no earlier forecast could be tried"
            if factor == UNTRIED
            else "earlier forecasts were surprised more often than they said"
        )
        yield f"Ranges are {factor:.1f} times as wide as the runs alone, because {because}."


def notes_of(learnt: Learnt) -> Iterator[str]:
    """What a reader must know of a history before believing a number: left out, short, small, an age without anybody."""
    spans = learnt.spans
    yield from spans.dropped
    whole, in_care = round(spans.length), int(spans.open.sum())
    if whole < FEW_YEARS:
        yield (
            f"Only {counted(whole, 'year', 'years')} of returns: no earlier forecast could be tried, and much is borrowed. "
            "The ranges are wide; read them, not the mean."
        )
    if in_care < FEW_CHILDREN:
        told = counted(in_care, "child", "children")
        yield f"{told} in care at the end: one family more or less changes everything. Read the ranges, not the mean."
    empty = [name for name, seen in zip(_AGE_WORDS, _by_age(spans), strict=True) if not seen]
    if empty:
        yield f"Nobody aged {' or '.join(empty)} in these returns: what is said of them is borrowed."


_AGE_WORDS = ("under 1", "1 to 4", "5 to 9", "10 to 15", "16 and over")


def _by_age(spans: Spans) -> list[bool]:
    """Whether anybody lived in care at each age within the window."""
    begin, end = np.maximum(spans.began, 0.0), np.minimum(spans.ended, spans.length)
    return [
        bool((np.minimum(end, born + high) > np.maximum(begin, born + low)).any())
        for born in [spans.began - spans.age]
        for low, high in zip(AGE_EDGES, AGE_EDGES[1:], strict=False)
    ]


def check_origin(history: History, origin: int) -> History:
    """The history up to a year; raises `MatchingError` where the returns do not reach it or begin after it."""
    spans = spans_of(history)
    first, last = spans.first_day.year + 1, spans.last_day.year
    if not first <= origin <= last:
        raise MatchingError(
            f"The returns cover {first} to {last}, so nothing can be forecast from {origin}. Choose an --origin among them."
        )
    return known_on(history, pd.Timestamp(origin, 3, 31))
