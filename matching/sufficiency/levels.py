"""Where the level of a series of counts stands now and how it may go on: a level that walks, with a slope that fades.

State space in the log (Harvey, Forecasting, structural time series models and the Kalman filter, 1989). How much the level
walks, how much slope there is and whether it once took a step are not known; each of a grid counts by how likely it makes
the counts (Harrison and Stevens, Bayesian forecasting, 1976), so that steady counts stay steady, a steady growth goes on,
fading, and after a step the new level is believed without a walk that nobody saw.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Chances = tuple[tuple[float, float], ...]  # a value, and how likely it was before any count was seen
# SD a year in the log: of the walk, and of the slope. Starts of 129 authorities from 2011 to 2022 walk by about 0.1 without
# a slope, the odds of their ages by 0.05 to 0.1; less and more are left likely, for an authority may be steady or grow
WALKS = ((0.01, 0.45), (0.05, 0.25), (0.10, 0.22), (0.15, 0.06), (0.25, 0.02))
SHARES_WALK = ((0.01, 0.35), (0.05, 0.4), (0.10, 0.2), (0.15, 0.05))
SLOPES = ((0.0, 0.5), (0.01, 0.2), (0.02, 0.2), (0.04, 0.1))
NO_SLOPE = ((0.0, 1.0),)
KEPT = 0.97  # of a slope, after a year
# SD in the log by which a year differs from its level, beyond chance and without going on: no walk is seen where there is none
OF_ITSELF = 0.07
STEPS_A_YEAR, STEP = 0.05, 0.5  # how likely a step is in a year, and its SD in the log
FEWEST = 0.1  # groups in a count, for the log of none
ANYWHERE = 4.0  # variance of a level before anything was seen


@dataclass(frozen=True)
class Level:
    """A mixture of states: `weight`, `mean` (kinds, 2) and `spread` (kinds, 2, 2) of log level and slope a year.

    `ago` tells how many years before the end each took a step (infinite: never); `of_itself` is the SD in the log by which
    each year to come differs from its level.
    """

    weight: Floats
    mean: Floats
    spread: Floats
    walk: Floats
    slope: Floats
    ago: Floats
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

    def stepped(self, first: float, last: float) -> float:
        """How likely a step was, from so many years before the end until so many."""
        return float(self.weight[(self.ago <= first) & (self.ago > last)].sum())

    def paths(self, steps: int, a_year: int, random: np.random.Generator, runs: int) -> Floats:
        """Levels to come in the log, shape (runs, steps), `a_year` steps a year."""
        kind = random.choice(len(self.weight), runs, p=self.weight)
        root = np.linalg.cholesky(self.spread[kind] + 1e-12 * np.eye(2))
        state = self.mean[kind] + np.einsum("rij,rj->ri", root, random.standard_normal((runs, 2)))
        found = np.empty((runs, steps))
        small = a_year**-0.5
        for step in range(steps):
            noise = random.standard_normal((runs, 2)) * small
            state[:, 0] += state[:, 1] / a_year + self.walk[kind] * noise[:, 0]
            state[:, 1] = state[:, 1] * KEPT ** (1 / a_year) + self.slope[kind] * noise[:, 1]
            found[:, step] = state[:, 0]
        years = -(-steps // a_year)
        alone = self.of_itself * random.standard_normal((runs, years)) if self.of_itself else np.zeros((runs, years))
        return found + np.repeat(alone, a_year, axis=1)[:, :steps]


def level_of(counts: Sequence[float], a_year: int, uneven: float, prior: float, worth: float) -> Level:
    """The level (log of a count a year) after counts, oldest first, `a_year` of them a year; variance is `uneven` times Poisson's, and a year's own.

    Before the first count the level is `prior` a year, known as well as from `worth` events.
    """
    seen = _unbent(counts, uneven)
    noise = uneven / np.maximum(_smoothed(seen), 0.5) + a_year * OF_ITSELF**2
    before = min(uneven / max(worth, 1e-3) + 0.05, ANYWHERE)
    found = _mixed(np.log(a_year * seen), noise, a_year, float(np.log(max(prior, 1e-3))), before, WALKS, SLOPES)
    return replace(found, of_itself=OF_ITSELF)


def odds_of(some: Sequence[float], rest: Sequence[float], a_year: int, prior: float, worth: float) -> Level:
    """The log odds of one kind against the rest after counts of both; it walks without a slope, so that no kind takes over."""
    a, b = (_unbent(part, 1.0) for part in (some, rest))
    noise = 1 / _smoothed(a) + 1 / _smoothed(b)
    return _mixed(np.log(a / b), noise, a_year, prior, 4 / max(worth, 1e-3), SHARES_WALK, NO_SLOPE)


def _unbent(counts: Sequence[float], uneven: float) -> Floats:
    """Counts with so much more that their log is on average that of what was expected.

    Half a count (Anscombe 1948) where counts are large; less where they are few, found by summing Poisson's probabilities.
    """
    seen = np.asarray(counts, dtype=float)
    usual = max(float(seen.mean()), FEWEST) if len(seen) else FEWEST
    return np.asarray(seen + uneven / 2 * usual / (usual + 0.4))


def _smoothed(seen: Floats) -> Floats:
    """Counts drawn to their mean, the more the fewer they are, for their variance: else a high one would seem the surer."""
    if not len(seen):
        return seen
    usual = float(seen.mean())
    share = 0.5 * usual / (usual + 5.0)
    return np.asarray(share * seen + (1 - share) * usual)


def _mixed(
    told: Floats, noise: Floats, a_year: int, prior: float, before: float, walks: Chances, slopes: Chances
) -> Level:
    """Each walk with each slope, without a step and with one before each value but the first."""
    count = len(told)
    chance = min(STEPS_A_YEAR / a_year, 0.5 / max(count, 1))
    steps = [(-1, 1 - chance * max(count - 1, 0)), *((at, chance) for at in range(1, count))]
    kinds = np.array([(walk, slope, at, w * s * c) for walk, w in walks for slope, s in slopes for at, c in steps])
    walk, slope, step, likely = kinds.T
    mean, spread, likelihood = _filtered(told, noise, a_year, prior, before, walk, slope, step)
    weight = np.exp(likelihood - likelihood.max()) * likely
    ago = np.where(step < 0, np.inf, (count - step) / a_year)
    return Level(weight / weight.sum(), mean, spread, walk, slope, ago)


def _filtered(
    told: Floats, noise: Floats, a_year: int, prior: float, before: float, walk: Floats, slope: Floats, step: Floats
) -> tuple[Floats, Floats, Floats]:
    """Mean (kinds, 2) and covariance of level and slope after the last value told, and the log likelihood, of each kind."""
    mean = np.tile([prior, 0.0], (len(walk), 1))
    spread = np.zeros((len(walk), 2, 2))
    spread[:, 0, 0], spread[:, 1, 1] = before, slope**2 / (1 - KEPT**2)
    along = np.array([[1.0, 1 / a_year], [0.0, KEPT ** (1 / a_year)]])
    likelihood = np.zeros(len(walk))
    for at, (value, unsure) in enumerate(zip(told, noise, strict=True)):
        mean, spread = mean @ along.T, along @ spread @ along.T
        spread[:, 0, 0] += walk**2 / a_year + STEP**2 * (step == at)
        spread[:, 1, 1] += slope**2 / a_year
        variance, off = spread[:, 0, 0] + unsure, value - mean[:, 0]
        likelihood -= 0.5 * (np.log(2 * np.pi * variance) + off**2 / variance)
        gain = spread[:, :, 0] / variance[:, None]
        mean, spread = mean + gain * off[:, None], spread - gain[:, :, None] * spread[:, None, 0, :]
    return mean, (spread + spread.transpose(0, 2, 1)) / 2, likelihood
