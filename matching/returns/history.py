"""The returns of one or more authorities and years as one history, in which nobody is counted twice.

A row of a later year replaces the row of the same child and start in an earlier one, which was still open then. What cannot
be read is a fault, and nothing is read; what the return's own validation would question is a query: it is read, and named.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pandas as pd

from matching.errors import Fault, MatchingError, UnreadableFile
from matching.returns import queries
from matching.returns.modules import BY_NAME, KEYS, Module
from matching.returns.reading import Query, Read, fault, files_in, read_file
from matching.returns.spells import PERIOD, in_order, placements

MOST_FAULTS = 200
SLIPS = 0.04  # of the busiest year before: fewer starts in a newer year are mistyped dates
MANY_ENDS = 25  # in the year with most of them, from which a year without any is none
DATE = "%d/%m/%Y"
AUTHORITY = re.compile(r"E[01]\d{7}")
YEAR_IN_NAME = re.compile(r"(?<!\d)(20[12]\d)(?!\d)")


@dataclass(frozen=True)
class History:
    """Tables by module, each with authority and year; dates as timestamps, what is empty as missing.

    `children` has one row a child; `episodes` one row an episode: child, started, ended (NaT while open), new_because,
    legal_status, need, placement, provider, ended_because, change_because, home_postcode, placement_postcode, urn.
    """

    tables: dict[str, pd.DataFrame]
    queries: tuple[Query, ...]

    @property
    def children(self) -> pd.DataFrame:
        """One row for each child."""
        return self.tables["children"]

    @property
    def episodes(self) -> pd.DataFrame:
        """One row for each episode of care."""
        return self.tables["episodes"]

    @property
    def unaccompanied(self) -> pd.DataFrame:
        """Children who are or were unaccompanied; `until`, the day it ended."""
        return self.tables["unaccompanied"]

    @property
    def matched(self) -> "pd.Series[pd.Timestamp]":
        """Date of the match by child, of those adopted."""
        return self.tables["adopted"].set_index("child").matched.dropna()

    @property
    def years(self) -> tuple[int, ...]:
        """The years (of the 31 March that ends each) of the returns."""
        return tuple(sorted(int(year) for year in self.episodes.year.unique()))

    @cached_property
    def periods(self) -> pd.DataFrame:
        """One row for each period of care: child, period, started, ended, ended_because, need, born."""
        rows = in_order(self.episodes)
        began = rows.groupby(PERIOD).agg(started=("started", "first"), need=("need", "first"))
        # the last row as it is: an open one has no end, whatever ended before it
        ends = rows.drop_duplicates(PERIOD, keep="last").set_index(PERIOD)[["ended", "ended_because"]]
        found = began.join(ends)[["started", "ended", "ended_because", "need"]]
        return found.reset_index().merge(self.children[["child", "born"]], on="child", how="left")

    @cached_property
    def placements(self) -> pd.DataFrame:
        """One row for each placement; a change of status alone begins none."""
        return placements(self.episodes)

    @cached_property
    def starts_and_ceases(self) -> pd.DataFrame:
        """By year (of its 31 March): periods of care that started and ended in it, and children in care at its end."""
        started, ended = (_year_of(self.periods[name].dropna()).value_counts() for name in ("started", "ended"))
        rows = [
            {
                "year": year,
                "started": int(started.get(year, 0)),
                "ended": int(ended.get(year, 0)),
                "in_care": self.in_care_on(pd.Timestamp(year, 3, 31)),
            }
            for year in self.years
        ]
        return pd.DataFrame(rows)

    @property
    def last_day(self) -> pd.Timestamp:
        """The 31 March that ends the newest year in the returns; raises `MatchingError` where they hold no episode."""
        if not self.years:
            raise MatchingError(
                "The returns hold no episode, so nothing can be told. Give those of a year with children."
            )
        return pd.Timestamp(self.years[-1], 3, 31)

    def unaccompanied_on(self, day: pd.Timestamp) -> frozenset[str]:
        """Children who were unaccompanied asylum-seeking children on a day."""
        lasting = self.unaccompanied.until.isna() | (self.unaccompanied.until > day)
        return frozenset(self.unaccompanied.child[lasting])

    def in_care_on(self, day: pd.Timestamp) -> int:
        """How many children were looked after at the end of a day, short breaks left out."""
        open_ = in_order(self.episodes)
        return int(open_[(open_.started <= day) & (open_.ended.isna() | (open_.ended > day))].child.nunique())


def _year_of(days: "pd.Series[pd.Timestamp]") -> "pd.Series[int]":
    """The year of the 31 March on or after each day."""
    return days.dt.year + (days.dt.dayofyear > 90 + days.dt.is_leap_year).astype(int)


def read_history(paths: Sequence[Path]) -> History:
    """Read files and folders of returns; raises `UnreadableFile` with every fault, and then nothing is read."""
    faults: list[Fault] = []
    beside: list[Query] = []
    named = {path.resolve() for path in paths}
    files = list(files_in(paths, faults))
    reads = [read for path in files for read in read_file(path, faults, beside, named=path.resolve() in named)]
    reads, twice = _once(reads)
    typed = {read: _typed(read, faults) for read in reads}
    for name in ("episodes", "children"):
        if not faults and not any(read.module.name == name for read in reads):
            faults.append(fault(paths[0], f"holds no file of {name}.", "Add that module of the return."))
    if faults:
        raise UnreadableFile(tuple(faults[:MOST_FAULTS]))
    _apart(typed)
    years = _years(typed)
    tables = {name: _merged(BY_NAME[name], typed, years) for name in BY_NAME}
    return History(tables, (*beside, *twice, *queries.asked(tables, typed, years)))


def _once(reads: list[Read]) -> tuple[list[Read], list[Query]]:
    """Each content once; a second file of a module beside the first is read too, and both are named."""
    kept: list[Read] = []
    found: list[Query] = []
    for read in reads:
        beside = [one for one in kept if one.module is read.module and _place(one.file) == _place(read.file)]
        same = next((one for one in kept if _same(one, read)), None)
        if same is not None:
            found.append(
                Query("twice", read.file.name, None, "", f"holds the same as {same.file.name}, and counts once")
            )
            continue
        if beside and read.file.suffix.lower() == ".csv":
            told = f"is a second file of {read.module.name} beside {beside[0].file.name}; both are read"
            found.append(Query("twice", read.file.name, None, "", told))
        kept.append(read)
    return kept, found


def _same(one: Read, other: Read) -> bool:
    """The same rows of the same authority."""
    alike = one.module is other.module and _named_authority(one.file) == _named_authority(other.file)
    return alike and one.table.equals(other.table)


def _place(path: Path) -> tuple[Path, int | None]:
    """Files of one return: those of one folder, or of one year in their names."""
    return path.parent, _named_year(path)


def _named_authority(path: Path) -> str:
    """The authority of a file: a code such as E06000045 in its name or its folders' names, else not told."""
    return next((found.group() for part in reversed(path.parts) if (found := AUTHORITY.search(part))), "")


