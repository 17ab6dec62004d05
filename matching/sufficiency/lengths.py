"""How long children stay in care and how they leave: competing risks by age and time in care, from a history and England.

A Poisson regression of leavers on child years by age and time in care (a piecewise exponential model of the spells), in
which England's published figures stand as so many leavers. 18 is a wall: who leaves then ages out and is no leaver here.
"""

import warnings
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import gammaln

from matching.sufficiency.figures import AGES, BORROWED, OWN, PRIOR_EVENTS, Parameter, Parameters
from matching.sufficiency.spans import CAUSES, DURATIONS, Spans, by_year, time_and_leavers

Floats = npt.NDArray[np.float64]
HALF_LIFE = 4.0  # years after which a year of history weighs half
# leavers an age that England's figures may be worth, and how likely each is before any leaver was seen
WORTHS = ((5.0, 0.25), (PRIOR_EVENTS, 0.5), (80.0, 0.25))
LEAVE = tuple(f"leave_{age}" for age in AGES)
AFTER = tuple(f"leave_after_{piece}" for piece in DURATIONS)


@dataclass(frozen=True)
class Lengths:
    """Rates of leaving before 18, a child a year, shape (ages, durations), with the SD in the log of each age's level.

    `between_years` is the SD of a year's level in the log; `causes` (ages, causes) shares of leavers.
    """

    rate: Floats
    age_sd: Floats
    between_years: float
    causes: Floats


def lengths_of(parameters: Parameters) -> Lengths:
    """From the figures, whoever's they are."""
    level = np.array([parameters[name] for name in LEAVE])
    times = np.array([parameters[name] for name in AFTER])
    figures = [parameters.figures[name] for name in LEAVE]
    spread = np.array([np.log(max(f.high, 1e-9) / max(f.low, 1e-9)) / (2 * 1.96) for f in figures])
    causes = np.array([[parameters[f"leave_{cause}_{age}"] for cause in CAUSES] for age in AGES])
    whole = np.maximum(causes.sum(axis=1, keepdims=True), 1e-9)
    return Lengths(
        level[:, None] * times[None, :], np.clip(spread, 0, 0.6), parameters["leave_year_sd"], causes / whole
    )


def own_lengths(borrowed: Parameters, spans: Spans) -> dict[str, Parameter]:
    """Rates by age, factors by time in care, swing between years and shares of causes, from spans and England."""
    time, leavers = time_and_leavers(spans, HALF_LIFE)
    prior = np.outer([borrowed[name] for name in LEAVE], [borrowed[name] for name in AFTER])
    # authorities differ in common, by 0.26 in the log, more than by age beside that (0.10 to 0.14; leavers of 2011 to 2022):
    # England's ages are borrowed at the authority's own pace
    prior = prior * _pace(time * prior, leavers)
    worth = _worth(time * prior, leavers)
    level, times, sd_level, sd_times = _regression(time, leavers, prior, worth)
    # England tells ages and times in care apart; how many leave in all stays the authority's own
    level = level * _pace(time * np.outer(level, times), leavers)
    found: dict[str, Parameter] = {}
    by_age, by_piece = (leavers.sum(axis=axis) for axis in (1, 0))
    for at, name in enumerate(LEAVE):
        child_years = float(time[at].sum())
        found[name] = _figure(
            borrowed.figures[name], level[at], sd_level[at], by_age[at], f"{child_years:.0f} child years", worth
        )
    for at, name in enumerate(AFTER):
        found[name] = _figure(borrowed.figures[name], times[at], sd_times[at], by_piece[at], "all ages", worth)
    found["leave_year_sd"] = _between_years(borrowed.figures["leave_year_sd"], spans, np.outer(level, times))
    return found | _causes(borrowed, spans)


def _pace(expected: Floats, leavers: Floats) -> float:
    """How many times the expected leave, with twenty leavers who leave as expected."""
    return float((leavers.sum() + PRIOR_EVENTS) / (expected.sum() + PRIOR_EVENTS))


