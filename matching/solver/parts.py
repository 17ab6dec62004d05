"""Parts of a problem that share no home: each is solved by itself, and the best of the whole is the best of each.

Goals add up over parts, and the order of goals is kept by adding; so plan, bounds and lot of the whole are those of
its parts put together, and nothing is lost.
"""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from matching.fan_out import fan_out
from matching.solver.problem import HeldBack, Integers, Limits, Problem, Solution

WORTH_A_WORKER = 20_000  # blocks of a second part, below which starting others takes longer than the work
NEARLY_ALL = 0.9  # of the blocks: a part with so many is solved with the rest, rather than held in memory twice
FEW = 16  # every so many-th block
SMALLEST = 100  # groups; smaller parts are solved together


def parts_of(problem: Problem) -> list[Integers]:
    """The groups of each part, in order of their first group; small parts are put together.

    Where one part has nearly all blocks there is only one.
    """
    groups, homes = problem.group_sizes.size, len(problem.homes)
    label = np.arange(groups + homes, dtype=np.int32)
    for step in (FEW, 1):  # most ties are within parts that a few of them show already
        one, other = label[problem.block_group[::step]], label[groups + problem.block_home[::step]]
        differ = one != other
        shape = (groups + homes, groups + homes)
        ties = sparse.csr_array((np.ones(int(differ.sum())), (one[differ], other[differ])), shape=shape)
        label = np.asarray(connected_components(ties, directed=False)[1][label])
    label = label[:groups]
    if np.bincount(label[problem.block_group]).max(initial=0) >= NEARLY_ALL * problem.blocks:
        return [np.arange(groups)]
    _, first, part = np.unique(label, return_index=True, return_inverse=True)
    size = np.bincount(part)
    together, bundle, filled = np.zeros(size.size, dtype=np.int64), 0, 0
    for number in np.argsort(first, kind="stable").tolist():
        if filled and filled + size[number] > SMALLEST:
            bundle, filled = bundle + 1, 0
        together[number], filled = bundle, filled + int(size[number])
    return [np.flatnonzero(together[part] == number) for number in range(bundle + 1)]


def solve_parts(
    problem: Problem, parts: list[Integers], solve_one: Callable[[Problem, Limits], Solution], limits: Limits
) -> Solution:
    """Solve each part, side by side where there are workers, and put the plans together."""
    made = {number: _part(problem, groups) for number, groups in enumerate(parts)}
    blocks = {number: at for number, (_, at) in made.items()}
    few = sorted(part.blocks for part, _ in made.values())[-2] < WORTH_A_WORKER  # the second largest part
    found = fan_out(
        solve_one,
        {number: (part, _share(limits, part, problem)) for number, (part, _) in made.items()},
        workers=1 if few else limits.workers,
    )
    solutions = list(found.values())
    chosen = np.concatenate([blocks[number][list(one.chosen)] for number, one in found.items()]).astype(np.int64)
    return Solution(
        chosen=tuple(np.sort(chosen).tolist()),
        achieved=tuple(int(sum(column)) for column in zip(*(one.achieved for one in solutions), strict=True)),
        bound=tuple(int(sum(column)) for column in zip(*(one.bound for one in solutions), strict=True)),
        proven=all(one.proven for one in solutions),
        seconds=tuple(
            (f"part {number + 1}: {name}", took) for number, one in found.items() for name, took in one.seconds
        )
        if len(solutions) <= 3
        else tuple((f"part {number + 1}", sum(took for _, took in one.seconds)) for number, one in found.items()),
    )


def _share(limits: Limits, part: Problem, whole: Problem) -> Limits:
    """Each part has the share of the time that its blocks are of all; none fans out again."""
    seconds = None if limits.seconds is None else limits.seconds * max(part.blocks / max(whole.blocks, 1), 0.02)
    return replace(limits, seconds=seconds, workers=1)


def _part(problem: Problem, groups: Integers) -> tuple[Problem, Integers]:
    """The problem of some groups that share no home with others, and which blocks of the whole it has."""
    inside = np.zeros(problem.group_sizes.size, dtype=bool)
    inside[groups] = True
    blocks = np.flatnonzero(inside[problem.block_group])
    children = np.flatnonzero(inside[problem.group_of_child])
    number = np.cumsum(inside) - 1
    place = np.cumsum(inside[problem.block_group]) - 1
    at = np.flatnonzero(inside[problem.block_group[problem.row_block]])
    rows, row_index = np.unique(problem.row_index[at], return_inverse=True)
    child = {int(c): i for i, c in enumerate(children.tolist())}
    homes, block_home = np.unique(problem.block_home[blocks], return_inverse=True)
    return Problem(
        children=tuple(problem.children[c] for c in children.tolist()),
        homes=tuple(problem.homes[h] for h in homes.tolist()),
        group_of_child=number[problem.group_of_child[children]].astype(np.int32),
        block_group=number[problem.block_group[blocks]].astype(np.int32),
        block_mask=problem.block_mask[blocks],
        block_home=block_home.astype(np.int32),
        row_index=row_index.astype(np.int32),
        row_block=place[problem.row_block[at]].astype(np.int32),
        row_use=problem.row_use[at],
        row_limit=problem.row_limit[rows],
        goals=problem.goals,
        goal_values=problem.goal_values[:, blocks],
        lot=problem.lot[blocks],
        must_place=tuple(child[c] for c in problem.must_place if c in child),
        held_back=problem.held_back and HeldBack(problem.held_back.make, problem.held_back.at[blocks]),
    ), blocks
