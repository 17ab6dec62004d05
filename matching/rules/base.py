"""What a rule is: one object with four readers (mask, sentence, handbook entry, settings for the checker)."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, fields
from datetime import date
from functools import cached_property
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from matching.domain import Caseload, Child, Household, Level, SiblingGroup, Verdict
from matching.pairs import Pairs, Register, VerdictMatrix
from matching.wording import Sentence

Counts = npt.NDArray[np.int64]


# Days on which the instruments that rules name came into force.
IN_FORCE = {
    "Children Act 1989": date(1991, 10, 14),
    "Adoption and Children Act 2002": date(2005, 12, 30),
    "Adoption Agencies Regulations 2005": date(2005, 12, 30),
    "Care Planning, Placement and Case Review (England) Regulations 2010": date(2011, 4, 1),
    "Fostering Services (England) Regulations 2011": date(2011, 4, 1),
    "Fostering National Minimum Standards 2011": date(2011, 4, 1),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where a rule comes from: the text, its paragraph, when it was read, and when it came into force.

    `since` is for a paragraph younger than its instrument; practice that no instrument sets has no such day.
    """

    text: str
    paragraph: str
    read_on: date
    since: date | None = None

    @property
    def in_force_from(self) -> date | None:
        """The first day on which the text held."""
        return self.since or IN_FORCE.get(self.text)

    def __str__(self) -> str:
        return f"{self.text}, {self.paragraph} (read {self.read_on.isoformat()})"


@dataclass(frozen=True)
class AnyRule(ABC):
    """What every rule says of itself; parameters are the fields of the frozen dataclass."""

    code: ClassVar[str]
    title: ClassVar[str]
    purpose: ClassVar[str]
    source: ClassVar[Source]
    level: ClassVar[Level]
    lifted_by: ClassVar[tuple[str, ...]] = ()

    @property
    def settings(self) -> Mapping[str, object]:
        """Parameters, level and who may lift it, as plain values for the independent checker."""
        parameters = {item.name: getattr(self, item.name) for item in fields(self)}
        return {**parameters, "level": self.level.value, "lifted_by": self.lifted_by}


@dataclass(frozen=True)
class Rule(AnyRule):
    """A rule about one child and one home.

    `judge` decides; `because` only words what was decided.
    """

    @abstractmethod
    def judge(self, pairs: Pairs) -> VerdictMatrix:
        """Verdicts in the shape of the pairs (children down, homes across)."""

    @abstractmethod
    def because(self, caseload: Caseload, child: Child, household: Household) -> Sentence:
        """Why the verdict on this child and home is not MET, for a reader who is not technical."""


@dataclass(frozen=True)
class SetRule(AnyRule):
    """A rule about the brothers and sisters who would go to one home together, with those who live there."""

    @abstractmethod
    def judge(self, sets: "Sets") -> VerdictMatrix:
        """One verdict for each set."""

    @abstractmethod
    def because(
        self, caseload: Caseload, group: SiblingGroup, children: tuple[str, ...], household: Household
    ) -> Sentence:
        """Why the verdict on this set and home is not MET."""

    def room_for_others(self, sets: "Sets") -> "Capacity | None":
        """How sets of different groups share the home under this rule; `None` when they do not compete."""
        return None

    def shared(self, sets: "Sets") -> tuple["Shared", ...]:
        """What sets of different groups use of the same things in the home, such as bedrooms."""
        return ()

    def read_as_one(self, sets: "Sets") -> npt.NDArray[np.bool_]:
        """Where brothers and sisters in one home may use more as one set than as several: they are one set there."""
        return np.zeros(sets.group.shape, dtype=bool)