def _worth(expected: Floats, leavers: Floats) -> float:
    """How many leavers an age England's figures are worth: fewer where those of an authority leave unlike England's.

    Each of `WORTHS` counts by how likely it makes the leavers by age and by time in care (gamma and Poisson).
    """
    worth, likely = np.array(WORTHS).T
    seen, meant = (np.concatenate([of.sum(axis=1), of.sum(axis=0)])[:, None] for of in (leavers, expected))
    told = (
        gammaln(seen + worth) - gammaln(worth) + worth * np.log(worth / (worth + meant)) - seen * np.log(worth + meant)
    )
    weight = likely * np.exp(told.sum(axis=0) - told.sum(axis=0).max())
    return float(np.exp((weight * np.log(worth)).sum() / weight.sum()))


def _regression(time: Floats, leavers: Floats, prior: Floats, worth: float) -> tuple[Floats, Floats, Floats, Floats]:
    """Level by age and factor by time in care, of mean 1 over child years, with the SD of each in the log."""
    # slow to import, which nobody without a history should wait for
    from statsmodels.genmod.families import Poisson
    from statsmodels.genmod.generalized_linear_model import GLM

    ages, pieces = prior.shape
    each = worth * ages / prior.size  # England's leavers in each cell
    a, d = (part.ravel() for part in np.indices(prior.shape))
    design = np.concatenate([np.eye(ages)[a], np.eye(pieces)[d][:, 1:]], axis=1)
    seen = time.ravel() > 1e-6
    rows = np.concatenate([design[seen], design])
    events = np.concatenate([leavers.ravel()[seen], np.full(prior.size, each)])
    exposed = np.concatenate([time.ravel()[seen], each / prior.ravel()])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # leavers weighted by year are no whole numbers
        fit = GLM(events, rows, family=Poisson(), offset=np.log(exposed)).fit()
    uneven = max(1.0, float(fit.pearson_chi2 / max(fit.df_resid, 1)))
    covariance = np.asarray(fit.cov_params()) * uneven
    slope = np.asarray(fit.params)
    times = np.exp(np.concatenate([[0.0], slope[ages:]]))
    share = time.sum(axis=0) + (each * ages / prior).sum(axis=0) / ages
    share = share / share.sum()
    usual = float((share * times).sum())
    pull = (share * times)[1:] / usual
    along = np.concatenate([np.eye(ages), np.tile(pull, (ages, 1))], axis=1)
    sd_level = np.sqrt(np.einsum("ij,jk,ik->i", along, covariance, along))
    apart = np.concatenate([np.zeros((pieces, ages)), np.eye(pieces)[:, 1:] - pull], axis=1)
    sd_times = np.sqrt(np.einsum("ij,jk,ik->i", apart, covariance, apart))
    return np.exp(slope[:ages]) * usual, times / usual, sd_level, sd_times


def _figure(prior: Parameter, value: float, sd: float, leavers: float, where: str, worth: float) -> Parameter:
    share = leavers / (leavers + worth)
    source = f"own: {leavers:.0f} leavers, newer years weighing more, in {where} ({share:.0%}); rest: {prior.source}"
    if leavers < 0.5:
        source = f"nobody of these in the history; {prior.source}"
    kind = OWN if share >= 0.5 else BORROWED
    return Parameter(value, value * np.exp(-1.96 * sd), value * np.exp(1.96 * sd), prior.unit, source, kind)


