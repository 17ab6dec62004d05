"""Counts of runs to tidy answers: what each run says, ranges over runs, differences against the base case run by run."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from matching.sufficiency.areas import Areas
from matching.sufficiency.coming import PRODUCTS, WAITING
from matching.sufficiency.counts import SHORTFALLS, Counts
from matching.sufficiency.parameters import AGES, WEEKS, Parameters
from matching.sufficiency.scenario import BASE, NEEDS, Scenario
from matching.sufficiency.spending import POUNDS, pays_back, spend_of
from matching.suppression import SMALL, hidden_rows

ALL = "all"
KEYS = ["scenario", "measure", "kind", "area", "year"]
QUANTILES = {"q025": 0.025, "q10": 0.10, "q25": 0.25, "q50": 0.5, "q75": 0.75, "q90": 0.90, "q975": 0.975}
AGE_WORDS = dict(zip(AGES, ("under 1", "1 to 4", "5 to 9", "10 to 15", "16 and over"), strict=True))
IN_CARE, BY_NEED, LIVING, UNMET, REFERRALS, NEEDED = (
    "in care",
    "in care by need",
    "living",
    SHORTFALLS[0],
    "referrals",
    "places needed",
)
WAITED, BUSIEST = "not placed in the first week", "searches in the busiest week"
# places needed are an average of futures, no count of anybody
COUNTED_IN_CHILDREN = (IN_CARE, BY_NEED, LIVING, *SHORTFALLS, REFERRALS, WAITED)
Values = npt.NDArray[np.float32]
Key = tuple[str, str, str]


@dataclass(frozen=True)
class RunValues:
    """What each run of a scenario says: for each measure, kind and area an array (runs, years+1); NaN where not counted."""

    keys: tuple[Key, ...]
    values: Values

    def of(self, measure: str, kind: str = ALL, area: str = ALL) -> Values:
        """One array (runs, years+1); year 0 is the first day."""
        return np.asarray(self.values[self.keys.index((measure, kind, area))])


def run_values(counts: Counts, areas: Areas, parameters: Parameters, scenario: Scenario, seed: int) -> RunValues:
    """Every measure of a scenario, by run."""
    runs, years = counts.vacant.shape
    keys, found = [], []
    for measure, kind, area, values in _measures(counts, areas, parameters, scenario, seed):
        whole = np.full((runs, years + 1), np.nan, np.float32)
        whole[:, years + 1 - values.shape[1] :] = values
        keys.append((measure, kind, area))
        found.append(whole)
    return RunValues(tuple(keys), np.stack(found))


def _measures(
    counts: Counts, areas: Areas, parameters: Parameters, scenario: Scenario, seed: int
) -> Iterator[tuple[str, str, str, npt.NDArray[np.generic]]]:
    """Measure, kind, area and values (runs, years) or, with the first day, (runs, years+1)."""
    whole = counts.in_care
    yield IN_CARE, ALL, ALL, whole.sum(axis=(2, 3))
    for number, age in enumerate(AGES):
        yield IN_CARE, AGE_WORDS[age], ALL, whole[:, :, number].sum(axis=2)
    for number, product in enumerate(PRODUCTS):
        yield LIVING, product, ALL, whole[:, :, :, number].sum(axis=2)
    yield from _by(BY_NEED, counts.in_care_by, areas)
    yield from _by(REFERRALS, counts.referrals, areas)
    for number, name in enumerate(SHORTFALLS):
        yield from _by(name, counts.short[:, :, number], areas)
    yield from _by(NEEDED, counts.short_weeks / WEEKS, areas)
    yield WAITED, ALL, ALL, counts.waited
    yield "weeks of waiting", ALL, ALL, counts.weeks_in[:, :, WAITING]
    yield "emergencies", ALL, ALL, counts.emergencies
    yield "emergencies on a Friday", ALL, ALL, counts.fridays
    yield BUSIEST, ALL, ALL, counts.busiest
    yield "places free", ALL, ALL, counts.vacant
    yield "homes", ALL, ALL, counts.homes
    spend = spend_of(counts, parameters, scenario, seed)
    yield POUNDS, ALL, ALL, sum(spend.values(), np.zeros(counts.vacant.shape))
    for product, pounds in spend.items():
        yield POUNDS, product, ALL, pounds


def _by(
    measure: str, counted: npt.NDArray[np.generic], areas: Areas
) -> Iterator[tuple[str, str, str, npt.NDArray[np.generic]]]:
    """Counts (runs, years, needs, areas) in all, by need, by area, and by both."""
    yield measure, ALL, ALL, counted.sum(axis=(2, 3))
    for number, need in enumerate(NEEDS):
        yield measure, need, ALL, counted[:, :, number].sum(axis=2)
    for place, area in enumerate(areas.names):
        yield measure, ALL, area, counted[:, :, :, place].sum(axis=2)
        for number, need in enumerate(NEEDS):
            yield measure, need, area, counted[:, :, number, place]


def ranges(values: Mapping[str, RunValues]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Mean and quantiles over runs; and the same of each scenario minus the base case, paired by run.

    A mean of 1 to 5 children is hidden (empty, `hidden` is true), and on the first day others that would let it be worked out.
    """
    base = values[BASE.name]
    tables = [_quantiles(name, one.keys, one.values) for name, one in values.items()]
    paired = []
    for name, one in values.items():
        if name != BASE.name:
            where = {key: at for at, key in enumerate(base.keys)}
            both = [at for at, key in enumerate(one.keys) if key in where]
            keys = tuple(one.keys[at] for at in both)
            paired.append(_quantiles(name, keys, one.values[both] - base.values[[where[key] for key in keys]]))
    empty = pd.DataFrame(columns=[*KEYS, "mean", *QUANTILES])
    return _shown(pd.concat(tables, ignore_index=True)), pd.concat(paired, ignore_index=True) if paired else empty


