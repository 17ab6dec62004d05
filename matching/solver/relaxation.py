"""The linear relaxation of some blocks, kept warm while its aim changes and rows are added, for prices and bounds."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import highspy
import numpy as np
import numpy.typing as npt
from scipy import sparse

from matching.solver.bound import NOTHING, Bound, bound_of
from matching.solver.cuts import SMALL, new_rows
from matching.solver.packing import Packing, family_rows, home_rows, joined
from matching.solver.problem import Held, Integers, Problem
from matching.solver.shortfall import Shortfall
from matching.solver.sifting import DUAL, FIRST, FREE, MORE, PRIMAL, TOLERANCE, best_of_each, engine_of

SIFTED = 5_000  # so many blocks are not all shown to the simplex at once
SCALE = 1024
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Basis:
    """Where the simplex stood: the blocks that it was `shown`, in this order, and the basis of these."""

    shown: Integers
    told: Any


class Relaxation:
    """Blocks `at` of a problem, each chosen in part; rows: what is held, homes, families, then cuts.

    The simplex is `shown` only those, by position, that were ever worth choosing, in order of its columns. Prices are rounded to 1/`SCALE` of a point, so that the bound is exact whatever the tolerance of the solver.
    """

    def __init__(self, problem: Problem, at: Integers, held: Held, cuts: Packing | None = None) -> None:
        homes, families = home_rows(problem), family_rows(problem)
        self.problem, self.at = problem, at
        self.given = homes.size + families.size
        self.packing = joined(homes, families).of_blocks(at)
        if cuts is not None:
            self.packing = joined(self.packing, cuts)
        self.priced = np.ones(self.packing.size, dtype=bool)
        self.priced[homes.size : self.given] = False  # families are solved in the bound itself, they need no price
        self.value = np.zeros(at.size, dtype=np.int64)
        self.held = Held(held.values[:, at], held.targets.copy(), held.on.copy())
        self.barred = np.zeros(at.size, dtype=bool)
        self.point = np.zeros(at.size)
        self.shown = np.zeros(0, dtype=np.int64)
        self.engine = engine_of(self.packing.limit, self.held)
        if at.size <= SIFTED:
            self._show(np.arange(at.size))

    def of_part(self, part: Problem, keep: Flags) -> "Relaxation":
        """Another one, of the problem of only the blocks that are kept: it goes on from what that leaves of the basis."""
        other = object.__new__(Relaxation)
        other.problem, other.at, other.given, other.priced = part, np.arange(part.blocks), self.given, self.priced
        other.packing, other.value = self.packing.of_blocks(keep), self.value[keep]
        other.held = Held(self.held.values[:, keep], self.held.targets.copy(), self.held.on.copy())
        other.barred, other.point = np.zeros(part.blocks, dtype=bool), self.point[keep]
        other.shown = np.zeros(0, dtype=np.int64)
        other.engine = engine_of(other.packing.limit, other.held)
        left = self._basis_among(keep)
        left.told.alien = True  # a block of the basis may be left out: the simplex makes it whole again
        other.go_on_from(left)
        return other

    def basis(self) -> Basis:
        """Where the simplex stands."""
        return Basis(self.shown, self.engine.getBasis())

    def go_on_from(self, basis: Basis) -> None:
        """Let the simplex stand there again, shown what it was shown then."""
        known = basis.shown.size
        if self.shown.size > known:
            drop = np.arange(known, self.shown.size, dtype=np.int32)
            self.engine.deleteCols(drop.size, drop)
        self._show(basis.shown[self.shown.size :])
        self.shown = basis.shown
        self.engine.setBasis(basis.told)

    def _basis_among(self, keep: Flags) -> Basis:
        """The basis by position among the blocks that are kept."""
        basis, stay = self.engine.getBasis(), keep[self.shown]
        status = basis.col_status  # a copy at each look
        basis.col_status = [status[i] for i in np.flatnonzero(stay).tolist()]
        return Basis((np.cumsum(keep) - 1)[self.shown[stay]], basis)

    def _show(self, more: Integers) -> None:
        """From now on the simplex sees these blocks too."""
        if not more.size:
            return
        use = sparse.vstack([sparse.csr_array(self.held.values[:, more]), self.packing.use[:, more]], format="csc")
        self.engine.addCols(
            more.size,
            self.value[more].astype(np.float64),
            np.zeros(more.size),
            np.where(self.barred[more], 0.0, FREE),
            use.nnz,
            use.indptr[:-1].astype(np.int32),
            use.indices.astype(np.int32),
            use.data.astype(np.float64),
        )
        self.shown = np.concatenate([self.shown, more])

    def aim(self, value: Integers) -> None:
        """Maximise `value`, one for each block of the problem."""
        self.value = value[self.at]
        self.engine.setOptionValue("simplex_strategy", PRIMAL if self.engine.getBasis().valid else DUAL)
        columns = np.arange(self.shown.size, dtype=np.int32)
        self.engine.changeColsCost(columns.size, columns, self.value[self.shown].astype(np.float64))

    def hold(self, position: int, target: int) -> None:
        """From now on the held value at `position` must reach `target`."""
        self.held.hold(position, target)
        self.engine.changeRowBounds(position, float(target), FREE)

    def release(self, position: int) -> None:
        """The held value at `position` need not be reached any more."""
        self.held.on[position] = False
        self.engine.changeRowBounds(position, -FREE, FREE)

    def bar(self, barred: Flags) -> None:
        """From now on none of these blocks may be chosen, and all others may."""
        differs = np.flatnonzero((self.barred != barred)[self.shown]).astype(np.int32)
        most = np.where(barred[self.shown[differs]], 0.0, FREE)
        self.engine.setOptionValue("simplex_strategy", DUAL)
        self.engine.changeColsBounds(differs.size, differs, np.zeros(differs.size), most)
        self.barred = barred.copy()

    def rewrite(self, position: int, value: Integers) -> None:
        """The held value at `position` is another one."""
        row, now = self.held.values[position], value[self.at]
        for column in np.flatnonzero((row != now)[self.shown]).tolist():
            self.engine.changeCoeff(position, column, float(now[self.shown[column]]))
        self.held.values[position] = now

    def solve(self, seconds: float | None = None) -> bool:
        """Solve; whether that led to an optimum within the time."""
        until = None if seconds is None else time.monotonic() + seconds
        if not self.shown.size:
            self._show(self._worth_showing(self.value, FIRST))
        while True:
            limit = FREE if until is None else self.engine.getRunTime() + max(until - time.monotonic(), 0.01)
            self.engine.setOptionValue("time_limit", limit)
            self.engine.run()
            status = self.engine.getModelStatus()
            more = self._not_shown(status)
            if not more.size:
                break
            self.engine.setOptionValue("simplex_strategy", PRIMAL)
            self._show(more)
        self.point = np.zeros(self.at.size)
        self.point[self.shown] = np.clip(np.array(self.engine.getSolution().col_value), 0.0, 1.0)
        return bool(status == highspy.HighsModelStatus.kOptimal)

    def _not_shown(self, status: Any) -> Integers:
        """Blocks that would improve the optimum found; all, where those shown cannot reach what is held."""
        if self.shown.size == self.at.size or status == highspy.HighsModelStatus.kTimeLimit:
            return np.zeros(0, dtype=np.int64)
        if status != highspy.HighsModelStatus.kOptimal:
            return np.setdiff1d(np.arange(self.at.size), self.shown)
        dual = np.array(self.engine.getSolution().row_dual)
        held = self.held.on.size
        gain = self.value - dual[:held] @ self.held.values - self.packing.use.T @ dual[held:]
        gain[self.shown] = gain[self.barred] = 0
        return self._worth_showing(gain, MORE)

    def _worth_showing(self, gain: npt.NDArray[Any], count: int) -> Integers:
        """The `count` blocks of each group that gain most."""
        group = self.problem.block_group[self.at].astype(np.int64)
        return best_of_each(np.flatnonzero(gain > TOLERANCE), gain.astype(np.float64), group, count)

    def bound(self) -> Bound:
        """The exact bound at the prices found, in 1/`SCALE` points."""
        reaching, packing = self.prices()
        packing *= self.priced
        net = self.value * SCALE + reaching @ self.held.values - self.packing.use.T @ packing
        net[self.barred] = NOTHING
        constant = int(packing @ self.packing.limit) - int(reaching @ self.held.targets)
        return bound_of(self.problem, self.at, net, constant)

    def prices(self) -> tuple[Integers, Integers]:
        """What reaching each held value and what each packing row costs, in 1/`SCALE` points."""
        prices = np.rint(np.abs(np.array(self.engine.getSolution().row_dual)) * SCALE).astype(np.int64)
        return prices[: self.held.on.size] * self.held.on, prices[self.held.on.size :]

    def bound_without_prices(self) -> int:
        """What the groups could reach if homes had room for all, in 1/`SCALE` points: a bound that needs no solver."""
        return bound_of(self.problem, self.at, self.value * SCALE, 0).total

    def shortfall(self) -> Shortfall:
        """What plans lose at the prices found, those of families too, in 1/`SCALE` points."""
        reaching, packing = self.prices()
        cost = self.packing.use.T @ packing - self.value * SCALE - reaching @ self.held.values
        most = int(packing @ self.packing.limit) - int(reaching @ self.held.targets)
        costly = packing > 0
        return Shortfall(at=self.at, rows=self.packing.of_rows(costly), prices=packing[costly], cost=cost, most=most)

    def whole(self) -> Integers | None:
        """The chosen blocks, if none is chosen in part."""
        if (np.minimum(self.point, 1 - self.point) > SMALL).any():
            return None
        return self.at[self.point > 0.5]

    def cuts_over(self, at: Integers) -> Packing:
        """The added rows over some of the blocks."""
        return self.packing.of_rows(np.arange(self.given, self.packing.size)).of_blocks(np.isin(self.at, at))

    def narrow(self, keep: Flags) -> None:
        """Forget the blocks that are not kept, but for those in the basis, which stays one."""
        basic = np.asarray(self.engine.getBasicVariables()[1])
        keep = keep.copy()
        keep[self.shown[basic[basic >= 0]]] = True
        if keep.all():
            return
        basis, drop = self._basis_among(keep), np.flatnonzero(~keep[self.shown]).astype(np.int32)
        if drop.size:
            self.engine.deleteCols(drop.size, drop)
            self.engine.setBasis(basis.told)
        self.shown = basis.shown
        self.at, self.value, self.point = self.at[keep], self.value[keep], self.point[keep]
        self.packing, self.barred = self.packing.of_blocks(keep), self.barred[keep]
        self.held = Held(self.held.values[:, keep], self.held.targets, self.held.on)

    def tighten(self, *, forget: bool = True) -> bool:
        """Add rows that cut the present point off; whether any was added. `forget` drops those that no longer matter."""
        exclusive = self.packing.of_rows(np.arange(self.given))
        cuts = new_rows(self.packing, self.point, self._basis(), exclusive)
        if not cuts.size:
            return False
        if forget:
            self._forget_slack_rows()
        self.add(cuts)
        return True

    def add(self, rows: Packing) -> None:
        """From now on these rows over the blocks hold too."""
        self.engine.setOptionValue("simplex_strategy", DUAL)
        add, first = rows.use[:, self.shown], self.held.on.size
        self.engine.addRows(
            rows.size,
            np.full(rows.size, -FREE),
            rows.limit.astype(np.float64),
            add.nnz,
            add.indptr[:-1].astype(np.int32),
            add.indices.astype(np.int32),
            add.data.astype(np.float64),
        )
        self.packing = joined(self.packing, rows)
        self.priced = np.concatenate([self.priced, np.ones(rows.size, dtype=bool)])
        assert self.engine.getNumRow() == first + self.packing.size

    def back_to(self, size: int) -> None:
        """Forget the rows added since there were `size` of them."""
        self._keep_rows(np.arange(self.packing.size) < size)

    def _forget_slack_rows(self) -> None:
        slack = self.packing.limit - self.packing.use @ self.point > SMALL
        slack[: self.given] = False
        self._keep_rows(~slack)

    def _keep_rows(self, keep: Flags) -> None:
        drop = (np.flatnonzero(~keep) + self.held.on.size).astype(np.int32)
        if drop.size:
            self.engine.deleteRows(drop.size, drop)
            self.packing, self.priced = self.packing.of_rows(keep), self.priced[keep]

    def _basis(self) -> Iterator[npt.NDArray[np.float64]]:
        """Multipliers of the packing rows, for each block chosen in part that stands in the basis."""
        _, basic = self.engine.getBasicVariables()
        for row in np.flatnonzero(np.asarray(basic) >= 0):
            chosen = self.point[self.shown[basic[row]]]
            if min(chosen, 1 - chosen) > 0.01:
                _, multipliers = self.engine.getBasisInverseRow(int(row))
                multipliers = np.asarray(multipliers)
                if not np.abs(multipliers[: self.held.on.size]).max(initial=0.0) > 1e-9:
                    yield multipliers[self.held.on.size :]
