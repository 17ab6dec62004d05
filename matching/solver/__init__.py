"""The best plan by goals in order, proven: blocks, prices, regret filter, exact search, lot."""

from matching.solver.problem import Limits, Problem, Solution
from matching.solver.stages import solve

__all__ = ["Limits", "Problem", "Solution", "solve"]
