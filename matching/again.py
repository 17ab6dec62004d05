"""Solving again: the best plan if one thing were otherwise, beside the best plan as things are."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt

from matching.candidates import Candidates, changed, opened, problem_from
from matching.checker import check_plan
from matching.describe import group_position, moving_from
from matching.domain import Tie
from matching.errors import PlanRefused, UnknownReference
from matching.io.plan_json import ToldPlan
from matching.planning import Prepared, decide, placed_by
from matching.solver import Floors, Limits, Packing, Problem, Solution, Tight, Warm, solve

Flags = npt.NDArray[np.bool_]
Integers = npt.NDArray[np.int64]


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What a solution means: who would live where, and what each goal reaches; `proven` if nothing better exists."""

    found: Candidates
    problem: Problem
    solution: Solution

    @property
    def proven(self) -> bool:
        """Whether every goal is proven."""
        return self.solution.proven

    @property
    def achieved(self) -> dict[str, int]:
        """What each goal reaches, in order."""
        return dict(zip(self.problem.goals, self.solution.achieved, strict=True))

    @property
    def home_of(self) -> dict[str, str]:
        """Home by child."""
        return dict(placed_by(self.found, self.problem, self.solution))

    @property
    def told(self) -> ToldPlan:
        """As a plan that can be compared."""
        home_of, seeking = self.home_of, self.found.row_of_child
        lives = [(c, moving_from(self.found.register.caseload, c)) for c in seeking if c not in home_of]
        return ToldPlan(
            placements=tuple(home_of.items()),
            caseload="",
            policy="",
            goals=tuple(self.achieved.items()),
            staying=tuple((child, home) for child, home in lives if home is not None),
        )


@dataclass(frozen=True, kw_only=True)
class Base(Outcome):
    """A caseload planned once, kept so that asking again is quick."""

    ready: Prepared

    @cached_property
    def warm(self) -> Warm:
        """The problem kept warm, made when it is first asked."""
        return Warm(self.problem, self.solution)

    @cached_property
    def tight(self) -> Tight:
        """The rows that tell its plan from all others, found when a home first says no."""
        return Tight(self.problem, self.solution)


def base_of(ready: Prepared, limits: Limits | None = None) -> Base:
    """The best plan as things are."""
    solved = decide(ready, {}, limits or Limits())
    return Base(ready=ready, found=ready.found, problem=solved.problem, solution=solved.solution)


def solved_again(
    base: Outcome, problem: Problem, limits: Limits | None = None, found: Candidates | None = None, floors: Floors = ()
) -> Outcome:
    """The best plan of a problem made from the base's; raises `PlanRefused` when it asks for what cannot be."""
    return Outcome(found=found or base.found, problem=problem, solution=solve(problem, limits, floors))


def pinned(base: Outcome, pins: Mapping[str, str | None], limits: Limits | None = None) -> Outcome:
    """The best plan with some children in a home, or (`None`) in none; equal plans in the order of the lot."""
    keep, must = allowing(base, pins)
    return solved_again(base, base.problem.restricted(keep, must), limits)


def quickly_pinned(base: Base, pins: Mapping[str, str | None], beside: Packing | None = None) -> Outcome:
    """The same in hundredths of a second; among equal plans one that is near the base's.

    Where it is not `proven`, no plan was proven better: what it loses against the base is the most that is lost, goals
    taken in order. Goals after suitability are told as found. `beside` are rows that the plan must keep too. Raises
    `PlanRefused` when the pins cannot be kept.
    """
    keep, must = allowing(base, pins)
    if not keep.any():  # nothing is possible: there is no relaxation to keep warm
        return Outcome(found=base.found, problem=base.problem, solution=solve(base.problem.restricted(keep, must)))
    return Outcome(found=base.found, problem=base.problem, solution=base.warm.best(keep, must, beside=beside))


