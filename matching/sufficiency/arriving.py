"""Who comes into care: groups of brothers and sisters by the age of the eldest, and unaccompanied children, each as likely as it has become.

Groups arrive, not children. How many families come is one level; which of them are older ones another, and which of the
rest the youngest a third, so that what is common shows. A group's make-up is that of a past group of the same kind, newer ones likelier, beside a few as
England has them. The level is a walk with a slope that fades (`levels`); seasons are quarters of the year.
"""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from matching.sufficiency.borrowed_care import QUARTERS, SIZES
from matching.sufficiency.figures import AGE_EDGES, AGES, BORROWED, OWN, PRIOR_EVENTS, Parameter, Parameters
from matching.sufficiency.lengths import share_of
from matching.sufficiency.levels import Level, level_of, odds_of
from matching.sufficiency.spans import YEAR, Spans

Floats = npt.NDArray[np.float64]
KINDS = ("youngest", "younger", "older", "alone")
ALONE = len(KINDS) - 1
ELDEST = (5.0, 10.0)  # years of the eldest from which a group is a younger one, an older one
A_YEAR = 2  # counts a year that the level is learnt from
BANDS_OF = {"youngest": (0, 1), "younger": (2,), "older": (3, 4)}
HALF_LIFE = 3.0  # years after which the make-up of a group weighs half
BORROWED_GROUPS = 6.0  # groups as England has them, beside an authority's own
UNEVEN = 1.15  # times Poisson's variance, of groups in half a year


@dataclass(frozen=True)
class Past:
    """Past groups of one kind, as ages (groups, 4; NaN at the end) with weights."""

    ages: Floats
    weight: Floats

    @property
    def size(self) -> float:
        """Children in a group, on average."""
        return float((self.weight * (~np.isnan(self.ages)).sum(axis=1)).sum() / self.weight.sum())


@dataclass(frozen=True)
class Arrivals:
    """Levels of groups a year (in the log) and of the log odds that a group is an older one, or else a youngest; past groups by kind.

    `season` tells how many times the usual come in each quarter, spring (April to June) first.
    """

    families: Level
    older: Level
    youngest: Level
    alone: Level
    past: dict[str, Past]
    season: Floats

    def paths(self, quarters: int, random: np.random.Generator, runs: int) -> dict[str, Floats]:
        """Groups a year to come of each kind, shape (runs, quarters), seasons left out."""
        return _of_kinds(*(level.paths(quarters, 4, random, runs) for level in self.levels))

    @property
    def levels(self) -> tuple[Level, Level, Level, Level]:
        """Of families, older ones, the youngest of the rest, and unaccompanied children."""
        return self.families, self.older, self.youngest, self.alone

    def stepped(self, first: float, last: float) -> float:
        """How likely any of the levels took a step, from so many years before the end until so many."""
        return 1 - float(np.prod([1 - level.stepped(first, last) for level in self.levels]))

    @property
    def children_a_year(self) -> float:
        """Children expected in a year, were the levels to stay."""
        now = _of_kinds(*(np.array(level.middle) for level in self.levels))
        return float(sum(groups * self.past[name].size for name, groups in now.items()))

    @property
    def sd(self) -> float:
        """SD in the log of how many families come now."""
        return self.families.sd


def _of_kinds(families: Floats, older: Floats, youngest: Floats, alone: Floats) -> dict[str, Floats]:
    """Groups a year of each kind, from levels in the log and log odds."""
    whole, share, of_rest = np.exp(families), 1 / (1 + np.exp(-older)), 1 / (1 + np.exp(-youngest))
    rest = whole * (1 - share)
    return {"youngest": rest * of_rest, "younger": rest * (1 - of_rest), "older": whole * share, "alone": np.exp(alone)}


def arrivals_of(borrowed: Parameters, spans: Spans, in_care: int) -> Arrivals:
    """From an authority's own spans, and England's figures for as many children in care."""
    kind, first, ages = _groups(spans)
    expected = _borrowed_levels(borrowed, in_care)
    season = np.array([own_seasons(borrowed, spans)[f"season_{quarter}"].value for quarter in QUARTERS])
    counts = [_half_years(first[kind == number], spans.length, season) for number in range(len(KINDS))]
    families = expected["youngest"] + expected["younger"] + expected["older"]
    worth = PRIOR_EVENTS / 4
    past = {}
    for number, name in enumerate(KINDS):
        drawn, weight = _as_england(borrowed, name)
        back = spans.length - first[kind == number]
        past[name] = Past(
            np.concatenate([ages[kind == number], drawn]), np.concatenate([0.5 ** (back / HALF_LIFE), weight])
        )
    odds = _odds(expected["older"], expected["youngest"] + expected["younger"])
    young_odds = _odds(expected["youngest"], expected["younger"])
    return Arrivals(
        families=level_of((counts[0] + counts[1] + counts[2]).tolist(), A_YEAR, UNEVEN, families, worth),
        older=odds_of(counts[2].tolist(), (counts[0] + counts[1]).tolist(), A_YEAR, odds, worth),
        youngest=odds_of(counts[0].tolist(), counts[1].tolist(), A_YEAR, young_odds, worth),
        alone=level_of(counts[3].tolist(), A_YEAR, UNEVEN, expected["alone"], worth),
        past=past,
        season=season,
    )


def _odds(some: float, rest: float) -> float:
    return float(np.log(max(some, 1e-3) / max(rest, 1e-3)))


