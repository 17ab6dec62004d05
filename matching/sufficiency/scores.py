"""How well a forecast did: error, sharpness and honesty of its ranges, as people who judge forecasts measure them.

CRPS is taken from the seven quantiles as twice the mean pinball loss; over these quantiles that is the weighted interval
score with half weight on the median (Bracher, Ray, Gneiting and Reich, Evaluating epidemic forecasts in an interval
format, 2021), so that one column stands for both.
"""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from matching.sufficiency.futures import QUANTILES, forecast_yearly
from matching.sufficiency.peers import METHODS
from matching.sufficiency.yearly import Floats, Yearly

RANGES = {50: ("q25", "q75"), 80: ("q10", "q90"), 95: ("q025", "q975")}
CASE = ["area_code", "origin", "horizon", "flow", "category"]


def rolled(whole: Yearly, origins: range, furthest: int) -> pd.DataFrame:
    """Forecasts of every method from each origin, beside what came (`actual`) and the last value (`last`).

    Only cases with both published are kept: what the publisher hid is no test. Column `method` names the method.
    """
    return pd.concat(list(_each(whole, origins, furthest)), ignore_index=True)


def _each(whole: Yearly, origins: range, furthest: int) -> Iterator[pd.DataFrame]:
    for origin in origins:
        known, came = whole.until(origin), published(whole)
        for name, method in METHODS.items():
            told = forecast_yearly(known, min(furthest, whole.years[-1] - origin), method=method).table
            told["method"], told["year"] = name, told.origin + told.horizon
            told = told.merge(came, left_on=["area_code", "year", "flow", "category"], right_index=True)
            last = came.rename(columns={"actual": "last"})
            yield told.merge(last, left_on=["area_code", "origin", "flow", "category"], right_index=True)


def published(whole: Yearly) -> pd.DataFrame:
    """Every published count, indexed by area, year, flow and category."""
    found = {
        (area, year, *key): values[i, j]
        for key, values in whole.seen.items()
        for i, area in enumerate(whole.areas)
        for j, year in enumerate(whole.years)
        if not np.isnan(values[i, j])
    }
    index = pd.MultiIndex.from_tuples(list(found), names=["area_code", "year", "flow", "category"])
    return pd.DataFrame({"actual": list(found.values())}, index=index)


def scored(told: pd.DataFrame) -> pd.DataFrame:
    """One row for each method, flow, category and horizon.

    Columns: cases, mape (%), mae and crps (children), coverage_50, _80, _95 (% inside) and pit, the largest distance (in %
    points) between the share below a quantile and that quantile.
    """
    rows = told.assign(**{f"measure_{name}": value for name, value in _measures(told).items()})
    found = rows.groupby(["method", "flow", "category", "horizon"], sort=False)
    table = pd.DataFrame({name: found[f"measure_{name}"].mean() for name in ("mape", "mae", "crps", *_coverages())})
    table.insert(0, "cases", found.size())
    table["pit"] = [_pit(rows) for _, rows in found]
    return table


def _coverages() -> tuple[str, ...]:
    return tuple(f"coverage_{share}" for share in RANGES)


def _measures(told: pd.DataFrame) -> dict[str, Floats]:
    came = told.actual.to_numpy(dtype=np.float64)
    quantiles = np.stack([told[name].to_numpy(dtype=np.float64) for name in QUANTILES])
    levels = np.array(list(QUANTILES.values()))[:, None]
    pinball = np.where(came >= quantiles, levels * (came - quantiles), (1 - levels) * (quantiles - came))
    off = np.abs(told["mean"].to_numpy(dtype=np.float64) - came)
    with np.errstate(divide="ignore", invalid="ignore"):
        share_off = np.where(came > 0, 100 * off / came, np.nan)
    at = {name: i for i, name in enumerate(QUANTILES)}
    inside = {
        f"coverage_{share}": 100.0 * ((came >= quantiles[at[low]]) & (came <= quantiles[at[high]]))
        for share, (low, high) in RANGES.items()
    }
    return {"mape": share_off, "mae": off, "crps": 2 * pinball.mean(axis=0), **inside}


def _pit(rows: pd.DataFrame) -> float:
    below = [(rows.actual < rows[name]).mean() + 0.5 * (rows.actual == rows[name]).mean() for name in QUANTILES]
    return 100 * max(abs(share - level) for share, level in zip(below, QUANTILES.values(), strict=True))
