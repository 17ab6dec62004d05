"""For every child and home one answer: proposed, ruled out, possible if, used better elsewhere, or not known."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np

from matching.again import Base, Outcome, allowing, holding, pinned, positions, positions_of_all, quickly_pinned
from matching.candidates import Candidates, changed, judge_pairs
from matching.describe import blockers_of, group_position, must_go_with, placement_of
from matching.domain import Decision, Level, Verdict
from matching.errors import PlanRefused
from matching.explain import (
    CannotBeForced,
    Explanation,
    GoalCost,
    NotKnown,
    Proposed,
    RuledOut,
    Then,
    UsedElsewhere,
    staying,
)
from matching.pairs import Pairs, Register, Side
from matching.plan import Reason
from matching.solver import Packing, Problem, Solution, Warm

MOST_WAYS = 3
MOST_TRIED = 3  # choices of brothers and sisters who could join
MANY = 10_000  # sets; with more, a plan is told with the most that it may cost, and one way is verified


@dataclass(frozen=True, kw_only=True)
class Change:
    """One thing that must change: a decision by a role in `by`, an answer, or (neither) a fact that nobody may lift."""

    reason: Reason

    @property
    def decision(self) -> bool:
        """Whether a named role may open it."""
        return self.reason.verdict is Verdict.NOT_MET and self.reason.level is Level.NEEDS_DECISION

    @property
    def answer(self) -> bool:
        """Whether it is only not known."""
        return self.reason.verdict is Verdict.NOT_KNOWN

    @property
    def never(self) -> bool:
        """Whether it stands as long as the facts are what they are."""
        return not self.decision and not self.answer

    @property
    def by(self) -> tuple[str, ...]:
        """Roles of which one may decide."""
        return self.reason.may_be_lifted_by if self.decision else ()


@dataclass(frozen=True, kw_only=True)
class Way:
    """The smallest set of changes for these children to live in the home together; none of them can be left out.

    `then` is what follows, by planning again with all of them made; `None` where a change is not lawful, or a number
    would have to be known first.
    """

    children: tuple[str, ...]
    changes: tuple[Change, ...]
    then: Then | CannotBeForced | None = None

    @property
    def lawful(self) -> bool:
        """Whether decisions and answers alone would do."""
        return not any(change.never for change in self.changes)


@dataclass(frozen=True, kw_only=True)
class WhatItTakes:
    """The answer for one child and home; `ways` is empty where the home is proposed or possible already."""

    child: str
    home: str
    answer: Explanation
    ways: tuple[Way, ...] = ()


def what_it_takes(base: Base, child: str, home: str) -> WhatItTakes:
    """Where a child stands with a home, and what would have to change.

    Raises `UnknownReference` for a child who needs no home, or a home that is not there.
    """
    base.ready.caseload.home(home)
    holding(base, child)  # refuses a child who needs no home
    group = base.found.groups[group_position(base.found, child)]
    if base.home_of.get(child) == home:
        coming = [ref for ref, where in base.home_of.items() if where == home]
        proposed = Proposed(placement=placement_of(base.found, child, home, coming))
        return WhatItTakes(child=child, home=home, answer=proposed)
    column = base.found.register.home_index[home]
    reasons = blockers_of(base.found, must_go_with(group, child), column)
    if not reasons:
        return WhatItTakes(child=child, home=home, answer=_cost(base, child, home))
    barred = any(reason.verdict is Verdict.NOT_MET for reason in reasons)
    answer = RuledOut(reasons=reasons) if barred else NotKnown(questions=reasons)
    return WhatItTakes(child=child, home=home, answer=answer, ways=_ways(base, child, home))


def _cost(base: Base, child: str, home: str) -> Explanation:
    """What putting the child there would cost whom, by planning again."""
    ask = quickly_pinned if base.problem.blocks > MANY else pinned
    try:
        then = ask(base, {child: home})
    except PlanRefused as refusal:
        return CannotBeForced(reason=str(refusal))
    both = zip(base.problem.goals, base.solution.achieved, then.solution.achieved, strict=True)
    proven = base.proven and then.proven
    costs = tuple(GoalCost(goal=goal, loses=was - would, proven=proven) for goal, was, would in both)
    users = tuple(sorted(ref for ref, where in base.home_of.items() if where == home))
    moves = _moves(base, then, (child,))
    return UsedElsewhere(costs=costs, by=users, moves=moves, staying=staying(base.found, moves))


def _moves(base: Base, then: Outcome, besides: Sequence[str]) -> tuple[tuple[str, str | None], ...]:
    was, would = base.home_of, then.home_of
    return tuple((c, would.get(c)) for c in sorted({*was, *would} - set(besides)) if was.get(c) != would.get(c))


def _ways(base: Base, child: str, home: str) -> tuple[Way, ...]:
    """The smallest sets of changes, lawful ones first; none that asks for all that another asks for, and more."""
    ways: list[Way] = []
    for way in sorted(_every_way(base, child, home), key=_effort):
        if not any(_asks(less) <= _asks(way) for less in ways):
            ways.append(way)
    verified = 1 if base.problem.blocks > MANY else MOST_WAYS
    return tuple(replace(w, then=_then(base, w, home)) if i < verified else w for i, w in enumerate(ways[:MOST_WAYS]))


def _every_way(base: Base, child: str, home: str) -> list[Way]:
    """What stands in the way of the child with each choice of brothers and sisters."""
    column = base.found.register.home_index[home]
    members = base.found.groups[group_position(base.found, child)].children
    others = [ref for ref in members if ref != child]
    ways = []
    for size in range(len(others) + 1):
        for some in combinations(others, size):
            together = tuple(ref for ref in members if ref == child or ref in some)
            changes = tuple(Change(reason=reason) for reason in blockers_of(base.found, together, column))
            if changes:
                ways.append(Way(children=together, changes=changes))
    return ways


def _effort(way: Way) -> tuple[bool, int, int, tuple[str, ...]]:
    return (not way.lawful, len(way.changes), len(way.children), way.children)


def _asks(way: Way) -> frozenset[Reason]:
    return frozenset(change.reason for change in way.changes)


def _then(base: Base, way: Way, home: str) -> Then | CannotBeForced | None:
    """What follows when all changes of a way are made."""
    if not way.lawful or any(change.answer and change.reason.code == "nights-asked" for change in way.changes):
        return None  # which nights must be known first
    found, problem = applied(base, way.children, home, way.changes)
    if not _together(found, way.children, home):
        return None  # a number of places or beds that is not known must be known first
    try:
        then = _forced(base, found, problem, way.children, home)
    except PlanRefused:
        return CannotBeForced(reason=f"Even then no plan has them at {home}.")
    was, would = base.home_of, then.home_of
    return Then(
        placed=(len(was), len(would)),
        without=tuple(sorted(set(was) - set(would))),
        moves=_moves(base, then, way.children),
        proven=base.proven and then.proven,
    )


def applied(base: Base, children: Sequence[str], home: str, changes: Sequence[Change]) -> tuple[Candidates, Problem]:
    """Candidates and problem with the decisions recorded, and every rule about one child that is asked about met.

    Decisions are recorded by the first role that may take them, on the caseload's date.
    """
    found, caseload = base.found, base.ready.caseload
    decisions = [_decision(base, c, ref, home) for c in changes if c.decision for ref in children]
    register = Register(caseload.with_changes(decisions=(*caseload.decisions, *decisions)))
    register.homes, register.vocabularies = found.register.homes, found.register.vocabularies
    register.memory = found.register.memory  # the children are as they were
    some = [caseload.child_by_ref[ref] for ref in children]
    part = judge_pairs(Pairs(register.caseload, Side(some, register.vocabularies), register.homes), found.policy)
    verdicts, column = found.judged.verdicts.copy(), register.home_index[home]
    verdicts[:, [found.row_of_child[ref] for ref in children]] = part.verdicts
    answered = {c.reason.code for c in changes if c.answer}
    for at, rule in enumerate(found.policy.rules):
        if rule.code in answered:
            for ref in children:
                row = found.row_of_child[ref]
                if verdicts[at, row, column] == Verdict.NOT_KNOWN:
                    verdicts[at, row, column] = Verdict.MET
    judged = replace(found.judged, verdicts=verdicts)
    group = group_position(found, children[0])
    return changed(found, base.problem, judged, groups=(group,), homes=(column,), register=register)


def _decision(base: Base, change: Change, child: str, home: str) -> Decision:
    return Decision(
        rule=change.reason.code,
        child=child,
        home=home,
        role=change.by[0],
        reason="what if",
        decided_on=base.ready.caseload.as_of,
    )


def _together(found: Candidates, children: Sequence[str], home: str) -> bool:
    """Whether the home could now take exactly these children as a set."""
    group = group_position(found, children[0])
    mask = sum(1 << found.groups[group].children.index(ref) for ref in children)
    sets = found.sets
    return bool(((sets.group == group) & (sets.mask == mask) & (sets.home == found.register.home_index[home])).any())


def _forced(base: Base, found: Candidates, problem: Problem, children: Sequence[str], home: str) -> Outcome:
    """The best plan with the children there; of a large problem, a good one and the most that it may cost."""
    there = Outcome(found=found, problem=problem, solution=base.solution)
    pins = dict.fromkeys(children, home)
    if problem.blocks <= MANY:
        return pinned(there, pins)
    quick = _around(base, problem, children, home)
    if quick is not None:
        return Outcome(found=found, problem=problem, solution=quick)
    solution = replace(base.solution, chosen=positions(base.problem, base.solution.chosen, problem))
    keep, must = allowing(there, pins)
    return Outcome(
        found=found, problem=problem, solution=Warm(problem, solution, best=False, rounds=0).best(keep, must)
    )


def _around(base: Base, problem: Problem, children: Sequence[str], home: str) -> Solution | None:
    """The best plan for all others around these children in the home, by the base's warm problem.

    `None` where so many brothers or sisters could join them there that each choice would take too long.
    """
    there = problem.block_home == base.found.register.home_index[home]
    for child in children:
        there &= problem.holding(base.found.row_of_child[child])
    if not 0 < there.sum() <= MOST_TRIED:
        return None
    tried = [_around_block(base, problem, int(new)) for new in np.flatnonzero(there)]
    best = max(tried, key=lambda solution: solution.achieved)
    most = max(solution.bound for solution in tried)
    return replace(best, bound=most, proven=best.proven and all(solution.proven for solution in tried))


def _around_block(base: Base, problem: Problem, new: int) -> Solution:
    """The best plan with this block; the others keep what its home still has to give."""
    keep = base.problem.block_group != problem.block_group[new]
    keep |= (base.problem.block_mask & problem.block_mask[new]) == 0
    now = positions_of_all(base.problem, problem)
    used = problem.rows[:, [new]].toarray()[:, 0].astype(np.int64)
    rows = np.flatnonzero(used)
    left = Packing(problem.rows[rows][:, now].astype(np.int64), problem.row_limit[rows] - used[rows])
    others = base.warm.best(keep, beside=left)
    worth = problem.goal_values[:, new].tolist()
    return replace(
        others,
        chosen=tuple(sorted([*now[list(others.chosen)].tolist(), new])),
        achieved=tuple(a + b for a, b in zip(others.achieved, worth, strict=True)),
        bound=tuple(a + b for a, b in zip(others.bound, worth, strict=True)),
    )
