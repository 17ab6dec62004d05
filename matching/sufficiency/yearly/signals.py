"""What may tell that a count will not stay as it is: each signal is a deviation from the middle authority of its year."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from matching.sufficiency.yearly.series import AGES, CEASE, MEASURES, START, STOCK, TOTAL, Measure, YearlyCounts

# a year that was not published is taken as the last one before, for so many years
REMEMBERED_YEARS = 5
LARGEST = 1.0


class Panel:
    """Logarithms of the counts: as published (`told`), and with gaps carried forward (`known`); authorities by year."""

    def __init__(self, series: YearlyCounts) -> None:
        self.areas, self.years = series.areas, series.years
        self.told: dict[Measure, pd.DataFrame] = {key: _log(series.counts[key] + 0.5) for key in MEASURES}
        self.known: dict[Measure, pd.DataFrame] = {
            key: frame.ffill(axis=1, limit=REMEMBERED_YEARS) for key, frame in self.told.items()
        }
        self.population = None if series.population is None else _log_people(series)

    def signals(self, measure: Measure) -> dict[str, pd.DataFrame]:
        """Signals of one measure by name, authorities by year; not known is 0, the middle."""
        flow, category = measure
        found = {"momentum": self._momentum(measure), "above_recent": self._above_recent(measure)}
        if flow == STOCK:
            found |= self._of_stock(category)
        else:
            found |= self._of_flow(flow, category)
        if self.population is not None and category == TOTAL:
            found["rate"] = self.known[measure] - self.population
        return {name: _from_middle(frame) for name, frame in found.items()}

    def _of_stock(self, category: str) -> Mapping[str, pd.DataFrame]:
        if category == TOTAL:
            shares = {f"share_{age}": self._share(age) for age in ("a5_9", "a10_15", "a16p")}
            return shares | {"starts_over_leavers": self.known[START, TOTAL] - self.known[CEASE, TOTAL]}
        younger = AGES[AGES.index(category) - 1] if category != AGES[0] else None
        coming = self.known[START, AGES[0]] - self.known[STOCK, AGES[0]] if younger is None else self._share(younger)
        found = {"share": self._share(category), "growing_into": coming}
        if category == AGES[-1]:
            found["starts"] = self.known[START, category] - self.known[STOCK, category]
        return found

    def _of_flow(self, flow: str, category: str) -> Mapping[str, pd.DataFrame]:
        found = {"of_stock": self.known[flow, category] - self.known[STOCK, TOTAL]}
        if category != TOTAL:
            found["of_flow"] = self.known[flow, category] - self.known[flow, TOTAL]
            found["share"] = self._share(category)
        if flow == CEASE:
            found["share_a16p"] = self._share(AGES[-1])
        return found

    def _share(self, age: str) -> pd.DataFrame:
        return self.known[STOCK, age] - self.known[STOCK, TOTAL]

    def _momentum(self, measure: Measure) -> pd.DataFrame:
        return self.known[measure].diff(axis=1)

    def _above_recent(self, measure: Measure) -> pd.DataFrame:
        level = self.known[measure]
        return level - (level + level.shift(1, axis=1) + level.shift(2, axis=1)) / 3


def _log_people(series: YearlyCounts) -> pd.DataFrame:
    assert series.population is not None
    people = series.population.reindex(index=series.areas, columns=series.years).astype(float)
    return _log(people.where(people > 0)).ffill(axis=1, limit=REMEMBERED_YEARS)


def _log(frame: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(np.log(frame.to_numpy(dtype=float)), index=frame.index, columns=frame.columns)


def _from_middle(frame: pd.DataFrame) -> pd.DataFrame:
    return (frame - frame.median()).clip(-LARGEST, LARGEST).fillna(0.0)
