"""Who of the children that need a home may not live beside whom, home by home.

What the rules ask of two children depends on their kinds only (age, sex, considerations, whom they may live with), so
children are counted by kind in each home; no table has every child against every other.
"""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt

from matching.domain import Child, Home, Household, Level, Tie, Verdict
from matching.pairs import Pairs, Side
from matching.policy import Policy
from matching.rules import Rule, Sets
from matching.rules.base import opened_by_decision
from matching.rules.household import towards_others

Integers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
BESIDE = ("considerations", "lives-with")


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


@dataclass(frozen=True, slots=True)
class Coming:
    """Each child once for each home that they could come to: positions of both, sorted by home, then child."""

    home: Integers
    child: Integers
    width: int

    def has(self, home: Integers, child: Integers) -> Flags:
        """Whether the child could come to the home."""
        known, asked = self.home * self.width + self.child, home * self.width + child
        at = np.minimum(np.searchsorted(known, asked), max(known.size - 1, 0))
        return known[at] == asked if known.size else np.zeros(asked.size, dtype=bool)


class Clashes:
    """Which seeking children of different groups may not live in one home."""

    def __init__(self, sets: Sets, policy: Policy) -> None:
        self.sets = sets
        caseload = sets.register.caseload
        self.children = [caseload.child_by_ref[ref] for group in sets.groups for ref in group.children]
        self.group = np.array([g for g, group in enumerate(sets.groups) for _ in group.children], dtype=np.int64)
        self.first = np.cumsum([0, *(len(group.children) for group in sets.groups)])
        kinds = [towards_others(child, caseload.as_of) for child in self.children]
        number = {kind: i for i, kind in enumerate(dict.fromkeys(kinds))}
        self.kind = np.array([number[kind] for kind in kinds], dtype=np.int64)
        self.by_rule = {rule.code: self._beside(rule) for rule in policy.rules if rule.code in BESIDE}
        self.opened = {
            rule.code: opened_by_decision(caseload, rule) for rule in policy.rules if rule.level is Level.NEEDS_DECISION
        }
        self.decided = {home for code in BESIDE for _, home in self.opened.get(code, ())}
        none = np.zeros((len(number), len(number)), dtype=bool)
        self.of_kinds = np.logical_or.reduce([none, *(m | m.T for m in self.by_rule.values())])
        self.apart = self._apart() if "kept-apart" in policy.settings else frozenset()

    def _beside(self, rule: Rule) -> Flags:
        """[kind, kind]: the rule does not let a child of one kind join a home where one of the other is."""
        _, first = np.unique(self.kind, return_index=True)
        alike = [self.children[at] for at in first.tolist()]
        asked = tuple(towards_others(child, self.sets.register.caseload.as_of) for child in alike)
        return self.sets.register.remembered(("beside", rule, asked), lambda: self._judged(rule, alike))

    def _judged(self, rule: Rule, children: list[Child]) -> Flags:
        """[a, b]: verdicts as between strangers."""
        register = self.sets.register
        coming = [replace(child, ref=f"coming {i}", sibling_group=None) for i, child in enumerate(children)]
        there = [replace(child, ref=f"there {i}", sibling_group=None) for i, child in enumerate(children)]
        homes = [Household(home=Home(ref=f"beside {c.ref}", birth_children=()), residents=(c,)) for c in there]
        pairs = Pairs(register.caseload, Side(coming, register.vocabularies), Side(homes, register.vocabularies))
        return np.asarray(rule.judge(pairs) != Verdict.MET)

    def _apart(self) -> frozenset[tuple[int, int]]:
        """Children of different groups who are kept apart, by position, both ways round."""
        at = {child.ref: i for i, child in enumerate(self.children)}
        pairs = ((at[a], at[b]) for a, b in self.sets.register.caseload.ties[Tie.APART] if a in at and b in at)
        return frozenset((a, b) for a, b in pairs if self.group[a] != self.group[b])

    @cached_property
    def alone(self) -> Flags:
        """Sets that must be alone in their home: they hold a child who may live with nobody else who could come."""
        coming, child, at = self._coming()
        solitary = self._solitary(coming)
        key = self.sets.home[at] * coming.width + child
        hit = solitary[np.searchsorted(coming.home * coming.width + coming.child, key)]
        alone = np.zeros(self.sets.home.size, dtype=bool)
        alone[at[hit]] = True
        for home, mine in self._decided_homes():
            alone[mine] = self.present(home, mine).alone
        return alone

    def _coming(self) -> tuple[Coming, Integers, Integers]:
        """Who could come where; and each child of each set: the child, the set."""
        child, at = self._members(np.arange(self.sets.home.size))
        width = max(len(self.children), 1)
        key = np.sort(self.sets.home[at] * width + child)  # quicker than np.unique, which puts them in a table first
        home, once = np.divmod(key[np.flatnonzero(np.diff(key, prepend=-1))], width)
        return Coming(home, once, width), child, at

    def _members(self, at: Integers) -> tuple[Integers, Integers]:
        """Children in some sets: the child, and the position of their set among those."""
        mask, first = self.sets.mask[at], self.first[self.sets.group[at]]
        bits = range(int(mask.max(initial=0)).bit_length())
        inside = [np.flatnonzero(mask >> bit & 1) for bit in bits] or [np.zeros(0, dtype=np.int64)]
        return np.concatenate([first[i] + bit for bit, i in enumerate(inside)]), np.concatenate(inside)

    def _solitary(self, coming: Coming) -> Flags:
        """Who could live with no other child who could come to the home, though somebody else could."""
        homes, here = np.unique(coming.home, return_inverse=True)
        kinds = self.of_kinds.shape[0]
        kind = self.kind[coming.child]
        count = np.bincount(here * kinds + kind, minlength=homes.size * kinds).reshape(homes.size, kinds)
        suits = (count.astype(np.float64) @ ~self.of_kinds).astype(np.int64)[here, kind]
        own, suits_own = self._own_family(coming)
        for a, b in sorted(self.apart):
            if not self.of_kinds[self.kind[a], self.kind[b]]:
                mine = np.flatnonzero(coming.child == a)
                suits[mine] -= coming.has(coming.home[mine], np.full(mine.size, b))
        return np.asarray((suits == suits_own) & (count.sum(axis=1)[here] > own))

    def _own_family(self, coming: Coming) -> tuple[Integers, Integers]:
        """Of each one's own group, themselves included: who could come to the home, and who of them suits by kind."""
        kind, group = self.kind[coming.child], self.group[coming.child]
        own, suits = np.ones(kind.size, dtype=np.int64), (~self.of_kinds[kind, kind]).astype(np.int64)
        size = self.first[group + 1] - self.first[group]
        for bit in range(int(size.max(initial=0))):
            some = np.flatnonzero(size > max(bit, 1))
            some = some[self.first[group[some]] + bit != coming.child[some]]
            other = self.first[group[some]] + bit
            there = coming.has(coming.home[some], other)
            own[some] += there
            suits[some] += there & ~self.of_kinds[kind[some], self.kind[other]]
        return own, suits

    def _decided_homes(self) -> list[tuple[int, Integers]]:
        """Homes where a decision opens a clash, with the positions of their sets."""
        items = self.sets.register.homes.items
        homes = np.unique(self.sets.home) if self.decided else np.zeros(0, dtype=np.int64)
        decided = [home for home in homes.tolist() if items[home].home.ref in self.decided]
        return [(home, np.flatnonzero(self.sets.home == home)) for home in decided]

    def present(self, home: int, at: Integers) -> Present:
        """Which children could come to a home with its sets `at`, and which of them clash there."""
        child, position = self._members(at)
        children, row = np.unique(child, return_inverse=True)
        holds = np.zeros((children.size, at.size), dtype=bool)
        holds[row, position] = True
        strangers = self.group[children][:, None] != self.group[children][None, :]
        clash = self._standing(children, self.sets.register.homes.items[home].home.ref) & strangers
        solitary = np.asarray((clash | ~strangers).all(axis=1) & strangers.any(axis=1))
        return Present(holds, clash, solitary)

    def _standing(self, present: Integers, home: str) -> Flags:
        """Clashes among the children present that no decision in force opens at this home."""
        kind = self.kind[present]
        clash: Flags = self.of_kinds[np.ix_(kind, kind)]
        if home in self.decided:
            for i, j in zip(*np.nonzero(clash), strict=True):
                clash[i, j] = any(self._stands(code, int(present[i]), int(present[j]), home) for code in self.by_rule)
        where = {child: i for i, child in enumerate(present.tolist())} if self.apart else {}
        for a, b in self.apart:
            if a in where and b in where:
                clash[where[a], where[b]] = True
        return clash

    def _stands(self, code: str, a: int, b: int, home: str) -> bool:
        """Whether no decision in force opens the clash of two children by a rule at this home."""
        matrix, opened = self.by_rule[code], self.opened.get(code, frozenset())
        one, other = bool(matrix[self.kind[a], self.kind[b]]), bool(matrix[self.kind[b], self.kind[a]])
        one_open, other_open = (self.children[a].ref, home) in opened, (self.children[b].ref, home) in opened
        if code == "considerations":  # one question asked of both, so a decision for either answers it
            return (one or other) and not (one_open or other_open)
        return (one and not one_open) or (other and not other_open)
