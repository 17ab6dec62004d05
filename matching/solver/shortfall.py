"""A value told by what a plan falls short of its bound, so that an exact search sees at once what cannot be.

At any prices the bound is what a plan is worth and what it loses: a chosen block loses its reduced cost, a row loses its
price for every unit left free. A plan that must reach a target loses no more than the bound exceeds it; where the
bound is tight, that leaves few blocks and rows that must be full, which a sum of large values does not tell.
"""

from dataclasses import dataclass, replace

import numpy as np

from matching.solver.packing import Packing
from matching.solver.problem import Integers


@dataclass(frozen=True, slots=True, kw_only=True)
class Shortfall:
    """Losses at some prices, in the units of the prices: `cost` by block of `at`, `prices` by row over those blocks, of those that have one.

    `most` bounds what any plan of these blocks is worth; a plan loses at most `room`.
    """

    at: Integers
    rows: Packing
    prices: Integers
    cost: Integers
    most: int
    room: int = 0

    def reaching(self, target: int) -> "Shortfall":
        """The same for plans that are worth the target or more."""
        return replace(self, room=self.most - target)

    def covers(self, keep: Integers) -> bool:
        """Whether it tells of all these blocks."""
        return bool(np.isin(keep, self.at).all())

    def possible(self, keep: Integers) -> Integers:
        """Those of the blocks whose own loss is not too much; all, where rounding makes a loss negative."""
        cost = self.cost[np.searchsorted(self.at, keep)]
        return keep if cost.min(initial=0) < 0 else keep[cost <= self.room]

    def priced(self, keep: Integers) -> tuple[Packing, Integers, Integers]:
        """Rows that cost something to leave free, over these blocks; their prices; each block's own loss."""
        at = np.searchsorted(self.at, keep)
        return self.rows.of_blocks(at), self.prices, self.cost[at]
