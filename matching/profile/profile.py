"""The whole profile: indicators, breakdowns, the years before, and what Ofsted published of fostering."""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from matching.places import PostcodeBook
from matching.profile import adoption, indicators
from matching.profile.breakdowns import (
    AGE,
    CHANGES,
    DISTANCE,
    LOCALITY,
    NEED,
    PLACEMENT,
    PROVIDER,
    Breakdown,
    age_groups,
    placement_groups,
    provider_groups,
)
from matching.profile.compare import Table, compared, england_shares, published_shares
from matching.profile.indicators import FAR_MILES, Indicator, year_of
from matching.profile.small_numbers import FEWEST_FOR_A_RATE, rounded, shown_rate
from matching.profile.where import lies_where
from matching.published import ENGLAND, Neighbour, Series
from matching.returns.spells import in_order

Share = tuple[Breakdown, tuple[str, ...]]
SHARES: dict[str, Share] = {
    "over-20-miles": (DISTANCE, ("over_20",)),
    "inside-boundary": (LOCALITY, ("inside",)),
    "fostered": (PLACEMENT, ("foster",)),
    "family-based": (PLACEMENT, ("foster", "placed_for_adoption")),
    "family-based-with-parents": (PLACEMENT, ("foster", "placed_for_adoption", "with_parents")),
    "own-provision": (PROVIDER, ("own",)),
}
ENGLAND_ONLY = {
    "placements-in-year": "three_or_more_placements",
    "placements-in-two-years": "three_or_more_in_two_years",
    "long-term-stability": "long_term_stability",
}
FOSTERING = {
    "vacancy": ("Places vacant, of places approved", "places_vacant", "places_approved"),
    "filled": ("Places filled, of places approved", "places_filled", "places_approved"),
    "not_available": ("Places not available, of places approved", "places_not_available", "places_approved"),
    "siblings_to_plan": (
        "Sibling groups assessed as together who were placed so",
        "sibling_groups_to_plan",
        "sibling_groups_assessed",
    ),
    "unplanned": (
        "Unplanned endings, for each 100 children fostered in the year",
        "unplanned_endings",
        "children_placed",
    ),
}


@dataclass(frozen=True, slots=True)
class Figure:
    """An indicator as it may be shown, beside the middle of the neighbours and England; `None` is not shown."""

    indicator: Indicator
    percent: float | None
    of: float
    days: float | None
    not_known: float | None
    neighbours: float | None
    england: float | None
    england_year: int | None


@dataclass(frozen=True)
class Profile:
    """Everything that the page, the tables and the pictures show; no figure of it is about few children."""

    authority: str
    name: str
    day: pd.Timestamp
    neighbours: tuple[tuple[Neighbour, str], ...]
    figures: tuple[Figure, ...]
    tables: tuple[Table, ...]
    rates: pd.DataFrame
    fostering: pd.DataFrame


@dataclass(frozen=True)
class Setting:
    """Whose profile, on which 31 March, beside whom."""

    authority: str
    name: str
    day: pd.Timestamp
    neighbours: tuple[tuple[Neighbour, str], ...]
    series: Series
    book: PostcodeBook

    @property
    def codes(self) -> list[str]:
        """Codes of the neighbours."""
        return [neighbour.authority for neighbour, _ in self.neighbours]


def profile_of(
    children: pd.DataFrame,
    episodes: pd.DataFrame,
    setting: Setting,
    *,
    unaccompanied: frozenset[str] = frozenset(),
    matched: pd.Series | None = None,
) -> Profile:
    """The profile of one authority's return.

    `children` has columns child and born; `episodes` is described in `spells`, with home_postcode,
    placement_postcode, provider and need; `matched` is the day of the adoption match by child.
    """
    day = setting.day
    here = indicators.looked_after(episodes, day)
    lies = lies_where(here, setting.book, setting.authority)
    told = _indicators(children, episodes, here, lies, day, unaccompanied, matched)
    return Profile(
        authority=setting.authority,
        name=setting.name,
        day=day,
        neighbours=setting.neighbours,
        figures=tuple(_figure(indicator, setting) for indicator in told),
        tables=_tables(children, episodes, here, lies, setting, unaccompanied),
        rates=_rates(len(here), setting),
        fostering=_fostering(setting),
    )


def _indicators(
    children: pd.DataFrame,
    episodes: pd.DataFrame,
    here: pd.DataFrame,
    lies: pd.DataFrame,
    day: pd.Timestamp,
    unaccompanied: frozenset[str],
    matched: pd.Series | None,
) -> list[Indicator]:
    adopted = adoption.adopted(episodes, day)
    return [
        indicators.three_or_more(episodes, day),
        indicators.three_or_more(episodes, day, status_changes=True),
        indicators.three_in_two_years(episodes, day),
        indicators.long_term_stability(episodes, children, day),
        indicators.distance(here, lies.miles, unaccompanied),
        indicators.inside_boundary(here, lies.authority),
        indicators.fostered(here),
        indicators.family_based(here),
        indicators.family_based(here, with_parents=True),
        indicators.own_provision(here),
        adoption.a1(adopted),
        adoption.a10(adopted),
        *([adoption.a2(adopted, matched)] if matched is not None else []),
        adoption.a3(adopted),
    ]


