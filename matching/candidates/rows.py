"""What sets of different groups compete for in a home, as rows: the sum of use over chosen sets stays within a limit."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from matching.candidates.beside import Clashes, Present
from matching.domain import Tie
from matching.policy import Policy
from matching.rules import Capacity, Sets, Shared, by_night

Integers = npt.NDArray[np.int64]
Narrow = npt.NDArray[np.signedinteger[Any]]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Row:
    """Uses of chosen sets (positions) add up to at most the limit."""

    sets: Integers
    use: Integers
    limit: int


@dataclass(frozen=True, slots=True)
class Rows:
    """Many rows, one after another: `sets` and `use` of all, how many of those each row has (`size`), each one's limit."""

    sets: Narrow
    use: Narrow
    size: Narrow
    limit: Narrow

    @classmethod
    def of(cls, rows: Sequence[Row]) -> "Rows":
        """Rows put together."""
        none = np.zeros(0, dtype=np.int64)
        return cls(
            sets=np.concatenate([none, *(row.sets for row in rows)]),
            use=np.concatenate([none, *(row.use for row in rows)]),
            size=np.array([row.sets.size for row in rows], dtype=np.int64),
            limit=np.array([row.limit for row in rows], dtype=np.int64),
        )

    @property
    def number(self) -> npt.NDArray[np.int32]:
        """For each set named: which row names it."""
        return np.repeat(np.arange(self.size.size, dtype=np.int32), self.size)

    def among(self, keep: Flags) -> "Rows":
        """The same over some of the sets, by their positions among those; rows that name none of them are left out."""
        inside = keep[self.sets]
        size = np.bincount(self.number[inside], minlength=self.size.size)
        where, left = np.cumsum(keep) - 1, size > 0
        return Rows(where[self.sets[inside]], self.use[inside], size[left], self.limit[left])


def rows_of(sets: Sets, policy: Policy) -> list[Row]:
    """Every row of a problem, in canonical order: home by home and night by night, then what a sibling plan keeps apart."""
    return [*_nightly(sets, policy, Asked()), *_once_a_home(sets, policy)]


def firm_rows_of(sets: Sets, policy: Policy) -> list[Row]:
    """The rows but for those about children who may not live in one home, of which there are very many."""
    return [*_nightly(sets, policy, Asked(clashes=False)), *_once_a_home(sets, policy)]


def clash_rows_of(sets: Sets, policy: Policy, whole: Flags) -> list[Row]:
    """The rows about children who may not live in one home, for some of the sets that could be.

    `whole` are the sets that take all the room of their home by the firm rows, so that they need no row here.
    """
    return _nightly(sets, policy, Asked(capacities=False, whole=whole))


@dataclass(frozen=True, slots=True)
class Asked:
    """Which rows are asked for; the sets that are known to take the `whole` of a home, if that is known already."""

    capacities: bool = True
    clashes: bool = True
    whole: Flags | None = None

    def covered(self, present: Present, at: Integers) -> Flags:
        """Children who may live with nobody here and whose every set is known to take the whole home."""
        if self.whole is None:
            return present.solitary
        return np.asarray(present.solitary & ~present.holds[:, ~self.whole[at]].any(axis=1))


def _nightly(sets: Sets, policy: Policy, asked: Asked) -> list[Row]:
    nightly = by_night(sets)
    if asked.whole is not None:  # a set that takes a home for some nights leaves it to others on the rest
        asked = replace(asked, whole=asked.whole[nightly.back] & (nightly.sets is sets))
    rows = {
        (at.tobytes(), row.use.tobytes(), row.limit): Row(at, row.use, row.limit)
        for row in _by_home(nightly.sets, policy, asked)
        if (at := nightly.back[row.sets]).size
    }
    return list(rows.values())


def _by_home(sets: Sets, policy: Policy, asked: Asked) -> list[Row]:
    """What the sets of each home compete for."""
    capacities = [c for rule in policy.set_rules if (c := rule.room_for_others(sets)) is not None]
    shared = [one for rule in policy.set_rules for one in rule.shared(sets)]
    clash = Clashes(sets, policy)
    rows: list[Row] = []
    sizes = sets.size
    for home, at in _positions_by_home(sets).items():
        size = sizes[at]
        room = _room(home, capacities, size)
        if asked.capacities:
            rows += _places(home, at, capacities, size, clash.alone[at])
            rows += _of_shared(home, at, shared, size, room)
        if asked.clashes and room > 1:
            present = clash.present(home, at)
            rows += _of_clashes(present, at, size, room, asked.covered(present, at))
    return rows


def _positions_by_home(sets: Sets) -> dict[int, Integers]:
    if not sets.home.size:
        return {}
    order = np.argsort(sets.home, kind="stable")
    homes, starts = np.unique(sets.home[order], return_index=True)
    return dict(zip(homes.tolist(), np.split(order, starts[1:]), strict=True))