def _groups(spans: Spans) -> tuple[npt.NDArray[np.int64], Floats, Floats]:
    """Kind, time and ages of each group that started within the window; of more than four, the first four and another group."""
    at = np.flatnonzero(spans.inside)
    order = at[np.lexsort((-spans.age[at], spans.group[at]))]
    number = np.unique(spans.group[order], return_inverse=True)[1] if len(order) else np.zeros(0, np.int64)
    place = np.arange(len(order)) - np.searchsorted(number, number)
    whole, row = np.unique(number * 50 + place // 4, return_inverse=True)
    ages = np.full((len(whole), 4), np.nan)
    ages[row, place % 4] = spans.age[order]
    first, alone = np.zeros(len(whole)), np.zeros(len(whole), dtype=bool)
    first[row], alone[row] = spans.began[order], spans.alone[order]
    eldest = np.nanmax(ages, axis=1) if len(whole) else np.zeros(0)
    return np.where(alone, ALONE, np.searchsorted(ELDEST, eldest, side="right")), first, ages


def _half_years(first: Floats, length: float, season: Floats) -> Floats:
    """Groups in each half-year back from the end of the window, oldest first, its season taken out."""
    count = max(int(length * A_YEAR + 0.05), 1)
    edges = length - np.arange(count + 1)[::-1] / A_YEAR
    usual = np.resize(season.reshape(A_YEAR, -1).mean(axis=1)[::-1], count)[::-1]
    return np.histogram(first, edges)[0] / usual


def _borrowed_levels(borrowed: Parameters, in_care: int) -> dict[str, float]:
    """Groups a year of each kind that England's figures give for as many children in care."""
    children = max(borrowed["starts"] * in_care, 1.0)
    alone = children * borrowed["start_alone"]
    size = sum(borrowed[f"group_of_{size}"] * int(size) for size in SIZES)
    groups = (children - alone) / size
    share = {name: sum(borrowed[f"start_{AGES[band]}"] for band in bands) for name, bands in BANDS_OF.items()}
    return {name: groups * share[name] / sum(share.values()) for name in BANDS_OF} | {"alone": alone}


def _as_england(borrowed: Parameters, name: str) -> tuple[Floats, Floats]:
    """A few groups of one as England has them: an age in the middle of each band, weighing by its share."""
    if name == "alone":
        return np.array([[15.5, *[np.nan] * 3], [16.8, *[np.nan] * 3]]), np.array([0.2, 0.8]) * BORROWED_GROUPS / 2
    bands = BANDS_OF[name]
    share = np.array([borrowed[f"start_{AGES[band]}"] for band in bands])
    ages = np.full((len(share), 4), np.nan)
    ages[:, 0] = [(AGE_EDGES[band] + min(AGE_EDGES[band + 1], 17.6)) / 2 for band in bands]
    return ages, BORROWED_GROUPS * share / share.sum()


def own_arrivals(borrowed: Parameters, spans: Spans, arrivals: Arrivals, in_care: int) -> dict[str, Parameter]:
    """Figures by name: starts for a child in care, ages, unaccompanied share, sizes of groups, seasons, swing between years."""
    kind_of, _, ages = _groups(spans)
    started = int(spans.inside.sum())
    every = arrivals.children_a_year / max(in_care, 1)
    sd = arrivals.sd
    share = started / (started + PRIOR_EVENTS)
    kind = OWN if share >= 0.5 else BORROWED
    prior = borrowed.figures["starts"]
    told = f"own: {started} children in {spans.length:.0f} years, the newest weighing most ({share:.0%}); rest: {prior.source}"
    found = {
        "starts": Parameter(every, every * np.exp(-1.96 * sd), every * np.exp(1.96 * sd), prior.unit, told, kind),
        "start_alone": share_of(borrowed.figures["start_alone"], int((spans.alone & spans.inside).sum()), started),
    }
    others = spans.inside & ~spans.alone
    band = np.clip(np.searchsorted(AGE_EDGES, spans.age, side="right") - 1, 0, len(AGES) - 1)
    for number, age in enumerate(AGES):
        own = int((others & (band == number)).sum())
        found[f"start_{age}"] = share_of(borrowed.figures[f"start_{age}"], own, int(others.sum()))
    sizes = (~np.isnan(ages[kind_of != ALONE])).sum(axis=1)
    for size in SIZES:
        own = int((sizes == int(size)).sum())
        found[f"group_of_{size}"] = share_of(borrowed.figures[f"group_of_{size}"], own, len(sizes))
    walk = arrivals.families.walks
    swing = borrowed.figures["level_sd"]
    found["level_sd"] = replace(
        swing,
        value=walk,
        low=walk / 2,
        high=walk * 2,
        kind=kind,
        source=f"own: half-years of {spans.length:.0f} years; rest: {swing.source}",
    )
    return found | own_seasons(borrowed, spans)


def own_seasons(borrowed: Parameters, spans: Spans) -> dict[str, Parameter]:
    """How many times the usual start in each quarter, with an even year worth 40 starts."""
    began = spans.began[spans.inside]
    days = spans.first_day + pd.to_timedelta(np.round(began * YEAR), unit="D")
    quarter = (days.month.to_numpy() - 4) % 12 // 3
    own = np.bincount(quarter, minlength=len(QUARTERS)).astype(float)
    worth = 2 * PRIOR_EVENTS
    times = len(QUARTERS) * (own + worth / len(QUARTERS)) / (own.sum() + worth)
    kind = OWN if own.sum() >= worth else BORROWED
    found = {}
    for name, value, seen in zip(QUARTERS, times, own, strict=True):
        step = 1.96 * float(np.sqrt(value / max((own.sum() + worth) / len(QUARTERS), 1)))
        prior = borrowed.figures[f"season_{name}"]
        source = f"own: {seen:.0f} of {own.sum():.0f} starts; rest: an even year" if own.sum() else prior.source
        found[f"season_{name}"] = Parameter(
            float(value), max(value - step, 0.0), value + step, prior.unit, source, kind if own.sum() else prior.kind
        )
    return found
