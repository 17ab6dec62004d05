"""Every number the forecast stands on: value, range, source, and whether it is own data, borrowed or assumed."""

import csv
import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from matching.errors import MatchingError

WEEKS = 52.18
AGE_EDGES = (0.0, 1.0, 5.0, 10.0, 16.0, 18.0)
AGES = ("u1", "a1_4", "a5_9", "a10_15", "a16p")
# leavers a year that the published figures weigh as much as own data
PRIOR_EVENTS = 20.0
# whoever leaves after this ages out
LAST_AGE = 17.99
OWN, BORROWED, ASSUMED = "own data", "borrowed", "assumed"


@dataclass(frozen=True)
class Parameter:
    """One figure with a 95% range."""

    value: float
    low: float
    high: float
    unit: str
    source: str
    kind: str


@dataclass(frozen=True)
class Parameters:
    """Figures by name; `starts` is a share of children in care a year, `leave_*` are leavers a child a year by age."""

    figures: Mapping[str, Parameter]

    def __getitem__(self, name: str) -> float:
        return self.figures[name].value

    def table(self) -> pd.DataFrame:
        """All figures: name, value, low, high, unit, source, kind."""
        return pd.DataFrame([{"name": name, **vars(figure)} for name, figure in self.figures.items()])

    def changed(self, **values: float) -> "Parameters":
        """With some figures set by hand."""
        if unknown := sorted(set(values) - set(self.figures)):
            raise MatchingError(f"{', '.join(unknown)}: no such figure. Known: {', '.join(self.figures)}.")
        new = {name: replace(self.figures[name], value=value, kind=ASSUMED) for name, value in values.items()}
        return Parameters({**self.figures, **new})


# name: published name, scale, half-width of the range as a share; what is published for England stands for everybody
_PUBLISHED = {
    "starts": ("starts_to_stock_ratio", 1.0, 0.3),
    "leave_u1": ("exit_hazard_age_under1", 1.0, 0.3),
    "leave_a1_4": ("exit_hazard_age_1_4", 1.0, 0.3),
    "leave_a5_9": ("exit_hazard_age_5_9", 1.0, 0.3),
    "leave_a10_15": ("exit_hazard_age_10_15", 1.0, 0.3),
    "kin": ("stock_share_foster_kin", 1.0, 0.3),
    "residential": ("stock_share_placement_childrens_home_or_secure", 1.0, 0.3),
    "with_parents": ("stock_share_placement_with_parents", 1.0, 0.5),
    "over_20_miles": ("distance_share_foster_gt20_outside", 1.0, 0.5),
    "price_in_house": ("cost_foster_inhouse_full_weekly_generator", 1.0, 0.2),
    "price_agency": ("cost_foster_ifa_weekly", 1.0, 0.2),
    "price_residential": ("cost_residential_weekly_all", 1.0, 0.2),
}
_ASSUMED = {
    "leave_a16p": (0.30, 0.2, 0.5, "leavers a child a year", "leaving before 18; the wall at 18 does the rest"),
    "moves": (0.60, 0.4, 0.9, "moves a child a year", "short placements end early, long ones last"),
    "level_sd": (0.15, 0.10, 0.20, "SD a year in the log", "yearly starts vary 5.5 times more than by chance alone"),
    "level_kept": (0.70, 0.5, 0.9, "share a year", "how much of a year's level the next keeps"),
    "supported_at_16": (0.50, 0.3, 0.6, "share of referrals of 16 and over", "supported accommodation"),
    "agency_found": (
        0.20,
        0.1,
        0.4,
        "share of a week's searches",
        "an agency home found beyond the register when asked",
    ),
    "home_leaves": (0.123, 0.10, 0.15, "share of homes a year", "deregistrations, Ofsted 2017-18"),
    "home_joins": (0.123, 0.05, 0.2, "share of homes a year", "as many join as leave"),
    "on_hold": (0.24, 0.14, 0.30, "share of places", "places not available, Ofsted"),
    "staying_put": (0.50, 0.3, 0.6, "share of fostered young people at 18", "1,880 of 3,770, Ofsted 2018-19"),
    "staying_put_weeks": (80.0, 50, 120, "weeks on average", "to 21 at most; their place is not free meanwhile"),
    "far_elsewhere": (0.50, 0.3, 0.7, "share over 20 miles", "an agency home found beyond the register"),
    "hold_weeks": (12.0, 4, 30, "weeks", "how long a hold lasts"),
    "price_supported": (1500.0, 900, 2500, "GBP a child week", "no public figure by child"),
    "price_kin": (350.0, 250, 450, "GBP a child week", "allowance with support"),
    "price_recruiting": (9000.0, 5000, 15000, "GBP a home", "enquiry to approval"),
    "price_supporting": (7000.0, 5000, 10000, "GBP a home a year", "supervising social worker"),
}


