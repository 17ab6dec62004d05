"""The linear relaxation of some blocks, kept warm while its aim changes and rows are added, for prices and bounds."""

from collections.abc import Iterator

import highspy
import numpy as np
import numpy.typing as npt

from matching.solver.bound import NOTHING, Bound, bound_of
from matching.solver.cuts import SMALL, new_rows
from matching.solver.packing import Packing, family_rows, home_rows, joined
from matching.solver.problem import Held, Integers, Problem
from matching.solver.shortfall import Shortfall
from matching.solver.sifting import DUAL, FREE, PRIMAL, engine_of, sift

SIFTED = 5_000  # so many blocks are not all shown to the simplex at once
SCALE = 1024
Flags = npt.NDArray[np.bool_]


class Relaxation:
    """Blocks `at` of a problem, each chosen in part; rows: what is held, homes, families, then cuts.

    Prices are rounded to 1/`SCALE` of a point, so that the bound is exact whatever the tolerance of the solver.
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
        self.engine = engine_of(self.packing, self.held)

    def of_part(self, part: Problem, keep: Flags) -> "Relaxation":
        """Another one, of the problem of only the blocks that are kept; all of the basis's are: it goes on from there."""
        other = object.__new__(Relaxation)
        other.problem, other.at, other.given, other.priced = part, np.arange(part.blocks), self.given, self.priced
        other.packing, other.value = self.packing.of_blocks(keep), self.value[keep]
        other.held = Held(self.held.values[:, keep], self.held.targets.copy(), self.held.on.copy())
        other.barred, other.point = np.zeros(part.blocks, dtype=bool), self.point[keep]
        other.engine = engine_of(other.packing, other.held)
        basis, mine = other.engine.getBasis(), self.engine.getBasis()
        status = mine.col_status
        basis.col_status = [status[i] for i in np.flatnonzero(keep).tolist()]
        basis.row_status, basis.valid = list(mine.row_status), True
        other.engine.setBasis(basis)
        return other

    def aim(self, value: Integers) -> None:
        """Maximise `value`, one for each block of the problem."""
        self.value = value[self.at]
        self.engine.setOptionValue("simplex_strategy", PRIMAL if self.engine.getBasis().valid else DUAL)
        self.engine.changeColsCost(self.at.size, np.arange(self.at.size, dtype=np.int32), self.value.astype(np.float64))

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
        differs = np.flatnonzero(self.barred != barred).astype(np.int32)
        most = np.where(barred[differs], 0.0, FREE)
        self.engine.changeColsBounds(differs.size, differs, np.zeros(differs.size), most)
        self.barred = barred.copy()

    def rewrite(self, position: int, value: Integers) -> None:
        """The held value at `position` is another one."""
        row, now = self.held.values[position], value[self.at]
        for column in np.flatnonzero(row != now).tolist():
            self.engine.changeCoeff(position, column, float(now[column]))
        self.held.values[position] = now

    def solve(self, seconds: float | None = None) -> bool:
        """Solve; whether that led to an optimum within the time."""
        if self.at.size > SIFTED and not self.engine.getBasis().valid:
            sift(
                self.engine,
                self.packing,
                self.held,
                self.value,
                self.problem.block_group[self.at].astype(np.int64),
                seconds,
            )
        limit = FREE if seconds is None else self.engine.getRunTime() + max(seconds, 0.01)
        self.engine.setOptionValue("time_limit", limit)
        self.engine.run()
        self.point = np.clip(np.array(self.engine.getSolution().col_value), 0.0, 1.0)
        return bool(self.engine.getModelStatus() == highspy.HighsModelStatus.kOptimal)

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
        return Shortfall(at=self.at, rows=self.packing, prices=packing, cost=cost, most=most)

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
        basis, basic = self.engine.getBasis(), np.asarray(self.engine.getBasicVariables()[1])
        keep = keep.copy()
        keep[basic[basic >= 0]] = True
        drop = np.flatnonzero(~keep).astype(np.int32)
        if drop.size:
            self.engine.deleteCols(drop.size, drop)
            status = basis.col_status  # a copy at each look
            basis.col_status = [status[i] for i in np.flatnonzero(keep).tolist()]
            self.engine.setBasis(basis)
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
        add, first = rows.use, self.held.on.size
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
            chosen = self.point[basic[row]]
            if min(chosen, 1 - chosen) > 0.01:
                _, multipliers = self.engine.getBasisInverseRow(int(row))
                multipliers = np.asarray(multipliers)
                if not np.abs(multipliers[: self.held.on.size]).max(initial=0.0) > 1e-9:
                    yield multipliers[self.held.on.size :]
