"""The same plan written another way and solved by another solver: a variable for each child and home, goal after goal.

HiGHS, through SciPy, on pairs of a child and a home, pairs of brothers and sisters who share one, and the sets of one
group that a home takes. No prices, no filter, no cuts, no weights: each goal is maximised while those before it are held.
The goals are counted from children and pairs, not from sets as the solver under test counts them.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp

from matching.candidates import Candidates
from matching.domain import Deadline, SiblingPlan
from matching.solver import Problem

Floats = npt.NDArray[np.float64]
TOLERANCE = 1e-6


@dataclass(frozen=True)
class Pairwise:
    """Columns: first a set (block) each, then (child, home) pairs, then pairs of siblings in one home."""

    found: Candidates
    problem: Problem

    @property
    def pairs(self) -> list[tuple[int, int]]:
        """Child and home positions that some set joins."""
        joined = {
            (child, int(self.problem.block_home[b])) for b in range(self.problem.blocks) for child in self.members(b)
        }
        return sorted(joined)

    def members(self, block: int) -> list[int]:
        """Positions of the children of a set."""
        first = int(self.problem.first_child[self.problem.block_group[block]])
        mask = int(self.problem.block_mask[block])
        return [first + i for i in range(mask.bit_length()) if mask >> i & 1]

    def together(self, one: int, other: int) -> bool:
        """Whether two are of one group and ask for the same nights, so that one home has both on each of them."""
        same_group = self.problem.group_of_child[one] == self.problem.group_of_child[other]
        first, second = (self.found.judged.pairs.children.items[child] for child in (one, other))
        return bool(same_group) and first.nights == second.nights


def best_by_goals(found: Candidates, problem: Problem, goals: int) -> list[int]:
    """The most that each of the first `goals` goals reaches, in order."""
    ways = Pairwise(found, problem)
    pairs = ways.pairs
    column = {pair: problem.blocks + i for i, pair in enumerate(pairs)}
    beside = [
        (one, other, home)
        for one, home in pairs
        for other in range(one + 1, len(problem.children))
        if ways.together(one, other) and (other, home) in column
    ]
    width = problem.blocks + len(pairs) + len(beside)
    rules = [*_rows(ways, column, width), *_beside(column, beside, problem.blocks + len(pairs), width)]
    reached: list[int] = []
    for code in problem.goals[:goals]:
        value = _value(code, ways, column, beside, width)
        solved = milp(-value, constraints=rules, integrality=np.ones(width), bounds=Bounds(0, 1), options=EXACT)
        assert solved.success, solved.message
        best = round(float(value @ np.rint(solved.x)))
        reached.append(best)
        rules.append(LinearConstraint(sparse.csr_array(value[None]), best - TOLERANCE, np.inf))
    return reached


EXACT = {"mip_rel_gap": 0.0, "presolve": True}


def _rows(ways: Pairwise, column: dict[tuple[int, int], int], width: int) -> list[LinearConstraint]:
    """One home a child; a child is in a home exactly when a set with them is; what each home has room for."""
    problem = ways.problem
    children = sparse.lil_array((len(problem.children), width))
    sets = sparse.lil_array((len(column), width))
    for (child, _), at in column.items():
        children[child, at] = 1
        sets[at - problem.blocks, at] = -1
    for block in range(problem.blocks):
        for child in ways.members(block):
            sets[column[child, int(problem.block_home[block])] - problem.blocks, block] = 1
    room = sparse.csr_array(
        (problem.row_use, (problem.row_index, problem.row_block)), shape=(problem.row_limit.size, width)
    )
    told = [LinearConstraint(children.tocsr(), -np.inf, 1), LinearConstraint(sets.tocsr(), 0, 0)]
    if problem.row_limit.size:
        told.append(LinearConstraint(room.astype(np.float64), -np.inf, problem.row_limit))
    return [rule for rule in told if rule.A.shape[0]]


def _beside(
    column: dict[tuple[int, int], int], beside: list[tuple[int, int, int]], first: int, width: int
) -> list[LinearConstraint]:
    """Two share a home only if each is there."""
    rows = sparse.lil_array((2 * len(beside), width))
    for i, (one, other, home) in enumerate(beside):
        for k, child in enumerate((one, other)):
            rows[2 * i + k, first + i] = 1
            rows[2 * i + k, column[child, home]] = -1
    return [LinearConstraint(rows.tocsr(), -np.inf, 0)] if beside else []


def _value(
    code: str, ways: Pairwise, column: dict[tuple[int, int], int], beside: list[tuple[int, int, int]], width: int
) -> Floats:
    value, found = np.zeros(width), ways.found
    children, homes = found.judged.pairs.children.items, found.register.homes.items
    agreed = found.register.caseload.agreed
    for (child, home), at in column.items():
        if code in ("placed", "short-breaks"):
            value[at] = children[child].by_nights == (code == "short-breaks")
        elif code == "deadlines" and children[child].deadline in URGENT:
            value[at] = 1
        elif code == "suitability":
            value[at] = found.judged.total[child, home]
        elif code == "kept-as-agreed":
            value[at] = (children[child].ref, homes[home].home.ref) in agreed
        elif code == "siblings-together" and not _apart(ways, child):
            family = children[child].sibling_group
            value[at] = sum(family is not None and there.sibling_group == family for there in homes[home].staying)
    for i, (one, _, _) in enumerate(beside):
        if code == "siblings-together":
            value[width - len(beside) + i] = not _apart(ways, one)
        elif code == "siblings-required":
            value[width - len(beside) + i] = _share_of_group(ways, one)
    return value


URGENT = (Deadline.EMERGENCY, Deadline.STATUTORY)


def _apart(ways: Pairwise, child: int) -> bool:
    plan = ways.found.groups[int(ways.problem.group_of_child[child])].plan
    return plan in (SiblingPlan.APART_WITH_CONTACT, SiblingPlan.APART_WITHOUT_CONTACT)


def _share_of_group(ways: Pairwise, child: int) -> float:
    """A group that must be together counts one when all its pairs share a home."""
    group = ways.found.groups[int(ways.problem.group_of_child[child])]
    size = len(group.alike(ways.problem.children[child]))
    return 2 / (size * (size - 1)) if group.plan is SiblingPlan.TOGETHER_REQUIRED and size > 1 else 0.0
