"""A child who comes after the plan: which homes are left beside it, without planning everybody again."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from matching.candidates import Candidates
from matching.candidates.rows import rows_of
from matching.domain import SiblingGroup
from matching.errors import PlanRefused
from matching.rules import Sets

Flags = npt.NDArray[np.bool_]
Integers = npt.NDArray[np.int64]


def homes_left(found: Candidates, possible: Flags, placed: Mapping[str, str]) -> Flags:
    """Which of the `possible` homes could still take the one group of `found` beside everybody placed; (homes,).

    `placed` is home by child. Raises `PlanRefused` when a child of the group is in the plan already.
    """
    children = found.groups[0].children
    already = [ref for ref in children if ref in placed]
    if already:
        raise PlanRefused(f"{already[0]} has a home in the plan already: {placed[already[0]]}. Ask without --beside.")
    sets = _beside(found, np.flatnonzero(possible), placed)
    new = sets.home.size - int(np.count_nonzero(possible))
    fits = np.ones(sets.home.size, dtype=bool)
    for row in rows_of(sets, found.policy):
        taken = row.use[row.sets < new].sum()
        fits[row.sets[row.use + taken > row.limit]] = False
    left = np.zeros_like(possible)
    left[sets.home[new:][fits[new:]]] = True
    return left


def _beside(found: Candidates, homes: Integers, placed: Mapping[str, str]) -> Sets:
    """The sets of the plan, then the newcomers in each home."""
    caseload, index = found.register.caseload, found.register.home_index
    groups = [_present(group, found.groups[0], placed) for group in caseload.groups]
    groups = [group for group in groups if group.children]
    told: list[tuple[int, int, int]] = []
    for g, group in enumerate(groups):
        for home in sorted({placed[ref] for ref in group.children if ref in placed}):
            told.append((g, index[home], _mask(group, [ref for ref in group.children if placed.get(ref) == home])))
    mine = next(g for g, group in enumerate(groups) if found.groups[0].children[0] in group.children)
    whole = _mask(groups[mine], list(found.groups[0].children))
    told += [(mine, int(home), whole) for home in homes]
    columns = np.array(told, dtype=np.int64).reshape(-1, 3).T
    return Sets(register=found.register, groups=tuple(groups), group=columns[0], home=columns[1], mask=columns[2])


def _present(group: SiblingGroup, asked: SiblingGroup, placed: Mapping[str, str]) -> SiblingGroup:
    return replace(group, children=tuple(ref for ref in group.children if ref in placed or ref in asked.children))


def _mask(group: SiblingGroup, members: list[str]) -> int:
    return sum(1 << group.children.index(ref) for ref in members)
