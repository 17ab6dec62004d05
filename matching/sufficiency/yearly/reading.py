"""The two files of a back-test: counts in long form, and children in the population; later rows are never looked at."""

import math
from pathlib import Path

import pandas as pd

from matching.errors import Fault, UnreadableFile
from matching.io.tables import Table
from matching.sufficiency.yearly.series import AGES, CEASE, FLOWS, OLDER_LEAVERS, TOTAL, YearlyCounts, from_long

COLUMNS = ("year", "area_code", "flow", "breakdown", "category", "count")
PEOPLE_COLUMNS = ("year", "area_code", "population_0_17")
# how publishers mark what they do not tell
NOT_TOLD = frozenset({"", "c", "k", "u", "x", "z", "-", ":", ".", "..", "*", "low", "na", "n/a"})


def read_yearly_counts(path: Path, until: int, population: Path | None = None) -> YearlyCounts:
    """Read counts by authority and year, of years up to `until`; rows of regions and of England are left out.

    Needs the columns of `COLUMNS`; others are allowed. Raises `UnreadableFile` with every fault: a count that is no
    number or negative, a year that is none, two different counts of the same thing.
    """
    faults: list[Fault] = []
    rows = _rows(path, COLUMNS, until, faults)
    read = [row for number, cells in rows if (row := _count(path.name, number, cells, faults)) is not None]
    people = None if population is None else read_population(population, until, faults)
    _twice(path.name, read, faults)
    if not faults and not read:
        faults.append(
            _fault(
                path.name,
                None,
                "year",
                None,
                f"no count of an authority is of {until} or before.",
                "Choose a later origin.",
            )
        )
    if faults:
        raise UnreadableFile(tuple(faults))
    frame = pd.DataFrame(read, columns=["row", "area_code", "year", "flow", "category", "count"])
    return from_long(frame.drop_duplicates(["area_code", "year", "flow", "category"]), people)


def read_population(path: Path, until: int, faults: list[Fault]) -> pd.DataFrame:
    """Children aged 0 to 17, authorities by year; faults are added to `faults`."""
    values: dict[tuple[str, int], float] = {}
    for number, cells in _rows(path, PEOPLE_COLUMNS, until, faults):
        people = _number(path.name, number, "population_0_17", cells["population_0_17"], faults)
        if people is not None:
            values[cells["area_code"], int(cells["year"])] = people
    return pd.Series(values, dtype=float).unstack() if values else pd.DataFrame()


def _rows(path: Path, needed: tuple[str, ...], until: int, faults: list[Fault]) -> list[tuple[int, dict[str, str]]]:
    table = Table(path, faults)
    missing = [name for name in needed if table.header and name not in table.header]
    for name in missing:
        table.fault("is missing.", f"Needed: {', '.join(needed)}.", 1, name)
    if missing or not table.header:
        return []
    found = []
    for number, cells in table.rows:
        if len(cells) != len(table.header):
            table.fault(f"has {len(cells)} cells; the header has {len(table.header)}.", "Save it as CSV again.", number)
            continue
        row = {name: cell.strip() for name, cell in zip(table.header, cells, strict=True)}
        year = _year(path.name, number, row["year"], faults)
        if year is not None and year <= until:
            found.append((number, row | {"year": str(year)}))
    return found


def _count(
    file: str, number: int, cells: dict[str, str], faults: list[Fault]
) -> tuple[int, str, int, str, str, float] | None:
    """One row as row number, area, year, flow, category, count; `None` for a cut or area that is not used."""
    flow, category = cells["flow"], cells["category"]
    wanted = {"total": (TOTAL,), "age": (*AGES, *(OLDER_LEAVERS if flow == CEASE else ()))}.get(cells["breakdown"], ())
    if flow not in FLOWS or category not in wanted or cells.get("level", "la") not in ("la", ""):
        return None
    if not cells["area_code"]:
        faults.append(_fault(file, number, "area_code", None, "may not be empty.", "Write the authority's code."))
        return None
    value = _number(file, number, "count", cells["count"], faults)
    return number, cells["area_code"], int(cells["year"]), flow, category, math.nan if value is None else value


def _year(file: str, number: int, text: str, faults: list[Fault]) -> int | None:
    try:
        year = float(text)
    except ValueError:
        year = math.nan
    if year.is_integer() and 1900 <= year <= 2100:
        return int(year)
    faults.append(_fault(file, number, "year", text, "is no year.", "Write the year ending 31 March, such as 2022."))
    return None


def _number(file: str, row: int, column: str, text: str, faults: list[Fault]) -> float | None:
    if text.lower() in NOT_TOLD:
        return None
    try:
        value = float(text.replace(",", ""))
    except ValueError:
        value = math.nan
    if math.isfinite(value) and 0 <= value < 1e8:
        return value
    faults.append(_fault(file, row, column, text, "is no count.", "Write a number from 0, or nothing where not known."))
    return None


def _twice(file: str, rows: list[tuple[int, str, int, str, str, float]], faults: list[Fault]) -> None:
    """Note each count that stands twice and differs."""
    seen: dict[tuple[str, int, str, str], float] = {}
    for number, area, year, flow, category, value in rows:
        before = seen.setdefault((area, year, flow, category), value)
        if value != before and not (math.isnan(value) and math.isnan(before)):
            thing = f"{area}, {year}, {flow}, {category}"
            faults.append(
                _fault(file, number, "count", f"{value:g}", f"{thing} was {before:g} above.", "Keep one row.")
            )


def _fault(file: str, row: int | None, column: str | None, value: str | None, reason: str, way_out: str) -> Fault:
    return Fault(file=file, row=row, column=column, value=value, reason=reason, way_out=way_out)
