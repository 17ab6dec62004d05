"""Where some brothers and sisters stand with every home at once: which rules are in the way."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from matching.candidates.blocks import Candidates
from matching.domain import Level, SiblingGroup, Verdict
from matching.pairs import Register
from matching.rules import AnyRule, Sets, counted_once, judged_by_night

Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, kw_only=True)
class Standing:
    """The strictest verdict of each rule for some children of one group taken together; (rules, homes)."""

    rules: tuple[AnyRule, ...]
    verdicts: npt.NDArray[np.int8]

    @cached_property
    def in_the_way(self) -> Flags:
        """Which rules are not met, or not known to be met; (rules, homes)."""
        return np.asarray(self.verdicts != Verdict.MET)

    @cached_property
    def possible(self) -> Flags:
        """Homes in whose way nothing stands; (homes,)."""
        return np.asarray(~self.in_the_way.any(axis=0))

    @property
    def could_open(self) -> Flags:
        """Homes that only a decision or an answer is missing for; (homes,)."""
        gated = np.array([rule.level is Level.NEEDS_DECISION for rule in self.rules])
        shut = (self.verdicts[~gated] == Verdict.NOT_MET).any(axis=0)
        return np.asarray(~shut & ~self.possible)

    def only(self, codes: Sequence[str]) -> Flags:
        """Homes in whose way stand some of these rules and no other; (homes,)."""
        others = np.array([rule.code not in codes for rule in self.rules])
        return np.asarray(~self.in_the_way[others].any(axis=0) & ~self.possible)

    def codes(self, column: int) -> tuple[str, ...]:
        """Codes of the rules in the way of one home."""
        return tuple(rule.code for rule, out in zip(self.rules, self.in_the_way[:, column], strict=True) if out)

    def tally(self) -> tuple[tuple[str, int], ...]:
        """How many homes each rule stands in the way of, most first."""
        counts = zip((rule.code for rule in self.rules), self.in_the_way.sum(axis=1).tolist(), strict=True)
        return tuple(sorted(((code, count) for code, count in counts if count), key=lambda item: (-item[1], item[0])))


def standing_of(found: Candidates, children: Sequence[str], *, without: Sequence[str] = ()) -> Standing:
    """How children of one group, taken together, stand with every home; rules `without` are left out."""
    rows = [found.row_of_child[ref] for ref in children]
    set_rules = [rule for rule in found.policy.set_rules if rule.code not in without]
    group = next(group for group in found.groups if children[0] in group.children)
    of_sets = judged_by_night(set_rules, counted_once(everywhere(found.register, group, children)))
    of_pairs = found.judged.verdicts[:, rows].min(axis=1)
    return Standing(rules=(*found.policy.rules, *set_rules), verdicts=np.vstack([of_pairs, *of_sets]))


def everywhere(register: Register, group: SiblingGroup, children: Sequence[str]) -> Sets:
    """One set of children of a group in every home."""
    homes = register.homes.every
    mask = sum(1 << group.children.index(ref) for ref in children)
    return Sets(
        register=register,
        groups=(group,),
        group=np.zeros(homes.size, dtype=np.int64),
        home=homes,
        mask=np.full(homes.size, mask, dtype=np.int64),
    )
