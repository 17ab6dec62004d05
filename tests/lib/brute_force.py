"""Every plan there is, one by one: slow, plain, and sharing nothing with the solver."""

from collections.abc import Iterator
from itertools import product

from matching.checker import check_plan
from matching.domain import Caseload
from matching.policy import Policy
from matching.solver import Problem


def best_blocks(problem: Problem) -> tuple[tuple[int, ...], int, tuple[int, ...]]:
    """Best goal vector, its least lot, and the blocks that reach both, over every choice of blocks."""
    best: tuple[tuple[int, ...], int, tuple[int, ...]] | None = None
    for chosen in _choices(problem, 0, [], [0] * len(problem.row_limit)):
        goals = tuple(int(problem.goal_values[g, list(chosen)].sum()) for g in range(len(problem.goals)))
        lot = int(problem.lot[list(chosen)].sum())
        if best is None or (goals, -lot) > (best[0], -best[1]):
            best = (goals, lot, chosen)
    assert best is not None
    return best


def _choices(problem: Problem, group: int, chosen: list[int], used: list[int]) -> Iterator[tuple[int, ...]]:
    """Every lawful choice, sibling group by sibling group."""
    if group == len(problem.group_sizes):
        yield tuple(sorted(chosen))
        return
    mine = [b for b in range(problem.blocks) if problem.block_group[b] == group]
    for blocks in _disjoint(problem, mine):
        after = list(used)
        for at in range(len(problem.row_index)):
            if problem.row_block[at] in blocks:
                after[problem.row_index[at]] += int(problem.row_use[at])
        if all(use <= limit for use, limit in zip(after, problem.row_limit, strict=True)):
            yield from _choices(problem, group + 1, [*chosen, *blocks], after)


def _disjoint(problem: Problem, blocks: list[int]) -> Iterator[tuple[int, ...]]:
    """Every set of blocks that places no child twice."""
    if not blocks:
        yield ()
        return
    first, rest = blocks[0], blocks[1:]
    yield from _disjoint(problem, rest)
    mask = int(problem.block_mask[first])
    apart = [b for b in rest if not int(problem.block_mask[b]) & mask]
    for others in _disjoint(problem, apart):
        yield (first, *others)


def every_sound_plan(caseload: Caseload, policy: Policy) -> Iterator[dict[str, str]]:
    """Every assignment of children to homes or to none in which the checker finds no breach."""
    children = [child.ref for child in caseload.seeking]
    homes: list[str | None] = [None, *(home.ref for home in caseload.homes)]
    for choice in product(homes, repeat=len(children)):
        home_of = {child: home for child, home in zip(children, choice, strict=True) if home is not None}
        if check_plan(caseload, sorted(home_of.items()), policy.settings).sound:
            yield home_of