def _places(home: int, at: Integers, capacities: list[Capacity], size: Integers, alone: Flags) -> list[Row]:
    """One row for all rules that count children, and more where some children are excepted from one.

    A set that must be alone in the home, for whichever reason, takes all its room.
    """
    excepting = [c for c in capacities if c.excepted is not None and c.excepted[at].any()]
    plain = [c for c in capacities if not any(c is other for other in excepting)]
    rows = []
    if plain:
        whole = np.logical_or.reduce([alone, *(c.whole[at] for c in plain if c.whole is not None)])
        room = max(1, min(int(c.limit[home]) for c in plain))
        rows.append(Row(at, np.where(whole, room, np.minimum(size, room)), room))
    for capacity in excepting:
        rows += _with_exceptions(size, at, capacity, int(capacity.limit[home]))
    return [row for row in rows if row.use.sum() > row.limit]


def _of_shared(home: int, at: Integers, shared: list[Shared], size: Integers, room: int) -> list[Row]:
    """One row for each thing that sets use together, where there is not enough for all whom the places admit."""
    rows = []
    for one in shared:
        use, limit = one.use[at], int(one.limit[home])
        admitted = limit >= room and bool((use <= size).all())
        if use.sum() > limit and not admitted:
            rows.append(Row(at[use > 0], use[use > 0], limit))
    return rows


def _room(home: int, capacities: list[Capacity], size: Integers) -> int:
    """The most children that the home could take in all, whatever is excepted."""
    firm = [int(c.limit[home]) for c in capacities if c.excepted is None]
    return max(1, min([*firm, int(size.sum())]))


def _with_exceptions(size: Integers, at: Integers, capacity: Capacity, limit: int) -> list[Row]:
    """Excepted sets share freely among themselves; any other set brings the limit back for all.

    One row for each set that is not excepted: when it is chosen the limit holds; otherwise the row is
    slack. A whole set leaves no room for anybody.
    """
    excepted = np.zeros(at.size, bool) if capacity.excepted is None else capacity.excepted[at]
    whole = np.zeros(at.size, bool) if capacity.whole is None else capacity.whole[at]
    ample = int(size.sum())
    rows = []
    for i in np.flatnonzero(~excepted):
        use = size.copy()
        use[i] = ample if whole[i] else size[i] + max(0, ample - limit)
        rows.append(Row(at, use, ample if whole[i] else limit + max(0, ample - limit)))
    return rows


def _stars(clash: Flags) -> Iterator[tuple[int, Integers]]:
    """Children with all whom they clash with, until every clash is covered; those with most clashes first."""
    left, many = clash.copy(), clash.sum(axis=1)
    while many.any():
        centre = int(np.argmax(many))
        others = np.flatnonzero(left[centre])
        yield centre, others
        left[centre] = left[:, centre] = False
        many[others] -= 1
        many[centre] = 0


def _of_clashes(present: Present, at: Integers, size: Integers, room: int, covered: Flags) -> list[Row]:
    """For a child and all whom they clash with: the child takes all the room that those would share."""
    if not present.clash.any():
        return []
    clash = present.clash.copy()
    clash[covered] = clash[:, covered] = False
    rows = []
    for centre, others in _stars(clash):
        theirs = present.holds[others].any(axis=0)
        inside = present.holds[centre] | theirs
        use = np.where(present.holds[centre], room, np.minimum(size, room))
        rows.append(Row(at[inside], use[inside], room))
    return rows


def _once_a_home(sets: Sets, policy: Policy) -> list[Row]:
    """Two sets of one group may not meet in a home where the plan does not let them be one set, or a rule reads them as one."""
    apart = sets.register.caseload.ties[Tie.APART]
    asked = [len(g.children) > 1 and _needs_row(g.plan.value, g.children, apart) for g in sets.groups]
    alone = np.array(asked, dtype=bool)[sets.group] if asked else np.zeros(0, dtype=bool)
    for rule in policy.set_rules if asked else ():
        alone = alone | rule.read_as_one(sets)
    mine = np.flatnonzero(alone)
    order = mine[np.lexsort((mine, sets.home[mine], sets.group[mine]))]
    new = np.flatnonzero((np.diff(sets.group[order]) != 0) | (np.diff(sets.home[order]) != 0)) + 1
    return [Row(at, np.ones(at.size, np.int64), 1) for at in np.split(order, new) if at.size > 1]


def _needs_row(plan: str, children: tuple[str, ...], apart: frozenset[tuple[str, str]]) -> bool:
    return (
        plan.startswith("apart") or plan == "named-subsets" or any((a, b) in apart for a in children for b in children)
    )
