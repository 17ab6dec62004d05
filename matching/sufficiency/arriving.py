"""Who comes into care: groups of brothers and sisters, younger and older, and unaccompanied children, each with a level of its own.

Groups arrive, not children. A group's make-up is that of a past group of the same kind, newer ones likelier, beside a few as
England has them. The level is a walk with a slope that fades (`levels`); seasons are quarters of the year.
"""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from matching.sufficiency.borrowed_care import QUARTERS, SIZES
from matching.sufficiency.figures import AGE_EDGES, AGES, BORROWED, OWN, PRIOR_EVENTS, Parameter, Parameters
from matching.sufficiency.lengths import share_of
from matching.sufficiency.levels import Level, level_of
from matching.sufficiency.spans import YEAR, Spans

Floats = npt.NDArray[np.float64]
STREAMS = ("younger", "older", "alone")
OLDER = 10.0  # years of the eldest from which a group is an older one
A_YEAR = 2  # counts a year that the level is learnt from
HALF_LIFE = 3.0  # years after which the make-up of a group weighs half
BORROWED_GROUPS = 6.0  # groups as England has them, beside an authority's own
UNEVEN = 1.15  # times Poisson's variance, of groups in half a year


@dataclass(frozen=True)
class Stream:
    """One kind of arrival: its level (groups a year), and past groups as ages (groups, 4; NaN at the end) with weights."""

    level: Level
    ages: Floats
    weight: Floats


@dataclass(frozen=True)
class Arrivals:
    """The streams by name, and how many times the usual come in each quarter, spring (April to June) first."""

    streams: dict[str, Stream]
    season: Floats

    @cached_property
    def children_a_year(self) -> float:
        """Children expected in the next year, were the level to stay."""
        return float(sum(stream.level.usual * _children(stream) for stream in self.streams.values()))


def _children(stream: Stream) -> float:
    return float((stream.weight * (~np.isnan(stream.ages)).sum(axis=1)).sum() / stream.weight.sum())


def arrivals_of(borrowed: Parameters, spans: Spans, in_care: int) -> Arrivals:
    """From an authority's own spans, and England's figures for as many children in care."""
    stream, first, ages = _groups(spans)
    expected = _borrowed_levels(borrowed, in_care)
    season = np.array([own_seasons(borrowed, spans)[f"season_{quarter}"].value for quarter in QUARTERS])
    halves = season.reshape(2, 2).mean(axis=1)
    streams = {}
    for number, name in enumerate(STREAMS):
        mine = stream == number
        counts = _half_years(first[mine], spans.length) / np.resize(halves, max(int(spans.length * 2 + 0.05), 1))
        level = level_of(counts.tolist(), A_YEAR, UNEVEN, expected[name], PRIOR_EVENTS / 4)
        drawn, weight = _as_england(borrowed, name)
        back = spans.length - first[mine]
        streams[name] = Stream(
            level,
            np.concatenate([ages[mine], drawn]),
            np.concatenate([0.5 ** (back / HALF_LIFE), weight]),
        )
    return Arrivals(streams, season)


def _groups(spans: Spans) -> tuple[npt.NDArray[np.int64], Floats, Floats]:
    """Stream, time and ages of each group that started within the window; of more than four, the first four and another group."""
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
    return np.where(alone, 2, (eldest >= OLDER).astype(int)), first, ages


def _half_years(first: Floats, length: float) -> Floats:
    count = max(int(length * A_YEAR + 0.05), 1)
    edges = length - np.arange(count + 1)[::-1] / A_YEAR
    return np.histogram(first, edges)[0].astype(float)


def _borrowed_levels(borrowed: Parameters, in_care: int) -> dict[str, float]:
    """Groups a year of each stream that England's figures give for as many children in care."""
    children = max(borrowed["starts"] * in_care, 1.0)
    alone = children * borrowed["start_alone"]
    size = sum(borrowed[f"group_of_{size}"] * int(size) for size in SIZES)
    groups = (children - alone) / size
    older = borrowed["start_a10_15"] + borrowed["start_a16p"]
    return {"younger": groups * (1 - older), "older": groups * older, "alone": alone}


def _as_england(borrowed: Parameters, name: str) -> tuple[Floats, Floats]:
    """A few groups of one as England has them: an age in the middle of each band, weighing by its share."""
    if name == "alone":
        return np.array([[15.5, *[np.nan] * 3], [16.8, *[np.nan] * 3]]), np.array([0.2, 0.8]) * BORROWED_GROUPS / 2
    bands = range(3) if name == "younger" else range(3, 5)
    share = np.array([borrowed[f"start_{AGES[band]}"] for band in bands])
    ages = np.full((len(share), 4), np.nan)
    ages[:, 0] = [(AGE_EDGES[band] + min(AGE_EDGES[band + 1], 17.6)) / 2 for band in bands]
    return ages, BORROWED_GROUPS * share / share.sum()


def own_arrivals(borrowed: Parameters, spans: Spans, arrivals: Arrivals, in_care: int) -> dict[str, Parameter]:
    """Figures by name: starts for a child in care, ages, unaccompanied share, sizes of groups, seasons, swing between years."""
    stream, _, ages = _groups(spans)
    started = int(spans.inside.sum())
    every = arrivals.children_a_year / max(in_care, 1)
    together = [stream_.level.sd for stream_ in arrivals.streams.values()]
    sd = float(np.sqrt(np.mean(np.square(together)) / 2))
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
    sizes = (~np.isnan(ages[stream != 2])).sum(axis=1)
    for size in SIZES:
        own = int((sizes == int(size)).sum())
        found[f"group_of_{size}"] = share_of(borrowed.figures[f"group_of_{size}"], own, len(sizes))
    walk = float(np.mean([one.level.walks for one in arrivals.streams.values()]))
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
