"""From the return's rows to placements: a placement goes on while the child stays with the same carer.

What counts, and what does not, as section 12 of the indicators' definitions has it:

- Series of short breaks (V3, V4) are left out.
- Temporary rows (T0 to T4) are left out; the placement goes on when the child returns to the same home.
- A row for the same carer (reasons for a new episode L, T and U, or an ended row whose reason for change is PLACE)
  changes a status, not a placement. `status_changes=True` counts T and U as the return's raw rows do.
"""

import pandas as pd

SHORT_BREAKS = frozenset({"V3", "V4"})
TEMPORARY = ("T0", "T1", "T2", "T3", "T4")
STATUS_ONLY = "PLACE"
PERIOD = ["child", "period"]
SAME_HOME = ["placement", "urn", "placement_postcode"]


def in_order(episodes: pd.DataFrame) -> pd.DataFrame:
    """Rows of care that count, by child and start, with the number of their period of care.

    `episodes` has one row for each episode with columns child, started, ended (NaT while open), new_because (S, L, P,
    T, B, U), legal_status, placement, urn, placement_postcode, change_because and ended_because.
    """
    rows = episodes[~episodes.legal_status.isin(SHORT_BREAKS)].sort_values(["child", "started"], kind="stable")
    before = rows.groupby("child").ended.shift()
    # the first row has no end before it; a gap, or an S, begins a new period of care
    begins = before.isna() | (rows.started > before) | (rows.new_because == "S")
    return rows.assign(period=begins.groupby(rows.child).cumsum()).reset_index(drop=True)


def placements(episodes: pd.DataFrame, *, status_changes: bool = False) -> pd.DataFrame:
    """One row for each placement: child, period, started, ended, placement (the last code), first_placement, urn."""
    rows = in_order(episodes)
    temporary = rows.placement.isin(TEMPORARY)
    after_temporary = temporary.groupby([rows.child, rows.period]).shift(fill_value=False)
    lasting = rows[~temporary].assign(after_temporary=after_temporary)
    lasting["number"] = _begins(lasting, status_changes).groupby([lasting.child, lasting.period]).cumsum()
    first = lasting.drop_duplicates([*PERIOD, "number"], keep="first").set_index([*PERIOD, "number"])
    last = lasting.drop_duplicates([*PERIOD, "number"], keep="last").set_index([*PERIOD, "number"])
    table = last[["placement", "urn"]].assign(started=first.started, first_placement=first.placement)
    following = table.groupby(PERIOD).started.shift(-1)
    ends = rows.drop_duplicates(PERIOD, keep="last").set_index(PERIOD).ended
    # a placement that is left for a temporary stay lasts until the next one begins or the period ends
    found = table.assign(following=following).reset_index().merge(ends.rename("ended"), on=PERIOD)
    return found.assign(ended=found.following.fillna(found.ended)).drop(columns="following")


def _begins(rows: pd.DataFrame, status_changes: bool) -> pd.Series:
    """Whether a row is in another home than the row before it in the same period."""
    before = rows.groupby(["child", "period"])
    first = before.cumcount() == 0
    moved = rows.new_because.isin(["P", "B", "S"]) & (before.change_because.shift() != STATUS_ONLY)
    if status_changes:
        moved = rows.new_because.isin(["P", "B", "S", "T", "U"])
    same = pd.Series(True, index=rows.index)
    for column in SAME_HOME:
        values = rows[column].fillna("")
        same &= values == values.groupby([rows.child, rows.period]).shift(fill_value="")
    return first | (moved & ~(rows.after_temporary & same))


def open_on(rows: pd.DataFrame, day: pd.Timestamp) -> pd.DataFrame:
    """Rows that are open at the end of a day."""
    return rows[(rows.started <= day) & (rows.ended.isna() | (rows.ended > day))]
