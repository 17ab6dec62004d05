"""The same verdicts and points as for a plan, for one sibling group at a time, with what was judged before kept."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from matching.candidates.blocks import Candidates
from matching.candidates.standing import everywhere
from matching.candidates.verdicts import Judged, points_of
from matching.criteria import Criterion
from matching.domain import Child, SiblingGroup
from matching.pairs import Memory, Pairs, Register, VerdictMatrix
from matching.policy import Policy
from matching.rules import Rule, judge_with_decisions

Points = tuple[npt.NDArray[np.int16], npt.NDArray[np.bool_]]


@dataclass(frozen=True)
class _RuleRows:
    """A row of verdicts for each child."""

    rule: Rule

    def __call__(self, pairs: Pairs) -> list[VerdictMatrix]:
        return list(judge_with_decisions(self.rule, pairs))


@dataclass(frozen=True)
class _CriterionRows:
    """A row of points, and of what is not rated, for each child."""

    criterion: Criterion
    weight: int

    def __call__(self, pairs: Pairs) -> list[Points]:
        return list(zip(*points_of(self.criterion, self.weight, pairs), strict=True))


class Practised:
    """A policy as it stands on the day of a register, with the answers of its rules and criteria so far."""

    def __init__(self, register: Register, policy: Policy) -> None:
        self.policy = policy.on(register.caseload.as_of)
        self.register = register
        self.rules = [Memory(register, _RuleRows(rule)) for rule in self.policy.rules]
        self.criteria = [Memory(register, _CriterionRows(one, weight)) for one, weight in self.policy.criteria]

    def judged(self, children: list[Child]) -> Judged:
        """Verdicts and points of these children with every home."""
        pairs = self.register.pairs(children)
        rows = [row for memory in self.rules for row in memory.of(children)]
        rated = [row for memory in self.criteria for row in memory.of(children)]
        return Judged(
            pairs=pairs,
            verdicts=_stacked(rows, (len(self.rules), *pairs.shape), np.int8),
            points=_stacked([points for points, _ in rated], (len(self.criteria), *pairs.shape), np.int16),
            unrated=_stacked([unrated for _, unrated in rated], (len(self.criteria), *pairs.shape), np.bool_),
        )


def _stacked(rows: list[npt.NDArray[Any]], shape: tuple[int, ...], kind: type) -> npt.NDArray[Any]:
    return np.concatenate(rows).reshape(shape) if rows else np.zeros(shape, dtype=kind)


def candidates_of(register: Register, policy: Policy, group: SiblingGroup) -> Candidates:
    """The candidates of one group; its `sets` are the whole group in every home, which no rule has judged yet."""
    known = register.remembered(("policy", policy), lambda: Practised(register, policy))
    return Candidates(
        register=register,
        policy=known.policy,
        groups=(group,),
        row_of_child={ref: row for row, ref in enumerate(group.children)},
        judged=known.judged([register.caseload.child_by_ref[ref] for ref in group.children]),
        sets=everywhere(register, group, group.children),
    )
