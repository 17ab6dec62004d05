"""Exact solution of a (reduced) problem: HiGHS where values are moderate, CP-SAT for lots and as second opinion."""

import numpy as np
import numpy.typing as npt
from ortools.sat.python import cp_model
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp

from matching.solver.prices import Held, child_rows, triple_rows
from matching.solver.problem import Integers, Problem

Chosen = npt.NDArray[np.int64]


def by_highs(
    problem: Problem, value: Integers, held: Held, keep: Chosen, seconds: float | None
) -> tuple[Chosen | None, bool]:
    """Best blocks among `keep` with HiGHS, and whether that was proven within the time."""
    packing = sparse.vstack([problem.rows, child_rows(problem), triple_rows(problem)], format="csc")[:, keep].tocsr()
    limits = np.concatenate([problem.row_limit, np.ones(packing.shape[0] - problem.row_limit.size)])
    busy = np.diff(packing.indptr) > 1
    constraints = [LinearConstraint(packing[busy], -np.inf, limits[busy])]
    if held.targets.size:
        constraints.append(
            LinearConstraint(sparse.csr_array(held.values[:, keep].astype(np.float64)), held.targets, np.inf)
        )
    limit = 1e9 if seconds is None else max(seconds, 0.01)
    found = milp(
        -value[keep].astype(np.float64),
        constraints=constraints,
        integrality=np.ones(keep.size, dtype=np.int64),
        bounds=Bounds(0, _upper(problem, keep)),
        options={"mip_rel_gap": 0.0, "time_limit": limit},
    )
    if found.x is None:
        return None, found.status == 2
    return keep[np.asarray(found.x) > 0.5], found.status == 0


def _upper(problem: Problem, keep: Chosen) -> npt.NDArray[np.float64]:
    """Blocks that alone exceed a row can never be chosen."""
    over = problem.row_use > problem.row_limit[problem.row_index]
    upper = np.ones(problem.blocks)
    upper[problem.row_block[over]] = 0.0
    return upper[keep]


def by_cp_sat(
    problem: Problem, value: Integers, held: Held, keep: Chosen, seconds: float | None, hint: Chosen | None = None
) -> tuple[Chosen | None, bool]:
    """Best blocks among `keep` with CP-SAT (one worker, level 2), and whether that was proven within the time."""
    model = cp_model.CpModel()
    chosen = [model.new_bool_var("") for _ in range(keep.size)]
    _pack(model, chosen, problem, keep)
    for values, target in zip(held.values[:, keep], held.targets, strict=True):
        at = np.flatnonzero(values)
        model.add(cp_model.LinearExpr.weighted_sum([chosen[i] for i in at], values[at].tolist()) >= int(target))
    model.maximize(cp_model.LinearExpr.weighted_sum(chosen, value[keep].tolist()))
    if hint is not None:
        wanted = np.isin(keep, hint)
        for variable, on in zip(chosen, wanted.tolist(), strict=True):
            model.add_hint(variable, on)
    return _solved(model, chosen, keep, seconds)


def _pack(model: cp_model.CpModel, chosen: list[cp_model.IntVar], problem: Problem, keep: Chosen) -> None:
    children = child_rows(problem).tocsc()[:, keep].tocsr()
    for row in range(children.shape[0]):
        at = children.indices[children.indptr[row] : children.indptr[row + 1]]
        if at.size > 1:
            model.add_at_most_one([chosen[i] for i in at])
    rows = problem.rows.tocsc()[:, keep].tocsr()
    for row in range(rows.shape[0]):
        span = slice(rows.indptr[row], rows.indptr[row + 1])
        at, use = rows.indices[span], rows.data[span].astype(np.int64)
        if use.sum() > problem.row_limit[row]:
            model.add(
                cp_model.LinearExpr.weighted_sum([chosen[i] for i in at], use.tolist()) <= int(problem.row_limit[row])
            )


def _solved(
    model: cp_model.CpModel, chosen: list[cp_model.IntVar], keep: Chosen, seconds: float | None
) -> tuple[Chosen | None, bool]:
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.linearization_level = 2
    solver.parameters.random_seed = 0
    if seconds is not None:
        solver.parameters.max_time_in_seconds = max(seconds, 0.01)
    status = solver.solve(model)
    if status == cp_model.INFEASIBLE:
        return None, True
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return None, False
    on = np.array([solver.boolean_value(variable) for variable in chosen], dtype=bool)
    return keep[on], status == cp_model.OPTIMAL
