"""Where the level of a series of counts stands now and how it may go on: a level that walks, with a slope that fades.

State space in the log (Harvey, Forecasting, structural time series models and the Kalman filter, 1989). How much the level
walks and how much slope there is are not known; each pair on a grid counts by how likely it makes the counts, so that
steady counts stay steady and a steady growth goes on, fading.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
# SD a year in the log: of the walk, and of the slope; with how likely each was before any count was seen
WALKS = ((0.01, 0.2), (0.05, 0.2), (0.10, 0.25), (0.15, 0.2), (0.25, 0.15))
SLOPES = ((0.0, 0.55), (0.03, 0.25), (0.07, 0.2))
KEPT = 0.8  # of a slope, after a year
ANYWHERE = 4.0  # variance of a level before anything was seen


@dataclass(frozen=True)
class Level:
    """A mixture of states: `weight`, `mean` (pairs, 2) and `spread` (pairs, 2, 2) of log level and slope a year."""

    weight: Floats
    mean: Floats
    spread: Floats
    walk: Floats
    slope: Floats

    @property
    def usual(self) -> float:
        """The level now, as a count a year."""
        return float(np.exp((self.weight * (self.mean[:, 0] + self.spread[:, 0, 0] / 2)).sum()))

    @property
    def sd(self) -> float:
        """SD of the log level now."""
        middle = (self.weight * self.mean[:, 0]).sum()
        return float(np.sqrt((self.weight * (self.spread[:, 0, 0] + (self.mean[:, 0] - middle) ** 2)).sum()))

    @property
    def walks(self) -> float:
        """SD of the walk in a year, in the log."""
        return float((self.weight * self.walk).sum())

    def paths(self, steps: int, a_year: int, random: np.random.Generator, runs: int) -> Floats:
        """Levels a year to come, shape (runs, steps), `a_year` steps a year."""
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
        return np.exp(found)


def level_of(counts: Sequence[float], a_year: int, uneven: float, prior: float, worth: float) -> Level:
    """The level after counts, oldest first, `a_year` of them a year; variance is `uneven` times Poisson's.

    Before the first count the level is `prior` a year, known as well as from `worth` events.
    """
    pairs = [(walk, slope, w * s) for walk, w in WALKS for slope, s in SLOPES]
    found = [_filtered(tuple(counts), a_year, uneven, prior, worth, walk, slope) for walk, slope, _ in pairs]
    likely = np.array([one[2] for one in found]) + np.log([one[2] for one in pairs])
    weight = np.exp(likely - likely.max())
    return Level(
        weight / weight.sum(),
        np.array([one[0] for one in found]),
        np.array([one[1] for one in found]),
        np.array([one[0] for one in pairs]),
        np.array([one[1] for one in pairs]),
    )


@lru_cache(maxsize=4096)
def _filtered(
    counts: tuple[float, ...], a_year: int, uneven: float, prior: float, worth: float, walk: float, slope: float
) -> tuple[Floats, Floats, float]:
    """Mean and covariance of log level and slope after the last count, and the log likelihood."""
    mean = np.array([np.log(max(prior, 1e-3)), 0.0])
    usual = slope / np.sqrt(1 - KEPT**2)
    spread = np.diag([min(uneven / max(worth, 1e-3) + 0.05, ANYWHERE), usual**2])
    along = np.array([[1.0, 1 / a_year], [0.0, KEPT ** (1 / a_year)]])
    noise = np.diag([walk**2, slope**2]) / a_year
    likelihood = 0.0
    for count in counts:
        mean, spread = along @ mean, along @ spread @ along.T + noise
        meant = max(np.exp(mean[0]) / a_year, 0.3)
        told = np.log(a_year * max(count, 0.3))
        variance = spread[0, 0] + uneven / max((meant + count) / 2, 0.5)
        off = told - mean[0]
        likelihood -= 0.5 * (np.log(2 * np.pi * variance) + off**2 / variance)
        gain = spread[:, 0] / variance
        mean, spread = mean + gain * off, spread - np.outer(gain, spread[0])
    return mean, (spread + spread.T) / 2, float(likelihood)
