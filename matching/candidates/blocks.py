"""Blocks: a set of brothers and sisters in one home, allowed by every rule as a set."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from matching.candidates.verdicts import Judged, judge_pairs
from matching.domain import SiblingGroup, Verdict
from matching.pairs import Register
from matching.policy import Policy
from matching.rules import Sets, SiblingPlanKept, allowed_masks, judged_by_night

Integers = npt.NDArray[np.int64]


@dataclass(frozen=True, kw_only=True)
class Candidates:
    """What could be: the judged pairs, and the sets that pass every rule.

    `row_of_child` gives the position of each seeking child in the grid (children in order of group, then
    reference). `sets` are the allowed blocks in canonical order: by group, set, home.
    """

    register: Register
    policy: Policy
    groups: tuple[SiblingGroup, ...]
    row_of_child: dict[str, int]
    judged: Judged
    sets: Sets


def find_candidates(register: Register, policy: Policy, groups: Sequence[SiblingGroup] | None = None) -> Candidates:
    """Judge every pair and every set of the groups (default: everybody who needs a home), by the law of the day."""
    chosen = tuple(register.caseload.groups if groups is None else groups)
    policy = of_the_day(register, policy, chosen)
    refs = [ref for group in chosen for ref in group.children]
    judged = judge_pairs(register.pairs([register.caseload.child_by_ref[ref] for ref in refs]), policy)
    rows = {ref: i for i, ref in enumerate(refs)}
    possible = judged.verdict == Verdict.MET
    sets = lawful(sets_of(register, chosen, possible, rows, policy), policy)
    return Candidates(register=register, policy=policy, groups=chosen, row_of_child=rows, judged=judged, sets=sets)


def of_the_day(register: Register, policy: Policy, groups: Sequence[SiblingGroup]) -> Policy:
    """The policy by the law of the caseload's day; without the goal of short breaks where nobody asks for nights."""
    policy = policy.on(register.caseload.as_of)
    if any(group.nights for group in groups):
        return policy
    return replace(policy, goals=tuple(goal for goal in policy.goals if goal != "short-breaks"))


def assuming(found: Candidates, children: Sequence[str], home: str) -> Candidates:
    """The candidates as they would be if every rule about these children and this home were met.

    Rules about all the children in the home together still hold: places, numbers, sibling plans.
    """
    verdicts, column = found.judged.verdicts.copy(), found.register.home_index[home]
    verdicts[:, [found.row_of_child[ref] for ref in children], column] = Verdict.MET
    judged = replace(found.judged, verdicts=verdicts)
    possible = judged.verdict == Verdict.MET
    sets = lawful(sets_of(found.register, found.groups, possible, found.row_of_child, found.policy), found.policy)
    return replace(found, judged=judged, sets=sets)


def sets_of(
    register: Register,
    groups: tuple[SiblingGroup, ...],
    possible: npt.NDArray[np.bool_],
    rows: dict[str, int],
    policy: Policy,
) -> Sets:
    """Every set that the sibling plan, or a decision, allows and whose children could each live in the home."""
    parts: list[tuple[Integers, Integers, Integers]] = []
    opened = _opened(register, groups, policy)
    for g, group in enumerate(groups):
        here = possible[[rows[ref] for ref in group.children]]
        for mask, only in [*((mask, None) for mask in allowed_masks(group)), *opened.get(g, [])]:
            members = [i for i in range(len(group.children)) if mask >> i & 1]
            homes = np.flatnonzero(here[members].all(axis=0)).astype(np.int64)
            homes = homes if only is None else homes[homes == only]
            parts.append((np.full(homes.size, g, dtype=np.int64), homes, np.full(homes.size, mask, dtype=np.int64)))
    columns = [np.concatenate(column) for column in zip(*parts, strict=True)] if parts else [np.zeros(0, np.int64)] * 3
    return Sets(register=register, groups=groups, group=columns[0], home=columns[1], mask=columns[2])


def _opened(
    register: Register, groups: tuple[SiblingGroup, ...], policy: Policy
) -> dict[int, list[tuple[int, int | None]]]:
    """By position of the group: sets that a decision opens beyond the sibling plan, each with its one home."""
    found: dict[int, list[tuple[int, int | None]]] = {}
    for rule in policy.set_rules:
        if isinstance(rule, SiblingPlanKept):
            for g, mask, home in rule.opened_sets(register.caseload, groups):
                found.setdefault(g, []).append((mask, register.home_index[home]))
    return found


def lawful(sets: Sets, policy: Policy) -> Sets:
    """Only the sets that every set rule allows."""
    keep = np.ones(sets.group.shape, dtype=bool)
    for verdicts in judged_by_night(policy.set_rules, sets):
        keep &= verdicts == Verdict.MET
    return chosen_sets(sets, keep)


def chosen_sets(sets: Sets, keep: npt.NDArray[np.bool_] | Integers) -> Sets:
    """Some of the sets."""
    return Sets(
        register=sets.register, groups=sets.groups, group=sets.group[keep], home=sets.home[keep], mask=sets.mask[keep]
    )


def sums_over_children(sets: Sets, values: npt.NDArray[np.signedinteger[Any]], rows: dict[str, int]) -> Integers:
    """Sum over each set's children of a value per pair; `values` is (children, homes)."""
    total = np.zeros(sets.group.shape, dtype=np.int64)
    widest = max((len(group.children) for group in sets.groups), default=0)
    for i in range(widest):
        row = np.array(
            [rows[group.children[i]] if i < len(group.children) else 0 for group in sets.groups], dtype=np.int64
        )
        inside = (sets.mask >> i & 1) == 1
        total[inside] += values[row[sets.group[inside]], sets.home[inside]]
    return total
