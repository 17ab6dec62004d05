"""What each allowed set is worth to each goal, in whole numbers; a plan's worth is the sum over its sets."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from matching.candidates.blocks import Candidates, sums_over_children
from matching.domain import Deadline, SiblingPlan, Skill
from matching.domain.caseload import Household
from matching.domain.children import Child

Integers = npt.NDArray[np.int64]
URGENT = (Deadline.EMERGENCY, Deadline.STATUTORY)
APART = (SiblingPlan.APART_WITH_CONTACT, SiblingPlan.APART_WITHOUT_CONTACT)
TEENAGER = 11


def deadlines(found: Candidates) -> Integers:
    """Children placed whose deadline is an emergency or set by law."""
    children = found.judged.pairs.children.items
    urgent = np.array([child.deadline in URGENT for child in children], dtype=np.int64)
    return sums_over_children(
        found.sets, np.broadcast_to(urgent[:, None], found.judged.pairs.shape), found.row_of_child
    )


def placed(found: Candidates) -> Integers:
    """Children placed who need a home for every night."""
    return np.where(_by_nights(found), 0, found.sets.size)


def short_breaks(found: Candidates) -> Integers:
    """Children with a home for all the nights that they ask for."""
    return np.where(_by_nights(found), found.sets.size, 0)


def _by_nights(found: Candidates) -> npt.NDArray[np.bool_]:
    """Which sets come for some nights only."""
    bits = [sum(1 << i for i, ref in enumerate(g.children) if ref in dict(g.nights)) for g in found.groups]
    return np.asarray((np.array(bits, dtype=np.int64)[found.sets.group] & found.sets.mask) > 0)


def siblings_required(found: Candidates) -> Integers:
    """Groups whose plan requires them together, placed whole: all who ask for the same nights."""
    required = [len(g.children) > 1 and g.plan is SiblingPlan.TOGETHER_REQUIRED for g in found.groups]
    whole = np.zeros(found.sets.group.shape, dtype=bool)
    for g in np.flatnonzero(required):
        group = found.groups[g]
        parts = {group.alike(child) for child in group.children}
        masks = [sum(1 << group.children.index(c) for c in part) for part in parts if len(part) > 1]
        whole |= (found.sets.group == g) & np.isin(found.sets.mask, masks)
    return whole.astype(np.int64)


def siblings_together(found: Candidates) -> Integers:
    """Pairs of brothers and sisters living together, those who already live in the home included."""
    size = found.sets.size
    settled = _settled_siblings(found)[found.sets.group, found.sets.home]
    counts = np.array([g.plan not in APART for g in found.groups], dtype=np.int64)[found.sets.group]
    return counts * (size * (size - 1) // 2 + size * settled)


def _settled_siblings(found: Candidates) -> Integers:
    """How many of each group's settled members live in each home; (groups, homes)."""
    count = np.zeros((len(found.groups), len(found.register.homes.items)), dtype=np.int64)
    lives_in, index = found.register.caseload.lives_in, found.register.home_index
    for g, group in enumerate(found.groups):
        for ref in group.settled:
            if ref in lives_in:
                count[g, index[lives_in[ref]]] += 1
    return count


def suitability(found: Candidates) -> Integers:
    """Points of the criteria."""
    return sums_over_children(found.sets, found.judged.total, found.row_of_child)


def kept_as_agreed(found: Candidates) -> Integers:
    """Children who go where it was agreed that they would."""
    agreed = found.judged.pairs.where(found.register.caseload.agreed).astype(np.int64)
    return sums_over_children(found.sets, agreed, found.row_of_child)


def spare_scarce(found: Candidates) -> Integers:
    """Scarce qualities of homes left free for children who need them; three looked at for each child placed."""
    pairs = found.judged.pairs
    children, homes = pairs.children.items, found.register.homes
    offers = [homes.numbers(_takes_teenagers), homes.numbers(_therapeutic), homes.numbers(_short_notice)]
    day = found.register.caseload.as_of
    needs = [
        [(child.age_on(day) or 0) >= TEENAGER for child in children],
        [_needs_therapeutic(c) for c in children],
        [c.deadline in URGENT for c in children],
    ]
    wasted = sum(
        (np.outer(~np.array(need, dtype=bool), offer == 1) for need, offer in zip(needs, offers, strict=True)),
        np.zeros(pairs.shape, dtype=np.int64),
    )
    return sums_over_children(found.sets, 3 - np.asarray(wasted, dtype=np.int64), found.row_of_child)


def _takes_teenagers(household: Household) -> bool:
    return (household.home.approval.oldest or 0) >= TEENAGER


def _therapeutic(household: Household) -> bool:
    return Skill.THERAPEUTIC in (household.home.skills or ())


def _short_notice(household: Household) -> bool:
    return bool(household.home.short_notice)


def _needs_therapeutic(child: Child) -> bool:
    return Skill.THERAPEUTIC in (child.essential_skills or frozenset()) | (child.helpful_skills or frozenset())


GOAL_VALUES: dict[str, Callable[[Candidates], Integers]] = {
    "deadlines": deadlines,
    "placed": placed,
    "siblings-required": siblings_required,
    "siblings-together": siblings_together,
    "short-breaks": short_breaks,
    "suitability": suitability,
    "kept-as-agreed": kept_as_agreed,
    "spare-scarce": spare_scarce,
}
GOAL_TITLES = {
    "deadlines": "Children with an urgent deadline who have a home",
    "placed": "Children who have a home",
    "siblings-required": "Sibling groups that must be together, kept together",
    "siblings-together": "Pairs of brothers and sisters living together",
    "short-breaks": "Children with a home for all their nights away",
    "suitability": "Suitability (sum over the criteria)",
    "kept-as-agreed": "Agreed placements kept",
    "spare-scarce": "Scarce qualities left free for others",
}
