"""A plan near one that is known, for who cannot wait for the best: goals are held, and of one as much as is found is kept."""

from collections.abc import Sequence

import numpy as np

from matching.solver.exact import by_cp_sat
from matching.solver.problem import Held, Problem, Solution
from matching.solver.search import lawful


def near(
    problem: Problem, known: Solution, least: Sequence[int], seconds: float | None
) -> tuple[Solution | None, bool]:
    """A plan that reaches the `least` of the first goals, with as much of the last of them as is found in the time.

    The search begins at the plan that is `known`, the best of the problem with fewer rows. Without a plan: whether it is
    sure that there is none. A plan is never said to be proven in every goal.
    """
    goals, held_goals = len(problem.goals), len(least)
    targets = np.array([*least, *[0] * (goals - held_goals)], dtype=np.int64)
    held = Held(problem.goal_values, targets, np.arange(goals) < held_goals)
    value, every = problem.goal_values[held_goals - 1], np.arange(problem.blocks)
    hint = np.array(known.chosen, dtype=np.int64)
    chosen, done = by_cp_sat(problem, value, held, every, seconds, hint)
    if chosen is None or not lawful(problem, held, chosen):
        return None, done and chosen is None
    achieved = tuple(problem.goal_values[:, chosen].sum(axis=1).tolist())
    bound = tuple(max(pair) for pair in zip(achieved, known.achieved, strict=True))
    return Solution(chosen=tuple(chosen.tolist()), achieved=achieved, bound=bound, proven=False), done
