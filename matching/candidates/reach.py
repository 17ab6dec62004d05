"""Which groups of a large caseload are looked at together, and which homes are within their reach."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from matching.domain import SiblingGroup, Verdict
from matching.pairs import Register
from matching.policy import Policy
from matching.rules import Sets, UsablePlace, judge_with_decisions

Flags = npt.NDArray[np.bool_]
Positions = npt.NDArray[np.intp]
GROUPS = 500  # in a chunk
NEARNESS = "not-distant"


def chunks_of(register: Register, policy: Policy) -> list[tuple[SiblingGroup, ...]]:
    """Groups in parts of a handy size, those of one authority together."""
    caseload = register.caseload
    of = {g.ref: caseload.child_by_ref[g.children[0]].authority or "" for g in caseload.groups}
    groups = sorted(caseload.groups, key=lambda group: (of[group.ref], group.ref))
    parts: list[list[SiblingGroup]] = []
    for group in groups:
        if not parts or len(parts[-1]) == GROUPS or of[parts[-1][0].ref] != of[group.ref]:
            parts.append([])
        parts[-1].append(group)
    return [tuple(part) for part in parts]


def homes_in_reach(
    register: Register, policy: Policy, groups: Sequence[SiblingGroup], *, full: bool = False
) -> Positions:
    """Homes with a usable place (or all, if `full`) that are not too distant for all of these children.

    Homes that a decision names for them, or where a brother or sister lives, are in it in any case.
    """
    homes = np.arange(len(register.homes.items))
    if not full:
        homes = homes[_with_a_place(register, policy, groups[0])]
    children = [register.caseload.child_by_ref[ref] for group in groups for ref in group.children]
    for rule in policy.rules:
        if rule.code == NEARNESS:
            alike = {child.authority: child for child in children}
            alike |= {ref: register.caseload.child_by_ref[ref] for ref in _asked_apart(register, children)}
            pairs = register.among(homes).pairs(list(alike.values()))
            homes = homes[(judge_with_decisions(rule, pairs) == Verdict.MET).any(axis=0)]
    return np.union1d(homes, tied_homes(register, groups)).astype(np.intp)


def _asked_apart(register: Register, children: Sequence[object]) -> list[str]:
    """Children whom a relationship or a decision joins to some home; the others of an authority stand alike."""
    caseload = register.caseload
    named = {child for child, _ in (p for pairs in caseload.ties.values() for p in pairs)}
    named |= {d.child for d in caseload.decisions}
    return sorted(named & {getattr(child, "ref", "") for child in children})


def tied_homes(register: Register, groups: Sequence[SiblingGroup]) -> list[int]:
    """Homes that a decision names for a child of these groups, or where a brother or sister lives; by position."""
    caseload, index = register.caseload, register.home_index
    members = {ref for group in groups for ref in group.children}
    tied = {d.home for d in caseload.decisions if d.child in members}
    tied |= {caseload.lives_in[ref] for group in groups for ref in group.settled if ref in caseload.lives_in}
    return sorted(index[home] for home in tied if home in index)


def _with_a_place(register: Register, policy: Policy, group: SiblingGroup) -> Flags:
    """Homes with a usable place for one child; without one no set is lawful, and no decision opens that rule."""
    homes = np.arange(len(register.homes.items), dtype=np.int64)
    one = Sets(register=register, groups=(group,), group=np.zeros_like(homes), home=homes, mask=np.ones_like(homes))
    open_to = np.ones(homes.size, dtype=bool)
    for rule in policy.set_rules:
        if isinstance(rule, UsablePlace):
            open_to &= rule.judge(one) == Verdict.MET
    return open_to
