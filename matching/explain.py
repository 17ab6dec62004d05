"""Why this home, why not that one: reasons as data; what a choice would cost is proven by solving again."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from matching.candidates import Candidates, assuming
from matching.describe import blockers_of, group_position, moving_from, must_go_with, placement_of
from matching.domain import Verdict
from matching.errors import PlanRefused, UnknownReference
from matching.plan import Placement, Reason
from matching.planning import Prepared, decide, placed_by
from matching.solver import Limits


@dataclass(frozen=True, kw_only=True)
class GoalCost:
    """What a goal would lose (negative: gain) if the child went to the home after all; `proven` if both ends are."""

    goal: str
    loses: int
    proven: bool


@dataclass(frozen=True, kw_only=True)
class Proposed:
    """The plan proposes this home for this child."""

    placement: Placement


@dataclass(frozen=True, kw_only=True)
class RuledOut:
    """Rules stand in the way: every one of them."""

    reasons: tuple[Reason, ...]


@dataclass(frozen=True, kw_only=True)
class NotKnown:
    """Nothing known rules the home out, but these questions must be answered first."""

    questions: tuple[Reason, ...]


@dataclass(frozen=True, kw_only=True)
class UsedElsewhere:
    """The home would be possible; the plan uses it, or the child's place, better elsewhere.

    `costs` compares the plan with the best plan that puts the child there, goal by goal in order; the first
    goal that loses is why. `moves` are the children whose proposal would change, with the home they would have;
    `staying` says where those of them live on who would not move after all.
    """

    costs: tuple[GoalCost, ...]
    by: tuple[str, ...]
    moves: tuple[tuple[str, str | None], ...]
    staying: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, kw_only=True)
class CannotBeForced:
    """Every rule allows the home for these children alone, yet no plan can put them there."""

    reason: str


@dataclass(frozen=True, kw_only=True)
class Then:
    """What would follow if all that stands in the way of a near miss were settled; proven by solving again.

    `without` are children who have a home in the plan and would have none; `placed` is how many have one, before
    and after. `moves` are the other children whose proposal would change.
    """

    placed: tuple[int, int]
    without: tuple[str, ...]
    moves: tuple[tuple[str, str | None], ...]
    proven: bool


Explanation = Proposed | RuledOut | NotKnown | UsedElsewhere | CannotBeForced


def explain(
    ready: Prepared, home_of: dict[str, str], child: str, home: str, limits: Limits | None = None
) -> Explanation:
    """Why a plan does or does not propose this home for this child."""
    found = ready.found
    ready.caseload.home(home)
    if child not in found.row_of_child:
        ready.caseload.child(child)
        raise UnknownReference(
            f"Child {child!r} does not need a home in this caseload. Maybe they live in one already."
        )
    if home_of.get(child) == home:
        coming = [ref for ref, where in home_of.items() if where == home]
        return Proposed(placement=placement_of(found, child, home, coming))
    together = must_go_with(found.groups[group_position(found, child)], child)
    blockers = blockers_of(found, together, found.register.home_index[home])
    barred = tuple(reason for reason in blockers if reason.verdict is Verdict.NOT_MET)
    if barred:
        return RuledOut(reasons=blockers)
    if blockers:
        return NotKnown(questions=blockers)
    return _forced(ready, home_of, child, home, limits or Limits())


def what_then(
    ready: Prepared, home_of: dict[str, str], child: str, home: str, limits: Limits | None = None
) -> Then | CannotBeForced:
    """What the best plan would be if the rules between this child and this home were met or decided.

    The child goes with those whom the sibling plan keeps with them. Rules that nobody may lift are not asked here:
    the caller names a near miss.
    """
    together = must_go_with(ready.found.groups[group_position(ready.found, child)], child)
    opened = replace(ready, found=assuming(ready.found, together, home))
    try:
        solved = decide(opened, dict.fromkeys(together, home), limits or Limits())
    except PlanRefused:
        return CannotBeForced(reason=f"Even then {home} has no room for all who would go there.")
    then = dict(placed_by(opened.found, solved.problem, solved.solution))
    return Then(
        placed=(len(home_of), len(then)),
        without=tuple(sorted(set(home_of) - set(then))),
        moves=_moves(home_of, then, together),
        proven=solved.solution.proven,
    )


def _moves(home_of: dict[str, str], then: dict[str, str], besides: Sequence[str]) -> tuple[tuple[str, str | None], ...]:
    """Children whose home would be another one, or none."""
    others = sorted({*then, *home_of} - set(besides))
    return tuple((ref, then.get(ref)) for ref in others if then.get(ref) != home_of.get(ref))


def staying(found: Candidates, moves: Sequence[tuple[str, str | None]]) -> tuple[tuple[str, str], ...]:
    """Where those live on who are asked to move and would have no other home."""
    lives = [(child, moving_from(found.register.caseload, child)) for child, home in moves if home is None]
    return tuple((child, home) for child, home in lives if home is not None)


def _forced(ready: Prepared, home_of: dict[str, str], child: str, home: str, limits: Limits) -> Explanation:
    """Solve as it was and with the child in the home, and compare goal by goal."""
    free = decide(ready, {}, limits)
    try:
        forced = decide(ready, {child: home}, limits)
    except PlanRefused as refusal:
        return CannotBeForced(reason=str(refusal))
    proven = free.solution.proven and forced.solution.proven
    both = zip(ready.found.policy.goals, free.solution.achieved, forced.solution.achieved, strict=True)
    costs = tuple(GoalCost(goal=goal, loses=was - would, proven=proven) for goal, was, would in both)
    then = dict(placed_by(ready.found, forced.problem, forced.solution))
    users = tuple(sorted(ref for ref, where in home_of.items() if where == home))
    moves = _moves(home_of, then, (child,))
    return UsedElsewhere(
        costs=costs,
        by=users,
        moves=moves,
        staying=staying(ready.found, moves),
    )
