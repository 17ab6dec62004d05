"""A history as it was known on an earlier day: the same returns without anything that happened later."""

import pandas as pd

from matching.returns.history import History

# what ends with each date, and is not known before it
ENDS: dict[str, dict[str, tuple[str, ...]]] = {
    "episodes": {"ended": ("ended_because", "change_because")},
    "unaccompanied": {"until": ()},
    "to_be_adopted": {"ceased": ("ceased_because",)},
    "missing": {"ended": ()},
}
BEGINS = {
    "episodes": "started",
    "adopted": "matched",
    "to_be_adopted": "decided",
    "reviews": "held",
    "missing": "started",
}


def known_on(history: History, day: pd.Timestamp) -> History:
    """The history with what had happened by the end of a day; open again what ended later.

    Children whose first episode came later are not in it. Queries are of the whole and are left out.
    """
    tables = {name: _before(name, table, day) for name, table in history.tables.items()}
    here = set(tables["episodes"].child)
    return History({name: table[table.child.isin(here)] for name, table in tables.items()}, ())


def _before(name: str, table: pd.DataFrame, day: pd.Timestamp) -> pd.DataFrame:
    year = day.year + (day > pd.Timestamp(day.year, 3, 31))
    kept = table[table[BEGINS[name]] <= day].copy() if name in BEGINS else table.copy()
    kept["year"] = kept.year.clip(upper=year)
    for ended, told in ENDS.get(name, {}).items():
        later = kept[ended] > day
        kept.loc[later, ended] = pd.NaT
        for column in told:
            kept.loc[later, column] = None
    return kept