def published_parameters(reference: Path) -> Parameters:
    """England's figures and assumptions, from `parameters.csv` of the reference folder."""
    with (reference / "parameters.csv").open(encoding="utf-8", newline="") as file:
        rows = {row["name"]: row for row in sorted(csv.DictReader(file), key=lambda row: row["year"])}
    found = {}
    for name, (published, scale, spread) in _PUBLISHED.items():
        row, value = rows[published], float(rows[published]["value"]) * scale
        source = f"{row['source']} ({row['year']})"
        found[name] = Parameter(value, value * (1 - spread), value * (1 + spread), row["unit"], source, BORROWED)
    for name, (value, low, high, unit, why) in _ASSUMED.items():
        found[name] = Parameter(value, low, high, unit, why, ASSUMED)
    return Parameters(found)


def with_history(borrowed: Parameters, spells: pd.DataFrame, first: pd.Timestamp, last: pd.Timestamp) -> Parameters:
    """Starts and leaving rates from an authority's own spells, shrunk to the borrowed ones by how much there is.

    `spells` has `child, born, started, ceased` (NaT: still in care). Children in care at `first` enter then (left
    truncation), those in care at `last` are censored, at 18 everybody leaves. Raises `MatchingError` for a spell that
    ends before it starts or a window of no length.
    """
    wrong = spells[spells.ceased.notna() & (spells.ceased < spells.started)]
    if len(wrong):
        raise MatchingError(
            f"Child {wrong.child.iloc[0]}: the spell ends before it starts ({len(wrong)} such). Correct the dates."
        )
    if last <= first:
        raise MatchingError(f"From {first.date()} to {last.date()} is no time. Give a window of a year or more.")
    figures = dict(borrowed.figures)
    years = (last - first).days / 365.25
    exposed = 0.0
    for number, age in enumerate(AGES):
        low, high = AGE_EDGES[number], AGE_EDGES[number + 1]
        time, leavers = _exposure(spells, first, last, low, high)
        exposed += time
        figures[f"leave_{age}"] = _shrunk(figures[f"leave_{age}"], leavers, time)
    started = int(((spells.started > first) & (spells.started <= last)).sum())
    if exposed > 0:
        figures["starts"] = _shrunk(figures["starts"], started, exposed)
    note = "" if years >= 2 else "; less than two years, so the range is wide"
    return Parameters({name: replace(f, source=f.source + note) if f.kind == OWN else f for name, f in figures.items()})


def _exposure(
    spells: pd.DataFrame, first: pd.Timestamp, last: pd.Timestamp, low: float, high: float
) -> tuple[float, int]:
    """Years in care at an age within the window, and leavers of that age before 18."""
    begin, end = _years(spells.started, first), _years(spells.ceased.fillna(last), first)
    born, window = _years(spells.born, first), (last - first).days / 365.25
    since = np.maximum.reduce([begin, born + low, np.zeros(len(spells))])
    until = np.minimum.reduce([end, born + high, np.full(len(spells), window)])
    age = end - born
    left = spells.ceased.notna().to_numpy() & (end > 0) & (end <= window)
    inside = left & (age >= low) & (age < min(high, LAST_AGE))
    return float(np.clip(until - since, 0, None).sum()), int(inside.sum())


def _years(days: pd.Series, first: pd.Timestamp) -> npt.NDArray[np.float64]:
    """Years from a day; before it, negative."""
    return np.asarray((days - first).dt.days.to_numpy(dtype=float) / 365.25)


def spells_of(children: pd.DataFrame, episodes: pd.DataFrame) -> pd.DataFrame:
    """Periods of care of a return: child, born, started, ceased (NaT: still in care); episodes as `in_order` gives them."""
    whole = episodes.groupby(["child", "period"]).agg(started=("started", "first"), ceased=("ended", "last"))
    return whole.reset_index().merge(children[["child", "born"]], on="child")


def _shrunk(prior: Parameter, events: int, time: float) -> Parameter:
    """The gamma-Poisson mean of own events over own time and the borrowed rate, with a 95% range by normal steps."""
    if time <= 0:
        return replace(prior, source=f"nobody of this age in the history; {prior.source}")
    shape, rate = PRIOR_EVENTS + events, PRIOR_EVENTS / prior.value + time
    value, step = shape / rate, 1.96 * math.sqrt(shape) / rate
    share = events / shape
    source = f"own: {events} in {time:.0f} child years ({share:.0%}); rest: {prior.source}"
    return Parameter(value, max(value - step, 0), value + step, prior.unit, source, OWN if share >= 0.5 else BORROWED)
