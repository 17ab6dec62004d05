"""Lots that break ties: keyed, so that nobody can choose them and everybody can draw them again."""

import hashlib

import numpy as np
import numpy.typing as npt

from matching.candidates.blocks import Candidates, sums_over_children
from matching.rules import Sets

Integers = npt.NDArray[np.int64]
LOT_BITS = 34


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