def without(base: Base, pairs: Collection[tuple[str, str]], limits: Limits | None = None) -> Outcome:
    """The plan when some pairs of a child and a home are ruled out, as after a refusal: the very plan that planning
    from nothing makes, the lot included, at a fraction of its time where little is lost against the base.
    """
    keep = np.ones(base.problem.blocks, dtype=bool)
    for child, home in pairs:
        keep &= ~(holding(base, child) & (base.problem.block_home == _column(base, home)))
    plain = base.proven and base.problem.held_back is None and not base.problem.must_place
    found = base.tight.without(keep) if plain and keep.any() else None
    if found is None:
        return solved_again(base, base.problem.restricted(keep), limits)
    return Outcome(found=base.found, problem=base.problem, solution=found)


def after_refusals(base: Base, ready: Prepared, limits: Limits | None = None) -> Base | None:
    """The best plan once homes have said no: `ready` is the base's caseload with refusals more, and nothing else.

    It is the very plan of `base_of(ready)`, found from the base's. `None` where the base is not proven or the caseloads
    differ in more than that.
    """
    before, now = base.ready.caseload, ready.caseload
    noes = now.ties[Tie.REFUSED] - before.ties[Tie.REFUSED]
    same = base.proven and base.ready.policy == ready.policy and before.same_but_for_refusals(now)
    if not same or before.ties[Tie.REFUSED] - now.ties[Tie.REFUSED]:
        return None
    told = without(base, [pair for pair in noes if pair[0] in base.found.row_of_child], limits)
    problem = problem_from(ready.found)
    chosen = np.flatnonzero(np.isin(positions_of_all(problem, told.problem), told.solution.chosen))
    solution = replace(told.solution, chosen=tuple(chosen.tolist()))
    return Base(ready=ready, found=ready.found, problem=problem, solution=solution)


def allowing(base: Outcome, pins: Mapping[str, str | None]) -> tuple[Flags, tuple[int, ...]]:
    """Blocks that keep the pins, and the positions of the children who must be placed."""
    keep = np.ones(base.problem.blocks, dtype=bool)
    for child, home in pins.items():
        keep &= ~holding(base, child) | (base.problem.block_home == _column(base, home))
    return keep, tuple(base.found.row_of_child[child] for child, home in pins.items() if home is not None)


def read_by_checker(base: Base, outcome: Outcome) -> None:
    """Have the independent checker read who would live where; raises `PlanRefused` when it finds a breach."""
    checked = check_plan(base.ready.caseload, list(outcome.home_of.items()), base.found.policy.settings)
    if not checked.sound:
        raise PlanRefused("The checker refused the plan:\n" + "\n".join(str(b.sentence) for b in checked.breaches))


def holding(base: Outcome, child: str) -> Flags:
    """Which blocks hold a child; raises `UnknownReference` for one who needs no home."""
    if child not in base.found.row_of_child:
        raise UnknownReference(
            f"Child {child!r} does not need a home in this caseload. Maybe they live in one already."
        )
    return base.problem.holding(base.found.row_of_child[child])


def _column(base: Outcome, home: str | None) -> int:
    return -1 if home is None else base.found.register.home_index[home]


def with_rules_met(base: Outcome, children: Sequence[str], home: str) -> Outcome:
    """The base with every rule about these children of one group and this home met, not yet solved again.

    Rules about all the children in the home together still hold: places, numbers, rooms, sibling plans.
    """
    group = group_position(base.found, children[0])
    judged = opened(base.found, children, home)
    found, problem = changed(base.found, base.problem, judged, groups=(group,))
    return replace(base, found=found, problem=problem)


def positions(before: Problem, chosen: Sequence[int], now: Problem) -> tuple[int, ...]:
    """Where the chosen blocks of one problem stand in another that has them too, with others."""
    return tuple(sorted(positions_of_all(before, now)[list(chosen)].tolist()))


def positions_of_all(before: Problem, now: Problem) -> Integers:
    """Where each block of one problem stands in another that has them all, and maybe others."""
    homes, widest = max(len(before.homes), 1), 1 << int(max(before.group_sizes.max(initial=1), 1))
    was, are = (_numbered(problem, homes, widest) for problem in (before, now))
    order = np.argsort(are)
    return order[np.searchsorted(are, was, sorter=order)]


def _numbered(problem: Problem, homes: int, widest: int) -> Integers:
    """One number for each block: its group, its children and its home."""
    group, mask, home = (x.astype(np.int64) for x in (problem.block_group, problem.block_mask, problem.block_home))
    return (group * widest + mask) * homes + home