def _apart(typed: dict[Read, pd.DataFrame]) -> None:
    """Children of several authorities who have the same reference are told apart by their authority."""
    pairs = pd.concat([table[["authority", "child"]] for table in typed.values() if len(table)]).drop_duplicates()
    shared = set(pairs.child[pairs.child.duplicated()])
    for table in (one for one in typed.values() if len(one)):
        same = table.child.isin(shared) & (table.authority != "")
        table.loc[same, "child"] = table.authority[same] + ":" + table.child[same]


def _named_year(path: Path) -> int | None:
    found = YEAR_IN_NAME.search(path.stem)
    return int(found.group(1)) if found else None


def _typed(read: Read, faults: list[Fault]) -> pd.DataFrame:
    """The columns that are read, under our names, dates as dates, empty as missing."""
    module, table = read.module, read.table.copy()
    for name in module.optional:
        if name not in table:
            table[name] = ""
    missing = [name for name in module.columns if name not in table]
    faults += [
        fault(read.file, "the column is missing.", "Use the modules of the return as they were sent.", 1, name)
        for name in missing
    ]
    if missing:
        return pd.DataFrame()
    for name in module.needed:
        faults += [
            fault(read.file, "may not be empty.", "Write it.", row, name) for row in table.index[table[name] == ""]
        ]
    found = table[list(module.columns)].rename(columns=module.columns)
    for name, ours in module.columns.items():
        if ours in module.dates:
            found[ours] = _days(read, name, table[name], faults)
        else:
            found[ours] = found[ours].where(found[ours] != "")
    found["authority"] = table.get("LA", _named_authority(read.file))
    return found


def _days(read: Read, column: str, text: "pd.Series[str]", faults: list[Fault]) -> "pd.Series[pd.Timestamp]":
    """Dates as the return writes them, day first, or year first; anything else is a fault."""
    days = pd.to_datetime(text, format=DATE, errors="coerce")
    days = days.fillna(pd.to_datetime(text, format="%Y-%m-%d", errors="coerce"))
    way_out = "Write day, month and year, such as 31/03/2024."
    wrong = text.index[days.isna() & (text != "")]
    faults += [fault(read.file, "is no date.", way_out, row, column, str(text[row])) for row in wrong[:MOST_FAULTS]]
    return days.astype("datetime64[ns]")


def _years(typed: dict[Read, pd.DataFrame]) -> dict[Read, int]:
    """The year of each file: that of the episodes beside it, the newest of which began in it."""
    own: dict[tuple[Path, int | None], int] = {}
    for read, table in typed.items():
        if read.module.name == "episodes" and len(table):
            own[_place(read.file)] = _newest(table)
    return {read: own.get(_place(read.file), max(own.values(), default=0)) for read in typed}


def _newest(episodes: pd.DataFrame) -> int:
    """The newest year in which episodes began, so many that it is no slip of a pen, and ended, where many ends are told.

    A date typed a year too late makes a start but no end; an end may be told as 1 April of the next year.
    """
    began = _year_of(episodes.started.dropna()).value_counts().sort_index()
    ended = _year_of(episodes.ended.dropna() - pd.Timedelta(days=1)).value_counts().reindex(began.index, fill_value=0)
    enough = began >= SLIPS * began.cummax()
    if ended[enough].max() >= MANY_ENDS:
        enough &= ended >= SLIPS * ended.cummax()
    return int(began.index[enough][-1])


def _merged(module: Module, typed: dict[Read, pd.DataFrame], years: dict[Read, int]) -> pd.DataFrame:
    """All years of a module, later rows instead of earlier ones."""
    parts = [(years[read], table.assign(year=years[read])) for read, table in typed.items() if read.module is module]
    if not parts:
        empty = pd.DataFrame(columns=[*module.columns.values(), "authority", "year"])
        return empty.astype({name: "datetime64[ns]" for name in module.dates})
    whole = pd.concat([table for _, table in sorted(parts, key=lambda part: part[0])], ignore_index=True)
    return whole.drop_duplicates(KEYS[module.name], keep="last", ignore_index=True)
