"""How much wider ranges must be, by what earlier forecasts from the same returns missed.

Conformal: the quantile of misses in half-widths (Vovk, Gammerman and Shafer 2005), those weighing less that tell less of the
years to come (Barber, Candes, Ramdas and Tibshirani, Conformal prediction beyond exchangeability, 2023).
"""

import numpy as np
import numpy.typing as npt
import pandas as pd

from matching.sufficiency.arriving import Arrivals

Floats = npt.NDArray[np.float64]
MOST_WIDENED = 3.0
UNTRIED = 1.35  # where no earlier forecast could be tried
HALF_TRUST = 20.0  # misses that count as much as the ranges' own word
BY_CHANCE = 0.1  # in the log: so much wider ranges may seem needed by chance, with few origins that miss together
TOGETHER = 6.0  # ages, flows and years ahead of one origin miss together: so many count as one


def unstepped(trials: pd.DataFrame, arrivals: Arrivals, last: int) -> Floats:
    """How likely no step in who comes lies between each trial's origin and its year, by returns up to `last`.

    Who forecasts across a step misses it. That it came once is no reason for ranges as if it came every year.
    """
    spans = list(zip(last - trials.origin, last - trials.year, strict=True))
    chance = {span: 1 - arrivals.stepped(*span) for span in set(spans)}
    return np.array([chance[span] for span in spans])


def widened_by(trials: pd.DataFrame, weight: Floats) -> float:
    """The factor by which 80% ranges hold 80% of what came, moved to 1 by how few forecasts there were; never below 1."""
    middle, came = np.log1p(trials.q50), np.log1p(trials.actual)
    edge = np.where(came >= middle, np.log1p(trials.q90) - middle, middle - np.log1p(trials.q10))
    misses = (np.abs(came - middle) / np.maximum(edge, 1e-3)).to_numpy(dtype=float)
    trust = weight.sum() / TOGETHER
    factor = np.exp(np.log(max(_needed(misses, weight), 1e-3)) * trust / (trust + HALF_TRUST) - BY_CHANCE)
    return float(np.clip(factor, 1.0, MOST_WIDENED))


def _needed(misses: Floats, weight: Floats) -> float:
    """The miss that 80% lie within, a little further for how few there are."""
    order = np.argsort(misses)
    level = min(0.8 * (1 + 1 / max(weight.sum(), 1.0)), 1.0)
    at = np.searchsorted(np.cumsum(weight[order]), level * weight.sum() * (1 - 1e-9))
    return float(misses[order][min(at, len(misses) - 1)])
