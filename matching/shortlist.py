"""For one child or sibling group: the homes to ring, in order, with reasons, questions and near misses."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from matching.candidates import Candidates, find_candidates
from matching.candidates.blocks import chosen_sets, sums_over_children
from matching.candidates.problem import lots
from matching.describe import blockers_of, blocking_codes, placement_of
from matching.domain import SiblingGroup, Verdict
from matching.errors import UnknownReference
from matching.pairs import Register
from matching.plan import NearMiss, Placement
from matching.policy import Policy
from matching.rules import Sets

EMERGENCY_TERMS = ("approved-ages", "approved-sex", "approved-care-type", "approved-number")
MOST_SHOWN = 5


@dataclass(frozen=True, kw_only=True)
class Option:
    """A home that could take all the children asked for, with what is said for each child.

    `age_of_confirmation` is in days on the caseload's date; `None` when nobody has confirmed the vacancy.
    """

    home: str
    children: tuple[Placement, ...]
    age_of_confirmation: int | None
    short_notice: bool | None
    only_in_emergency: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Shortlist:
    """Homes to ring in order, how many exist in all, the near misses, and why the others are not here.

    `ruled_out` counts homes by the code of each rule that stands in their way (a home counts under each).
    """

    children: tuple[str, ...]
    options: tuple[Option, ...]
    possible: int
    near_misses: tuple[NearMiss, ...]
    ruled_out: tuple[tuple[str, int], ...]
    homes_looked_at: int


def shortlist(
    register: Register, policy: Policy, children: Sequence[str], *, emergency: bool = False, most: int = MOST_SHOWN
) -> Shortlist:
    """The homes that could take these brothers and sisters together, best first.

    In an emergency, homes whose terms of approval do not fit follow the others: an approved carer may take
    a child outside the terms for up to 6 working days (2010 Regulations, regulation 23).
    """
    found = find_candidates(register, policy, (_one_group(register, children),))
    order, possible = _ordered(found, most)
    options = [_option(found, column) for column in order]
    codes = {
        column: blocking_codes(found, found.groups[0].children, column) for column in range(len(register.homes.items))
    }
    if emergency and len(options) < most:
        options += _tonight(found, codes, most - len(options))
    shown = {option.home for option in options}
    return Shortlist(
        children=found.groups[0].children,
        options=tuple(options),
        possible=possible,
        near_misses=_near(found, codes, shown),
        ruled_out=_tally(codes),
        homes_looked_at=len(codes),
    )


def _one_group(register: Register, children: Sequence[str]) -> SiblingGroup:
    """The children asked for, as one group to be kept whole."""
    caseload = register.caseload
    refs = tuple(sorted(dict.fromkeys(children)))
    seeking = {child.ref for child in caseload.seeking}
    for ref in refs:
        caseload.child(ref)
        if ref not in seeking:
            raise UnknownReference(
                f"Child {ref!r} lives in a home and no move is asked for. Maybe another child was meant."
            )
    groups = {caseload.child_by_ref[ref].sibling_group or f"only:{ref}" for ref in refs}
    if len(groups) > 1:
        raise UnknownReference(
            f"{', '.join(refs)} are not brothers and sisters. Ask for each sibling group on its own."
        )
    ref = groups.pop()
    whole = next(group for group in caseload.groups if group.ref == ref)
    return SiblingGroup(ref=ref, children=refs, settled=whole.settled, plan=whole.plan, subsets=whole.subsets)


def _whole_sets(found: Candidates) -> Sets:
    """The whole group in each home where every child is possible and the set is lawful."""
    group = found.groups[0]
    columns = np.flatnonzero((found.judged.verdict == Verdict.MET).all(axis=0)).astype(np.int64)
    full = np.full(columns.size, (1 << len(group.children)) - 1, dtype=np.int64)
    sets = Sets(register=found.register, groups=found.groups, group=np.zeros_like(columns), home=columns, mask=full)
    keep = np.ones(columns.size, dtype=bool)
    for rule in found.policy.set_rules:
        if rule.code != "sibling-plan":  # the officer chose whom to ask for together
            keep &= rule.judge(sets) == Verdict.MET
    return chosen_sets(sets, keep)


def _ordered(found: Candidates, most: int) -> tuple[list[int], int]:
    """Positions of the best homes, and how many are possible; equal homes stand in the order of the lot."""
    sets = _whole_sets(found)
    points = sums_over_children(sets, found.judged.total, found.row_of_child)
    order = np.lexsort((lots(found, sets), -points))
    return [int(sets.home[i]) for i in order[:most]], int(sets.home.size)


def _option(found: Candidates, column: int, only_in_emergency: tuple[str, ...] = ()) -> Option:
    home = found.register.homes.items[column].home
    since = home.confirmed_on
    return Option(
        home=home.ref,
        children=tuple(placement_of(found, ref, home.ref) for ref in found.groups[0].children),
        age_of_confirmation=None if since is None else (found.register.caseload.as_of - since).days,
        short_notice=home.short_notice,
        only_in_emergency=only_in_emergency,
    )


Codes = dict[int, list[tuple[str, bool]]]


def _tonight(found: Candidates, codes: Codes, most: int) -> list[Option]:
    """Homes that fit but for their terms of approval, best first."""
    fits = [c for c, blockers in codes.items() if blockers and all(code in EMERGENCY_TERMS for code, _ in blockers)]
    total = found.judged.total.sum(axis=0)
    chosen = sorted(fits, key=lambda c: (-int(total[c]), c))[:most]
    return [_option(found, c, tuple(code for code, _ in codes[c])) for c in chosen]


def _near(found: Candidates, codes: Codes, shown: set[str]) -> tuple[NearMiss, ...]:
    homes = found.register.homes.items
    total = found.judged.total.sum(axis=0)
    near = [c for c, b in codes.items() if b and all(liftable for _, liftable in b) and homes[c].home.ref not in shown]
    near.sort(key=lambda c: (len(codes[c]), -int(total[c]), c))
    children = found.groups[0].children
    return tuple(NearMiss(home=homes[c].home.ref, needs=blockers_of(found, children, c)) for c in near[:3])


def _tally(codes: Codes) -> tuple[tuple[str, int], ...]:
    tally: dict[str, int] = {}
    for blockers in codes.values():
        for code in {code for code, _ in blockers}:
            tally[code] = tally.get(code, 0) + 1
    return tuple(sorted(tally.items(), key=lambda item: (-item[1], item[0])))