def _between_years(prior: Parameter, spans: Spans, rate: Floats) -> Parameter:
    """The swing of leaving between years beyond chance and beyond who was in care, with the borrowed one worth four years.

    A year is held against the leavers that those of its ages and times in care would have had at `rate`: more who just
    came, who leave soonest, are no swing.
    """
    whole = int(spans.length + 0.05)
    if whole < 2:
        return prior
    time, leavers = by_year(spans)
    ended, meant = leavers.sum(axis=(1, 2))[:whole], np.maximum((time * rate).sum(axis=(1, 2))[:whole], 1e-9)
    meant = np.maximum(meant * ended.sum() / meant.sum(), 1e-9)
    beyond = float(np.mean((ended - meant) ** 2 / meant**2 - 1 / meant)) * whole / max(whole - 1, 1)
    variance = (4 * prior.value**2 + whole * max(beyond, 0.0)) / (4 + whole)
    value = float(np.sqrt(variance))
    kind = OWN if whole >= 4 else BORROWED
    return replace(
        prior, value=value, low=value / 2, high=value * 2, kind=kind, source=f"own: {whole} years; rest: {prior.source}"
    )


def _causes(borrowed: Parameters, spans: Spans) -> dict[str, Parameter]:
    """Shares of causes among leavers of each age before 18."""
    age = spans.age + spans.ended - spans.began
    found = {}
    for name, low, high in zip(AGES, (0, 1, 5, 10, 16), (1, 5, 10, 16, 18), strict=True):
        of_age = spans.left & (age >= low) & (age < high)
        whole = int(of_age.sum())
        for cause in CAUSES:
            prior = borrowed.figures[f"leave_{cause}_{name}"]
            own = int((of_age & (spans.cause == cause)).sum())
            found[f"leave_{cause}_{name}"] = share_of(prior, own, whole)
    return found


def share_of(prior: Parameter, own: float, whole: float, worth: float = PRIOR_EVENTS) -> Parameter:
    """A share of own events and a borrowed one, which is worth so many events, with its 95% range."""
    value = (own + worth * prior.value) / (whole + worth)
    step = 1.96 * float(np.sqrt(max(value * (1 - value), 0) / (whole + worth + 1)))
    source = f"own: {own:.0f} of {whole:.0f}; rest: {prior.source}" if whole else f"none in the history; {prior.source}"
    kind = OWN if whole >= worth else BORROWED if prior.kind == OWN else prior.kind
    return Parameter(value, max(value - step, 0.0), min(value + step, 1.0), prior.unit, source, kind)


def cumulative_incidence(spans: Spans, at: tuple[float, ...] = (0.25, 0.5, 1.0, 2.0, 5.0)) -> pd.DataFrame:
    """Share of children who have left by each cause, by years in care, whatever the age: Aalen-Johansen, spell by spell.

    Left truncation is kept (`entry`); ageing out is a cause of its own. Rows: years; columns: causes and `18`; NaN where
    nobody was watched that long. One column of `children` tells how many were watched. Source: lifelines.
    """
    from lifelines import AalenJohansenFitter

    entry = np.maximum(0, -spans.began)
    until = np.minimum(spans.ended, spans.length) - spans.began
    ok = (until > entry) & (until > 0)
    left = (spans.ended <= spans.length) & (spans.ended > 0)
    causes = (*CAUSES, "18")
    told = np.where(spans.left, spans.cause, "18")
    event = np.where(left, [causes.index(cause) + 1 for cause in told], 0)
    table: dict[str, Any] = {}
    for number, cause in enumerate(causes, 1):
        if not (event[ok] == number).any():
            table[cause] = [0.0 if ok.any() else np.nan for _ in at]
            continue
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # ties are told apart by a hair, which it says each time
            fit = AalenJohansenFitter(calculate_variance=False, seed=1).fit(
                until[ok], event[ok], event_of_interest=number, entry=entry[ok]
            )
        curve = fit.cumulative_density_.iloc[:, 0]
        table[cause] = [
            float(curve[curve.index <= years].iloc[-1]) if (curve.index <= years).any() else 0.0 for years in at
        ]
    found = pd.DataFrame(table, index=pd.Index(at, name="years"))
    found["children"] = [
        int(((entry < years) & (until >= min(years, until.max(initial=0))) & ok).sum()) for years in at
    ]
    return found


def by_name(figures: Mapping[str, Parameter], names: tuple[str, ...]) -> Floats:
    """Values of some figures in order."""
    return np.array([figures[name].value for name in names])
