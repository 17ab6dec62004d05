"""What a profile needs of an authority's returns (SSDA903): children, episodes, who is unaccompanied, adoption matches.

One folder holds one year's modules as CSV, told apart by their columns. A row of a later year replaces the row of the
same child and start in an earlier one, which was still open then.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from matching.errors import Fault, MatchingError, UnreadableFile

EPISODES = {
    "CHILD": "child",
    "DECOM": "started",
    "RNE": "new_because",
    "LS": "legal_status",
    "CIN": "need",
    "PLACE": "placement",
    "PLACE_PROVIDER": "provider",
    "DEC": "ended",
    "REC": "ended_because",
    "REASON_PLACE_CHANGE": "change_because",
    "HOME_POST": "home_postcode",
    "PL_POST": "placement_postcode",
    "URN": "urn",
}
HEADER = {"CHILD": "child", "DOB": "born"}
UNACCOMPANIED = {"CHILD": "child", "DUC": "until"}
ADOPTED = {"CHILD": "child", "DATE_MATCH": "matched"}
DATES = ("started", "ended", "born", "until", "matched")
LARGEST = 100_000_000
MOST_FAULTS = 100


@dataclass(frozen=True)
class Returns:
    """Frames that the indicators read; `unaccompanied` with `until`, the day it ended, NaT while it lasts."""

    children: pd.DataFrame
    episodes: pd.DataFrame
    unaccompanied: pd.DataFrame
    matched: pd.Series

    @property
    def last_day(self) -> pd.Timestamp:
        """The 31 March that ends the newest year in the returns."""
        newest = max(self.episodes.started.max(), self.episodes.ended.max())
        return pd.Timestamp(newest.year + (newest > pd.Timestamp(newest.year, 3, 31)), 3, 31)

    def unaccompanied_on(self, day: pd.Timestamp) -> frozenset[str]:
        """Children who were unaccompanied asylum-seeking children on a day."""
        lasting = self.unaccompanied.until.isna() | (self.unaccompanied.until > day)
        return frozenset(self.unaccompanied.child[lasting])


def read_returns(folders: Sequence[Path]) -> Returns:
    """Read the returns of one authority; raises `UnreadableFile` with every fault in every file."""
    faults: list[Fault] = []
    years = [_year(folder, faults) for folder in folders]
    if faults:
        raise UnreadableFile(tuple(faults[:MOST_FAULTS]))
    ordered = sorted(years, key=lambda year: year["episodes"].started.max())

    def merged(name: str, keys: list[str]) -> pd.DataFrame:
        return pd.concat([year[name] for year in ordered]).drop_duplicates(keys, keep="last", ignore_index=True)

    return Returns(
        children=merged("children", ["child"]),
        episodes=merged("episodes", ["child", "started"]),
        unaccompanied=merged("unaccompanied", ["child"]),
        matched=merged("adopted", ["child"]).set_index("child").matched.dropna(),
    )


def _year(folder: Path, faults: list[Fault]) -> dict[str, pd.DataFrame]:
    """The modules of one year by name; those that are not there are empty."""
    if not folder.is_dir():
        raise MatchingError(f"{folder} is not a folder. Name the folder that holds a year's CSV files.")
    modules = {
        "episodes": (EPISODES, {"DECOM", "RNE", "PLACE"}),
        "adopted": (ADOPTED, {"DATE_MATCH"}),
        "unaccompanied": (UNACCOMPANIED, {"DUC"}),
        "children": (HEADER, {"ETHNIC"}),
    }
    found = {name: pd.DataFrame(columns=list(columns.values())) for name, (columns, _) in modules.items()}
    held: dict[str, Path] = {}
    for path in sorted(folder.glob("*.csv")):
        table = _table(path, faults)
        name = next((name for name, (_, told_by) in modules.items() if told_by <= set(table.columns)), None)
        if name is None:
            continue
        if name in held:
            faults.append(_fault(path, None, None, None, f"holds {name}, and so does {held[name].name}."))
        held[name] = path
        found[name] = _typed(path, table, modules[name][0], faults)
    for name in ("episodes", "children"):
        if name not in held:
            faults.append(_fault(folder, None, None, None, f"holds no file of {name}."))
    return {name: _with_dates(table) for name, table in found.items()}


def _table(path: Path, faults: list[Fault]) -> pd.DataFrame:
    """A file as text; an unreadable one is noted and empty."""
    try:
        if path.stat().st_size > LARGEST:
            raise ValueError("is larger than 100 MB")
        table = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    except (ValueError, pd.errors.ParserError, pd.errors.EmptyDataError) as fault:
        faults.append(_fault(path, None, None, None, f"is not a CSV file in UTF-8: {fault}."))
        return pd.DataFrame()
    return pd.DataFrame({str(name).strip().upper(): values.str.strip() for name, values in table.items()})


def _typed(path: Path, table: pd.DataFrame, columns: dict[str, str], faults: list[Fault]) -> pd.DataFrame:
    """The columns that are read, dates as dates, empty as missing."""
    missing = [name for name in columns if name not in table]
    faults += [_fault(path, 1, name, None, "the column is missing.") for name in missing]
    if missing:
        return pd.DataFrame(columns=list(columns.values()))
    read = table[list(columns)].rename(columns=columns)
    typed = read.where(read != "")
    for name, ours in columns.items():
        if ours in DATES:
            typed[ours] = pd.to_datetime(typed[ours], format="%d/%m/%Y", errors="coerce")
            wrong = typed[ours].isna() & (read[ours] != "")
            faults += [
                _fault(path, int(row) + 2, name, read[ours][row], "is not a date such as 31/03/2024.")
                for row in read.index[wrong]
            ]
    for name in ("CHILD", *(("DECOM",) if "DECOM" in columns else ())):
        empty = read[columns[name]] == ""
        faults += [_fault(path, int(row) + 2, name, None, "may not be empty.") for row in read.index[empty]]
    return typed


def _with_dates(table: pd.DataFrame) -> pd.DataFrame:
    return table.astype({name: "datetime64[ns]" for name in DATES if name in table})


def _fault(path: Path, row: int | None, column: str | None, value: str | None, reason: str) -> Fault:
    way_out = "Use the modules of the return as they were sent."
    return Fault(file=path.name, row=row, column=column, value=value, reason=reason, way_out=way_out)
