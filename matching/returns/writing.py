"""A history as tidy CSV files: all or none, the same again for the same returns, and what would change before it does."""

import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from matching.errors import MatchingError
from matching.returns.history import History
from matching.returns.modules import KEYS

FORMULA = ("=", "+", "-", "@", "\t", "\r")
MARK = "periods.csv"  # tells a folder of ours from another


@dataclass(frozen=True)
class TableChange:
    """What a table of the folder would gain, lose and have otherwise."""

    name: str
    added: int
    removed: int
    changed: int


def tables_of(history: History) -> dict[str, pd.DataFrame]:
    """Every table that is written: the modules with rows, periods of care and placements."""
    modules = {name: table for name, table in history.tables.items() if len(table)}
    return {**modules, "periods": history.periods, "placements": history.placements}


def as_text(table: pd.DataFrame) -> pd.DataFrame:
    """All cells as text: dates year first, what is missing empty, and no text that a spreadsheet would run."""
    found = pd.DataFrame(index=table.index)
    for name, column in table.items():
        if pd.api.types.is_datetime64_any_dtype(column):
            found[name] = column.dt.strftime("%Y-%m-%d").fillna("")
        elif pd.api.types.is_numeric_dtype(column):
            found[name] = column.map(lambda value: "" if pd.isna(value) else f"{value:g}")
        else:
            found[name] = column.fillna("").astype(str).map(_inert)
    return found


def _inert(text: str) -> str:
    return f"'{text}" if text.startswith(FORMULA) else text


def changes(history: History, folder: Path) -> tuple[TableChange, ...]:
    """What writing would change in a folder; empty when nothing."""
    found = (_change(name, as_text(table), folder / f"{name}.csv") for name, table in tables_of(history).items())
    return tuple(one for one in found if one.added or one.removed or one.changed)


def _change(name: str, new: pd.DataFrame, path: Path) -> TableChange:
    if not path.is_file():
        return TableChange(name, len(new), 0, 0)
    old = pd.read_csv(path, dtype=str, keep_default_na=False)
    keys = [key for key in KEYS.get(name, ["child", "period", "started"]) if key in new and key in old]
    was, will = ({tuple(row) for row in table[keys].itertuples(index=False)} for table in (old, new))
    both = [column for column in new if column in old]
    before, after = ({tuple(row) for row in table[both].itertuples(index=False)} for table in (old, new))
    otherwise = max(len(after - before) - len(will - was), 0)
    return TableChange(name, len(will - was), len(was - will), otherwise)


def write_history(history: History, folder: Path) -> None:
    """Write all tables or none; a folder that holds something else is refused."""
    if folder.exists() and any(folder.iterdir()) and not (folder / MARK).is_file():
        raise MatchingError(f"{folder} holds something else. Name an empty folder, or one written before.")
    folder.mkdir(parents=True, exist_ok=True)
    room = Path(tempfile.mkdtemp(dir=folder, prefix=".writing-"))
    try:
        for name, table in tables_of(history).items():
            as_text(table).to_csv(room / f"{name}.csv", index=False)
        for path in room.iterdir():
            path.replace(folder / path.name)
    finally:
        shutil.rmtree(room)
