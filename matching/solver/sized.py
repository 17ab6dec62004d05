"""How a problem is solved follows from its size alone; nobody chooses.

Parts that share no home are solved by themselves. A part is solved exactly, goal by goal with the lot, up to the size
where that ends in a minute; a larger one by prices and pieces, always with a proven gap.
"""

import numpy as np

from matching.errors import PlanRefused
from matching.solver.clock import Clock
from matching.solver.large import solve_large
from matching.solver.parts import parts_of, solve_parts
from matching.solver.problem import Limits, Problem, Solution
from matching.solver.stages import CANNOT_FORCE, Floors, solve_exactly, weights_of

MOST_GROUPS = 1_500  # of one part, with a block at all, that are solved exactly


def solve(problem: Problem, limits: Limits | None = None, floors: Floors = ()) -> Solution:
    """The best plan in the order of goals, with a bound for each; the tie is broken by the lot.

    `floors` are sums that the plan must reach: a value for each block, and the least sum. Raises `PlanRefused` when
    the children who must be placed cannot all be placed, or a floor cannot be reached.
    """
    limits = limits or Limits()
    if not problem.blocks:
        return _nothing_possible(problem, floors)
    if floors:
        return solve_exactly(problem.written_out(), limits, floors)
    parts = parts_of(problem)
    return solve_parts(problem, parts, solve_part, limits) if len(parts) > 1 else solve_part(problem, limits)


def solve_part(problem: Problem, limits: Limits) -> Solution:
    """One part, by the way that its size asks for."""
    if not problem.blocks:
        return _nothing_possible(problem, ())
    if np.count_nonzero(np.bincount(problem.block_group)) <= MOST_GROUPS:
        return solve_exactly(problem.written_out(), limits)
    clock = Clock.started(limits)
    return solve_large(problem, weights_of(problem), clock, limits)


def _nothing_possible(problem: Problem, floors: Floors) -> Solution:
    """The plan when no child could go anywhere."""
    if problem.must_place or any(least > 0 for _, least in floors):
        raise PlanRefused(CANNOT_FORCE)
    none = (0,) * len(problem.goals)
    return Solution(chosen=(), achieved=none, bound=none, proven=True)
