"""What sets of different groups compete for in a home, as rows: the sum of use over chosen sets stays within a limit."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from matching.domain import Caseload, Child, Home, Household, Level, Tie, Verdict
from matching.pairs import Pairs, Side
from matching.policy import Policy
from matching.rules import Capacity, Sets
from matching.rules.base import opened_by_decision

Integers = npt.NDArray[np.int64]
BESIDE = ("considerations", "lives-with")


@dataclass(frozen=True, slots=True)
class Row:
    """Uses of chosen sets (positions) add up to at most the limit."""

    sets: Integers
    use: Integers
    limit: int


def rows_of(sets: Sets, policy: Policy) -> list[Row]:
    """Every row of a problem, in canonical order: places by home, then what may not be together."""
    by_home = _positions_by_home(sets)
    capacities = [c for rule in policy.set_rules if (c := rule.room_for_others(sets)) is not None]
    rows = [row for home, at in by_home.items() for row in _places(sets, home, at, capacities)]
    return rows + _must_not(sets, policy, by_home) + _once_a_home(sets)


def _positions_by_home(sets: Sets) -> dict[int, Integers]:
    if not sets.home.size:
        return {}
    order = np.argsort(sets.home, kind="stable")
    homes, starts = np.unique(sets.home[order], return_index=True)
    return dict(zip(homes.tolist(), np.split(order, starts[1:]), strict=True))


def _places(sets: Sets, home: int, at: Integers, capacities: list[Capacity]) -> list[Row]:
    """One row for all rules that simply count children, and more for exceptions."""
    plain = [c for c in capacities if not _special(c, at)]
    rows = []
    if plain:
        limit = min(int(c.limit[home]) for c in plain)
        rows.append(Row(at, sets.size[at], limit))
    for capacity in capacities:
        if _special(capacity, at):
            rows += _with_exceptions(sets.size[at], at, capacity, int(capacity.limit[home]))
    return [row for row in rows if len(row.sets) > 1 or row.use.sum() > row.limit]


def _special(capacity: Capacity, at: Integers) -> bool:
    return any(flags is not None and flags[at].any() for flags in (capacity.excepted, capacity.whole))


def _with_exceptions(size: Integers, at: Integers, capacity: Capacity, limit: int) -> list[Row]:
    """Excepted sets share freely among themselves; any other set brings the limit back for all.

    With excepted sets, one row for each set that is not: when it is chosen the limit holds; otherwise the
    row is slack. A whole set leaves no room for anybody.
    """
    excepted = np.zeros(at.size, bool) if capacity.excepted is None else capacity.excepted[at]
    whole = np.zeros(at.size, bool) if capacity.whole is None else capacity.whole[at]
    if not excepted.any():
        room = max(limit, 1)
        return [Row(at, np.where(whole, room, size), room)]
    ample = int(size.sum())
    rows = []
    for i in np.flatnonzero(~excepted):
        use = size.copy()
        use[i] = ample if whole[i] else size[i] + max(0, ample - limit)
        rows.append(Row(at, use, ample if whole[i] else limit + max(0, ample - limit)))
    return rows


def _must_not(sets: Sets, policy: Policy, by_home: dict[int, Integers]) -> list[Row]:
    """Children of different groups who may not share a home: at most one of them goes there."""
    clash = Clashes(sets, policy)
    rows = []
    for home, at in by_home.items():
        for one, other in clash.at_home(home, at):
            rows.append(Row(np.concatenate([one, other]), np.ones(one.size + other.size, np.int64), 1))
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
        self.apart = self._apart(caseload) & ("kept-apart" in policy.settings)
        self.any = self.apart | np.logical_or.reduce([m | m.T for m in self.by_rule.values()] or [self.apart])
        self.any &= self.group[:, None] != self.group[None, :]

    def _beside(self, policy: Policy, code: str) -> npt.NDArray[np.bool_]:
        """[a, b]: the rule does not let child a join a home where child b is."""
        caseload = self.sets.register.caseload
        rule = next(rule for rule in policy.rules if rule.code == code)
        homes = [Household(home=Home(ref=f"beside {c.ref}", birth_children=()), residents=(c,)) for c in self.children]
        words = self.sets.register.vocabularies
        return np.asarray(rule.judge(Pairs(caseload, Side(self.children, words), Side(homes, words))) != Verdict.MET)

    def _apart(self, caseload: Caseload) -> npt.NDArray[np.bool_]:
        at = {child.ref: i for i, child in enumerate(self.children)}
        found = np.zeros((len(at), len(at)), dtype=bool)
        for a, b in caseload.ties[Tie.APART]:
            if a in at and b in at:
                found[at[a], at[b]] = True
        return found

    def at_home(self, home: int, at: Integers) -> list[tuple[Integers, Integers]]:
        """For each clash at a home: the sets with the one child and the sets with the other."""
        present = sorted({i for p in at for i in self._members(int(p))})
        ref = self.sets.register.homes.items[home].home.ref
        pairs = [(a, b) for n, a in enumerate(present) for b in present[n + 1 :] if self.any[a, b]]
        found = []
        for a, b in pairs:
            if self._clash_stands(a, b, ref):
                found.append((self._with(at, a), self._with(at, b)))
        return found

    def _members(self, position: int) -> list[int]:
        group, mask = int(self.sets.group[position]), int(self.sets.mask[position])
        size = len(self.sets.groups[group].children)
        return [int(self.first[group]) + i for i in range(size) if mask >> i & 1]

    def _with(self, at: Integers, child: int) -> Integers:
        group = self.group[child]
        bit = child - self.first[group]
        return np.asarray(at[(self.sets.group[at] == group) & ((self.sets.mask[at] >> bit & 1) == 1)])

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
    rows = []
    apart = sets.register.caseload.ties[Tie.APART]
    for g, group in enumerate(sets.groups):
        if len(group.children) < 2 or not _needs_row(group.plan.value, group.children, apart):
            continue
        mine = np.flatnonzero(sets.group == g)
        for home in np.unique(sets.home[mine]):
            at = mine[sets.home[mine] == home]
            if at.size > 1:
                rows.append(Row(at, np.ones(at.size, np.int64), 1))
    return rows


def _needs_row(plan: str, children: tuple[str, ...], apart: frozenset[tuple[str, str]]) -> bool:
    return (
        plan.startswith("apart") or plan == "named-subsets" or any((a, b) in apart for a in children for b in children)
    )
