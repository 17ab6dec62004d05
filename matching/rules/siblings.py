"""The sibling plan: which brothers and sisters may go to a home together."""

from dataclasses import dataclass
from datetime import date
from itertools import combinations

import numpy as np

from matching.domain import Caseload, Household, Level, SiblingGroup, SiblingPlan, Tie
from matching.pairs import Truth, VerdictMatrix, verdicts
from matching.rules.base import SetRule, Sets, Source, opened_by_decision
from matching.wording import Sentence

READ = date(2026, 11, 23)
TOGETHER = Source(text="Children Act 1989", paragraph="section 22C(8)(c), with the sibling assessment", read_on=READ)
MAY_BE_SPLIT = (SiblingPlan.TOGETHER_REQUIRED, SiblingPlan.NAMED_SUBSETS)
APART = (SiblingPlan.APART_WITH_CONTACT, SiblingPlan.APART_WITHOUT_CONTACT)


def allowed_masks(group: SiblingGroup) -> tuple[int, ...]:
    """The subsets of a group that its plan allows in one home, as bits, smallest number first."""
    size = len(group.children)
    return tuple(mask for mask in range(1, 1 << size) if _allows(group, mask))


def _allows(group: SiblingGroup, mask: int) -> bool:
    """Whether these may be one set: all for the same nights, and as the plan says of those who ask for them."""
    alike = _alike_mask(group, mask)
    if mask & ~alike:
        return False
    if group.plan in APART:
        return mask.bit_count() == 1
    if group.plan is SiblingPlan.TOGETHER_REQUIRED:
        return mask == alike
    if group.plan is SiblingPlan.NAMED_SUBSETS:
        return all(mask & part in (0, part & alike) for part in _subset_masks(group))
    return True


def _alike_mask(group: SiblingGroup, mask: int) -> int:
    """Those who ask for the same nights as the first of the set, as bits."""
    if not group.nights:
        return (1 << len(group.children)) - 1
    alike = group.alike(group.children[(mask & -mask).bit_length() - 1])
    return sum(1 << i for i, ref in enumerate(group.children) if ref in alike)


def _subset_masks(group: SiblingGroup) -> tuple[int, ...]:
    bits = {ref: 1 << i for i, ref in enumerate(group.children)}
    return tuple(sum(bits.get(ref, 0) for ref in subset) for subset in group.subsets)


@dataclass(frozen=True)
class SiblingPlanKept(SetRule):
    """Brothers and sisters go where their plan lets them go together.

    A decision opens exactly the set of brothers and sisters whom it names for a home; those who are assessed as
    needing to live apart are not brought together by it.
    """

    code = "sibling-plan"
    title = "The sibling plan is kept"
    purpose = "Siblings assessed as needing to be together are not split, and named subsets stay whole."
    source = TOGETHER
    level = Level.NEEDS_DECISION
    lifted_by = ("service-manager",)

    def judge(self, sets: Sets) -> VerdictMatrix:
        met = np.zeros(sets.group.shape, dtype=bool)
        for g, here in sets.of_groups:
            met[here] = np.isin(sets.mask[here], allowed_masks(sets.groups[g]))
        for g, mask, home in self.opened_sets(sets.register.caseload, sets.groups):
            columns = sets.register.positions[home]
            met |= (sets.group == g) & (sets.mask == mask) & np.isin(sets.home, columns)
        return verdicts(Truth.of(met), sets.group.shape)

    def opened_sets(self, caseload: Caseload, groups: tuple[SiblingGroup, ...]) -> list[tuple[int, int, str]]:
        """Sets that decisions open beyond the plan: position of the group, bits of its children, home."""
        opened, found = opened_by_decision(caseload, self), []
        homes = sorted({home for _, home in opened})
        for g, group in enumerate(groups):
            allowed = allowed_masks(group) if homes and group.plan in MAY_BE_SPLIT else ()
            for home in homes if allowed else ():
                mask = sum(1 << i for i, ref in enumerate(group.children) if (ref, home) in opened)
                if mask and mask not in allowed:
                    found.append((g, mask, home))
        return found

    def because(
        self, caseload: Caseload, group: SiblingGroup, children: tuple[str, ...], household: Household
    ) -> Sentence:
        if group.plan in APART:
            return Sentence.of("The plan for {group} is that these brothers and sisters live apart.", group=group.ref)
        return Sentence.of(
            "The plan for {group} keeps more of the brothers and sisters together than this.", group=group.ref
        )


@dataclass(frozen=True)
class NobodyKeptApart(SetRule):
    """No two children of the set are kept apart."""

    code = "kept-apart-siblings"
    title = "No two of these children are kept apart"
    purpose = "Brothers and sisters assessed as unsafe together do not share a home."
    source = TOGETHER
    level = Level.NEVER

    def judge(self, sets: Sets) -> VerdictMatrix:
        apart = sets.register.caseload.ties[Tie.APART]
        met = np.ones(sets.group.shape, dtype=bool)
        for g, here in sets.of_groups:
            for pair in _apart_bits(sets.groups[g], apart):
                met[here[(sets.mask[here] & pair) == pair]] = False
        return verdicts(Truth.of(met), sets.group.shape)

    def because(
        self, caseload: Caseload, group: SiblingGroup, children: tuple[str, ...], household: Household
    ) -> Sentence:
        apart = caseload.ties[Tie.APART]
        pairs = list(combinations(children, 2))
        one, other = next((pair for pair in pairs if pair in apart), pairs[0])
        return Sentence.of("{one} and {other} are kept apart.", one=one, other=other)


def _apart_bits(group: SiblingGroup, apart: frozenset[tuple[str, str]]) -> list[int]:
    """Pairs of the group who are kept apart, as bits."""
    bits = {ref: 1 << i for i, ref in enumerate(group.children)}
    pairs = combinations(group.children, 2)
    return [bits[a] | bits[b] for a, b in pairs if group.plan in APART or (a, b) in apart]
