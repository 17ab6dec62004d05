"""Candidates of a large caseload, some groups at a time, so that nothing is as wide as all children times all homes.

Children of one authority are taken together, with the homes that have a place and that somebody of them could be
placed in; each rule is then asked only of the pairs that the rules before it left. What is left out breaks a rule, so no
lawful plan is lost. Rows are made some homes at a time.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from matching.candidates.blocks import Candidates, chosen_sets, lawful, of_the_day, sets_of
from matching.candidates.goals import GOAL_VALUES
from matching.candidates.reach import NEARNESS, Positions, chunks_of, homes_in_reach, tied_homes
from matching.candidates.rows import Flags, Narrow, Rows, clash_rows_of, firm_rows_of
from matching.candidates.verdicts import Judged, points_of
from matching.domain import SiblingGroup, Verdict
from matching.fan_out import fan_out
from matching.pairs import Pairs, Register
from matching.policy import Policy
from matching.rules import Rule, Sets, judge_with_decisions

Integers = npt.NDArray[np.int64]
HOMES = 250  # whose rows are made together
FIRST = (NEARNESS, "approved-ages", "approved-sex", "approved-care-type")  # rule out most, cheaply


@dataclass(frozen=True, kw_only=True)
class Made:
    """What chunks have worked out of every set: its worth to each goal (goals, sets); and the firm rows.

    Rows about children who may not live in one home are made when they are asked for; sets that take the `whole`
    of a home need none.
    """

    goal_values: Narrow
    rows: Rows
    whole: Flags


@dataclass(frozen=True)
class Clashing:
    """Rows about children who may not live in one home, for those sets of which they are asked."""

    sets: Sets
    policy: Policy
    whole: Flags

    def __call__(self, at: Integers, workers: int = 1) -> tuple[Integers, Integers, Integers, Integers]:
        """For these sets, as positions: each row's number, position among them and use; and each row's limit."""
        rows = rows_in_chunks(chosen_sets(self.sets, at), self.policy, workers, self.whole[at])
        return rows.number.astype(np.int64), rows.sets.astype(np.int64), rows.use.astype(np.int64), rows.limit


@dataclass(frozen=True, kw_only=True)
class Chunk:
    """Some groups with the homes within their reach, by position in the whole register."""

    found: Candidates
    homes: Positions


def find_in_chunks(register: Register, policy: Policy, workers: int = 1) -> tuple[Candidates, Made]:
    """Every set of every group that any lawful plan could hold, with all that the solver needs of it.

    The candidates' grid of verdicts is empty: reasons are asked chunk by chunk.
    """
    groups = register.caseload.groups
    policy = of_the_day(register, policy, groups)
    parts = fan_out(
        _sets_in_chunk,
        {number: (part,) for number, part in enumerate(chunks_of(register, policy))},
        shared=(register, policy),
        workers=workers,
    )
    told = _put_together(parts, {group.ref: g for g, group in enumerate(groups)})
    sets = Sets(register=register, groups=groups, group=told.group, home=told.home, mask=told.mask)
    rows = rows_in_chunks(sets, policy, workers)
    children = [ref for group in groups for ref in group.children]
    found = Candidates(
        register=register,
        policy=policy,
        groups=groups,
        row_of_child={ref: i for i, ref in enumerate(children)},
        judged=_nothing(register.pairs(())),
        sets=sets,
    )
    return found, Made(goal_values=told.values, rows=rows, whole=_taking_all(sets, rows))


@dataclass(frozen=True, slots=True)
class Told:
    """What a chunk tells of its sets, in as few bytes as will do: group, home, children, worth to each goal.

    Groups are by position in `refs`.
    """

    refs: tuple[str, ...]
    group: Narrow
    home: Narrow
    mask: Narrow
    values: Narrow


def narrow(values: Integers) -> Narrow:
    """The same whole numbers in as few bytes each as hold them all."""
    kinds = (np.int8, np.int16, np.int32, np.int64)
    least, most = int(values.min(initial=0)), int(values.max(initial=0))
    fits = (kind for kind in kinds if np.iinfo(kind).min <= least and most <= np.iinfo(kind).max)
    return np.asarray(values, dtype=next(fits))


def _put_together(parts: dict[int, Told], position: dict[str, int]) -> Told:
    """All sets in canonical order: by group, set, home. The parts are used up, so that nothing is held twice."""
    at = {number: np.array([position[ref] for ref in part.refs], dtype=np.int64) for number, part in parts.items()}
    count = np.zeros(len(position), dtype=np.int64)
    for number, part in parts.items():
        count[at[number]] = np.bincount(part.group, minlength=len(part.refs))
    starts, size = np.cumsum(count) - count, int(count.sum())
    goals = next((part.values.shape[0] for part in parts.values()), 0)
    home, mask, values = (
        np.zeros(shape, dtype=np.result_type(np.int8, *kinds))
        for shape, kinds in (
            (size, {part.home.dtype for part in parts.values()}),
            (size, {part.mask.dtype for part in parts.values()}),
            ((goals, size), {part.values.dtype for part in parts.values()}),
        )
    )
    for number in list(parts):
        part = parts.pop(number)
        order = np.lexsort((part.home, part.mask, part.group))
        group = part.group[order].astype(np.int64)
        first = np.searchsorted(group, np.arange(len(part.refs)))
        to = starts[at[number]][group] + np.arange(group.size) - first[group]
        home[to], mask[to], values[:, to] = part.home[order], part.mask[order], part.values[:, order]
    group = np.repeat(np.arange(len(position), dtype=np.int32), count)
    return Told(refs=tuple(position), group=group, home=home, mask=mask, values=values)


def _taking_all(sets: Sets, rows: Rows) -> Flags:
    """Sets that leave no room for any other in their home: by a row that every set of the home is in."""
    in_home = np.bincount(sets.home, minlength=len(sets.register.homes.items))
    first = np.cumsum(rows.size) - rows.size
    everybody = rows.size == in_home[sets.home[rows.sets[first]]]
    everybody &= np.minimum.reduceat(rows.use, first) > 0 if first.size else True
    whole = np.zeros(sets.group.size, dtype=bool)
    whole[rows.sets[np.repeat(everybody, rows.size) & (rows.use >= np.repeat(rows.limit, rows.size))]] = True
    return whole


def _sets_in_chunk(register: Register, policy: Policy, groups: tuple[SiblingGroup, ...]) -> Told:
    """The sets of some groups, homes by position in the whole register."""
    chunk = sifted(register, policy, groups)
    found = chunk.found
    values = np.array([GOAL_VALUES[code](found) for code in policy.goals], dtype=np.int64)
    return Told(
        refs=tuple(group.ref for group in groups),
        group=narrow(found.sets.group),
        home=narrow(chunk.homes[found.sets.home]),
        mask=narrow(found.sets.mask),
        values=narrow(values.reshape(len(policy.goals), found.sets.group.size)),
    )


def sifted(register: Register, policy: Policy, groups: Sequence[SiblingGroup]) -> Chunk:
    """The candidates of some groups, only whether every rule is met and with how many points in all."""
    chosen = tuple(groups)
    refs = [ref for group in chosen for ref in group.children]
    homes = homes_in_reach(register, policy, chosen)
    near = register.among(homes)
    judged = _sift(near.pairs([near.caseload.child_by_ref[ref] for ref in refs]), policy)
    rows = {ref: i for i, ref in enumerate(refs)}
    sets = lawful(sets_of(near, chosen, judged.verdict == Verdict.MET, rows, policy), policy)
    found = Candidates(register=near, policy=policy, groups=chosen, row_of_child=rows, judged=judged, sets=sets)
    return Chunk(found=found, homes=homes)


def _sift(pairs: Pairs, policy: Policy) -> Judged:
    """Each rule asked of the pairs that are left; points of those that meet all."""
    children, homes = (at.ravel() for at in np.indices(pairs.shape))
    for rule in sorted(policy.rules, key=_cheap_first):
        met = judge_with_decisions(rule, pairs.listed(children, homes)) == Verdict.MET
        children, homes = children[met], homes[met]
    judged, left = _nothing(pairs), pairs.listed(children, homes)
    judged.verdicts[0, children, homes] = Verdict.MET
    for criterion, weight in policy.criteria:
        judged.points[0, children, homes] += points_of(criterion, weight, left)[0]
    return judged


def _cheap_first(rule: Rule) -> int:
    return FIRST.index(rule.code) if rule.code in FIRST else len(FIRST)


def _nothing(pairs: Pairs) -> Judged:
    """No pair possible, and no points; one verdict for all rules."""
    return Judged(
        pairs=pairs,
        verdicts=np.full((1, *pairs.shape), Verdict.NOT_MET, dtype=np.int8),
        points=np.zeros((1, *pairs.shape), dtype=np.int32),
        unrated=np.zeros((0, *pairs.shape), dtype=np.bool_),
    )


def rows_in_chunks(sets: Sets, policy: Policy, workers: int = 1, whole: Flags | None = None) -> Rows:
    """The firm rows, or with `whole` those about clashes, some homes at a time: sets compete within one home."""
    parts = {number: (homes, narrow(at)) for number, (homes, at) in enumerate(_by_homes(sets))}
    made = fan_out(
        _rows_in_chunk,
        {
            number: (homes, sets.group[at], sets.home[at], sets.mask[at], None if whole is None else whole[at])
            for number, (homes, at) in parts.items()
        },
        shared=(sets.register, policy, sets.groups),
        workers=workers,
    )
    none = np.zeros(0, dtype=np.int8)
    return Rows(
        sets=np.concatenate([none, *(parts[number][1][rows.sets] for number, rows in made.items())]),
        use=np.concatenate([none, *(rows.use for rows in made.values())]),
        size=np.concatenate([none, *(rows.size for rows in made.values())]).astype(np.int64),
        limit=np.concatenate([none, *(rows.limit for rows in made.values())]).astype(np.int64),
    )


def _by_homes(sets: Sets) -> Iterator[tuple[Positions, Integers]]:
    many = len(sets.register.homes.items)
    # numpy sorts numbers of two bytes by counting, several times faster
    order = np.argsort(sets.home.astype(np.uint16 if many <= 1 << 16 else np.int64), kind="stable")
    homes, starts = np.unique(sets.home[order], return_index=True)
    for first in range(0, homes.size, HOMES):
        end = starts[first + HOMES] if first + HOMES < homes.size else order.size
        yield homes[first : first + HOMES].astype(np.intp), order[starts[first] : end]


def _rows_in_chunk(
    register: Register,
    policy: Policy,
    groups: tuple[SiblingGroup, ...],
    homes: Positions,
    group: Integers,
    home: Integers,
    mask: Integers,
    whole: Flags | None,
) -> Rows:
    present, number = np.unique(group, return_inverse=True)
    some = tuple(groups[g] for g in present.tolist())
    every = np.union1d(homes, tied_homes(register, some)).astype(np.intp)
    here = Sets(
        register=register.among(every),
        groups=some,
        group=number.astype(np.int64),
        home=np.searchsorted(every, home).astype(np.int64),
        mask=mask.astype(np.int64),
    )
    rows = Rows.of(firm_rows_of(here, policy) if whole is None else clash_rows_of(here, policy, whole))
    return Rows(narrow(rows.sets), narrow(rows.use), narrow(rows.size), narrow(rows.limit))
