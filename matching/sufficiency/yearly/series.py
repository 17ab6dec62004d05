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
# publishers hide 1 to 5, and have rounded to 5
SUPPRESSED_TO, ROUNDED_BY = 5, 3
Measure = tuple[str, str]
MEASURES: tuple[Measure, ...] = tuple((flow, category) for flow in FLOWS for category in CATEGORIES)
_PUBLISHED = {STOCK: "stock", START: "started", CEASE: "ceased"}


@dataclass(frozen=True)
class YearlyCounts:
    """`counts[flow, category]` are frames of authorities by year ending 31 March; an empty cell is not known.

    `published` are the same before suppressed ages were filled. `population` is children aged 0 to 17, authorities by year, or `None`.
    """

    counts: Mapping[Measure, pd.DataFrame]
    published: Mapping[Measure, pd.DataFrame]
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
            {key: frame.reindex(columns=years) for key, frame in self.published.items()},
            None if people is None else people.reindex(columns=years),
        )

    def only(self, areas: list[str], since: int | None = None) -> "YearlyCounts":
        """These authorities alone, from a year on; earlier years are empty."""

        def cut(frame: pd.DataFrame) -> pd.DataFrame:
            kept = frame.loc[areas]
            later = [year for year in self.years if since is None or year >= since]
            return kept[later].reindex(columns=self.years)

        return YearlyCounts(
            {key: cut(frame) for key, frame in self.counts.items()},
            {key: cut(frame) for key, frame in self.published.items()},
            None if self.population is None else self.population.reindex(index=areas),
        )

    def together_with(self, others: "YearlyCounts") -> "YearlyCounts":
        """These authorities and those of `others` that are not among them, over the years of both."""
        more = [area for area in others.areas if area not in set(self.areas)]
        years = range(min(*self.years, *others.years), max(*self.years, *others.years) + 1)
        counts, published = (
            {key: pd.concat([mine[key], theirs[key].loc[more]]).reindex(columns=years) for key in MEASURES}
            for mine, theirs in ((self.counts, others.counts), (self.published, others.published))
        )
        if self.population is None or others.population is None:
            return YearlyCounts(counts, published, self.population)
        return YearlyCounts(counts, published, self.population.combine_first(others.population))


def from_long(long: pd.DataFrame, population: pd.DataFrame | None = None) -> YearlyCounts:
    """Counts from rows of `area_code, year, flow, category, count`; counts that are not known are NaN.

    One age that is not told is what its total leaves; several are hidden small numbers; four or five stay open.
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
    published: dict[Measure, pd.DataFrame] = {}
    for flow in FLOWS:
        total, bands = frame(flow, TOTAL), [frame(flow, age) for age in AGES]
        if flow == CEASE:
            bands[-1] = _older_leavers(bands[-1], [frame(flow, part) for part in OLDER_LEAVERS])
        published |= {(flow, name): values for name, values in zip(CATEGORIES, [total, *bands], strict=True)}
        filled = _fill(total.to_numpy(), np.stack([band.to_numpy() for band in bands], axis=-1))
        counts[flow, TOTAL] = total.fillna(pd.DataFrame(filled.sum(axis=-1), index=areas, columns=list(years)))
        for number, age in enumerate(AGES):
            counts[flow, age] = pd.DataFrame(filled[..., number], index=areas, columns=list(years))
    return YearlyCounts(counts, published, population)


def _older_leavers(whole: pd.DataFrame, parts: list[pd.DataFrame]) -> pd.DataFrame:
    """Leavers of 16 and over; where only their parts are published, the sum with 3 for a suppressed part."""
    return whole.fillna(sum((part.fillna(3) for part in parts[:2]), parts[2]))


def _fill(total: np.ndarray, bands: np.ndarray) -> np.ndarray:
    """Open bands (authority, year, age): one is what the total leaves; several are suppressed, so 1 to 5 each, or stay open."""
    open_ = np.isnan(bands)
    number = open_.sum(axis=-1)
    rest = (total - np.nansum(bands, axis=-1)) / np.maximum(number, 1)
    alone = np.maximum(rest, 1)
    several = np.where(np.isnan(rest) | (rest > SUPPRESSED_TO + ROUNDED_BY), np.nan, np.clip(rest, 1, SUPPRESSED_TO))
    share = np.where(number == 1, alone, several)[..., None]
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
