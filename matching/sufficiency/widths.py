"""How wide a forecast must be: what the same forecast missed by, made at every earlier origin.

The spread of log errors is fitted as a part that all authorities share and a part that falls with size; what is left over
gives the quantiles, so that no bell curve is assumed (conformal prediction: Vovk, Gammerman and Shafer, Algorithmic
learning in a random world, 2005). Nothing after the origin is used.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from matching.sufficiency.expected import Method, expected
from matching.sufficiency.yearly import FLOWS, STOCK, Floats, Key, Yearly

LEVELS = (0.5, 0.8, 0.95)  # shares of futures within each range
FEWEST = 60  # misses from which a spread is learnt
GROWS = 1.2  # variance by years ahead, as a power, where a horizon was never tried
# Spread of log growth between authorities over a year, and yearly noise in Poisson variances, as published for 2011 to
# 2022; they stand in only where a file is too small to learn from.
UNLEARNT = {flow: (0.077**2, 2.0) if flow == STOCK else (0.15**2, 5.5) for flow in FLOWS}
BELL = (0.674, 1.282, 1.960)


@dataclass(frozen=True)
class Width:
    """Variance of the log error, `common` plus `small` by count, and its standardised quantiles at `LEVELS`."""

    common: float
    small: float
    reach: tuple[float, ...]
    learnt: bool

    def spread(self, count: Floats) -> Floats:
        """Standard deviation of the log error at a count."""
        return np.sqrt(self.common + self.small / (count + 1))

    def wider(self, factor: float) -> "Width":
        """The same with its variance multiplied."""
        return Width(self.common * factor, self.small * factor, self.reach, learnt=False)


def widths(known: Yearly, key: Key, furthest: int, method: Method = expected) -> list[Width]:
    """The width of a method for each number of years ahead, from 1."""
    found: list[Width] = []
    for ahead in range(1, furthest + 1):
        misses, sizes = _missed(known, key, ahead, method)
        if misses.size >= FEWEST:
            found.append(_learnt(misses, sizes))
        elif found:
            found.append(found[-1].wider((ahead / (ahead - 1)) ** GROWS))
        else:
            found.append(Width(*UNLEARNT[key[0]], BELL, learnt=False))
    return found


def _missed(known: Yearly, key: Key, ahead: int, method: Method) -> tuple[Floats, Floats]:
    """Log errors at every earlier origin, and the counts expected then."""
    pairs = list(_tried(known, key, ahead, method))
    if not pairs:
        return np.zeros(0), np.zeros(0)
    came, told = (np.concatenate(part) for part in zip(*pairs, strict=True))
    return np.log((came + 1) / (told + 1)), told


def _tried(known: Yearly, key: Key, ahead: int, method: Method) -> Iterator[tuple[Floats, Floats]]:
    for origin in known.years[1:]:
        if origin + ahead > known.years[-1]:
            return
        told, came = method(known.until(origin), ahead).counts[key], known.at(key, origin + ahead)
        ok = ~np.isnan(told) & ~np.isnan(came) & ~np.isnan(known.at(key, origin))
        yield came[ok], told[ok]


def _learnt(misses: Floats, sizes: Floats) -> Width:
    squares = np.minimum(misses**2, np.quantile(misses**2, 0.98))
    facts = np.stack([np.ones(sizes.size), 1 / (sizes + 1)], axis=1)
    weight = 1 / (0.01 + 1 / (sizes + 1))  # a small authority's square is itself the more uncertain
    from scipy.optimize import nnls  # a large library, for this one line

    (common, small), _ = nnls(facts * weight[:, None], squares * weight)
    width = Width(common + 1e-6, small, BELL, learnt=True)
    reach = np.quantile(np.abs(misses) / width.spread(sizes), LEVELS)
    return Width(width.common, width.small, tuple(reach.tolist()), learnt=True)
