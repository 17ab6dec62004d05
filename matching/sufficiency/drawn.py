"""The figures of each run: drawn around their values as far as their ranges reach, so that what is not known of them shows.

Keyed by run, with a place for each figure, so that a run has the same figures in every scenario. Prices are drawn where
they are spent.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from matching.sufficiency.draws import normal
from matching.sufficiency.figures import Parameter, Parameters

Floats = npt.NDArray[np.float64]
REACH = 1.96  # standard deviations from the value to an end of a 95% range
FURTHEST = 2.5  # standard deviations that are drawn at most
SMALLEST = 0.05  # times the value, which an end that is nought counts as


@dataclass(frozen=True)
class Drawn:
    """Values of every figure by run, shape (runs,)."""

    values: Mapping[str, Floats]

    def __getitem__(self, name: str) -> Floats:
        return self.values[name]

    def of_run(self, row: int) -> dict[str, float]:
        """All figures of one of the runs."""
        return {name: float(value[row]) for name, value in self.values.items()}


def drawn(parameters: Parameters, seed: int, runs: range) -> Drawn:
    """Figures of some runs: half lie below the value, and 95 in 100 within the range; shares stay at most 1."""
    names = sorted(name for name in parameters.figures if not name.startswith("price_"))
    steps = np.stack([normal(seed, run, "figures", len(names)) for run in runs])
    steps = np.clip(steps, -FURTHEST, FURTHEST)
    return Drawn({name: _around(parameters.figures[name], steps[:, at]) for at, name in enumerate(names)})


def _around(figure: Parameter, step: Floats) -> Floats:
    """Steps of standard deviations from the value, in the log, each side as wide as its end of the range is far."""
    if figure.value <= 0:
        return np.full(len(step), figure.value)
    low, high = max(figure.low / figure.value, SMALLEST), max(figure.high / figure.value, 1.0)
    wide = np.where(step < 0, -np.log(min(low, 1.0)), np.log(high)) / REACH
    value = np.asarray(figure.value * np.exp(step * wide))
    return np.minimum(value, 1.0) if figure.unit.startswith("share") else value
