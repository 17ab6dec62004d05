"""Adoption timeliness: A1, A10, A2 and A3 of the adoption scorecards, over three years of returns."""

import pandas as pd

from matching.profile.indicators import ADOPTION, Indicator
from matching.returns.spells import PERIOD, in_order, placements

ADOPTED = ("E11", "E12")
CURRENT_CARER = ("A3", "A5")
PLACEMENT_ORDER = "E1"
FOURTEEN_MONTHS = 426  # days, the threshold of A1
FOUR_MONTHS = 121  # days, the threshold of A2
YEARS = 3


def adopted(episodes: pd.DataFrame, day: pd.Timestamp) -> pd.DataFrame:
    """One row for each child adopted in the three years to a 31 March, with the days on the way.

    Columns: child, adopted, entered (care), moved_in (with the adopters), settled (the foster placement with carers who
    became the adopters, else moved_in), ordered (placement order).
    """
    rows = in_order(episodes)
    last = rows.drop_duplicates(PERIOD, keep="last")
    last = last[
        last.ended_because.isin(ADOPTED) & (last.ended <= day) & (last.ended > day - pd.DateOffset(years=YEARS))
    ]
    periods = rows.merge(last[PERIOD], on=PERIOD)
    placed = periods[periods.placement.isin(ADOPTION)]
    found = last[[*PERIOD, "ended"]].rename(columns={"ended": "adopted"}).set_index(PERIOD)
    found["entered"] = periods.groupby(PERIOD).started.first()
    found["moved_in"] = placed.groupby(PERIOD).started.first()
    found["ordered"] = periods[periods.legal_status == PLACEMENT_ORDER].groupby(PERIOD).started.first()
    homes = placements(episodes).drop_duplicates(PERIOD, keep="last").set_index(PERIOD)
    with_own = found.index.isin(placed[placed.placement.isin(CURRENT_CARER)].set_index(PERIOD).index)
    found["settled"] = found.moved_in.where(~with_own, homes.started.reindex(found.index))
    return found.reset_index()


def a1(table: pd.DataFrame) -> Indicator:
    """Mean days from entering care to moving in with the adopters."""
    return _mean(
        "A1",
        "From entering care to moving in with adopters",
        f"Mean days, children adopted in the last three years. The scorecard's threshold is {FOURTEEN_MONTHS} days.",
        (table.moved_in - table.entered).dt.days.dropna(),
    )


def a10(table: pd.DataFrame) -> Indicator:
    """A1, stopped at the start of the foster placement where the carers adopt."""
    return _mean(
        "A10",
        "From entering care to living with the adopters",
        "As A1, but stopped when the child came to live with foster carers who then adopted.",
        (table.settled - table.entered).dt.days.dropna(),
    )


def a2(table: pd.DataFrame, matched: pd.Series) -> Indicator:
    """Mean days from the placement order to the match; `matched` by child is the day of the match."""
    days = (table.child.map(matched) - table.ordered).dt.days
    return _mean(
        "A2",
        "From the placement order to the match",
        "Mean days, children adopted in the last three years. Matched before the order counts as 0; without an order, left out. "
        f"The scorecard's threshold is {FOUR_MONTHS} days.",
        days.dropna().clip(lower=0),
    )


def a3(table: pd.DataFrame) -> Indicator:
    """Share who waited under 14 months from entering care to moving in with the adopters."""
    days = (table.moved_in - table.entered).dt.days.dropna()
    return Indicator(
        code="A3",
        title="Moved in with adopters within 14 months of entering care",
        definition=f"Of the children adopted in the last three years, those with fewer than {FOURTEEN_MONTHS} days.",
        count=int((days < FOURTEEN_MONTHS).sum()),
        of=len(days),
    )


def _mean(code: str, title: str, definition: str, days: pd.Series) -> Indicator:
    mean = float(days.mean()) if len(days) else None
    return Indicator(code=code, title=title, definition=definition, count=len(days), of=len(days), days=mean)
