"""Whether an order holds when the weights are a little otherwise; where it does not, it is too close to call."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from matching.again import Base
from matching.candidates.blocks import sums_over_children
from matching.pairs import Register
from matching.policy import Policy
from matching.shortlist import Shortlist, points_of
from matching.solver import Problem
from matching.wording import Sentence

Integers = npt.NDArray[np.int64]
DRAWS = 200
WOBBLE = 200  # thousandths: a fifth more or less
HOLDS = 0.95  # an order that holds in fewer draws is too close to call


def factors(policy: Policy, seed: int, draws: int = DRAWS, wobble: int = WOBBLE) -> Integers:
    """Thousandths by which each weight is taken, each drawn by itself; (draws, criteria)."""
    draw = np.random.Generator(np.random.PCG64(seed))
    return draw.integers(1000 - wobble, 1000 + wobble, size=(draws, len(policy.criteria)), endpoint=True)


@dataclass(frozen=True, kw_only=True)
class Order:
    """In which share of the draws each home of a shortlist stays before the next one.

    The last stays before the best home that is not shown; where there is no next one, the order holds.
    """

    homes: tuple[str, ...]
    holds: tuple[float, ...]

    @property
    def too_close(self) -> tuple[bool, ...]:
        """For each home, whether its place before the next one is too close to call."""
        return tuple(share < HOLDS for share in self.holds)


def order_of(found: Shortlist, register: Register, policy: Policy, seed: int, draws: int = DRAWS) -> Order:
    """How steady the order of a shortlist is; homes for tonight only stand after the others whatever the weights."""
    homes = [option.home for option in found.options if not option.only_in_emergency]
    tonight = [option.home for option in found.options if option.only_in_emergency]
    following = [*homes[1:], found.next_best] if homes else []
    points = factors(policy, seed, draws) @ points_of(register, policy, found.children)
    at = register.home_index
    holds = [
        1.0 if then is None else float(np.mean(points[:, at[home]] >= points[:, at[then]]))
        for home, then in zip(homes, following, strict=True)
    ]
    return Order(homes=(*homes, *tonight), holds=(*holds, *(1.0 for _ in tonight)))


@dataclass(frozen=True, kw_only=True)
class Proposals:
    """In how many of the draws the best plan proposes the same home for each child; `open` draws were not settled."""

    kept: tuple[tuple[str, int], ...]
    draws: int
    open: int = 0

    def too_close(self, child: str) -> bool:
        """Whether the proposal for a child is too close to call."""
        return dict(self.kept).get(child, self.draws) < HOLDS * (self.draws - self.open)

    def sentence(self, child: str) -> Sentence:
        """How steady the proposal for a child is, in words."""
        settled, kept = self.draws - self.open, dict(self.kept).get(child, self.draws)
        if self.too_close(child):
            template = (
                "Too close to call: with the weights a little otherwise, {times} of {draws} plans choose otherwise."
            )
            return Sentence.of(template, times=settled - kept, draws=settled)
        return Sentence.of(
            "It holds with the weights a little otherwise, in {kept} of {draws} plans.", kept=kept, draws=settled
        )


def proposals_of(base: Base, seed: int, draws: int = DRAWS) -> Proposals:
    """How steady each child's proposal is: planned again under each draw, what earlier goals reach held."""
    found, problem = base.found, base.problem
    if problem.goals[base.warm.finest] != "suitability":  # weights play no part
        return Proposals(kept=tuple((child, draws) for child in base.home_of), draws=draws)
    by_criterion = np.array([sums_over_children(found.sets, one, found.row_of_child) for one in found.judged.points])
    kept = np.zeros(len(problem.children), dtype=np.int64)
    here, unsettled = _where(problem, base.solution.chosen), 0
    for thousandths in factors(found.policy, seed, draws):
        chosen = base.warm.best_with((thousandths @ by_criterion + 500) // 1000)
        if chosen is None:
            unsettled += 1
        else:
            kept += _where(problem, chosen) == here
    told = tuple(zip(problem.children, kept.tolist(), strict=True))
    return Proposals(kept=told, draws=draws, open=unsettled)


def _where(problem: Problem, chosen: Sequence[int] | Integers) -> Integers:
    """The home of each child, -1 for none; (children,)."""
    at = np.array(chosen, dtype=np.int64)
    where = np.full(len(problem.children), -1, dtype=np.int64)
    for bit in range(int(problem.group_sizes.max(initial=0))):
        inside = at[problem.block_mask[at] >> bit & 1 == 1]
        where[problem.first_child[problem.block_group[inside]] + bit] = problem.block_home[inside]
    return where