def _quantiles(name: str, keys: Sequence[Key], values: Values) -> pd.DataFrame:
    """One row for each key and counted year."""
    years = values.shape[2]
    counted = ~np.isnan(values[:, 0, :])
    ordered = np.quantile(values, list(QUANTILES.values()), axis=1, method="linear")
    index = [(name, *key, year) for at, key in enumerate(keys) for year in range(years) if counted[at, year]]
    table = pd.DataFrame(index, columns=KEYS)
    table["mean"] = values.mean(axis=1)[counted].astype(float).round(2)
    for place, column in enumerate(QUANTILES):
        table[column] = ordered[place][counted].astype(float).round(2)
    return table


def _shown(table: pd.DataFrame) -> pd.DataFrame:
    """Small numbers hidden: forecast means by themselves (nobody real is in them), counts of the first day with others."""
    counted = table.measure.isin(COUNTED_IN_CHILDREN)
    few = counted & (table["mean"] > 0) & (table["mean"] <= SMALL)
    today = table[counted & (table.year == 0)]
    for name, part in today.groupby(["scenario", "measure"]):
        by_kind, by_area = part[(part.kind != ALL) & (part.area == ALL)], part[(part.area != ALL) & (part.kind == ALL)]
        for rows, label in ((by_kind, "kind"), (by_area, "area")):
            few |= table.index.isin(_hidden(rows, label))
        cells = part[(part.kind != ALL) & (part.area != ALL)]
        # a table of need by area of the first day has too many sums to be safe: it is not shown
        few |= table.index.isin(cells.index) & (name is not None)
    table.loc[few, ["mean", *QUANTILES]] = np.nan
    return table.assign(hidden=few)


def _hidden(part: pd.DataFrame, label: str) -> pd.Index:
    number = dict(zip(part[label], part["mean"].round().astype(int), strict=True))
    return part.index[part[label].isin(hidden_rows([number]) if number else [])]


def each(frame: pd.DataFrame) -> Iterator[Any]:
    """The rows of a table, columns as attributes."""
    yield from frame.itertuples()


def saves_from(values: Mapping[str, RunValues]) -> pd.DataFrame:
    """When each scenario has paid for itself: years from now (middle, 80% range), and the share of runs in which it does."""
    base = values[BASE.name].of(POUNDS)[:, 1:]
    rows = [
        {"scenario": name, **pays_back(one.of(POUNDS)[:, 1:] - base)}
        for name, one in values.items()
        if name != BASE.name
    ]
    return pd.DataFrame(rows, columns=["scenario", "share", "q10", "q50", "q90"])
