"""Exact solution of a (reduced) problem: HiGHS where values are moderate, CP-SAT for lots and as second opinion.

CP-SAT is imported by the functions that use it: it brings a table library along, and most commands never ask it.
"""

from typing import TYPE_CHECKING

import highspy
import numpy as np
import numpy.typing as npt
from scipy import sparse

from matching.solver.packing import Packing, family_rows, home_rows, joined
from matching.solver.problem import Held, Integers, Problem
from matching.solver.shortfall import Shortfall
from matching.solver.sifting import quiet

if TYPE_CHECKING:
    from ortools.sat.python import cp_model

HALF = 0.5


def rows_over(problem: Problem, keep: Integers) -> Packing:
    """Every row that blocks among `keep`, by position and in order, could break."""
    inside = np.zeros(problem.blocks, dtype=bool)
    inside[keep] = True
    part = problem.restricted(inside)
    return joined(home_rows(part), family_rows(part)).busy()


def by_highs(
    problem: Problem,
    value: Integers,
    held: Held,
    keep: Integers,
    seconds: float | None,
    cuts: Packing | None = None,
    nodes: int | None = None,
) -> tuple[Integers | None, bool]:
    """Best blocks among `keep` with HiGHS, and whether that was proven within the time and the `nodes` of its tree.

    `cuts` are rows over all blocks.
    """
    engine = quiet()
    for option in ("mip_rel_gap", "mip_abs_gap"):
        engine.setOptionValue(option, 0.0 if option == "mip_rel_gap" else HALF)
    if seconds is not None:
        engine.setOptionValue("time_limit", max(seconds, 0.01))
    if nodes is not None:
        engine.setOptionValue("mip_max_nodes", nodes)
    engine.passModel(_program(problem, value, held, keep, cuts))
    engine.run()
    status, found = engine.getModelStatus(), engine.getSolution()
    done = status == highspy.HighsModelStatus.kOptimal
    if not found.value_valid or engine.getInfo().primal_solution_status != 2:
        return None, bool(status == highspy.HighsModelStatus.kInfeasible)
    return keep[np.array(found.col_value) > HALF], bool(done)


def _program(problem: Problem, value: Integers, held: Held, keep: Integers, cuts: Packing | None) -> highspy.HighsLp:
    packing, (values, targets) = rows_over(problem, keep), held.active()
    if cuts is not None:
        packing = joined(packing, cuts.of_blocks(keep).busy())
    use = sparse.vstack([sparse.csr_array(values[:, keep]), packing.use], format="csc")
    model = highspy.HighsLp()
    model.num_col_, model.num_row_ = keep.size, use.shape[0]
    model.sense_ = highspy.ObjSense.kMaximize
    model.col_cost_ = value[keep].astype(np.float64)
    model.col_lower_, model.col_upper_ = np.zeros(keep.size), _most(problem, keep)
    model.row_lower_ = np.concatenate([targets - HALF, np.full(packing.size, -highspy.kHighsInf)])
    model.row_upper_ = np.concatenate([np.full(targets.size, highspy.kHighsInf), packing.limit.astype(np.float64)])
    model.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    model.a_matrix_.start_, model.a_matrix_.index_ = use.indptr.astype(np.int32), use.indices.astype(np.int32)
    model.a_matrix_.value_ = use.data.astype(np.float64)
    model.integrality_ = [highspy.HighsVarType.kInteger] * keep.size
    return model


def _most(problem: Problem, keep: Integers) -> npt.NDArray[np.float64]:
    """Blocks that alone exceed a row can never be chosen."""
    over = problem.row_use > problem.row_limit[problem.row_index]
    most = np.ones(problem.blocks)
    most[problem.row_block[over]] = 0.0
    return most[keep]


def by_cp_sat(
    problem: Problem,
    value: Integers,
    held: Held,
    keep: Integers,
    seconds: float | None,
    hint: Integers | None = None,
    short: Shortfall | None = None,
    effort: float | None = None,
) -> tuple[Integers | None, bool]:
    """Best blocks among `keep` with CP-SAT (one worker, level 2), and whether that was proven within the time.

    `short` tells again, in a form that is easier to search, a value that plans must reach. `effort` is a limit in
    CP-SAT's deterministic seconds, the same on any machine.
    """
    from ortools.sat.python import cp_model

    model = cp_model.CpModel()
    short = short if short is not None and short.covers(keep) else None
    keep = keep if short is None else short.possible(keep)
    chosen = [model.new_bool_var("") for _ in range(keep.size)]
    _pack(model, chosen, rows_over(problem, keep))
    if short is not None:
        _fall_short(model, chosen, keep, short)
    for values, target in zip(*held.active(), strict=True):
        at = np.flatnonzero(values[keep])
        model.add(cp_model.LinearExpr.weighted_sum([chosen[i] for i in at], values[keep][at].tolist()) >= int(target))
    model.maximize(cp_model.LinearExpr.weighted_sum(chosen, value[keep].tolist()))
    if hint is not None:
        for variable, on in zip(chosen, np.isin(keep, hint).tolist(), strict=True):
            model.add_hint(variable, on)
    return _solved(model, chosen, keep, seconds, effort)


def _fall_short(model: "cp_model.CpModel", chosen: "list[cp_model.IntVar]", keep: Integers, short: Shortfall) -> None:
    """What blocks and free units of rows lose is at most the room; a row that may lose nothing is full."""
    from ortools.sat.python import cp_model

    packing, prices, cost = short.priced(keep)
    exact, losses, weights = bool((cost >= 0).all()), list(chosen), cost.tolist()
    for row, (limit, price) in enumerate(zip(packing.limit.tolist(), prices.tolist(), strict=True)):
        span = slice(packing.use.indptr[row], packing.use.indptr[row + 1])
        used = cp_model.LinearExpr.weighted_sum(
            [chosen[i] for i in packing.use.indices[span]], packing.use.data[span].tolist()
        )
        free = model.new_int_var(0, min(limit, short.room // price) if exact else limit, "")
        model.add(used + free == limit)
        losses.append(free)
        weights.append(price)
    model.add(cp_model.LinearExpr.weighted_sum(losses, weights) <= short.room)


def _pack(model: "cp_model.CpModel", chosen: "list[cp_model.IntVar]", packing: Packing) -> None:
    from ortools.sat.python import cp_model

    for row, limit in enumerate(packing.limit.tolist()):
        span = slice(packing.use.indptr[row], packing.use.indptr[row + 1])
        at, use = packing.use.indices[span], packing.use.data[span]
        if limit == 1 and (use == 1).all():
            model.add_at_most_one([chosen[i] for i in at])
        else:
            model.add(cp_model.LinearExpr.weighted_sum([chosen[i] for i in at], use.tolist()) <= limit)


def _solved(
    model: "cp_model.CpModel",
    chosen: "list[cp_model.IntVar]",
    keep: Integers,
    seconds: float | None,
    effort: float | None = None,
) -> tuple[Integers | None, bool]:
    from ortools.sat.python import cp_model

    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.linearization_level = 2
    solver.parameters.random_seed = 0
    if seconds is not None:
        solver.parameters.max_time_in_seconds = max(seconds, 0.01)
    if effort is not None:
        solver.parameters.max_deterministic_time = effort
    status = solver.solve(model)
    if status == cp_model.INFEASIBLE:
        return None, True
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return None, False
    on = np.array([solver.boolean_value(variable) for variable in chosen], dtype=bool)
    return keep[on], status == cp_model.OPTIMAL