def _figure(indicator: Indicator, setting: Setting) -> Figure:
    """An indicator with few children hidden, and what stands beside it."""
    year = setting.day.year
    if indicator.code in ENGLAND_ONLY:
        told = setting.series.england_percent(ENGLAND_ONLY[indicator.code], year)
        england, england_year, beside = (told[1] if told else None), (told[0] if told else None), None
    else:
        beside, england, england_year = _beside(SHARES.get(indicator.code), setting)
    mean = indicator.code in ("A1", "A2", "A10")
    enough = indicator.of >= FEWEST_FOR_A_RATE
    return Figure(
        indicator=indicator,
        percent=None if mean or indicator.not_known == indicator.of else shown_rate(indicator.count, indicator.of),
        of=rounded(indicator.of) if enough else float("nan"),
        days=indicator.days if mean and enough else None,
        not_known=None if indicator.not_known is None else shown_rate(indicator.not_known, indicator.of),
        neighbours=beside,
        england=england,
        england_year=england_year,
    )


def _beside(share: Share | None, setting: Setting) -> tuple[float | None, float | None, int | None]:
    """The middle of the neighbours, England, and England's year."""
    if share is None:
        return None, None, None
    breakdown, categories = share
    year, series = setting.day.year, setting.series
    sums = [
        published_shares(series, breakdown, code, year)[0][list(categories)].sum(min_count=len(categories))
        for code in setting.codes
    ]
    middle = pd.Series(sums, dtype=float).dropna().median()
    shares, england_year = england_shares(series, breakdown, year)
    england = shares[list(categories)].sum(min_count=len(categories))
    return (None if pd.isna(middle) else float(middle)), (None if pd.isna(england) else float(england)), england_year


def _tables(
    children: pd.DataFrame,
    episodes: pd.DataFrame,
    here: pd.DataFrame,
    lies: pd.DataFrame,
    setting: Setting,
    unaccompanied: frozenset[str],
) -> tuple[Table, ...]:
    first, last = year_of(setting.day)
    entered = in_order(episodes)
    entered = entered[(entered.new_because == "S") & (entered.started >= first) & (entered.started <= last)]
    changes = indicators.changes_by_reason(episodes, setting.day)
    miles = here.child.map(lies.miles).where(~here.child.isin(unaccompanied))
    inside = here.child.map(lies.authority)
    counts = {
        AGE: age_groups(here.child.map(children.set_index("child").born), setting.day).value_counts(),
        NEED: entered.need.value_counts(),
        PLACEMENT: placement_groups(here.placement).value_counts(),
        PROVIDER: provider_groups(here.provider).value_counts(),
        DISTANCE: pd.Series(
            {
                "within_20": (miles <= FAR_MILES).sum(),
                "over_20": (miles > FAR_MILES).sum(),
                "not_known": miles.isna().sum(),
            }
        ),
        LOCALITY: pd.Series(
            {
                "inside": (inside == "inside").sum(),
                "outside": (inside.notna() & (inside != "inside")).sum(),
                "not_known": inside.isna().sum(),
            }
        ),
        CHANGES: changes,
    }
    totals = {NEED: len(entered), CHANGES: int(changes.sum())}
    return tuple(
        compared(
            breakdown,
            found,
            totals.get(breakdown, len(here)),
            setting.series,
            setting.authority,
            setting.codes,
            setting.day.year,
        )
        for breakdown, found in counts.items()
    )


def _rates(stock: int, setting: Setting) -> pd.DataFrame:
    """Children looked after for each 10,000 children by year: own, return, neighbours, England."""
    table = setting.series.looked_after
    known = (1e4 * table.stock / table.children_0_17).unstack("authority")
    known = known[known.index <= setting.day.year].dropna(how="all")
    beside = known.reindex(columns=setting.codes)
    years = sorted({*known.index, setting.day.year})
    frame = pd.DataFrame(
        {
            "own": known.get(setting.authority),
            "neighbours_low": beside.min(axis=1),
            "neighbours_middle": beside.median(axis=1),
            "neighbours_high": beside.max(axis=1),
            "england": known.get(ENGLAND),
        },
        index=years,
    ).astype(float)
    people = setting.series.latest(setting.authority, "children_0_17", setting.day.year)
    frame["return"] = float("nan")
    if people and stock >= FEWEST_FOR_A_RATE:
        frame.loc[setting.day.year, "return"] = 1e4 * rounded(stock) / people[1]
    return frame


def _fostering(setting: Setting) -> pd.DataFrame:
    """Ofsted's year 2017-18 in percent, and the newest year of the authority's own mainstream places."""
    table = setting.series.fostering.droplevel("year")
    rows = {
        code: _fostering_row(words, table[part], table[whole], setting)
        for code, (words, part, whole) in FOSTERING.items()
    }
    places = setting.series.costs.dropna(subset=["la_mainstream_places"])
    years = places.index.get_level_values("year")
    newest = places[years == years.max()].droplevel("year")
    words = f"The authority's own mainstream places filled, of all, {years.max()}"
    rows["own_filled"] = _fostering_row(words, newest.la_mainstream_places_filled, newest.la_mainstream_places, setting)
    return pd.DataFrame.from_dict(rows, orient="index")


def _fostering_row(words: str, part: pd.Series, whole: pd.Series, setting: Setting) -> dict[str, object]:
    shares = 100 * part.astype(float) / whole.astype(float).replace(0, float("nan"))
    beside = shares.reindex(setting.codes)
    return {
        "what": words,
        "own": shares.get(setting.authority, float("nan")),
        "neighbours_low": beside.min(),
        "neighbours_middle": beside.dropna().median(),
        "neighbours_high": beside.max(),
        "england": shares.get(ENGLAND, float("nan")),
    }


def neighbours_named(found: Sequence[Neighbour], names: dict[str, str]) -> tuple[tuple[Neighbour, str], ...]:
    """Neighbours with their names."""
    return tuple((neighbour, names.get(neighbour.authority, neighbour.authority)) for neighbour in found)
