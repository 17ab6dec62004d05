"""Counts of children by authority and year: who was in care on 31 March, who started, who ceased, by age."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from matching.published import Series

STOCK, START, CEASE = "stock_31mar", "start", "cease"
FLOWS = (STOCK, START, CEASE)
AGES = ("u1", "a1_4", "a5_9", "a10_15", "a16p")
TOTAL = "total"
CATEGORIES = (TOTAL, *AGES)
# leavers of 16 and over are told apart from 2018 on
OLDER_LEAVERS = ("a16", "a17", "a18p")
Measure = tuple[str, str]
MEASURES: tuple[Measure, ...] = tuple((flow, category) for flow in FLOWS for category in CATEGORIES)
_PUBLISHED = {STOCK: "stock", START: "started", CEASE: "ceased"}


@dataclass(frozen=True)
class YearlyCounts:
    """`counts[flow, category]` are frames of authorities by year ending 31 March; an empty cell is not known.

    `population` is children aged 0 to 17, authorities by year, or `None`.
    """

    counts: Mapping[Measure, pd.DataFrame]
    population: pd.DataFrame | None = None

    @property
    def areas(self) -> list[str]:
        """Codes of the authorities, in order."""
        return list(self.counts[STOCK, TOTAL].index)

    @property
    def years(self) -> list[int]:
        """Years from first to last, without a gap."""
        return [int(year) for year in self.counts[STOCK, TOTAL].columns.to_list()]

    def until(self, origin: int) -> "YearlyCounts":
        """These counts as they stood in a year: nothing later is in them; authorities with nothing until then stay."""
        people = self.population
        years = range(min(self.years), origin + 1)
        return YearlyCounts(
            {key: frame.reindex(columns=years) for key, frame in self.counts.items()},
            None if people is None else people.reindex(columns=years),
        )

    def together_with(self, others: "YearlyCounts") -> "YearlyCounts":
        """These authorities and those of `others` that are not among them, over the years of both."""
        more = [area for area in others.areas if area not in set(self.areas)]
        years = range(min(*self.years, *others.years), max(*self.years, *others.years) + 1)
        counts = {
            key: pd.concat([frame, others.counts[key].loc[more]]).reindex(columns=years)
            for key, frame in self.counts.items()
        }
        if self.population is None or others.population is None:
            return YearlyCounts(counts, self.population)
        return YearlyCounts(counts, self.population.combine_first(others.population))


def from_long(long: pd.DataFrame, population: pd.DataFrame | None = None) -> YearlyCounts:
    """Counts from rows of `area_code, year, flow, category, count`; counts that are not known are NaN.

    A suppressed age band is filled from what its total leaves, within 1 to 5; an age that four bands leave open stays open.
    """
    areas = sorted(long.area_code.unique())
    years = range(int(long.year.min()), int(long.year.max()) + 1) if len(long) else range(0)
    wide = long.pivot_table(
        index="area_code", columns=["flow", "category", "year"], values="count", aggfunc="first", dropna=True
    )

    def frame(flow: str, category: str) -> pd.DataFrame:
        columns = pd.MultiIndex.from_tuples([(flow, category, year) for year in years], names=wide.columns.names)
        values = wide.reindex(index=areas, columns=columns).to_numpy(dtype=float)
        return pd.DataFrame(values, index=areas, columns=list(years))

    counts: dict[Measure, pd.DataFrame] = {}
    for flow in FLOWS:
        total, bands = frame(flow, TOTAL), [frame(flow, age) for age in AGES]
        if flow == CEASE:
            bands[-1] = _older_leavers(bands[-1], [frame(flow, part) for part in OLDER_LEAVERS])
        filled = _fill(total.to_numpy(), np.stack([band.to_numpy() for band in bands], axis=-1))
        counts[flow, TOTAL] = total.fillna(pd.DataFrame(filled.sum(axis=-1), index=areas, columns=list(years)))
        for number, age in enumerate(AGES):
            counts[flow, age] = pd.DataFrame(filled[..., number], index=areas, columns=list(years))
    return YearlyCounts(counts, population)


def _older_leavers(whole: pd.DataFrame, parts: list[pd.DataFrame]) -> pd.DataFrame:
    """Leavers of 16 and over; where only their parts are published, the sum with 3 for a suppressed part."""
    return whole.fillna(sum((part.fillna(3) for part in parts[:2]), parts[2]))


def _fill(total: np.ndarray, bands: np.ndarray) -> np.ndarray:
    """Suppressed bands (authority, year, age) share what the total leaves; each is known to be 1 to 5."""
    open_ = np.isnan(bands)
    number = open_.sum(axis=-1)
    rest = (total - np.nansum(bands, axis=-1)) / np.maximum(number, 1)
    share = np.clip(np.where(np.isnan(rest), 3, rest), 0, 5)[..., None]
    filled = np.where(open_, share, bands)
    return np.where((number >= len(AGES) - 1)[..., None], np.nan, filled)


def from_published(series: Series) -> YearlyCounts:
    """The counts that come with the library, without England."""
    table = series.looked_after.reset_index()
    table = table[~table.authority.str.startswith("E92")]
    rows = []
    for flow in FLOWS:
        for category in (*CATEGORIES, *(OLDER_LEAVERS if flow == CEASE else ())):
            column = _PUBLISHED[flow] + ("" if category == TOTAL else f".age.{category}")
            if column in table:
                part = table[["authority", "year", column]].set_axis(["area_code", "year", "count"], axis=1)
                rows.append(part.assign(flow=flow, category=category))
    people = table.pivot(index="authority", columns="year", values="children_0_17")
    return from_long(pd.concat(rows, ignore_index=True), people)
