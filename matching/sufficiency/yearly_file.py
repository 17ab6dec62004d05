"""Files of yearly counts as authorities and publishers keep them: any order of rows and columns, any mark for a hidden cell."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from matching.errors import Fault
from matching.frames import frame_of

COLUMNS = ("year", "area_code", "flow", "breakdown", "category", "count")
PEOPLE = ("year", "area_code", "population_0_17")
# what publishers write where a count is hidden, not applicable, not available, or rounds to nothing
MARKS = "c x z u k s low na n/a nan null none * - -- – ~ : . .. ... # >"
HIDDEN = frozenset(MARKS.split(" ")) | {""}
FEWER_THAN = re.compile(r"(<|less than|fewer than)\s*\d+|1[-–]5")
# England, regions, Wales, Scotland: sums of authorities, or of another country
NO_AUTHORITY = r"E(92|12|13)\d{6}|[KWSN]\d{8}"
YEAR = re.compile(r"(\d{4})(?:\.0)?|(\d{2})\d{2}[-/–]?(\d{2})|\d{4}[-/–](\d{4})")
MOST_FAULTS = 20


def counts_in(path: Path, kept: dict[str, tuple[str, ...]], faults: list[Fault]) -> pd.DataFrame:
    """Rows of authorities of `COLUMNS` with year and count as numbers; `kept` gives the categories of each flow to keep.

    A count that is hidden is NaN. Faults are added: a column that is missing, what is no year or count, a cell twice.
    """
    table = _table(path, COLUMNS, faults)
    if faults:
        return table
    if "level" in table:
        table = table[table.level.str.strip().str.lower().isin(["la", "local authority", ""])]
    for column in ("area_code", "flow", "breakdown", "category"):
        table[column] = table[column].str.strip()
    wanted = [category in kept.get(flow, ()) for flow, category in zip(table.flow, table.category, strict=True)]
    table = table[np.array(wanted, dtype=bool) & table.breakdown.isin(["total", "age"])].copy()
    _authorities(path, table, faults)
    table = table[~table.area_code.str.fullmatch(NO_AUTHORITY)].copy()
    table["year"] = _year_numbers(path, table.year, faults)
    table["count"] = _numbers(path, table, "count", faults)
    faults += _twice(path, table, ["year", "area_code", "flow", "category"])
    return table.dropna(subset="year")


def people_in(path: Path, faults: list[Fault]) -> pd.DataFrame:
    """Rows of `PEOPLE`, year and children as numbers."""
    mine: list[Fault] = []
    table = _table(path, PEOPLE, mine)
    if not mine:
        table["year"] = _year_numbers(path, table.year, mine)
        table["population_0_17"] = _numbers(path, table, "population_0_17", mine)
    faults += mine
    return table.dropna(subset="year")


def fault_of(
    path: Path, reason: str, way_out: str, row: int | None = None, column: str | None = None, value: str | None = None
) -> Fault:
    """A fault of a file of counts."""
    return Fault(file=path.name, row=row, column=column, value=value, reason=reason, way_out=way_out)


def _table(path: Path, columns: Sequence[str], faults: list[Fault]) -> pd.DataFrame:
    try:
        table = frame_of(path)
        table = table[(table != "").any(axis=1)]
    except FileNotFoundError:
        faults.append(fault_of(path, "the file is missing.", "Check the name."))
    except (OSError, ValueError, pd.errors.ParserError) as fault:
        faults.append(fault_of(path, f"it is no CSV file ({type(fault).__name__}).", "Save it as CSV UTF-8."))
    else:
        table.columns = pd.Index([str(name).strip().lower() for name in table.columns])
        missing = [column for column in columns if column not in table]
        told = "Its columns are " + ", ".join(columns) + "."
        faults += [fault_of(path, "the column is missing.", told, column=column) for column in missing]
        if twice := sorted({column for column in columns if list(table.columns).count(column) > 1}):
            faults.append(fault_of(path, "the column is there twice.", "Keep one.", column=twice[0]))
        return table
    return pd.DataFrame(columns=list(columns))


def _authorities(path: Path, table: pd.DataFrame, faults: list[Fault]) -> None:
    for row in table.index[table.area_code == ""][:MOST_FAULTS]:
        faults.append(
            fault_of(path, "the authority has no code.", "Write its code.", row=int(row) + 2, column="area_code")
        )


def _year_numbers(path: Path, text: "pd.Series[str]", faults: list[Fault]) -> "pd.Series[float]":
    """The year of the 31 March: 2019 as it is; 201819, 2018-19 and 2018/2019 are the year ending 2019."""
    known = {value: _year(value.strip()) for value in text.unique()}
    years = text.map(known).astype(float)
    for row in years.index[years.isna()][:MOST_FAULTS]:
        way_out = "Write the year that ends on 31 March, such as 2019."
        faults.append(fault_of(path, "is no year.", way_out, row=int(row) + 2, column="year", value=str(text[row])))
    return years


def _year(text: str) -> float:
    found = YEAR.fullmatch(text)
    if found is None:
        return np.nan
    whole, century, end, last = found.groups()
    return float(whole or last or century + end)


def _numbers(path: Path, table: pd.DataFrame, column: str, faults: list[Fault]) -> "pd.Series[float]":
    """A column as numbers; empty is not known, and so are the marks of publishers for hidden cells."""
    text = table[column].str.strip()
    plain = text.str.lower().str.strip("[]() ")
    hidden = plain.isin(HIDDEN) | plain.str.fullmatch(FEWER_THAN)
    numbers = pd.to_numeric(plain.str.replace(r"(?<=\d),(?=\d{3})", "", regex=True).where(~hidden), errors="coerce")
    wrong = ~hidden & (numbers.isna() | (numbers < 0) | ~np.isfinite(numbers.fillna(0)))
    wrong |= text.str.startswith("(") & numbers.notna()  # accountants' way of writing less than nothing
    for row in table.index[wrong][:MOST_FAULTS]:
        way_out = "Write a number, nought or more, or leave it empty."
        faults.append(
            fault_of(path, "is no count.", way_out, row=int(row) + 2, column=column, value=str(table[column][row]))
        )
    return numbers.where(~wrong)


def _twice(path: Path, table: pd.DataFrame, keys: list[str]) -> Iterator[Fault]:
    for row in table.index[table.duplicated(keys)][:MOST_FAULTS]:
        told = ", ".join(f"{table[key][row]:g}" if key == "year" else str(table[key][row]) for key in keys)
        yield fault_of(path, f"{told} is given twice.", "Keep one row.", row=int(row) + 2)
