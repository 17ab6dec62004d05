"""From candidates to what the solver sees: references and integers, never facts."""

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from matching.candidates.blocks import Candidates, chosen_sets
from matching.candidates.chunks import Clashing, Made
from matching.candidates.goals import GOAL_VALUES
from matching.candidates.lots import lots
from matching.candidates.rows import Rows, rows_of
from matching.rules import Sets
from matching.solver import HeldBack, Problem

Integers = npt.NDArray[np.int64]


def problem_from(
    found: Candidates,
    pins: dict[str, str | None] | None = None,
    forbidden: Iterable[tuple[str, str]] = (),
    made: Made | None = None,
) -> Problem:
    """The problem of a whole plan; `pins` puts a child in a home, or (`None`) in none; no pair `forbidden` is chosen.

    `made` is what has been worked out already, chunk by chunk.
    """
    rows = Rows.of(rows_of(found.sets, found.policy)) if made is None else made.rows
    sets, goals = found.sets, _worth(found) if made is None else made.goal_values
    keep = _respecting(found, pins or {}) & ~_joining(found, forbidden)
    if not keep.all():
        rows, sets, goals = rows.among(keep), chosen_sets(sets, keep), goals[:, keep]
    return Problem(
        children=tuple(found.row_of_child),
        homes=tuple(household.home.ref for household in found.register.homes.items),
        group_of_child=np.array([g for g, group in enumerate(found.groups) for _ in group.children], dtype=np.int32),
        block_group=sets.group.astype(np.int32, copy=False),
        block_mask=sets.mask.astype(np.int32, copy=False),
        block_home=sets.home.astype(np.int32, copy=False),
        row_index=rows.number,
        row_block=rows.sets.astype(np.int32, copy=False),
        row_use=rows.use,
        row_limit=rows.limit,
        goals=found.policy.goals,
        goal_values=goals,
        lot=lots(found, sets),
        held_back=None if made is None else _held_back(found, made, np.flatnonzero(keep)),
        must_place=tuple(found.row_of_child[child] for child, home in (pins or {}).items() if home is not None),
    )


def _worth(found: Candidates) -> Integers:
    """What each set is worth to each goal."""
    goals = [GOAL_VALUES[code](found) for code in found.policy.goals]
    return np.array(goals, dtype=np.int64).reshape(len(goals), found.sets.group.size)


def _held_back(found: Candidates, made: Made, at: Integers) -> HeldBack:
    return HeldBack(Clashing(found.sets, found.policy, made.whole), at.astype(np.int32))


def _respecting(found: Candidates, pins: dict[str, str | None]) -> npt.NDArray[np.bool_]:
    """Sets that put every pinned child where it is pinned."""
    keep = np.ones(found.sets.group.shape, dtype=bool)
    for child, home in pins.items():
        with_child = _holding(found.sets, child)
        there = -1 if home is None else found.register.home_index.get(home, -1)
        keep &= ~with_child | (found.sets.home == there)
    return keep


def _joining(found: Candidates, pairs: Iterable[tuple[str, str]]) -> npt.NDArray[np.bool_]:
    """Sets that put a child in the home of the pair."""
    joins = np.zeros(found.sets.group.shape, dtype=bool)
    for child, home in pairs:
        joins |= _holding(found.sets, child) & (found.sets.home == found.register.home_index[home])
    return joins


def _holding(sets: Sets, child: str) -> npt.NDArray[np.bool_]:
    group = next(g for g, one in enumerate(sets.groups) if child in one.children)
    bit = sets.groups[group].children.index(child)
    return np.asarray((sets.group == group) & ((sets.mask >> bit & 1) == 1))