@dataclass(frozen=True, kw_only=True)
class Sets:
    """Sets of seeking children of one sibling group, each with one home; parallel arrays, one entry a set.

    `group` and `home` are positions; `mask` has bit i for the i-th child of the group; `size` counts them.
    """

    register: Register
    groups: tuple[SiblingGroup, ...]
    group: Counts
    home: Counts
    mask: Counts

    @cached_property
    def size(self) -> Counts:
        """How many children each set has."""
        return np.bitwise_count(self.mask).astype(np.int64)

    def numbers(self, fact: Callable[[Household], Any]) -> npt.NDArray[np.float64]:
        """A number about the home of each set; NaN where not known."""
        return self._spread(self.register.homes.numbers(fact))

    def counts(self, fact: Callable[[Household], Any]) -> Counts:
        """A whole number about the home of each set; 0 where not known."""
        return self._spread(self.register.homes.counts(fact))

    def codes(self, fact: Callable[[Household], Hashable | None], words: str) -> Counts:
        """A word about the home of each set as a code; -1 where not known."""
        return self._spread(self.register.homes.codes(fact, words))

    def _spread(self, column: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """A column of homes, set by set; as it is where there is one set for every home in turn."""
        return column if self.home is self.register.homes.every else column[self.home]

    @cached_property
    def present(self) -> list[int]:
        """Each group that has a set here."""
        one = len(self.groups) == 1 and self.group.size
        return [0] if one else np.unique(self.group).tolist()

    @property
    def of_groups(self) -> list[tuple[int, Counts]]:
        """Each group that has a set here, with the positions of its sets."""
        if len(self.groups) == 1:
            return [(g, np.arange(self.group.size)) for g in self.present]
        order = np.argsort(self.group, kind="stable")
        groups, starts = np.unique(self.group[order], return_index=True)
        return list(zip(groups.tolist(), np.split(order, starts[1:]), strict=True)) if order.size else []

    def children_of(self, position: int) -> tuple[str, ...]:
        """References of the children in the set at a position."""
        members = self.groups[self.group[position]].children
        return tuple(ref for i, ref in enumerate(members) if self.mask[position] >> i & 1)


@dataclass(frozen=True, kw_only=True)
class Capacity:
    """How many children may share each home.

    `limit` holds for ordinary sets, by home; `excepted` sets do not count while only excepted sets are in
    the home; a `whole` set is lawful only when no other set joins it.
    """

    limit: Counts
    excepted: npt.NDArray[np.bool_] | None = None
    whole: npt.NDArray[np.bool_] | None = None


@dataclass(frozen=True, kw_only=True)
class Shared:
    """Something of which each home has so much (`limit`, by home) and each set uses so much (`use`, by set)."""

    use: Counts
    limit: Counts


def opened_by_decision(caseload: Caseload, rule: AnyRule) -> frozenset[tuple[str, str]]:
    """Child and home pairs for which a decision in force, by a role that may, opens a gated rule."""
    if rule.level is not Level.NEEDS_DECISION:
        return frozenset()
    day = caseload.as_of
    live = (d for d in caseload.decisions if d.rule == rule.code and d.role in rule.lifted_by)
    return frozenset(
        (d.child, d.home) for d in live if d.decided_on <= day and (d.expires_on is None or d.expires_on >= day)
    )


def judge_with_decisions(rule: Rule, pairs: Pairs) -> VerdictMatrix:
    """The rule's verdicts, with MET where a decision in force opens it for exactly that child and home."""
    result = rule.judge(pairs)
    opened = opened_by_decision(pairs.caseload, rule)
    if opened:
        result = np.where(pairs.where(opened), np.int8(Verdict.MET), result)
    return result


def named_sets(sets: Sets, named: frozenset[tuple[str, str]]) -> np.ndarray:
    """Which sets consist only of children named for the home, given (child, home) pairs."""
    result = np.zeros(sets.group.shape, dtype=bool)
    positions = sets.register.positions if named else {}
    for ref in {home for _, home in named if home in positions}:
        for at in np.flatnonzero(np.isin(sets.home, positions[ref])):
            result[at] = all((child, ref) in named for child in sets.children_of(int(at)))
    return result
