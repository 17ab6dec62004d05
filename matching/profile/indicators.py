"""Indicators from one return, each with its definition, what was counted, and what was left out.

Definitions are those of the Department for Education's statistics (and, for adoption, of the adoption scorecards); where
they leave a choice, the choice is stated with the figure. A rate is a count over a count; both are kept.
"""

from dataclasses import dataclass

import pandas as pd

from matching.returns.spells import PERIOD, in_order, open_on, placements

ADOPTION = ("A3", "A4", "A5", "A6")
FOSTER = ("U1", "U2", "U3", "U4", "U5", "U6")
PARENTS = "P1"
OWN = "PR1"
MANY_PLACEMENTS = 3
UNDER = 16
FAR_MILES = 20.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Indicator:
    """A share of children, or a mean of days; `count` of `of` children, `days` for a mean.

    `not_known` are children in `of` for whom it can not be told, where that can happen.
    """

    code: str
    title: str
    definition: str
    count: int
    of: int
    not_known: int | None = None
    days: float | None = None

    @property
    def percent(self) -> float | None:
        """The share in percent; `None` where there is nobody to count or it is a mean."""
        return None if self.days is not None or not self.of else 100 * self.count / self.of


def year_of(day: pd.Timestamp) -> tuple[pd.Timestamp, pd.Timestamp]:
    """The first and last day of the return's year that ends on a 31 March."""
    return day - pd.DateOffset(years=1) + pd.Timedelta(days=1), day


def looked_after(episodes: pd.DataFrame, day: pd.Timestamp) -> pd.DataFrame:
    """The open row of every child looked after at the end of a day, with the start of the period of care."""
    rows = in_order(episodes)
    began = rows.groupby(PERIOD).started.transform("first")
    return open_on(rows.assign(period_started=began), day).drop_duplicates("child", keep="last")


def three_or_more(episodes: pd.DataFrame, day: pd.Timestamp, *, status_changes: bool = False) -> Indicator:
    """Of the children looked after on 31 March, those with three or more placements in the year."""
    how = (
        "A new status with the same carer counts as a placement, as in the return's raw rows."
        if status_changes
        else "A new status with the same carer does not count."
    )
    here = looked_after(episodes, day).child
    counts = _placements_between(episodes, *year_of(day), status_changes=status_changes)
    many = here.map(counts).fillna(0) >= MANY_PLACEMENTS
    return Indicator(
        code="placements-in-year" + ("-raw" if status_changes else ""),
        title="Three or more placements in the year" + (", status changes counted" if status_changes else ""),
        definition="Of the children looked after on 31 March (short breaks left out), those with three or more placements in "
        f"the year. The one open on 1 April counts as one; temporary stays do not count. {how}",
        count=int(many.sum()),
        of=len(here),
    )


def _placements_between(
    episodes: pd.DataFrame, first: pd.Timestamp, last: pd.Timestamp, *, status_changes: bool = False
) -> pd.Series:
    """How many placements of each child were open on the first day or began until the last."""
    table = placements(episodes, status_changes=status_changes)
    inside = table[(table.started <= last) & (table.ended.isna() | (table.ended > first))]
    return inside.groupby("child").size()


def three_in_two_years(episodes: pd.DataFrame, day: pd.Timestamp) -> Indicator:
    """Of the children looked after for two years, those with three or more placements in them."""
    two_years_ago = day - pd.DateOffset(years=2)
    now = looked_after(episodes, day)
    here = now.loc[now.period_started <= two_years_ago, "child"]
    counts = _placements_between(episodes, two_years_ago + pd.Timedelta(days=1), day)
    return Indicator(
        code="placements-in-two-years",
        title="Three or more placements in two years",
        definition="Of the children looked after on 31 March without a break for two years or more, those with three or more "
        "placements in the two years. A new status with the same carer does not count.",
        count=int((here.map(counts).fillna(0) >= MANY_PLACEMENTS).sum()),
        of=len(here),
    )


