"""Lots that break ties: keyed, so that nobody can choose them and everybody can draw them again."""

import hashlib

import numpy as np
import numpy.typing as npt

from matching.candidates.blocks import Candidates
from matching.rules import Sets

Integers = npt.NDArray[np.int64]
Keys = npt.NDArray[np.uint64]
LOT_BITS = 34
TOGETHER = 2_000_000  # sets whose lots are drawn together


def lots(found: Candidates, sets: Sets) -> Integers:
    """Keyed lots: the same for a child and a home whatever the order of rows, the seed or the machine."""
    refs = [ref for group in sets.groups for ref in group.children]
    first = np.cumsum([0, *(len(group.children) for group in sets.groups)])
    children = np.array([_key(found.policy.lot, "child", ref) for ref in refs], dtype=np.uint64)
    homes = found.register.remembered(("lots", found.policy.lot), lambda: _keys_of_homes(found))
    parts = range(0, max(sets.group.size, 1), TOGETHER)
    return np.concatenate([_drawn(sets, slice(begin, begin + TOGETHER), children, first, homes) for begin in parts])


def _drawn(sets: Sets, at: slice, children: Keys, first: Integers, homes: Keys) -> Integers:
    """The lots of some of the sets: the sum of their children's."""
    mask, group, home = sets.mask[at], sets.group[at], sets.home[at]
    drawn = np.zeros(mask.size, dtype=np.int64)
    for bit in range(int(mask.max(initial=0)).bit_length()):
        inside = np.flatnonzero(mask >> bit & 1)
        keys = children[first[group[inside]] + bit] ^ homes[home[inside]]
        drawn[inside] += (_mixed(keys) >> np.uint64(64 - LOT_BITS)).astype(np.int64)
    return drawn


def _keys_of_homes(found: Candidates) -> Keys:
    return np.array([_key(found.policy.lot, "home", h.home.ref) for h in found.register.homes.items], dtype=np.uint64)


def _key(salt: str, kind: str, ref: str) -> int:
    return int.from_bytes(hashlib.blake2b(f"{kind}|{ref}".encode(), key=salt.encode()[:64], digest_size=8).digest())


def _mixed(value: Keys) -> Keys:
    """SplitMix64 finalizer: every input bit reaches every output bit; products wrap round, as those of arrays do."""
    value = (value ^ (value >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    value = (value ^ (value >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return value ^ (value >> np.uint64(31))
