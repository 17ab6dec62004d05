"""Figures about few children give children away: counts of 1 to 5 are not shown, nor what would let them be worked out.

All counts are rounded to 5 *before* any share is made from them, so that two tables or two dates that differ by one
child show nothing; no share is made of fewer than 10 children.
"""

import pandas as pd

from matching.suppression import SMALL, hidden_rows

STEP = 5
FEWEST_FOR_A_RATE = 10


def rounded(count: float) -> float:
    """The nearest multiple of 5."""
    return float(STEP * round(count / STEP))


def shown_counts(counts: pd.Series, few: int = SMALL) -> pd.Series:
    """Counts of one breakdown as they may be shown: rounded; NaN where they are few, all NaN where there are under 10.

    Enough others are left out with those that are few that the total gives none of them away.
    """
    if counts.sum() < FEWEST_FOR_A_RATE:
        return pd.Series(float("nan"), index=counts.index)
    hidden = hidden_rows([{str(code): int(count) for code, count in counts.items()}], few)
    return counts.map(rounded).where(~counts.index.astype(str).isin(hidden))


def shown_shares(counts: pd.Series, total: float, few: int = SMALL) -> pd.Series:
    """Percentages of a total, made from rounded counts; NaN where a count is not shown or the total is under 10."""
    if total < FEWEST_FOR_A_RATE:
        return pd.Series(float("nan"), index=counts.index)
    return 100 * shown_counts(counts, few) / rounded(total)


def shown_rate(count: int, of: int, few: int = SMALL) -> float | None:
    """One percentage; `None` where the count, or what is left of the whole, is few or the whole is under 10."""
    if of < FEWEST_FOR_A_RATE or 0 < count <= few or 0 < of - count <= few:
        return None
    return 100 * rounded(count) / rounded(of)
