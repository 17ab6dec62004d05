"""The most that any choice could have reached in a year, had everything been known: proven by the product's solver.

A relaxation on purpose, so that no policy can do better: every group may come as late as patience allows, homes are judged
with the children of the first day who are still there then, and those who come in the year suit each other.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.optimize import linprog

from matching.arrivals.segments import segment_of
from matching.arrivals.year import Arrival, Year
from matching.candidates import Candidates, find_candidates
from matching.candidates.goals import GOAL_VALUES
from matching.domain import SiblingGroup
from matching.pairs import Register
from matching.policy import Policy
from matching.solver import Limits, Problem, solve

Row = tuple[list[int], list[int], int]  # blocks, use of each, limit
Integers = npt.NDArray[np.int64]
GOALS = ("placed", "siblings-together", "suitability")
PAIR = 0.1  # worth of a pair kept together beside a child placed, in the prices


@dataclass(frozen=True, kw_only=True)
class Hindsight:
    """Goals in order: what was found and the most there can be; equal where proven."""

    goals: tuple[str, ...]
    achieved: tuple[int, ...]
    bound: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class _Block:
    """A set of one arriving group in a home, from the last day of patience on."""

    group: int
    mask: int
    home: int
    start: int
    until: tuple[int, ...]
    values: tuple[int, ...]


def hindsight(year: Year, policy: Policy, seconds: float = 60.0) -> Hindsight:
    """Solve the whole year at once, goal by goal."""
    problem = _problem(year, _blocks(year, policy))
    solution = solve(problem, Limits(seconds=seconds))
    return Hindsight(goals=GOALS, achieved=tuple(solution.achieved), bound=tuple(solution.bound))


def prices(years: tuple[Year, ...], policy: Policy) -> dict[str, float]:
    """What one more place of each segment would have been worth: children placed a year, averaged over homes and years."""
    worth: dict[str, list[float]] = {}
    for year in years:
        for home, price in zip(year.start.households.values(), _worth_of_places(year, policy), strict=True):
            worth.setdefault(segment_of(home.home), []).append(price)
    return {segment: sum(found) / len(found) for segment, found in sorted(worth.items())}


def _worth_of_places(year: Year, policy: Policy) -> list[float]:
    """Duals of the year's linear relaxation, added up over the year for each home."""
    problem = _problem(year, _blocks(year, policy))
    value = problem.goal_values[0] + PAIR * problem.goal_values[1]
    groups = _children_rows(problem)
    rows: Any = sparse.vstack([problem.rows, groups]).tocsr()
    limits = np.concatenate([problem.row_limit, np.ones(groups.shape[0])])
    solved = linprog(-value, A_ub=rows, b_ub=limits, bounds=(0, None), method="highs")
    home_of_row = np.zeros(problem.row_limit.size, dtype=np.int64)
    home_of_row[problem.row_index] = problem.block_home[problem.row_block]
    worth = np.zeros(len(problem.homes))
    np.add.at(worth, home_of_row, -solved.ineqlin.marginals[: problem.row_limit.size])
    return [float(one) for one in worth]


def _children_rows(problem: Problem) -> sparse.csr_array:
    """Every child in at most one block."""
    rows, blocks = [], []
    for child in range(len(problem.children)):
        at = np.flatnonzero(problem.holding(child))
        rows += [child] * at.size
        blocks += at.tolist()
    return sparse.csr_array((np.ones(len(rows)), (rows, blocks)), shape=(len(problem.children), problem.blocks))


def _blocks(year: Year, policy: Policy) -> list[_Block]:
    blocks = []
    for number, arrival in enumerate(year.arrivals):
        latest = arrival.day + year.patience
        if all(year.until[ref] <= latest for ref in arrival.children):
            blocks += _short(number, arrival, year, policy)
            continue
        blocks += _of_group(number, arrival, year, policy, latest)
    return blocks


def _short(number: int, arrival: Arrival, year: Year, policy: Policy) -> list[_Block]:
    """Stays that end before patience does count as placed wherever they were possible on the first day."""
    return _of_group(number, arrival, year, policy, arrival.day)


def _of_group(number: int, arrival: Arrival, year: Year, policy: Policy, day: int) -> list[_Block]:
    caseload = year.caseload_on(day, arrival.children, {})
    group: SiblingGroup = caseload.group_of[arrival.children[0]]
    found: Candidates = find_candidates(Register(caseload), policy, (group,))
    values = np.array([GOAL_VALUES[code](found) for code in GOALS], dtype=np.int64)
    until = tuple(year.until[ref] for ref in group.children)
    columns = zip(found.sets.mask.tolist(), found.sets.home.tolist(), values.T.tolist(), strict=True)
    return [
        _Block(group=number, mask=mask, home=home, start=day, until=until, values=tuple(worth))
        for mask, home, worth in columns
    ]


def _problem(year: Year, blocks: list[_Block]) -> Problem:
    """The year as one problem: a row for each home and day on which somebody could come."""
    homes = tuple(year.start.households)
    by_home: dict[int, list[int]] = {}
    for position, block in enumerate(blocks):
        by_home.setdefault(block.home, []).append(position)
    rows = [row for home, at in sorted(by_home.items()) for row in _rows(year, blocks, homes[home], at)]
    children = [ref for arrival in year.arrivals for ref in sorted(arrival.children)]
    sizes = [len(arrival.children) for arrival in year.arrivals]
    return Problem(
        children=tuple(children),
        homes=homes,
        group_of_child=np.repeat(np.arange(len(sizes)), sizes).astype(np.int32),
        block_group=_column(block.group for block in blocks).astype(np.int32),
        block_mask=_column(block.mask for block in blocks).astype(np.int32),
        block_home=_column(block.home for block in blocks).astype(np.int32),
        row_index=_column(i for i, (at, _, _) in enumerate(rows) for _ in at).astype(np.int32),
        row_block=_column(position for at, _, _ in rows for position in at).astype(np.int32),
        row_use=_column(use for _, uses, _ in rows for use in uses),
        row_limit=_column(limit for _, _, limit in rows),
        goals=GOALS,
        goal_values=np.array([block.values for block in blocks], dtype=np.int64).reshape(-1, len(GOALS)).T,
        lot=np.arange(len(blocks), dtype=np.int64),
    )


def _column(values: object) -> Integers:
    return np.fromiter(values, dtype=np.int64)  # type: ignore[call-overload,no-any-return]


def _rows(year: Year, blocks: list[_Block], ref: str, at: list[int]) -> list[Row]:
    """Blocks in the home on each day on which one may begin, with the children of each who are still there."""
    home = year.start.home_by_ref[ref]
    rows: list[Row] = []
    for day in sorted({blocks[position].start for position in at}):
        present = [(p, _there(blocks[p], day)) for p in at if blocks[p].start <= day]
        present = [(position, count) for position, count in present if count]
        limit = year.places(home, day)
        if sum(count for _, count in present) > limit:
            rows.append(([position for position, _ in present], [count for _, count in present], limit))
    return [row for i, row in enumerate(rows) if i + 1 == len(rows) or not _implied(row, rows[i + 1])]


def _implied(row: Row, by: Row) -> bool:
    """Whether one row says nothing that another does not say."""
    use = dict(zip(by[0], by[1], strict=True))
    return row[2] >= by[2] and all(
        count <= use.get(position, 0) for position, count in zip(row[0], row[1], strict=True)
    )


def _there(block: _Block, day: int) -> int:
    """How many children of a block are still in the home on a day."""
    return sum(block.mask >> i & 1 and end > day for i, end in enumerate(block.until))
