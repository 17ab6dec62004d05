"""Ways to choose homes for those who wait on a day: first come first served, the best plan, the best plan with prices."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from matching.arrivals.segments import segment_of
from matching.candidates import problem_from
from matching.planning import Prepared, decide, placed_by
from matching.solver import Limits, Problem, solve

Placed = list[tuple[str, str]]
Choose = Callable[[Prepared, Sequence[str]], Placed]
Integers = npt.NDArray[np.int64]


def first_come(ready: Prepared, waiting: Sequence[str]) -> Placed:
    """Each sibling group in order of arrival takes the best home for as many of its children as can stay together.

    Every rule is kept, also between those who come; nobody looks further than the group in hand.
    """
    problem = problem_from(ready.found)
    groups = list(dict.fromkeys(int(problem.group_of_child[problem.children.index(ref)]) for ref in waiting))
    taken = _one_after_the_other(problem, [np.flatnonzero(problem.block_group == group) for group in groups])
    return _placed(ready, problem, taken)


def by_priority(ready: Prepared, waiting: Sequence[str]) -> Placed:
    """The same, but emergencies and deadlines set by law first, then larger groups."""
    problem = problem_from(ready.found)
    urgent = problem.goal_values[problem.goals.index("deadlines")]
    groups = [np.flatnonzero(problem.block_group == group) for group in range(len(ready.found.groups))]
    groups = [at for at in groups if at.size]
    groups.sort(key=lambda at: (-int(urgent[at].max()), -int(np.bitwise_count(problem.block_mask[at]).max())))
    return _placed(ready, problem, _one_after_the_other(problem, groups))


def _one_after_the_other(problem: Problem, groups: Sequence[Integers]) -> list[int]:
    """Blocks group by group: the most children together, then the most points, then the lot, while rows allow."""
    left, rows, chosen = problem.row_limit.copy(), problem.rows.tocsc(), []
    points = problem.goal_values[problem.goals.index("suitability")]
    for at in groups:
        size = np.bitwise_count(problem.block_mask[at]).astype(np.int64)
        housed = 0
        for block in at[np.lexsort((problem.lot[at], -points[at], -size))].tolist():
            mask = int(problem.block_mask[block])
            used = slice(rows.indptr[block], rows.indptr[block + 1])
            within, use = rows.indices[used], rows.data[used].astype(np.int64)
            if not mask & housed and (use <= left[within]).all():
                left[within] -= use
                housed |= mask
                chosen.append(block)
    return chosen


def _placed(ready: Prepared, problem: Problem, blocks: Sequence[int]) -> Placed:
    placed = []
    for block in blocks:
        members, home = (
            ready.found.groups[problem.block_group[block]].children,
            problem.homes[problem.block_home[block]],
        )
        placed += [(ref, home) for i, ref in enumerate(members) if int(problem.block_mask[block]) >> i & 1]
    return sorted(placed)


def best_plan(ready: Prepared, waiting: Sequence[str]) -> Placed:
    """The plan that the product proposes: all goals in order, proven."""
    solved = decide(ready, {}, Limits())
    return placed_by(ready.found, solved.problem, solved.solution)


@dataclass(frozen=True)
class WithPrices:
    """The best plan, in which a place that others will need more gives way to one that they will not.

    `price` is what one more place of a segment of like homes would have been worth, in children placed a year; goals
    before suitability stay as they are, and `points` of suitability are given up for one child more.
    """

    price: Mapping[str, float]
    points: float

    def __call__(self, ready: Prepared, waiting: Sequence[str]) -> Placed:
        """Solve with the price of every place taken from the points."""
        problem = problem_from(ready.found)
        homes = ready.found.register.homes.items
        price = np.array([self.price.get(segment_of(household.home), 0.0) for household in homes])
        spared = np.rint(self.points * (price.max(initial=0.0) - price)).astype(np.int64)
        values = problem.goal_values.copy()
        size = np.bitwise_count(problem.block_mask).astype(np.int64)
        values[problem.goals.index("suitability")] += size * spared[problem.block_home]
        problem = replace(problem, goal_values=values)
        return placed_by(ready.found, problem, solve(problem, Limits()))
