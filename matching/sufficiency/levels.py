"""Where the level of a series of counts stands now and how it may go on: a level that walks, with a slope that fades.

State space in the log (Harvey, Forecasting, structural time series models and the Kalman filter, 1989). How much the level
walks and how much slope there is are not known; each pair on a grid counts by how likely it makes the counts, so that
steady counts stay steady and a steady growth goes on, fading.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
# SD a year in the log: of the walk, and of the slope; with how likely each was before any count was seen
WALKS = ((0.01, 0.35), (0.05, 0.25), (0.10, 0.2), (0.15, 0.12), (0.25, 0.08))
SLOPES = ((0.0, 0.4), (0.01, 0.2), (0.02, 0.25), (0.04, 0.15))
NO_SLOPE = ((0.0, 1.0),)
KEPT = 0.97  # of a slope, after a year
# SD in the log by which a year differs from its level, beyond chance and without going on: no walk is seen where there is none
OF_ITSELF = 0.07
ANYWHERE = 4.0  # variance of a level before anything was seen


@dataclass(frozen=True)
class Level:
    """A mixture of states: `weight`, `mean` (pairs, 2) and `spread` (pairs, 2, 2) of log level and slope a year.

    `of_itself` is the SD in the log by which each year to come differs from its level.
    """

    weight: Floats
    mean: Floats
    spread: Floats
    walk: Floats
    slope: Floats
    of_itself: float = 0.0

    @property
    def middle(self) -> float:
        """The level now, in the log."""
        return float((self.weight * self.mean[:, 0]).sum())

    @property
    def sd(self) -> float:
        """SD of the log level now."""
        return float(np.sqrt((self.weight * (self.spread[:, 0, 0] + (self.mean[:, 0] - self.middle) ** 2)).sum()))

    @property
    def walks(self) -> float:
        """SD of the walk in a year, in the log."""
        return float((self.weight * self.walk).sum())

    def paths(self, steps: int, a_year: int, random: np.random.Generator, runs: int) -> Floats:
        """Levels to come in the log, shape (runs, steps), `a_year` steps a year."""
        pair = random.choice(len(self.weight), runs, p=self.weight)
        root = np.linalg.cholesky(self.spread[pair] + 1e-12 * np.eye(2))
        state = self.mean[pair] + np.einsum("rij,rj->ri", root, random.standard_normal((runs, 2)))
        found = np.empty((runs, steps))
        small = a_year**-0.5
        for step in range(steps):
            noise = random.standard_normal((runs, 2)) * small
            state[:, 0] += state[:, 1] / a_year + self.walk[pair] * noise[:, 0]
            state[:, 1] = state[:, 1] * KEPT ** (1 / a_year) + self.slope[pair] * noise[:, 1]
            found[:, step] = state[:, 0]
        years = -(-steps // a_year)
        alone = self.of_itself * random.standard_normal((runs, years)) if self.of_itself else np.zeros((runs, years))
        return found + np.repeat(alone, a_year, axis=1)[:, :steps]


def level_of(counts: Sequence[float], a_year: int, uneven: float, prior: float, worth: float) -> Level:
    """The level (log of a count a year) after counts, oldest first, `a_year` of them a year; variance is `uneven` times Poisson's, and a year's own.

    Before the first count the level is `prior` a year, known as well as from `worth` events.
    """
    seen = np.maximum(np.asarray(counts, dtype=float), 0.3)
    # a smoothed count for its variance: of few, a low one would seem the surer
    middle = (seen + seen.mean()) / 2 if len(seen) else seen
    noise = uneven / np.maximum(middle, 0.5) + a_year * OF_ITSELF**2
    before = min(uneven / max(worth, 1e-3) + 0.05, ANYWHERE)
    found = _mixed(np.log(a_year * seen), noise, a_year, float(np.log(max(prior, 1e-3))), before, SLOPES)
    return replace(found, of_itself=OF_ITSELF)


def odds_of(some: Sequence[float], rest: Sequence[float], a_year: int, prior: float, worth: float) -> Level:
    """The log odds of one kind against the rest after counts of both; it walks without a slope, so that no kind takes over."""
    a, b = (np.asarray(part, dtype=float) + 0.5 for part in (some, rest))
    mean_a, mean_b = (part.mean() if len(part) else 1.0 for part in (a, b))
    noise = 1 / ((a + mean_a) / 2) + 1 / ((b + mean_b) / 2)
    return _mixed(np.log(a / b), noise, a_year, prior, 4 / max(worth, 1e-3), NO_SLOPE)


def _mixed(
    told: Floats, noise: Floats, a_year: int, prior: float, before: float, slopes: tuple[tuple[float, float], ...]
) -> Level:
    pairs = [(walk, slope, w * s) for walk, w in WALKS for slope, s in slopes]
    found = [_filtered(told, noise, a_year, prior, before, walk, slope) for walk, slope, _ in pairs]
    likely = np.array([one[2] for one in found]) + np.log([one[2] for one in pairs])
    weight = np.exp(likely - likely.max())
    return Level(
        weight / weight.sum(),
        np.array([one[0] for one in found]),
        np.array([one[1] for one in found]),
        np.array([one[0] for one in pairs]),
        np.array([one[1] for one in pairs]),
    )


def _filtered(
    told: Floats, noise: Floats, a_year: int, prior: float, before: float, walk: float, slope: float
) -> tuple[Floats, Floats, float]:
    """Mean and covariance of level and slope after the last value told, and the log likelihood."""
    mean = np.array([prior, 0.0])
    spread = np.diag([before, slope**2 / (1 - KEPT**2)])
    along = np.array([[1.0, 1 / a_year], [0.0, KEPT ** (1 / a_year)]])
    step = np.diag([walk**2, slope**2]) / a_year
    likelihood = 0.0
    for value, unsure in zip(told, noise, strict=True):
        mean, spread = along @ mean, along @ spread @ along.T + step
        variance, off = spread[0, 0] + unsure, value - mean[0]
        likelihood -= 0.5 * (np.log(2 * np.pi * variance) + off**2 / variance)
        gain = spread[:, 0] / variance
        mean, spread = mean + gain * off, spread - np.outer(gain, spread[0])
    return mean, (spread + spread.T) / 2, float(likelihood)
