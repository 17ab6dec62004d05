"""Counts of runs to tidy answers: what each run says, ranges over runs, differences against the base case run by run."""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pandas as pd

from matching.sufficiency.coming import PRODUCTS
from matching.sufficiency.parameters import AGES, Parameters
from matching.sufficiency.scenario import BASE, Scenario
from matching.sufficiency.weeks import NEEDS, Counts
from matching.suppression import SMALL, hidden_rows

KEYS = ["scenario", "measure", "kind", "year"]
QUANTILES = {"q025": 0.025, "q10": 0.10, "q25": 0.25, "q50": 0.5, "q75": 0.75, "q90": 0.90, "q975": 0.975}
AGE_WORDS = dict(zip(AGES, ("under 1", "1 to 4", "5 to 9", "10 to 15", "16 and over"), strict=True))
PRICED = {
    "in-house": "price_in_house",
    "agency": "price_agency",
    "agency elsewhere": "price_agency",
    "kin": "price_kin",
    "residential": "price_residential",
    "supported": "price_supported",
}
# yearly growth of prices, section 251 2017 to 2025: foster care 3.7%, residential 10.1%
GROWTH = {"residential": 0.101}
FOSTER_GROWTH = 0.037
POUNDS = "spend"
COUNTED_IN_CHILDREN = (
    "in care",
    "living",
    "no family found",
    "referrals",
    "groups parted",
    "not placed in the first week",
)


def run_values(name: str, counts: Counts, parameters: Parameters, scenario: Scenario) -> pd.DataFrame:
    """One row for each run, year, measure and kind of a scenario; year 0 is the first day."""
    frames = [
        _frame(name, measure, kind, values, first)
        for measure, kind, values, first in _measures(counts, parameters, scenario)
    ]
    return pd.concat(frames, ignore_index=True)


def _measures(
    counts: Counts, parameters: Parameters, scenario: Scenario
) -> Iterator[tuple[str, str, npt.NDArray[np.float64], int]]:
    """Measure, kind, values (runs, years) and the year of the first column."""
    whole = counts.in_care.astype(float)
    yield "in care", "all", whole.sum(axis=(2, 3)), 0
    for number, age in enumerate(AGES):
        yield "in care", AGE_WORDS[age], whole[:, :, number].sum(axis=2), 0
    for number, product in enumerate(PRODUCTS):
        yield "living", product, whole[:, :, :, number].sum(axis=2), 0
    yield "no family found", "all", counts.unmet.sum(axis=2).astype(float), 1
    yield "referrals", "all", counts.referrals.sum(axis=2).astype(float), 1
    for number, need in enumerate(NEEDS):
        yield "no family found", need, counts.unmet[:, :, number].astype(float), 1
        yield "referrals", need, counts.referrals[:, :, number].astype(float), 1
    yield "groups parted", "all", counts.split.astype(float), 1
    yield "not placed in the first week", "all", counts.waited.astype(float), 1
    yield "places free", "all", counts.vacant, 1
    yield "homes", "all", counts.homes.astype(float), 1
    spend = _spend(counts, parameters, scenario)
    yield POUNDS, "all", sum(spend.values(), np.zeros(counts.vacant.shape)), 1
    for product, pounds in spend.items():
        yield POUNDS, product, pounds, 1


def _spend(counts: Counts, parameters: Parameters, scenario: Scenario) -> dict[str, npt.NDArray[np.float64]]:
    """Pounds by product and year, with growth of prices; recruiting and supporting in-house homes with them."""
    years = np.arange(counts.vacant.shape[1])
    found = {}
    for product, price in PRICED.items():
        growth = (1 + GROWTH.get(product, FOSTER_GROWTH)) ** years
        factor = scenario.price.get(product.split()[0].replace("-", "_"), 1.0) ** years
        found[product] = counts.weeks_in[:, :, PRODUCTS.index(product)] * parameters[price] * growth * factor
    recruited = sum(c.homes for c in scenario.campaigns) * parameters["price_recruiting"]
    found["recruiting and support"] = counts.homes * parameters["price_supporting"] + np.where(
        years == 0, recruited, 0.0
    )
    return found


def _frame(name: str, measure: str, kind: str, values: npt.NDArray[np.float64], first: int) -> pd.DataFrame:
    runs, years = values.shape
    return pd.DataFrame(
        {
            "scenario": name,
            "measure": measure,
            "kind": kind,
            "year": np.tile(np.arange(first, first + years), runs),
            "run": np.repeat(np.arange(runs), years),
            "value": values.ravel(),
        }
    )


def ranges(values: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Mean and quantiles over runs; and the same of each scenario minus the base case, paired by run.

    A mean of 1 to 5 children is hidden (empty, `hidden` is true), and on the first day others that would let it be worked out.
    """
    base = values[values.scenario == BASE.name].drop(columns="scenario")
    paired = values[values.scenario != BASE.name].merge(
        base, on=["measure", "kind", "year", "run"], suffixes=("", "_base")
    )
    paired["value"] = paired["value"] - paired["value_base"]
    return _shown(_quantiles(values)), _quantiles(paired.drop(columns="value_base"))


def _quantiles(values: pd.DataFrame) -> pd.DataFrame:
    if values.empty:
        return pd.DataFrame(columns=[*KEYS, "mean", *QUANTILES])
    grouped = values.groupby(KEYS, sort=False)["value"]
    table = grouped.quantile(np.array(list(QUANTILES.values()))).unstack()
    table.columns = list(QUANTILES)
    table.insert(0, "mean", grouped.mean())
    return table.round(2).reset_index()


def _shown(table: pd.DataFrame) -> pd.DataFrame:
    """Small numbers hidden: forecast means by themselves (nobody real is in them), counts of the first day with others."""
    counted = table.measure.isin(COUNTED_IN_CHILDREN)
    few = counted & (table["mean"] > 0) & (table["mean"] <= SMALL)
    today = table[counted & (table.year == 0) & (table.kind != "all")]
    for _, part in today.groupby(["scenario", "measure"]):
        number = dict(zip(part.kind, part["mean"].round().astype(int), strict=True))
        few |= table.index.isin(part.index[part.kind.isin(hidden_rows([number]))])
    table.loc[few, ["mean", *QUANTILES]] = np.nan
    return table.assign(hidden=few)
