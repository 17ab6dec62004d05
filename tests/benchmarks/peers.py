"""Peers to be measured beside the solver: what a capable developer would write first."""

import time
from collections.abc import Sequence
from itertools import combinations

import numpy as np
from ortools.sat.python import cp_model
from scipy import sparse
from scipy.optimize import LinearConstraint, linear_sum_assignment, milp

from matching.candidates import Candidates, problem_from
from matching.domain import Deadline, SiblingPlan, Tie, Verdict
from matching.solver import Problem

Placed = list[tuple[str, str]]
PLACED, TOGETHER = 10_000, 3_000  # points for a child placed (twice for an urgent one) and for a pair kept together


def free_places(found: Candidates) -> list[int]:
    """Usable places of each home."""
    return [household.home.places_free or 0 for household in found.register.homes.items]


def one_by_one(found: Candidates) -> Placed:
    """First come, first served: each group in turn goes whole where it earns most, else each child alone."""
    left, placed, homes = free_places(found), [], found.register.homes.items
    possible, points = found.judged.verdict == Verdict.MET, found.judged.total
    for group in found.groups:
        rows = [found.row_of_child[ref] for ref in group.children]
        parts = [rows] if group.plan is SiblingPlan.TOGETHER_REQUIRED else [rows, *([row] for row in rows)]
        for part in parts:
            if any(ref in dict(placed) for ref in (_ref(found, row) for row in part)):
                continue
            open_to = [h for h in range(len(homes)) if left[h] >= len(part) and possible[part, h].all()]
            if open_to:
                best = max(open_to, key=lambda h: (int(points[part, h].sum()), -h))
                left[best] -= len(part)
                placed += [(_ref(found, row), homes[best].home.ref) for row in part]
    return placed


def _ref(found: Candidates, row: int) -> str:
    return str(found.judged.pairs.children.items[row].ref)


def assignment(found: Candidates) -> Placed:
    """SciPy's assignment of single children to single places: blind to brothers, sisters and whom a child lives with."""
    slots = np.array([h for h, free in enumerate(free_places(found)) for _ in range(free)], dtype=np.int64)
    possible = found.judged.verdict == Verdict.MET
    worth = np.where(possible, PLACED + found.judged.total, 0)[:, slots]
    rows, columns = linear_sum_assignment(worth, maximize=True)
    homes = found.register.homes.items
    return [(_ref(found, r), homes[slots[c]].home.ref) for r, c in zip(rows, columns, strict=True) if worth[r, c] > 0]


def pairwise(found: Candidates, seconds: float) -> tuple[Placed, float]:
    """CP-SAT with its default settings and one variable for each child and home; the plan and its gap (a share).

    Home places, groups that must be together and children kept apart are rows; a pair kept together is a variable.
    """
    model, possible = cp_model.CpModel(), found.judged.verdict == Verdict.MET
    at = {(int(r), int(h)): model.new_bool_var("") for r, h in np.argwhere(possible)}
    worth = [(PLACED * (1 + _urgent(found, r)) + int(found.judged.total[r, h]), x) for (r, h), x in at.items()]
    for row in range(possible.shape[0]):
        model.add_at_most_one(at[row, h] for h in np.flatnonzero(possible[row]).tolist())
    for home, free in enumerate(free_places(found)):
        model.add(sum(at[r, home] for r in np.flatnonzero(possible[:, home]).tolist()) <= free)
    for one, other, kind in _pairs(found):
        worth += _bind(model, at, possible.shape[1], one, other, kind)
    model.maximize(sum(value * x for value, x in worth))
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = seconds
    if solver.solve(model) not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return [], 1.0
    homes = found.register.homes.items
    placed = [(_ref(found, r), homes[h].home.ref) for (r, h), x in at.items() if solver.boolean_value(x)]
    return placed, 1 - solver.objective_value / max(solver.best_objective_bound, 1.0)


def highs_on_blocks(found: Candidates, seconds: float) -> tuple[Placed, str]:
    """HiGHS alone on the very blocks and rows of this solver, goal after goal, each held for the next; and its proof.

    No prices, no filter, no cuts, no lot: what the formulation is worth by itself.
    """
    problem, began = problem_from(found), time.perf_counter()
    rows, chosen = [_one_block_a_child(problem), LinearConstraint(problem.rows, ub=problem.row_limit)], np.zeros(0)
    for number, value in enumerate(problem.goal_values.astype(np.float64)):
        left = seconds - (time.perf_counter() - began)
        options = {"time_limit": max(left, 0.1), "mip_rel_gap": 0.0}
        solved = milp(-value, constraints=rows, integrality=np.ones(problem.blocks), bounds=(0, 1), options=options)
        chosen = chosen if solved.x is None else np.rint(solved.x)
        if solved.status != 0:
            return _of_blocks(found, problem, chosen), f"{number} of {len(problem.goals)} goals after {seconds:.0f} s"
        rows.append(LinearConstraint(value[None, :], lb=float(value @ chosen)))
    return _of_blocks(found, problem, chosen), "proven, every goal, no lot"


def _one_block_a_child(problem: Problem) -> LinearConstraint:
    rows = [problem.holding(child) for child in range(len(problem.children))]
    return LinearConstraint(sparse.csr_array(np.array(rows, dtype=np.float64)), ub=1.0)


def _of_blocks(found: Candidates, problem: Problem, chosen: np.ndarray) -> Placed:
    placed = []
    for block in np.flatnonzero(chosen > 0.5):
        members, home = found.groups[problem.block_group[block]].children, problem.homes[problem.block_home[block]]
        placed += [(ref, home) for i, ref in enumerate(members) if int(problem.block_mask[block]) >> i & 1]
    return sorted(placed)


def _urgent(found: Candidates, row: int) -> bool:
    return found.judged.pairs.children.items[row].deadline in (Deadline.EMERGENCY, Deadline.STATUTORY)


def _pairs(found: Candidates) -> list[tuple[int, int, str]]:
    """Pairs of children whom a plan binds: required together, better together, or apart."""
    pairs = []
    apart = found.register.caseload.ties[Tie.APART]
    for group in found.groups:
        kind = "required" if group.plan is SiblingPlan.TOGETHER_REQUIRED else "together"
        kind = "apart" if group.plan.value.startswith("apart") else kind
        pairs += [(found.row_of_child[a], found.row_of_child[b], kind) for a, b in combinations(group.children, 2)]
    rows = found.row_of_child
    pairs += [(rows[a], rows[b], "apart") for a, b in sorted(apart) if a in rows and b in rows and a < b]
    return pairs


Variables = dict[tuple[int, int], cp_model.IntVar]


def _bind(
    model: cp_model.CpModel, at: Variables, homes: int, one: int, other: int, kind: str
) -> Sequence[tuple[int, cp_model.IntVar]]:
    worth = []
    for home in range(homes):
        both = [at.get((row, home)) for row in (one, other)]
        if kind == "required":
            model.add(sum(x for x in both[:1] if x is not None) == sum(x for x in both[1:] if x is not None))
        if both[0] is None or both[1] is None:
            continue
        if kind == "apart":
            model.add_at_most_one(both)
        elif kind == "together":
            kept = model.new_bool_var("")
            model.add_implication(kept, both[0])
            model.add_implication(kept, both[1])
            worth.append((TOGETHER, kept))
    return worth
