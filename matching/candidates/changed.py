"""Candidates and problem as they would be with some facts otherwise, made anew only where something differs."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from matching.candidates.blocks import Candidates, chosen_sets, lawful, sets_of
from matching.candidates.goals import GOAL_VALUES
from matching.candidates.lots import lots
from matching.candidates.rows import Row, rows_of
from matching.candidates.verdicts import Judged
from matching.domain import Verdict
from matching.pairs import Register
from matching.rules import Sets
from matching.solver import Problem

Integers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


def opened(found: Candidates, children: Sequence[str], home: str) -> Judged:
    """The verdicts as they would be if every rule about these children and this home were met."""
    verdicts = found.judged.verdicts.copy()
    verdicts[:, [found.row_of_child[ref] for ref in children], found.register.home_index[home]] = Verdict.MET
    return replace(found.judged, verdicts=verdicts)


def changed(
    found: Candidates,
    problem: Problem,
    judged: Judged,
    *,
    groups: Sequence[int],
    homes: Sequence[int] = (),
    register: Register | None = None,
) -> tuple[Candidates, Problem]:
    """Candidates and problem under other verdicts, points or places.

    `groups` and `homes` are the positions where something may differ: sets of those groups, and sets and rows of
    those homes, are made anew; everything else is taken over. `problem` is the whole problem of `found`.
    """
    register = register or found.register
    touched = np.isin(found.sets.group, groups) | np.isin(found.sets.home, homes)
    kept = np.flatnonzero(~touched)
    fresh = _fresh(replace(found, register=register, judged=judged), groups, homes)
    sets = _joined(replace(chosen_sets(found.sets, ~touched), register=register), fresh)
    order = np.lexsort((sets.home, sets.mask, sets.group))
    sets = _ordered(sets, order)
    now = replace(found, register=register, judged=judged, sets=sets)
    place = np.empty(order.size, dtype=np.int64)
    place[order] = np.arange(order.size)
    return now, _problem(now, problem, kept, place, touched, np.asarray(homes, dtype=np.int64))


def _fresh(found: Candidates, groups: Sequence[int], homes: Sequence[int]) -> Sets:
    """The allowed sets of these groups, and of every group in these homes."""
    possible = found.judged.verdict == Verdict.MET
    columns = np.zeros(possible.shape[1], dtype=bool)
    columns[list(homes)] = True
    chosen = [(g, g in set(groups)) for g in range(len(found.groups)) if g in set(groups) or len(homes)]
    parts = []
    for g, everywhere in chosen:
        rows = [found.row_of_child[ref] for ref in found.groups[g].children]
        here = possible[rows] if everywhere else possible[rows] & columns
        if here.any():
            alone = {ref: i for i, ref in enumerate(found.groups[g].children)}
            part = sets_of(found.register, (found.groups[g],), here, alone, found.policy)
            parts.append(replace(part, groups=found.groups, group=np.full_like(part.group, g)))
    none = chosen_sets(found.sets, np.zeros(found.sets.group.size, dtype=bool))
    return lawful(_joined(replace(none, register=found.register), *parts), found.policy)


def _joined(first: Sets, *others: Sets) -> Sets:
    every = (first, *others)
    group, home, mask = (np.concatenate([getattr(s, name) for s in every]) for name in ("group", "home", "mask"))
    return replace(first, group=group, home=home, mask=mask)


def _ordered(sets: Sets, order: Integers) -> Sets:
    return replace(sets, group=sets.group[order], home=sets.home[order], mask=sets.mask[order])


def _problem(
    now: Candidates, before: Problem, kept: Integers, place: Integers, touched: Flags, homes: Integers
) -> Problem:
    """The problem of all sets: rows of homes where nothing differs are taken over."""
    anew = np.zeros(now.sets.group.size, dtype=bool)
    anew[place[kept.size :]] = True
    redo = np.zeros(len(before.homes), dtype=bool)
    redo[now.sets.home[anew]] = redo[before.block_home[touched]] = redo[homes] = True
    again = np.flatnonzero(redo[now.sets.home])
    rows = [
        Row(again[row.sets], row.use, row.limit)
        for row in rows_of(chosen_sets(now.sets, redo[now.sets.home]), now.policy)
    ]
    where = np.full(before.blocks, -1, dtype=np.int64)
    where[kept] = place[: kept.size]
    index, block, use, limit = _taken_over(before, where, redo)
    return replace(
        before,
        block_group=now.sets.group.astype(np.int32),
        block_mask=now.sets.mask.astype(np.int32),
        block_home=now.sets.home.astype(np.int32),
        row_index=_after(index, [np.full(row.sets.size, limit.size + i) for i, row in enumerate(rows)]).astype(
            np.int32
        ),
        row_block=_after(block, [row.sets for row in rows]).astype(np.int32),
        row_use=_after(use, [row.use for row in rows]),
        row_limit=_after(limit, [np.array([row.limit]) for row in rows]),
        goal_values=_values(now, before.goal_values, kept, place, anew),
        lot=lots(now, now.sets),
    )


def _after(first: Integers, more: list[Integers]) -> Integers:
    return np.concatenate([first, *more]).astype(np.int64)


def _taken_over(before: Problem, where: Integers, redo: Flags) -> tuple[Integers, Integers, Integers, Integers]:
    """Rows of homes where nothing differs, over the sets where they stand now."""
    stays = np.ones(before.row_limit.size, dtype=bool)
    stays[before.row_index[redo[before.block_home[before.row_block]]]] = False
    number = np.cumsum(stays) - 1
    inside = stays[before.row_index]
    blocks = where[before.row_block[inside]]
    there = blocks >= 0
    return (
        number[before.row_index[inside]][there],
        blocks[there],
        before.row_use[inside][there],
        before.row_limit[stays],
    )


def _values(now: Candidates, before: Integers, kept: Integers, place: Integers, anew: Flags) -> Integers:
    values = np.zeros((before.shape[0], anew.size), dtype=np.int64)
    values[:, place[: kept.size]] = before[:, kept]
    fresh = replace(now, sets=chosen_sets(now.sets, anew))
    values[:, anew] = np.array([GOAL_VALUES[code](fresh) for code in now.policy.goals], dtype=np.int64)
    return values
