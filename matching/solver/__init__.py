"""The best plan by goals in order, proven: blocks, prices, regret filter, exact search, lot."""

from importlib.metadata import version

from matching.solver.clock import Clock
from matching.solver.near import near
from matching.solver.packing import Packing
from matching.solver.problem import HeldBack, Limits, Problem, Solution
from matching.solver.sized import solve
from matching.solver.stages import Floors
from matching.solver.tight import Tight
from matching.solver.warm import Warm

ENGINES = ", ".join(f"{engine} {version(engine)}" for engine in ("ortools", "highspy"))

__all__ = [
    "ENGINES",
    "Clock",
    "Floors",
    "HeldBack",
    "Limits",
    "Packing",
    "Problem",
    "Solution",
    "Tight",
    "Warm",
    "near",
    "solve",
]
