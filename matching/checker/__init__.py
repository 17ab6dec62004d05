"""Reads a plan by itself: child by child, home by home, in plain Python, sharing nothing with the solver."""

from matching.checker.home_checks import SET_CHECKS
from matching.checker.pair_checks import PAIR_CHECKS
from matching.checker.plan_checks import check_plan, count_goals, read_pair, read_set

__all__ = ["PAIR_CHECKS", "SET_CHECKS", "check_plan", "count_goals", "read_pair", "read_set"]
