"""What sets of different groups compete for in a home, as rows: the sum of use over chosen sets stays within a limit."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from matching.domain import Caseload, Child, Home, Household, Level, Tie, Verdict
from matching.pairs import Pairs, Side
from matching.policy import Policy
from matching.rules import Capacity, Rule, Sets, Shared, by_night
from matching.rules.base import opened_by_decision
from matching.rules.household import towards_others

Integers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
BESIDE = ("considerations", "lives-with")


@dataclass(frozen=True, slots=True)
class Row:
    """Uses of chosen sets (positions) add up to at most the limit."""

    sets: Integers
    use: Integers
    limit: int


def rows_of(sets: Sets, policy: Policy) -> list[Row]:
    """Every row of a problem, in canonical order: home by home and night by night, then what a sibling plan keeps apart."""
    return [*_nightly(sets, policy, Asked()), *_once_a_home(sets)]


def firm_rows_of(sets: Sets, policy: Policy) -> list[Row]:
    """The rows but for those about children who may not live in one home, of which there are very many."""
    return [*_nightly(sets, policy, Asked(clashes=False)), *_once_a_home(sets)]


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

    def covered(self, present: "Present", at: Integers) -> Flags:
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
        size, present = sizes[at], clash.present(home, at)
        room = _room(home, capacities, size)
        if asked.capacities:
            rows += _places(home, at, capacities, size, present.alone)
            rows += _of_shared(home, at, shared, size, room)
        if asked.clashes:
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


@dataclass(frozen=True, slots=True)
class Present:
    """Children who could come to one home: [child, set] who is in which set, [child, child] who clashes with whom.

    `solitary` are those who may live with nobody else who could come.
    """

    holds: Flags
    clash: Flags
    solitary: Flags

    @property
    def alone(self) -> Flags:
        """Which sets must be alone, because they hold such a child."""
        return np.asarray(self.holds[self.solitary].any(axis=0))


def _of_clashes(present: Present, at: Integers, size: Integers, room: int, covered: Flags) -> list[Row]:
    """For a child and all whom they clash with: the child takes all the room that those would share."""
    if room < 2 or not present.clash.any():
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


class Clashes:
    """Which seeking children of different groups may not live in one home."""

    def __init__(self, sets: Sets, policy: Policy) -> None:
        self.sets = sets
        caseload = sets.register.caseload
        self.children = [caseload.child_by_ref[ref] for group in sets.groups for ref in group.children]
        self.group = np.array([g for g, group in enumerate(sets.groups) for _ in group.children], dtype=np.int64)
        self.first = np.cumsum([0, *(len(group.children) for group in sets.groups)])
        self.by_rule = {rule.code: self._beside(policy, rule.code) for rule in policy.rules if rule.code in BESIDE}
        self.opened = {
            rule.code: opened_by_decision(caseload, rule) for rule in policy.rules if rule.level is Level.NEEDS_DECISION
        }
        self.decided = {home for code in BESIDE for _, home in self.opened.get(code, ())}
        self.apart = self._apart(caseload) & ("kept-apart" in policy.settings)
        self.any = self.apart | np.logical_or.reduce([m | m.T for m in self.by_rule.values()] or [self.apart])
        self.any &= self.group[:, None] != self.group[None, :]

    def _beside(self, policy: Policy, code: str) -> npt.NDArray[np.bool_]:
        """[a, b]: the rule does not let child a join a home where child b is; asked once for children who are alike."""
        caseload = self.sets.register.caseload
        rule = next(rule for rule in policy.rules if rule.code == code)
        kinds = [towards_others(child, caseload.as_of) for child in self.children]
        number = {kind: i for i, kind in enumerate(dict.fromkeys(kinds))}
        first = {kind: i for i, kind in reversed(list(enumerate(kinds)))}
        alike = [self.children[first[kind]] for kind in number]
        clash = self.sets.register.remembered(("beside", rule, tuple(number)), lambda: self._judged(rule, alike))
        at = np.array([number[kind] for kind in kinds], dtype=np.int64)
        return np.asarray(clash[np.ix_(at, at)], dtype=bool)

    def _judged(self, rule: Rule, children: list[Child]) -> npt.NDArray[np.bool_]:
        """[a, b]: verdicts as between strangers."""
        register = self.sets.register
        coming = [replace(child, ref=f"coming {i}", sibling_group=None) for i, child in enumerate(children)]
        there = [replace(child, ref=f"there {i}", sibling_group=None) for i, child in enumerate(children)]
        homes = [Household(home=Home(ref=f"beside {c.ref}", birth_children=()), residents=(c,)) for c in there]
        pairs = Pairs(register.caseload, Side(coming, register.vocabularies), Side(homes, register.vocabularies))
        return np.asarray(rule.judge(pairs) != Verdict.MET)

    def _apart(self, caseload: Caseload) -> npt.NDArray[np.bool_]:
        at = {child.ref: i for i, child in enumerate(self.children)}
        found = np.zeros((len(at), len(at)), dtype=bool)
        for a, b in caseload.ties[Tie.APART]:
            if a in at and b in at:
                found[at[a], at[b]] = True
        return found

    def present(self, home: int, at: Integers) -> "Present":
        """Which children could come to a home, and which of them clash there."""
        holds = self._holding(at)
        children = np.flatnonzero(holds.any(axis=1))
        clash = self._standing(children, self.sets.register.homes.items[home].home.ref)
        strangers = self.group[children][:, None] != self.group[children][None, :]
        solitary = np.asarray((clash | ~strangers).all(axis=1) & strangers.any(axis=1))
        return Present(holds[children], clash, solitary)

    def _holding(self, at: Integers) -> Flags:
        """[child, set]: the set holds the child."""
        holds = np.zeros((len(self.children), at.size), dtype=bool)
        for bit in range(int(self.sets.mask[at].max(initial=0)).bit_length()):
            inside = np.flatnonzero(self.sets.mask[at] >> bit & 1)
            holds[self.first[self.sets.group[at[inside]]] + bit, inside] = True
        return holds

    def _standing(self, present: Integers, home: str) -> Flags:
        """Clashes among the children present that no decision in force opens at this home."""
        clash: Flags = self.any[np.ix_(present, present)].copy()
        if home in self.decided:
            for i, j in zip(*np.nonzero(clash), strict=True):
                clash[i, j] = self._clash_stands(int(present[i]), int(present[j]), home)
        return clash

    def _clash_stands(self, a: int, b: int, home: str) -> bool:
        """Whether no decision in force opens the clash at this home."""
        one, other = self.children[a], self.children[b]
        if self.apart[a, b]:
            return True
        return any(self._stands(code, (a, one), (b, other), home) for code in self.by_rule)

    def _stands(self, code: str, a: tuple[int, Child], b: tuple[int, Child], home: str) -> bool:
        matrix, opened = self.by_rule[code], self.opened[code]
        one_open, other_open = (a[1].ref, home) in opened, (b[1].ref, home) in opened
        if code == "considerations":  # one question asked of both, so a decision for either answers it
            return bool(matrix[a[0], b[0]] | matrix[b[0], a[0]]) and not (one_open or other_open)
        return bool((matrix[a[0], b[0]] and not one_open) or (matrix[b[0], a[0]] and not other_open))


def _once_a_home(sets: Sets) -> list[Row]:
    """Two sets of one group may not meet in a home where the plan does not let them be one set."""
    apart = sets.register.caseload.ties[Tie.APART]
    asked = [len(g.children) > 1 and _needs_row(g.plan.value, g.children, apart) for g in sets.groups]
    mine = np.flatnonzero(np.array(asked, dtype=bool)[sets.group]) if asked else np.zeros(0, dtype=np.int64)
    order = mine[np.lexsort((mine, sets.home[mine], sets.group[mine]))]
    new = np.flatnonzero((np.diff(sets.group[order]) != 0) | (np.diff(sets.home[order]) != 0)) + 1
    return [Row(at, np.ones(at.size, np.int64), 1) for at in np.split(order, new) if at.size > 1]


def _needs_row(plan: str, children: tuple[str, ...], apart: frozenset[tuple[str, str]]) -> bool:
    return (
        plan.startswith("apart") or plan == "named-subsets" or any((a, b) in apart for a in children for b in children)
    )
