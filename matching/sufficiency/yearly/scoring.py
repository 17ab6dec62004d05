"""How well forecasts did: error, score of the whole distribution, coverage; beside last value, flows and drift."""

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd

from matching.sufficiency.yearly.forecast import LEVELS, Outlook, forecast_years
from matching.sufficiency.yearly.series import FLOWS, MEASURES, STOCK, TOTAL, YearlyCounts

BANDS = {50: ("q25", "q75"), 80: ("q10", "q90"), 95: ("q025", "q975")}
DRIFT_YEARS = 3


Forecast = Callable[[YearlyCounts, int, int], Outlook]


def score_origins(
    series: YearlyCounts, origins: Sequence[int], horizon: int, forecast: Forecast = forecast_years
) -> pd.DataFrame:
    """One row for each forecast that came due: `KEYS`, quantiles, what came (`came`) and what each of `PEERS` said.

    Each origin sees the series as it stood then. What was suppressed or not published is not scored.
    """
    rows = [_scored(series, origin, horizon, forecast) for origin in origins]
    return pd.concat(rows, ignore_index=True)


def _scored(series: YearlyCounts, origin: int, horizon: int, forecast: Forecast) -> pd.DataFrame:
    seen = series.until(origin)
    table = forecast(seen, origin, horizon).table
    table = table[table.horizon + origin <= max(series.years)]
    came = {
        (f, c, a, h): v
        for (f, c) in MEASURES
        for h in range(1, horizon + 1)
        for a, v in _year(series, f, c, origin + h)
    }
    keys = list(zip(table.flow, table.category, table.area_code, table.horizon, strict=True))
    table = table.assign(came=[came.get(key, np.nan) for key in keys])
    for name, peer in PEERS.items():
        said = {(f, c, h): peer(seen, f, c, origin, h) for (f, c) in MEASURES for h in range(1, horizon + 1)}
        table[name] = [said[f, c, h].get(area, np.nan) for f, c, area, h in keys]
    return table[(table.came > 0) & table.last_value.notna()]


def _year(series: YearlyCounts, flow: str, category: str, year: int) -> list[tuple[str, float]]:
    frame = series.published[flow, category]
    return list(zip(series.areas, frame[year].to_list(), strict=True)) if year in frame.columns else []


def last_value(seen: YearlyCounts, flow: str, category: str, origin: int, _horizon: int) -> pd.Series:
    """The newest count, again."""
    return seen.counts[flow, category].ffill(axis=1)[origin]


def drift(seen: YearlyCounts, flow: str, category: str, origin: int, horizon: int) -> pd.Series:
    """The newest count, and the average yearly change of three years in each year."""
    known = seen.counts[flow, category].ffill(axis=1)
    first = max(origin - DRIFT_YEARS, seen.years[0])
    yearly = (known[origin] - known[first]) / max(origin - first, 1)
    ahead: pd.Series = (known[origin] + horizon * yearly.fillna(0)).clip(lower=0)
    return ahead


def flows(seen: YearlyCounts, flow: str, category: str, origin: int, horizon: int) -> pd.Series:
    """In care by what starts and leaves: yearly starts as they were, the same share of children leaving; else last value."""
    if flow != STOCK or category != TOTAL:
        return last_value(seen, flow, category, origin, horizon)
    stock, start, cease = (last_value(seen, f, TOTAL, origin, horizon) for f in FLOWS)
    leaving = (cease / (stock + cease)).clip(0, 1)
    for _ in range(horizon):
        stock = stock + start - leaving * (stock + start)
    return stock


PEERS: dict[str, Callable[[YearlyCounts, str, str, int, int], pd.Series]] = {
    "last_value": last_value,
    "flows": flows,
    "drift": drift,
}


def summary(scored: pd.DataFrame, by: Sequence[str] = ("flow", "category", "horizon")) -> pd.DataFrame:
    """Figures by group: MAPE in percent of ours and the peers', CRPS, WIS, and coverage in percent at 50, 80, 95.

    A peer says one number, whose CRPS is its absolute error.
    """
    table = scored.copy()
    for name, said in {"ours": table["mean"], **{peer: table[peer] for peer in PEERS}}.items():
        table[f"mape_{name}"] = 100 * (said - table.came).abs() / table.came
    table["crps"] = pinball(table)
    table["crps_last_value"] = (table.last_value - table.came).abs()
    table["wis"] = weighted_interval_score(table)
    for level, (low, high) in BANDS.items():
        table[f"covered_{level}"] = 100.0 * table.came.between(table[low], table[high])
    columns = [str(name) for name in table if str(name).startswith(("mape", "crps", "wis", "covered"))]
    grouped = table.groupby(list(by), sort=False, observed=True)
    return grouped[columns].mean().assign(forecasts=grouped.size())


def pinball(table: pd.DataFrame) -> pd.Series:
    """CRPS from the quantiles: twice the pinball loss, weighted by the share that each quantile stands for."""
    levels = np.array(list(LEVELS.values()))
    edges = np.concatenate([[0.0], (levels[1:] + levels[:-1]) / 2, [1.0]])
    error = table.came.to_numpy()[:, None] - table[list(LEVELS)].to_numpy()
    loss = np.maximum(levels * error, (levels - 1) * error)
    return pd.Series(2 * loss @ np.diff(edges), index=table.index)


def weighted_interval_score(table: pd.DataFrame) -> pd.Series:
    """WIS of the median and the bands of 50, 80 and 95%, in children; less is better."""
    score = 0.5 * (table.came - table.q50).abs()
    for level, (low, high) in BANDS.items():
        share = 1 - level / 100
        under, over = (table[low] - table.came).clip(lower=0), (table.came - table[high]).clip(lower=0)
        score = score + share / 2 * (table[high] - table[low]) + under + over
    return score / (len(BANDS) + 0.5)


def probability_integral(scored: pd.DataFrame) -> pd.DataFrame:
    """PIT by horizon: percent of outcomes between neighbouring quantiles, beside what is due."""
    edges = list(LEVELS.values())
    due = np.diff([0.0, *edges, 1.0]) * 100
    names = [
        f"below {edges[0]:.1%}",
        *(f"{a:.1%} to {b:.1%}" for a, b in zip(edges, edges[1:], strict=False)),
        f"above {edges[-1]:.1%}",
    ]
    found = {"due": pd.Series(due, index=names)}
    for horizon, part in scored.groupby("horizon"):
        place = (part.came.to_numpy()[:, None] > part[list(LEVELS)].to_numpy()).sum(axis=1)
        found[f"{horizon} ahead"] = pd.Series(np.bincount(place, minlength=len(names)) / len(part) * 100, index=names)
    return pd.DataFrame(found)
