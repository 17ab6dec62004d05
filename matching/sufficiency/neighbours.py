"""Figures borrowed from authorities whose children live in similar places, and from all of them, as known in a year."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from matching.errors import UnknownReference
from matching.published import Series, nearest
from matching.sufficiency.figures import AGES, BORROWED, Parameter, Parameters

YEARS = 3  # newest years that are taken together
LOW, HIGH = 0.1, 0.9  # of authorities, the ends of a range
ENOUGH = 30.0  # children in care of an age, fewer of whom say little
STARTS_OF_ALONE = 2.0  # share of starts for a share of children in care, 2021: unaccompanied children stay a short time
ALONE_OVER_16 = 0.9
# ages of leavers before 18 by age in care; 16 and 17 are told apart from 18 in newer returns alone
BEFORE_18 = {**{age: (age,) for age in AGES[:-1]}, "a16p": ("a16", "a17")}


def as_of(borrowed: Parameters, series: Series, year: int, authority: str | None = None) -> Parameters:
    """Starts, their ages and leaving rates from the published counts up to a year, instead of England's of later ones.

    Of the statistical neighbours of an authority where they are known, else of all authorities. Values are of the whole
    group; ranges are where its middle four in five authorities lie. Nothing of a later year is used, but for years before
    the series begins, which take its first three.
    """
    counts = series.looked_after
    known = counts[
        counts.index.get_level_values("year") <= max(year, int(counts.index.get_level_values("year")[0]) + 2)
    ]
    of, told = _group(series, known, authority)
    newest = known.index.get_level_values("year").max()
    rows = known[known.index.get_level_values("authority").isin(of)]
    figures = dict(borrowed.figures)
    recent = rows[rows.index.get_level_values("year") > newest - YEARS]
    told = f"{told}, {newest - YEARS + 1} to {newest}"
    figures["starts"] = _ratio(figures["starts"], recent, ["started"], ["stock"], told)
    alone = _ratio(figures["start_alone"], recent, ["stock.uasc"], ["stock"], told)
    figures["start_alone"] = _times(alone, STARTS_OF_ALONE)
    figures |= _starting(figures, recent, told)
    for age in AGES:
        left = [f"ceased.age.{one}" for one in BEFORE_18[age]]
        figures[f"leave_{age}"] = _ratio(
            figures[f"leave_{age}"], rows, left, [f"stock.age.{age}"], f"{told.split(',')[0]}, up to {newest}"
        )
    return Parameters(figures)


def _starting(figures: Mapping[str, Parameter], recent: pd.DataFrame, told: str) -> dict[str, Parameter]:
    """Ages at the start of those not unaccompanied, who are mostly 16 and over and stand in the same counts."""
    ages = {age: _ratio(figures[f"start_{age}"], recent, [f"started.age.{age}"], ["started"], told) for age in AGES}
    share = figures["start_alone"].value
    less = {"a16p": share * ALONE_OVER_16, "a10_15": share * (1 - ALONE_OVER_16)}
    kept = {age: max(ages[age].value - less.get(age, 0.0), 0.02) for age in AGES}
    whole = sum(kept.values())
    return {f"start_{age}": _times(ages[age], kept[age] / whole / ages[age].value) for age in AGES}


def _times(figure: Parameter, factor: float) -> Parameter:
    return replace(figure, value=figure.value * factor, low=figure.low * factor, high=figure.high * factor)


def _group(series: Series, known: pd.DataFrame, authority: str | None) -> tuple[Sequence[str], str]:
    """Codes of the authorities to borrow from, and how to tell of them."""
    every = sorted(
        {
            str(code)
            for code in known.index.get_level_values("authority")
            if str(code).startswith(("E06", "E07", "E08", "E09", "E10"))
        }
    )
    if authority is None:
        return every, "all authorities together"
    try:
        near = nearest(series.features, authority, set(every))
    except UnknownReference:
        return every, f"all authorities together, since {authority} has no statistical neighbours here"
    return [one.authority for one in near], f"{len(near)} statistical neighbours of {authority}"


def _ratio(prior: Parameter, rows: pd.DataFrame, some: list[str], whole: list[str], told: str) -> Parameter:
    """Children of one kind over those of another, whole group and by authority; the figure as it was where not published."""
    if not set(some + whole) <= set(rows.columns):
        return prior
    both = rows[some + whole].dropna()
    upper, lower = both[some].sum(axis=1), both[whole].sum(axis=1)
    if lower.sum() < ENOUGH:
        return prior
    each = pd.DataFrame({"upper": upper, "lower": lower}).groupby("authority").sum()
    each = each[each.lower >= ENOUGH]
    value = float(upper.sum() / lower.sum())
    spread = (each.upper / each.lower).to_numpy(dtype=float) if len(each) > 2 else np.array([value * 0.7, value * 1.3])
    low, high = (float(end) for end in np.quantile(spread, (LOW, HIGH)))
    return replace(
        prior,
        value=value,
        low=min(low, value),
        high=max(high, value),
        source=f"{told}: published counts",
        kind=BORROWED,
    )
