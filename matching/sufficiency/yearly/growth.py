"""Growth of a count over some years: no change, a damped share of the common drift, and strongly shrunk signals.

How wide the ranges are is learnt on past origins only, as in split conformal prediction: the deviations of the same method there,
over a scale that falls with the size of the authority.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from matching.sufficiency.yearly.series import Measure
from matching.sufficiency.yearly.signals import Panel

# chosen on origins 2016 to 2021; see the decision record
DRIFT_TAKEN, DRIFT_KEPT_A_YEAR, DRIFT_YEARS = 0.4, 0.7, 3
SHRINKAGE = 200.0
WIDER_WITH_FEW_ORIGINS = 0.2
FEWEST_PAST = 60
# variance of log growth at least; of a count of one at least, where few small authorities are in the series
LEAST_SPREAD, LEAST_NOISE = 0.002, 1.0
# children in a count whose signals are taken half
HALF_BELIEVED = 20.0
# where too few years have passed to learn from: SD of log growth a year and of a count, rounded up
ASSUMED_SPREAD, ASSUMED_NOISE = 0.12, 2.0
GAUSSIAN = {0.5: 0.674, 0.8: 1.282, 0.95: 1.960}


@dataclass(frozen=True)
class Growth:
    """Forecast of one measure at one horizon: by authority the log of the middle, the scale, and widths in scales.

    `widths[level]` times `scale` is half the range in the log; `learnt` is the number of past deviations behind it.
    """

    middle: np.ndarray
    scale: np.ndarray
    widths: dict[float, float]
    learnt: int


@dataclass(frozen=True)
class _Past:
    """What came of past origins: signals (n, k), log growth beyond the drift (n,), counts at the origin (n,)."""

    signals: np.ndarray
    growth: np.ndarray
    size: np.ndarray
    origins: int


def grow(panel: Panel, measure: Measure, origin: int, horizon: int) -> Growth:
    """Forecast one measure for every authority of the panel, `horizon` years after `origin`."""
    level = panel.known[measure][origin].to_numpy()
    signals = {name: frame for name, frame in panel.signals(measure).items() if frame.to_numpy().any()}
    past = _past(panel, measure, signals, origin, horizon)
    middle = level + drift(panel, measure, origin, horizon)
    size = np.exp(level)
    if len(past.growth) < FEWEST_PAST:
        scale = np.sqrt(horizon * ASSUMED_SPREAD**2 + ASSUMED_NOISE / size)
        return Growth(middle, scale, dict(GAUSSIAN), len(past.growth))
    effects = _effects(past)
    now = _at(signals, origin, size)
    deviations = past.growth - past.signals @ effects
    spread, noise = _scale(deviations, past.size)
    standard = np.abs(deviations) / np.sqrt(spread + noise / past.size)
    wider = 1 + WIDER_WITH_FEW_ORIGINS / past.origins
    widths = {share: wider * _quantile(standard, share) for share in GAUSSIAN}
    return Growth(middle + now @ effects, np.sqrt(spread + noise / size), widths, len(deviations))


def drift(panel: Panel, measure: Measure, origin: int, horizon: int) -> float:
    """The share taken of the middle authority's yearly growth of late, damped year by year; in the log."""
    level = panel.known[measure]
    years = [year for year in range(origin - DRIFT_YEARS + 1, origin + 1) if year - 1 in level.columns]
    growth = [(level[year] - level[year - 1]).median() for year in years if level[year].notna().any()]
    growth = [value for value in growth if np.isfinite(value)]
    taken = DRIFT_TAKEN * sum(DRIFT_KEPT_A_YEAR**year for year in range(horizon))
    return float(np.mean(growth)) * taken if growth else 0.0


def _past(panel: Panel, measure: Measure, signals: dict[str, pd.DataFrame], origin: int, horizon: int) -> _Past:
    """All earlier origins whose outcome was known by `origin`, from the third year on (signals look back two years)."""
    parts = []
    for before in panel.years[2:]:
        if before + horizon > origin:
            break
        level = panel.known[measure][before].to_numpy()
        grown = panel.told[measure][before + horizon].to_numpy() - level - drift(panel, measure, before, horizon)
        known = np.isfinite(grown)
        if known.any():
            parts.append((_at(signals, before, np.exp(level))[known], grown[known], np.exp(level[known])))
    if not parts:
        return _Past(np.zeros((0, len(signals))), np.zeros(0), np.zeros(0), 0)
    gathered = [np.concatenate(column) for column in zip(*parts, strict=True)]
    return _Past(gathered[0], gathered[1], gathered[2], len(parts))


def _at(signals: dict[str, pd.DataFrame], year: int, size: np.ndarray) -> np.ndarray:
    """Signals of a year, those of few children brought towards the middle."""
    found = np.zeros((len(size), len(signals)))
    for number, frame in enumerate(signals.values()):
        found[:, number] = frame[year].to_numpy() * size / (size + HALF_BELIEVED)
    return found


def _effects(past: _Past) -> np.ndarray:
    """Ridge regression towards no effect at all, larger authorities counting more, outlying growth cut off."""
    spread, noise = _scale(past.growth, past.size)
    variance = spread + noise / past.size
    weight = variance.mean() / variance
    growth = np.clip(past.growth, -2.5 * np.sqrt(variance), 2.5 * np.sqrt(variance))
    unit = past.signals.std(axis=0) + 1e-9
    standard = past.signals / unit
    moments = (standard * weight[:, None]).T
    penalty = SHRINKAGE * np.eye(standard.shape[1])
    effects: np.ndarray = np.linalg.solve(moments @ standard + penalty, moments @ growth) / unit
    return effects


def _scale(deviations: np.ndarray, size: np.ndarray) -> tuple[float, float]:
    """Variance as `spread + noise / size`, by least squares on squares with the largest 2% cut off."""
    squares = np.minimum(deviations**2, np.quantile(deviations**2, 0.98))
    if np.ptp(1 / size) < 1e-12:
        return max(float(squares.mean()), LEAST_SPREAD), LEAST_NOISE
    noise, spread = np.polyfit(1 / size, squares, 1)
    return max(float(spread), LEAST_SPREAD), max(float(noise), LEAST_NOISE)


def _quantile(values: np.ndarray, share: float) -> float:
    """The conformal quantile: the smallest value that covers the share among one more than the values."""
    return float(np.quantile(values, min(1.0, share * (1 + 1 / len(values)))))
