"""Clearly different plans that are nearly as good: what each gives up, goal by goal, and who would live elsewhere."""

from dataclasses import dataclass, replace

import numpy as np

from matching.again import Base, Outcome, read_by_checker, solved_again
from matching.candidates import GOAL_TITLES
from matching.difference import INSIDE, Difference, difference
from matching.errors import PolicyRefused
from matching.solver import Clock, Limits, Packing, Problem, near
from matching.wording import Sentence

MOST = 5
DIFFERENT = 3
NOT_KNOWN = Sentence("Whether there are more was not known within the time.")
LOSS = 500  # points; a criterion of weight 5 met in full for one child


@dataclass(frozen=True, kw_only=True)
class Alternative:
    """A plan beside the best: what it does otherwise, and what each goal loses (negative: gains) against the best.

    `equal` when no goal loses or gains: only the lot stands between the two. `proven` when nothing nearer to the best
    differs as clearly from all plans shown before.
    """

    plan: Outcome
    otherwise: Difference
    loses: tuple[tuple[str, int], ...]
    proven: bool

    @property
    def equal(self) -> bool:
        """Whether it is as good as the best in every goal."""
        return not any(lost for _, lost in self.loses)

    @property
    def sentences(self) -> tuple[Sentence, ...]:
        """What it gives up and what it gains, in words, then who would live elsewhere."""
        told = [Sentence("As good as the best plan in every goal; the order between them is by lot.")]
        return (*(told if self.equal else ()), *self.otherwise.sentences)


@dataclass(frozen=True, kw_only=True)
class Alternatives:
    """Plans clearly different from the best and from each other, best first; why there are no more.

    `goal` may lose up to `loss`; goals before it lose nothing. Two plans differ clearly when at least `different` sets
    of brothers and sisters (single children counted) who share a home in the one do not share it in the other.
    `in_time` unless the time was up before all of it was sure.
    """

    goal: str
    loss: int
    different: int
    plans: tuple[Alternative, ...]
    ended: Sentence
    in_time: bool = True


def alternatives(
    base: Base,
    *,
    goal: str | None = None,
    loss: int = LOSS,
    different: int = DIFFERENT,
    most: int = MOST,
    limits: Limits | None = None,
) -> Alternatives:
    """Up to `most` plans, each the best that differs clearly from all before it.

    The seconds of `limits` are for all of them, each may take an equal share of what is left; where that is not enough
    for the best, one near the base's plan that gives up no more is shown, not proven. Raises `PolicyRefused` for a goal that the policy does not name, and `PlanRefused` when the checker finds a breach.
    """
    goal = goal or _last_of_the_child(base.problem.goals)
    if goal not in base.problem.goals:
        raise PolicyRefused(f"The policy has no goal {goal!r}. Its goals are: {', '.join(base.problem.goals)}.")
    limits, asked = limits or Limits(), _Asked(base, goal, loss, different)
    clock, problem, shown, found = Clock.started(limits), base.problem, base.solution.chosen, list[Alternative]()
    ended, sure = Sentence.of("Shown are the first {most}; there may be more.", most=most), True
    while len(found) < most:
        problem = _apart_from(problem, shown, different)
        plan, sure = asked.best_of(problem, shown, _share(limits, clock, most - len(found)))
        if plan is None:
            ended = _no_more(goal, loss) if sure else NOT_KNOWN
            break
        read_by_checker(base, plan)
        found.append(_told(base, plan))
        shown = plan.solution.chosen
    in_time = sure and all(one.proven for one in found)
    return Alternatives(goal=goal, loss=loss, different=different, plans=tuple(found), ended=ended, in_time=in_time)


@dataclass(frozen=True)
class _Asked:
    """What is asked of another plan."""

    base: Base
    goal: str
    loss: int
    different: int

    def best_of(self, problem: Problem, shown: tuple[int, ...], limits: Limits) -> tuple[Outcome | None, bool]:
        """The best plan of the problem if it is good enough, and whether that is sure; in half of the time, then one near."""
        half = limits if limits.seconds is None else replace(limits, seconds=limits.seconds / 2)
        plan = self._soon(problem) or solved_again(self.base, problem, half)
        if not plan.proven and not self._good(plan, shown):
            return self._near(problem, shown, half)
        return (plan if self._good(plan, shown) else None), self.base.proven and plan.proven

    def _good(self, plan: Outcome, shown: tuple[int, ...]) -> bool:
        return _differs(plan, shown, self.different) and not _gives_up_too_much(self.base, plan, self.goal, self.loss)

    def _soon(self, problem: Problem) -> Outcome | None:
        """The best plan, where the prices that prove the base's lead to it."""
        base = self.base.problem
        if not self.base.proven or base.held_back is not None or base.must_place or not base.blocks:
            return None
        new = np.arange(base.row_limit.size, problem.row_limit.size)
        found = self.base.tight.beside(Packing(problem.rows[new].astype(np.int64), problem.row_limit[new]))
        return None if found is None else Outcome(found=self.base.found, problem=problem, solution=found)

    def _near(self, problem: Problem, shown: tuple[int, ...], limits: Limits) -> tuple[Outcome | None, bool]:
        """A plan that gives up little enough, looked for from the base's on."""
        at, reached = problem.goals.index(self.goal), self.base.solution.achieved
        if problem.held_back is not None:
            return None, False
        found, sure = near(problem, self.base.solution, [*reached[:at], reached[at] - self.loss], limits.seconds)
        if found is None:
            return None, self.base.proven and sure
        plan = Outcome(found=self.base.found, problem=problem, solution=found)
        return (plan if self._good(plan, shown) else None), False


def _share(limits: Limits, clock: Clock, among: int) -> Limits:
    """An equal share of the seconds that are left."""
    left = clock.left()
    return limits if left is None else replace(limits, seconds=max(left, 0.0) / among)


def _last_of_the_child(goals: tuple[str, ...]) -> str:
    return "suitability" if "suitability" in goals else goals[-1]


def _apart_from(problem: Problem, chosen: tuple[int, ...], different: int) -> Problem:
    """At least so many of the chosen sets are not chosen again."""
    return problem.with_row(np.array(chosen, dtype=np.int64), max(0, len(chosen) - different))


def _differs(plan: Outcome, shown: tuple[int, ...], different: int) -> bool:
    """Whether a plan with fewer sets than that can differ so clearly at all."""
    return len(set(shown) - set(plan.solution.chosen)) >= different


def _gives_up_too_much(base: Base, plan: Outcome, goal: str, loss: int) -> bool:
    for code, was, would in zip(base.problem.goals, base.solution.achieved, plan.solution.achieved, strict=True):
        if code == goal:
            return was - would > loss
        if would < was:
            return True
    return False


def _told(base: Base, plan: Outcome) -> Alternative:
    both = zip(base.problem.goals, base.solution.achieved, plan.solution.achieved, strict=True)
    return Alternative(
        plan=plan,
        otherwise=difference(base.told, plan.told),
        loses=tuple((code, was - would) for code, was, would in both),
        proven=base.proven and plan.proven,
    )


def _no_more(goal: str, loss: int) -> Sentence:
    if goal == INSIDE:
        return Sentence("No other plan is clearly different and suits the children nearly as well.")
    template = "No other plan is clearly different and loses no more than {loss} of: {title}."
    return Sentence.of(template, loss=loss, title=GOAL_TITLES.get(goal, goal).lower())
