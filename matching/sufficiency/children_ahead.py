"""Children one by one into the coming years, homes left out: who is in care each 31 March, who starts, who leaves.

For counts alone; where a child finds a home is the other simulation (`weeks`). Leaving goes by steps of two months, ages and the
wall at 18 are exact. Rates are drawn once a run from what is not known of them, and once a year from how years differ.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from matching.sufficiency.arriving import Arrivals, Past
from matching.sufficiency.figures import AGE_EDGES, AGES, LAST_AGE
from matching.sufficiency.lengths import Lengths
from matching.sufficiency.spans import DURATION_EDGES, Spans
from matching.sufficiency.yearly import BANDS, CEASE, SINGLE, START, STOCK, TOTAL, Key

Floats = npt.NDArray[np.float64]
STEPS, OLD = 6, 18.0  # steps a year
LONGEST = 108  # steps
AT_ONCE = 50  # runs side by side


@dataclass(frozen=True)
class Beginning:
    """Children in care at the origin: age and years in care."""

    age: Floats
    in_care: Floats


def beginning_of(spans: Spans) -> Beginning:
    """Those in care at the end of the window; whoever is 18 is not."""
    open_ = spans.open
    in_care = (spans.length - spans.began)[open_]
    age = spans.age[open_] + in_care
    return Beginning(np.minimum(age, OLD - 1 / 365), in_care)


def ahead(
    beginning: Beginning, lengths: Lengths, arrivals: Arrivals, *, years: int, runs: int, seed: int
) -> dict[Key, Floats]:
    """Counts by series, shape (runs, years): stock at the end of each year, starts and leavers within it."""
    parts = [
        _batch(beginning, lengths, arrivals, years, min(AT_ONCE, runs - first), np.random.default_rng([seed, first]))
        for first in range(0, runs, AT_ONCE)
    ]
    return {key: np.concatenate([part[key] for part in parts]) for key in parts[0]}


def _batch(
    beginning: Beginning, lengths: Lengths, arrivals: Arrivals, years: int, runs: int, random: np.random.Generator
) -> dict[Key, Floats]:
    # half a variance less, so that a rate is on average what was counted
    level = lengths.age_sd * random.standard_normal((runs, len(AGES))) - lengths.age_sd**2 / 2
    swing = lengths.between_years * random.standard_normal((runs, years)) - lengths.between_years**2 / 2
    run, start, age, in_care = _everybody(beginning, arrivals, years, runs, random)
    leaves = start + _stay(lengths.rate, level, swing, run, start, age, in_care, years, random)
    return _counts(run, start, age, leaves, runs, years)


def _everybody(
    beginning: Beginning, arrivals: Arrivals, years: int, runs: int, random: np.random.Generator
) -> tuple[npt.NDArray[np.int64], Floats, Floats, Floats]:
    """Run, start (years from the origin), age then and time in care then, of those in care and those to come."""
    count = len(beginning.age)
    parts = [
        (
            np.repeat(np.arange(runs), count),
            np.zeros(runs * count),
            np.tile(beginning.age, runs),
            np.tile(beginning.in_care, runs),
        )
    ]
    for name, level in arrivals.paths(4 * years, random, runs).items():
        run, start, age = _coming(arrivals.past[name], level, arrivals.season, years, random)
        parts.append((run, start, age, np.zeros(len(run))))
    run, start, age, in_care = (np.concatenate(part) for part in zip(*parts, strict=True))
    return run, start, age, in_care


def _coming(
    past: Past, level: Floats, season: Floats, years: int, random: np.random.Generator
) -> tuple[npt.NDArray[np.int64], Floats, Floats]:
    """Groups of a kind quarter by quarter, each like a past one, ages a little apart from it."""
    number = random.poisson(level / 4 * np.tile(season, years)[None, :])
    run, quarter = (np.repeat(at.ravel(), number.ravel()) for at in np.indices(number.shape))
    start = (quarter + random.random(len(run))) / 4
    like = random.choice(len(past.weight), len(run), p=past.weight / past.weight.sum())
    ages = past.ages[like]
    group, place = np.nonzero(~np.isnan(ages))
    age = ages[group, place] + 0.5 * random.standard_normal(len(group)) * np.minimum(1, ages[group, place])
    return run[group], start[group], np.clip(np.abs(age), 0.0, OLD - 0.02)


def _stay(
    rate: Floats,
    level: Floats,
    swing: Floats,
    run: npt.NDArray[np.int64],
    start: Floats,
    age: Floats,
    in_care: Floats,
    years: int,
    random: np.random.Generator,
) -> Floats:
    """Years until each leaves: by steps while under 18, then the wall; infinite beyond the last year."""
    steps = by_step(rate)
    wall = OLD - age
    need = -np.log1p(-random.random(len(age)))
    used = np.zeros(len(age))
    stay = np.full(len(age), np.inf)
    band_edges = np.array(AGE_EDGES)
    live = np.flatnonzero(start < years)
    for number in range(STEPS * years):
        begun = number / STEPS
        live = live[(np.isinf(stay[live])) & (begun < wall[live]) & (start[live] + begun < years)]
        if not len(live):
            break
        now = age[live] + begun
        band = np.minimum(np.searchsorted(band_edges, now, side="right") - 1, len(AGES) - 1)
        year = np.minimum((start[live] + begun).astype(int), years - 1)
        factor = np.exp(level[run[live], band] + swing[run[live], year])
        at_age = np.minimum((now * STEPS).astype(int), LONGEST - 1)
        at_care = np.minimum(((in_care[live] + begun) * STEPS).astype(int), LONGEST - 1)
        step = steps[at_age, at_care] * factor
        before = used[live]
        used[live] = before + step
        done = used[live] >= need[live]
        part = (need[live][done] - before[done]) / np.maximum(step[done], 1e-12)
        stay[live[done]] = begun + part / STEPS
    return np.asarray(np.minimum(stay, wall))


def by_step(rate: Floats) -> Floats:
    """Leaving in a step by steps of age and in care, from yearly rates by band."""
    middle = (np.arange(LONGEST) + 0.5) / STEPS
    band = np.minimum(np.searchsorted(AGE_EDGES, middle, side="right") - 1, len(AGES) - 1)
    piece = np.searchsorted(DURATION_EDGES, middle, side="right") - 1
    return np.asarray(rate[band[:, None], piece[None, :]] / STEPS)


def _counts(
    run: npt.NDArray[np.int64], start: Floats, age: Floats, leaves: Floats, runs: int, years: int
) -> dict[Key, Floats]:
    """By run and year: in care at its end by age then, started by age at the start, left by age at leaving."""
    found: dict[Key, Floats] = {}
    for year in range(years):
        end = year + 1.0
        here = (start <= end) & (leaves > end)
        started = (start > year) & (start <= end)
        left = (leaves > year) & (leaves <= end) & (start <= leaves)
        for flow, who, old in (
            (STOCK, here, age + end - start),
            (START, started, age),
            (CEASE, left, age + leaves - start),
        ):
            band = np.minimum(np.searchsorted(AGE_EDGES, old[who], side="right") - 1, len(AGES) - 1)
            table = np.bincount(run[who] * len(AGES) + band, minlength=runs * len(AGES)).reshape(runs, len(AGES))
            _into(found, (flow, TOTAL), year, years, table.sum(axis=1))
            for number, name in enumerate(BANDS):
                _into(found, (flow, name), year, years, table[:, number])
        old = (age + leaves - start)[left]
        single = np.searchsorted((16.0, 17.0, LAST_AGE), old, side="right") - 1
        for number, name in enumerate(SINGLE):
            _into(found, (CEASE, name), year, years, np.bincount(run[left][single == number], minlength=runs))
    return found


def _into(found: dict[Key, Floats], key: Key, year: int, years: int, counts: npt.NDArray[np.int64]) -> None:
    found.setdefault(key, np.zeros((len(counts), years)))[:, year] = counts
