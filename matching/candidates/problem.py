"""From candidates to what the solver sees: references and integers, never facts."""

import hashlib
from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from matching.candidates.blocks import Candidates, chosen_sets, sums_over_children
from matching.candidates.goals import GOAL_VALUES
from matching.candidates.rows import rows_of
from matching.rules import Sets
from matching.solver import Problem

Integers = npt.NDArray[np.int64]
LOT_BITS = 34


def problem_from(
    found: Candidates, pins: dict[str, str | None] | None = None, forbidden: Iterable[tuple[str, str]] = ()
) -> Problem:
    """The problem of a whole plan; `pins` puts a child in a home, or (`None`) in none; no pair `forbidden` is chosen."""
    rows = rows_of(found.sets, found.policy)
    keep = _respecting(found, pins or {}) & ~_joining(found, forbidden)
    where = np.cumsum(keep) - 1
    members = [(where[row.sets[k]], row.use[k], row.limit) for row in rows if (k := keep[row.sets]).any()]
    sets = chosen_sets(found.sets, keep)
    goals = np.array([GOAL_VALUES[code](found)[keep] for code in found.policy.goals], dtype=np.int64)
    return Problem(
        children=tuple(found.row_of_child),
        homes=tuple(household.home.ref for household in found.register.homes.items),
        group_of_child=np.array([g for g, group in enumerate(found.groups) for _ in group.children], dtype=np.int32),
        block_group=sets.group.astype(np.int32),
        block_mask=sets.mask.astype(np.int32),
        block_home=sets.home.astype(np.int32),
        row_index=_joined([np.full(at.size, i) for i, (at, _, _) in enumerate(members)]).astype(np.int32),
        row_block=_joined([at for at, _, _ in members]).astype(np.int32),
        row_use=_joined([use for _, use, _ in members]),
        row_limit=np.array([limit for _, _, limit in members], dtype=np.int64),
        goals=found.policy.goals,
        goal_values=goals.reshape(len(found.policy.goals), sets.group.size),
        lot=lots(found, sets),
        must_place=tuple(found.row_of_child[child] for child, home in (pins or {}).items() if home is not None),
    )


def _joined(parts: list[Integers]) -> Integers:
    return np.concatenate(parts).astype(np.int64) if parts else np.zeros(0, dtype=np.int64)


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


def lots(found: Candidates, sets: Sets) -> Integers:
    """Keyed lots: the same for a child and a home whatever the order of rows, the seed or the machine."""
    children = np.array([_key(found.policy.lot, "child", ref) for ref in found.row_of_child], dtype=np.uint64)
    homes = found.register.remembered(("lots", found.policy.lot), lambda: _keys_of_homes(found))
    grid = _mixed(children[:, None] ^ homes[None, :]) >> np.uint64(64 - LOT_BITS)
    return sums_over_children(sets, grid.astype(np.int64), found.row_of_child)


def _keys_of_homes(found: Candidates) -> npt.NDArray[np.uint64]:
    return np.array([_key(found.policy.lot, "home", h.home.ref) for h in found.register.homes.items], dtype=np.uint64)


def _key(salt: str, kind: str, ref: str) -> int:
    return int.from_bytes(hashlib.blake2b(f"{kind}|{ref}".encode(), key=salt.encode()[:64], digest_size=8).digest())


def _mixed(value: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    """SplitMix64 finalizer: every input bit reaches every output bit."""
    with np.errstate(over="ignore"):
        value = (value ^ (value >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        value = (value ^ (value >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return value ^ (value >> np.uint64(31))
