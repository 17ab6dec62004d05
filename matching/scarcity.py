"""What taking a home would cost the children who wait, and those expected: the pool planned with and without it."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

import numpy as np

from matching.again import Base, Outcome, allowing, base_of, quickly_pinned
from matching.candidates import GOAL_TITLES
from matching.describe import group_position
from matching.domain import Child
from matching.errors import InconsistentCaseload, PlanRefused
from matching.planning import prepare
from matching.solver import Limits, Packing
from matching.wording import Sentence, counted, listed


@dataclass(frozen=True, kw_only=True)
class Cost:
    """What follows for the others if some children are placed so, against the best plan for the others alone.

    `loses` is by goal, in order (negative: gains). `without` would have a home otherwise and would have none; `placed`
    have none otherwise and would have one; `worse_off` would have another one that suits them less. `expected` counts
    how many fewer of the children expected would have a home, `None` when none were given.
    """

    loses: tuple[tuple[str, int], ...] = ()
    without: tuple[str, ...] = ()
    placed: tuple[str, ...] = ()
    worse_off: tuple[str, ...] = ()
    expected: int | None = None
    proven: bool = True

    @property
    def free_of_cost(self) -> bool:
        """Whether nobody who waits, or is expected, would lose by it."""
        return not self.expected and not any(lost for _, lost in self.loses)

    @property
    def sentences(self) -> tuple[Sentence, ...]:
        """The cost in words."""
        if self.free_of_cost:
            return (Sentence("Nobody else who waits would lose by it."),)
        most = [] if self.proven else [Sentence("This is the most that others would lose; it may be less.")]
        told = [self._first_loss(), *most] if any(lost for _, lost in self.loses) else []
        if self.expected:
            children = counted(self.expected, "child", "children")
            told.append(Sentence.of("Of those expected, {children} fewer would find a home.", children=children))
        return tuple(told)

    def _first_loss(self) -> Sentence:
        """The first goal in order that changes, with those who would have no home."""
        code, lost = next((code, lost) for code, lost in self.loses if lost)
        if self.without:
            template = "It takes a place from others: {children} would have no home."
            return Sentence.of(template, children=listed(list(self.without)))
        if code == "suitability":
            template = "Others would still have a home, but one that suits less well: {children}."
            return Sentence.of(template, children=listed(list(self.worse_off)))
        if lost < 0:
            template = "For the others, {title}: {gained} more."
            return Sentence.of(template, title=GOAL_TITLES.get(code, code).lower(), gained=-lost)
        template = "For the others, {title}: {lost} fewer."
        return Sentence.of(template, title=GOAL_TITLES.get(code, code).lower(), lost=lost)


@dataclass(frozen=True, kw_only=True)
class Taking(Cost):
    """What taking one home would cost; `possible` is false when no plan lets the children live there together."""

    home: str
    possible: bool = True

    @property
    def free_of_cost(self) -> bool:
        """Whether it is possible, and nobody who waits, or is expected, would lose by it."""
        return self.possible and super().free_of_cost

    @property
    def sentences(self) -> tuple[Sentence, ...]:
        """The cost in words."""
        if self.possible:
            return super().sentences
        return (Sentence.of("No plan for everybody has these children together at {home}.", home=self.home),)


@dataclass(frozen=True, kw_only=True)
class Pool:
    """Everybody who waits, planned once without some children; and the same with the children expected.

    `rows` are those that the proof took; the proofs of what each home costs begin with them.
    """

    children: tuple[str, ...]
    base: Base
    without: Outcome
    rows: Packing | None = None
    with_expected: "Pool | None" = None


def pool_of(base: Base, children: Sequence[str], expected: Base | None = None) -> Pool:
    """The best plan for all others, `children` left out; `expected` is the base with the children expected."""
    nobody = dict.fromkeys(children)
    without = quickly_pinned(base, nobody)
    rows = base.warm.added if allowing(base, nobody)[0].any() else None
    more = None if expected is None else pool_of(expected, children)
    return Pool(children=tuple(sorted(children)), base=base, without=without, rows=rows, with_expected=more)


def with_expected(base: Base, profiles: Sequence[Child], limits: Limits | None = None) -> Base:
    """The base with the children expected beside those who wait.

    Raises `InconsistentCaseload` when a profile has the reference of a child in the caseload.
    """
    caseload = base.ready.caseload
    twice = sorted({child.ref for child in profiles} & set(caseload.child_by_ref))
    if twice:
        raise InconsistentCaseload(f"{listed(twice)}: expected, yet in the caseload already. Give another reference.")
    both = replace(caseload, children=(*caseload.children, *profiles))
    return base_of(prepare(both, base.ready.policy), limits)


def cost_of_taking(pool: Pool, home: str) -> Taking:
    """What follows for the others if the children take this home."""
    told = _taken(pool, home)
    if pool.with_expected is None or not told.possible:
        return told
    more = _taken(pool.with_expected, home)
    fewer = dict(more.loses).get("placed", 0) - dict(told.loses).get("placed", 0)
    return replace(told, expected=fewer, proven=told.proven and more.proven)


def _taken(pool: Pool, home: str) -> Taking:
    block = _block(pool, home)
    if block is None:
        return Taking(home=home, possible=False)
    if _nobody_could_join(pool, block) and _fits_beside(pool, block):
        return Taking(home=home, loses=tuple((code, 0) for code in pool.base.problem.goals), proven=pool.without.proven)
    try:
        then = quickly_pinned(pool.base, dict.fromkeys(pool.children, home), pool.rows)
    except PlanRefused:
        return Taking(home=home, possible=False)
    cost = cost_to_others(pool, then, own=[block])
    return Taking(home=home, **{field.name: getattr(cost, field.name) for field in fields(cost)})


def cost_to_others(pool: Pool, then: Outcome, own: Sequence[int] | None = None) -> Cost:
    """What the others lose in a plan that places the pool's children.

    `own` are the blocks of these children; if not given, they are the whole group, and what the plan has for it counts.
    """
    problem, group = then.problem, group_position(pool.base.found, pool.children[0])
    if own is None:
        own = [block for block in then.solution.chosen if problem.block_group[block] == group]
    theirs = problem.goal_values[:, list(own)].sum(axis=1).tolist()
    both = zip(problem.goals, pool.without.solution.achieved, then.solution.achieved, theirs, strict=True)
    was, would = pool.without.home_of, {c: h for c, h in then.home_of.items() if c not in pool.children}
    return Cost(
        loses=tuple((code, before - (after - own)) for code, before, after, own in both),
        without=tuple(sorted(set(was) - set(would))),
        placed=tuple(sorted(set(would) - set(was))),
        worse_off=tuple(
            sorted(c for c in set(was) & set(would) if _points(pool, c, would[c]) < _points(pool, c, was[c]))
        ),
        proven=pool.without.proven and then.proven,
    )


def _points(pool: Pool, child: str, home: str) -> int:
    found = pool.base.found
    return int(found.judged.total[found.row_of_child[child], found.register.home_index[home]])


def _block(pool: Pool, home: str) -> int | None:
    """The block of exactly these children at the home."""
    problem, group = pool.base.problem, group_position(pool.base.found, pool.children[0])
    members = pool.base.found.groups[group].children
    mask = sum(1 << members.index(ref) for ref in pool.children)
    there = (problem.block_group == group) & (problem.block_mask == mask)
    at = np.flatnonzero(there & (problem.block_home == pool.base.found.register.home_index[home]))
    return int(at[0]) if at.size else None


def _nobody_could_join(pool: Pool, block: int) -> bool:
    """Whether no brother or sister may come along; with them there the best plan for everybody may be another."""
    problem = pool.base.problem
    there = (problem.block_group == problem.block_group[block]) & (problem.block_home == problem.block_home[block])
    mine = problem.block_mask[block]
    return int((there & ((problem.block_mask & mine) == mine)).sum()) == 1


def _fits_beside(pool: Pool, block: int) -> bool:
    """Whether the others' best plan can stay as it is with the children in the home."""
    problem, plan = pool.base.problem, pool.without.solution.chosen
    used = problem.rows[:, [*plan, block]].sum(axis=1)
    return bool((used <= problem.row_limit).all())