def long_term_stability(episodes: pd.DataFrame, children: pd.DataFrame, day: pd.Timestamp) -> Indicator:
    """Of under-16s looked after for two and a half years, those with the same carer for two."""
    here = looked_after(episodes, day)
    born = here.child.map(children.set_index("child").born)
    young = born > day - pd.DateOffset(years=UNDER)
    long = here.loc[young & (here.period_started <= day - pd.DateOffset(months=30)), "child"]
    now = open_on(placements(episodes), day)
    table = placements(episodes).sort_values([*PERIOD, "started"])
    before = table.groupby(PERIOD).started.shift()
    # placed for adoption and together with the placement before it: its beginning is what counts
    since = table.started.where(~(table.first_placement.isin(ADOPTION) & before.notna()), before)
    since = since.loc[now.index].groupby(now.child).min()
    stayed = long.map(since) <= day - pd.DateOffset(years=2)
    return Indicator(
        code="long-term-stability",
        title="Same carer for two years or more",
        definition="Of the children under 16 looked after on 31 March without a break for two and a half years or more, those "
        "in the same placement for two years, or placed for adoption and so together with the placement before it. A new "
        "status with the same carer does not end a placement.",
        count=int(stayed.sum()),
        of=len(long),
    )


def distance(here: pd.DataFrame, miles: pd.Series, unaccompanied: frozenset[str]) -> Indicator:
    """Over 20 miles from home; `miles` by child, NaN where a postcode is missing or only partly known."""
    known = here.child.map(miles).where(~here.child.isin(unaccompanied))
    return Indicator(
        code="over-20-miles",
        title="Placed over 20 miles from home",
        definition="Straight line on the grid from the home postcode to the placement postcode, on 31 March. Unaccompanied "
        "children and children without two full postcodes are not known, and stay in the count of all.",
        count=int((known > FAR_MILES).sum()),
        of=len(here),
        not_known=int(known.isna().sum()),
    )


def inside_boundary(here: pd.DataFrame, lies: pd.Series) -> Indicator:
    """Placed inside the authority; `lies` by child: "inside", "adjoining", "distant", or missing."""
    found = here.child.map(lies)
    return Indicator(
        code="inside-boundary",
        title="Placed inside the authority",
        definition="The authority of the placement's postcode, by code, is the authority that looks after the child. A "
        "postcode that is not known counts as not inside, and is shown.",
        count=int((found == "inside").sum()),
        of=len(here),
        not_known=int(found.isna().sum()),
    )


def family_based(here: pd.DataFrame, *, with_parents: bool = False) -> Indicator:
    """With foster carers or adopters; with parents too when that is asked for."""
    codes = (*FOSTER, *ADOPTION, *((PARENTS,) if with_parents else ()))
    words = "with foster carers, adopters or their own parents" if with_parents else "with foster carers or adopters"
    return Indicator(
        code="family-based" + ("-with-parents" if with_parents else ""),
        title="In a family" + (", parents counted" if with_parents else ""),
        definition=f"Children {words} over all children looked after on 31 March (codes {', '.join(codes)}).",
        count=int(here.placement.isin(codes).sum()),
        of=len(here),
    )


def fostered(here: pd.DataFrame) -> Indicator:
    """With foster carers, as the published share counts."""
    return Indicator(
        code="fostered",
        title="With foster carers",
        definition="Children in foster placements (U1 to U6) over all children looked after on 31 March.",
        count=int(here.placement.isin(FOSTER).sum()),
        of=len(here),
    )


def own_provision(here: pd.DataFrame) -> Indicator:
    """In the authority's own provision."""
    return Indicator(
        code="own-provision",
        title="In the authority's own provision",
        definition="Provider PR1 over all children looked after on 31 March, children with parents or without a provider included.",
        count=int((here.provider == OWN).sum()),
        of=len(here),
    )


def changes_by_reason(episodes: pd.DataFrame, day: pd.Timestamp) -> pd.Series:
    """Placements that ended in the year with another one after them, by reason for the change; status only apart."""
    first, last = year_of(day)
    rows = in_order(episodes)
    ended = rows[(rows.ended >= first) & (rows.ended <= last) & (rows.ended_because == "X1")]
    return ended.change_because.dropna().value_counts()
