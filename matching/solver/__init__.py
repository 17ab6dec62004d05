"""The best plan by goals in order, proven: blocks, prices, regret filter, exact search, lot."""

from matching.solver.problem import Limits, Problem, Solution
from matching.solver.stages import Floors, solve
from matching.solver.warm import Warm

__all__ = ["Floors", "Limits", "Problem", "Solution", "Warm", "solve"]
