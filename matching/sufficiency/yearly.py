"""Yearly public series of many authorities: children in care on 31 March, starts and leavers, in total and by age.

Two readings of each series stand side by side: `seen` as published, NaN where it was not, and `filled`, which completes
suppressed and missing cells from the same and earlier years alone, so that nothing of a later year is ever used.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from matching.errors import Fault, UnreadableFile
from matching.places.authorities import CodeChange
from matching.published import Series
from matching.sufficiency.codes_of_areas import newest_codes
from matching.sufficiency.yearly_file import counts_in, fault_of, people_in

Floats = npt.NDArray[np.float64]
Key = tuple[str, str]
STOCK, START, CEASE = FLOWS = ("stock_31mar", "start", "cease")
TOTAL = "total"
BANDS = ("u1", "a1_4", "a5_9", "a10_15", "a16p")
SINGLE = ("a16", "a17", "a18p")  # of leavers, in newer returns, instead of or beside 16 and over
KEYS: tuple[Key, ...] = (*((flow, c) for flow in FLOWS for c in (TOTAL, *BANDS)), *((CEASE, age) for age in SINGLE))
CATEGORIES = {flow: tuple(category for at, category in KEYS if at == flow) for flow in FLOWS}
SUPPRESSED = 3.0  # children: the middle of what a publisher hides, 1 to 5
POOLED = 20.0  # leavers of the whole pool that count beside an authority's own
SHIPPED = {"stock": STOCK, "started": START, "ceased": CEASE}


@dataclass(frozen=True, eq=False)
class Yearly:
    """Counts by series, shape (areas, years), years ascending without a gap; `population` 0 to 17 likewise, NaN where not known."""

    areas: tuple[str, ...]
    years: tuple[int, ...]
    seen: dict[Key, Floats]
    population: Floats
    _views: dict[int, "Yearly"] = field(default_factory=dict)

    def until(self, year: int) -> "Yearly":
        """What was known in a year: no later column is left. The same view each time it is asked for."""
        if year not in self._views:
            width = sum(one <= year for one in self.years)
            seen = {key: values[:, :width] for key, values in self.seen.items()}
            population = self.population[:, :width]
            self._views[year] = replace(self, years=self.years[:width], seen=seen, population=population)
        return self._views[year]

    def beside(self, others: "Yearly") -> "Yearly":
        """The same with the authorities of another series that it does not hold, up to its own last year."""
        new = [i for i, area in enumerate(others.areas) if area not in self.areas]
        years = tuple(range(min(self.years[0], others.years[0]), self.years[-1] + 1))
        areas = (*self.areas, *(others.areas[i] for i in new))

        def joined(mine: Floats, theirs: Floats) -> Floats:
            return np.vstack([_spread(mine, self.years, years), _spread(theirs[new], others.years, years)])

        seen = {key: joined(values, others.seen[key]) for key, values in self.seen.items()}
        return Yearly(areas, years, seen, joined(self.population, others.population))

    def at(self, key: Key, year: int) -> Floats:
        """A series as published in one year, shape (areas,); NaN for a year that is not held."""
        if year not in self.years:
            return np.full(len(self.areas), np.nan)
        return self.seen[key][:, self.years.index(year)]

    @cached_property
    def filled(self) -> dict[Key, Floats]:
        """Counts with missing cells completed from the same and earlier years; NaN before the first one."""
        found: dict[Key, Floats] = {}
        for flow in FLOWS:
            total = _carried(self.seen[flow, TOTAL])
            shares = [_carried(_part(self.seen[flow, band], total)) for band in BANDS]
            bands = np.stack(
                [np.where(np.isnan(s := self.seen[flow, b]), c * total, s) for b, c in zip(BANDS, shares, strict=True)]
            )
            bands = _completed(bands, total)
            found[flow, TOTAL] = total
            found |= {(flow, band): bands[i] for i, band in enumerate(BANDS)}
        return found

    @cached_property
    def of_sixteen_and_over(self) -> dict[str, Floats]:
        """Shares of single ages among leavers of 16 and over, shape (areas,), the last three years; NaN before they were published."""
        recent = [np.nan_to_num(self.seen[CEASE, age][:, -3:]).sum(axis=1) for age in SINGLE]
        pool = [part.sum() for part in recent]
        if not sum(pool):
            return {age: np.full(len(self.areas), np.nan) for age in SINGLE}
        own = [part + POOLED * every / sum(pool) for part, every in zip(recent, pool, strict=True)]
        return {age: part / np.sum(own, axis=0) for age, part in zip(SINGLE, own, strict=True)}


def _total(seen: dict[Key, Floats], flow: str) -> Floats:
    """The published total, or the sum of its ages where only those were published."""
    bands = np.stack([seen[flow, band] for band in BANDS])
    return np.where(np.isnan(seen[flow, TOTAL]), bands.sum(axis=0), seen[flow, TOTAL])


def _spread(values: Floats, held: Sequence[int], years: Sequence[int]) -> Floats:
    """Columns of some years among others; NaN where a year is not held."""
    wide = np.full((values.shape[0], len(years)), np.nan)
    both = [year for year in held if year in years]
    wide[:, [years.index(year) for year in both]] = values[:, [held.index(year) for year in both]]
    return wide


def _part(count: Floats, whole: Floats) -> Floats:
    return np.divide(count, whole, out=np.full_like(count, np.nan), where=whole > 0)


def _carried(values: Floats) -> Floats:
    """The last known value of each row carried forward."""
    return pd.DataFrame(values).ffill(axis=1).to_numpy(dtype=np.float64)


def _completed(bands: Floats, total: Floats) -> Floats:
    """What the known ages leave of the total shared among ages never published so far, else a small number."""
    missing = np.isnan(bands)
    left = np.clip(total - np.nansum(bands, axis=0), 0.0, None) / np.maximum(missing.sum(axis=0), 1)
    return np.where(missing, np.where(np.isnan(left), SUPPRESSED, left), bands)


def read_yearly(
    series: Path, population: Path | None = None, *, until: int | None = None, changes: Sequence[CodeChange] = ()
) -> Yearly:
    """Read a file of series with the columns of `yearly_file.COLUMNS`, and the children 0 to 17 of each area and year.

    Rows after `until` are left out before anything is counted. An authority whose code changed (`changes`) is one series
    under the code of its newest row. Raises `UnreadableFile` with every fault: a column that is
    missing, a year or count that is no number, a cell given twice.
    """
    faults: list[Fault] = []
    table = counts_in(series, CATEGORIES, faults)
    people = people_in(population, faults) if population else None
    if faults:
        raise UnreadableFile(tuple(faults))
    table = table[table.year <= until] if until is not None else table
    if table.empty:
        raise UnreadableFile(
            (fault_of(series, f"it holds no authority's counts up to {until}.", "Give a later --origin."),)
        )
    return yearly_of(*newest_codes(table, people, changes), until)


def yearly_of(table: pd.DataFrame, people: pd.DataFrame | None = None, until: int | None = None) -> Yearly:
    """From rows of year, area_code, flow, category, count; and of year, area_code, population_0_17; up to a year."""
    areas = tuple(sorted(table.area_code.unique()))
    years = tuple(range(int(table.year.min()), (int(table.year.max()) if until is None else until) + 1))
    seen = {
        key: _grid(table[(table.flow == key[0]) & (table.category == key[1])], "count", areas, years) for key in KEYS
    }
    seen[CEASE, "a16p"] = _sixteen_and_over(seen)
    seen |= {(flow, TOTAL): _total(seen, flow) for flow in FLOWS}
    nobody = np.full((len(areas), len(years)), np.nan)
    return Yearly(
        areas, years, seen, nobody if people is None else _carried(_grid(people, "population_0_17", areas, years))
    )


def shipped(folder: Path) -> Yearly:
    """The series that come with the product (`data/reference/statistics`)."""
    wide = Series.read(folder).looked_after.reset_index()
    names = {name: key for name in wide.columns if (key := _named(name))}
    long = wide.melt(["year", "authority"], list(names), "name", "count").dropna(subset="count")
    long["flow"] = long.name.map({name: flow for name, (flow, _) in names.items()})
    long["category"] = long.name.map({name: category for name, (_, category) in names.items()})
    people = wide.rename(columns={"authority": "area_code", "children_0_17": "population_0_17"})
    areas = long[long.authority.str.match(r"E(0[6-9]|10)")].rename(columns={"authority": "area_code"})
    return yearly_of(areas, people)


def _named(name: str) -> Key | None:
    kind, _, rest = name.partition(".")
    if kind in SHIPPED and (not rest or rest.startswith("age.")):
        return SHIPPED[kind], rest.removeprefix("age.") or TOTAL
    return None


def _grid(table: pd.DataFrame, column: str, areas: Sequence[str], years: Sequence[int]) -> Floats:
    grid = table.pivot_table(index="area_code", columns="year", values=column, aggfunc="first")
    return grid.reindex(index=list(areas), columns=list(years)).to_numpy(dtype=np.float64)


def _sixteen_and_over(seen: dict[Key, Floats]) -> Floats:
    """Leavers of 16 and over: as published, or their single ages together, or what the younger ones leave of the total."""
    younger = np.sum([seen[CEASE, band] for band in BANDS[:-1]], axis=0)
    known = np.where(
        np.isnan(seen[CEASE, "a16p"]), np.sum([seen[CEASE, age] for age in SINGLE], axis=0), seen[CEASE, "a16p"]
    )
    return np.where(np.isnan(known), np.clip(seen[CEASE, TOTAL] - younger, 0.0, None), known)
