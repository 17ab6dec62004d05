"""Every pair rule and every criterion over a grid of children and homes."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from matching.criteria import Criterion
from matching.domain import Verdict
from matching.pairs import Pairs, VerdictMatrix
from matching.policy import Policy
from matching.rules import judge_with_decisions


@dataclass(frozen=True, kw_only=True)
class Judged:
    """Verdicts and points of a grid; arrays are (rules or criteria, children, homes).

    `points` are whole numbers, 100 x weight x rating rounded; a rating that is not known earns none and is
    marked in `unrated`.
    """

    pairs: Pairs
    verdicts: npt.NDArray[np.int8]
    points: npt.NDArray[np.int16] | npt.NDArray[np.int32]
    unrated: npt.NDArray[np.bool_]

    @cached_property
    def verdict(self) -> VerdictMatrix:
        """The strictest verdict on each pair."""
        return np.asarray(self.verdicts.min(axis=0, initial=Verdict.MET), dtype=np.int8)

    @cached_property
    def total(self) -> npt.NDArray[np.int32]:
        """Points of each pair, over all criteria."""
        return np.asarray(self.points.sum(axis=0, dtype=np.int32))


def judge_pairs(pairs: Pairs, policy: Policy) -> Judged:
    """Apply a policy's pair rules and criteria to a grid."""
    verdicts = np.empty((len(policy.rules), *pairs.shape), dtype=np.int8)
    for i, rule in enumerate(policy.rules):
        verdicts[i] = judge_with_decisions(rule, pairs)
    points = np.zeros((len(policy.criteria), *pairs.shape), dtype=np.int16)  # weights are at most 100
    unrated = np.zeros(points.shape, dtype=np.bool_)
    across = tuple(range(1, len(pairs.shape)))
    for i, (criterion, weight) in enumerate(policy.criteria):
        for grid, told in zip((points[i], unrated[i]), points_of(criterion, weight, pairs), strict=True):
            some = told.any(axis=across)  # most criteria concern few children, and zeros never written take no memory
            grid[some] = told[some]
    return Judged(pairs=pairs, verdicts=verdicts, points=points, unrated=unrated)


def points_of(criterion: Criterion, weight: int, pairs: Pairs) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.bool_]]:
    """Points of one criterion for each pair, and where it could not be rated."""
    rating = criterion.rate(pairs)
    unrated = np.isnan(rating)
    return np.rint(100 * weight * np.where(unrated, 0.0, rating)).astype(np.int32), unrated
