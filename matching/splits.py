"""The split menu: where no home takes a whole sibling group, the few best ways to split it, each by solving again."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np

from matching.again import Base, Outcome, base_of, read_by_checker
from matching.describe import group_position
from matching.domain import Caseload, Relationship, SiblingGroup, SiblingPlan, Tie
from matching.errors import PlanRefused, UnknownReference
from matching.geo import miles_between
from matching.planning import prepare
from matching.rules import SiblingPlanKept
from matching.scarcity import Cost, Pool, cost_to_others, pool_of
from matching.solver import Problem, Warm
from matching.wording import Sentence, listed, spoken

MOST = 3
TRIED = 250  # ways; five brothers and sisters have 52, six have 203
STEP = 5  # miles
FEW = 3  # homes that are named
Masks = tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Brothers and sisters who would live together; `joining` live there already."""

    children: tuple[str, ...]
    home: str
    joining: tuple[str, ...]

    @property
    def sentence(self) -> Sentence:
        """Who would live where."""
        about = {"children": listed(list(self.children)), "home": self.home}
        if self.joining:
            template = "{children}: {home}, with {joining} who live there already."
            return Sentence.of(template, joining=listed(list(self.joining)), **about)
        template = "{children} together: {home}." if len(self.children) > 1 else "{children}: {home}."
        return Sentence.of(template, **about)


@dataclass(frozen=True, slots=True, kw_only=True)
class Between:
    """Two homes of a split; straight-line miles between them, `None` where a location is not known."""

    one: str
    other: str
    miles: float | None

    @property
    def sentence(self) -> Sentence:
        """How far from each other they would live."""
        if self.miles is None:
            return Sentence.of("How far {one} is from {other} is not known.", one=self.one, other=self.other)
        about = max(STEP, int(np.ceil(self.miles / STEP) * STEP))
        return Sentence.of("{one} and {other} are within {miles} miles.", one=self.one, other=self.other, miles=about)


@dataclass(frozen=True, kw_only=True)
class Split:
    """One way to split: who stays with whom and where, how far apart, and what it costs the others who wait."""

    parts: tuple[Part, ...]
    between: tuple[Between, ...]
    cost: Cost
    plan: Outcome

    @property
    def sentences(self) -> tuple[Sentence, ...]:
        """The whole in words."""
        return (*(p.sentence for p in self.parts), *(b.sentence for b in self.between), *self.cost.sentences)


@dataclass(frozen=True, kw_only=True)
class SplitMenu:
    """The best few ways to split, best first by the goals; `whole` are homes that could take everybody.

    `asks` are the roles of whom one must agree to any split, empty where the plan allows it. `tried` of `ways` were
    solved: all of them, unless the group is very large.
    """

    children: tuple[str, ...]
    whole: tuple[str, ...]
    asks: tuple[str, ...]
    splits: tuple[Split, ...]
    tried: int
    ways: int

    @property
    def sentences(self) -> tuple[Sentence, ...]:
        """What holds for all the ways together."""
        return tuple([*self._together(), *self._allowed(), *self._found()])

    def _together(self) -> Iterator[Sentence]:
        about = listed(list(self.children))
        if self.whole:
            few = listed(list(self.whole), "or") if len(self.whole) <= FEW else f"{len(self.whole)} homes"
            template = "{homes} could take {children} together; a split is not needed for want of a home."
            yield Sentence.of(template, homes=few, children=about)
        else:
            yield Sentence.of("No home can take {children} together as the facts are.", children=about)

    def _allowed(self) -> Iterator[Sentence]:
        if self.asks:
            roles = listed([spoken(role) for role in self.asks], "or")
            template = "Their plan is to be together: any split needs a recorded decision by the {roles}."
            yield Sentence.of(template, roles=roles)

    def _found(self) -> Iterator[Sentence]:
        if not self.splits:
            yield Sentence("No way to split them finds a home for each of them.")
        if self.tried < self.ways:
            template = "The {tried} ways that keep most together were tried, of {ways}."
            yield Sentence.of(template, tried=self.tried, ways=self.ways)


def split_menu(base: Base, child: str, most: int = MOST) -> SplitMenu:
    """The best ways to split the sibling group of a child who waits, all of them placed, proven by solving again.

    Raises `UnknownReference` when the child does not wait, or has no brother or sister who waits.
    """
    group = _group(base, child)
    loose = _loosened(base, group)
    full = (1 << len(group.children)) - 1
    ways = _ways(loose, group)
    tried = ways[:TRIED]
    found = _best_of_each(loose, group, tried)[:most]
    pool = pool_of(loose, group.children)
    return SplitMenu(
        children=group.children,
        whole=_homes_for(base, group, full),
        asks=SiblingPlanKept.lifted_by if loose is not base else (),
        splits=tuple(_told(pool, group, plan) for plan in found),
        tried=len(tried),
        ways=len(ways),
    )


def _group(base: Base, child: str) -> SiblingGroup:
    if child not in base.found.row_of_child:
        raise UnknownReference(
            f"Child {child!r} does not need a home in this caseload. Maybe they live in one already."
        )
    group = base.found.groups[group_position(base.found, child)]
    if len(group.children) < 2:
        raise UnknownReference(f"Child {child!r} has no brother or sister who needs a home: there is nothing to split.")
    return group


def _loosened(base: Base, group: SiblingGroup) -> Base:
    """The base as if brothers and sisters who must be together might be apart; the base itself where they may."""
    if group.plan is not SiblingPlan.TOGETHER_REQUIRED:
        return base
    return base_of(prepare(_as_preferred(base.ready.caseload, group), base.ready.policy))


def _as_preferred(caseload: Caseload, group: SiblingGroup) -> Caseload:
    def one(told: Relationship) -> Relationship:
        """The plan of this group as a preference; every other tie as it is."""
        here = told.tie is Tie.SIBLING_PLAN and told.of == group.ref
        return replace(told, plan=SiblingPlan.TOGETHER_PREFERRED) if here else told

    return replace(caseload, relationships=tuple(one(told) for told in caseload.relationships))


def _homes_for(base: Base, group: SiblingGroup, mask: int) -> tuple[str, ...]:
    problem, g = base.problem, group_position(base.found, group.children[0])
    at = np.flatnonzero((problem.block_group == g) & (problem.block_mask == mask))
    return tuple(sorted(problem.homes[int(problem.block_home[b])] for b in at))


def _ways(base: Base, group: SiblingGroup) -> list[Masks]:
    """Every way to split the group into sets that some home could take, those that keep most together first."""
    g = group_position(base.found, group.children[0])
    full = (1 << len(group.children)) - 1
    sets = sorted({int(m) for m in base.problem.block_mask[base.problem.block_group == g]} - {full})
    return sorted(_partitions(full, sets), key=lambda parts: (-_pairs(parts), parts))


def _partitions(left: int, sets: list[int]) -> Iterator[Masks]:
    """Every way to make up `left` from the sets; the set with the first child left comes first."""
    if not left:
        yield ()
        return
    first = left & -left
    for mask in sets:
        if mask & first and mask & left == mask:
            for rest in _partitions(left & ~mask, sets):
                yield (mask, *rest)


def _pairs(parts: Masks) -> int:
    """How many pairs of brothers and sisters stay together."""
    return sum(mask.bit_count() * (mask.bit_count() - 1) // 2 for mask in parts)


def _best_of_each(base: Base, group: SiblingGroup, ways: list[Masks]) -> list[Outcome]:
    """The best plan of each way, best first by the goals, then by who stays together."""
    problem = _in_different_homes(base, group)
    warm = Warm(problem, base.solution, best=False)
    plans = [(parts, plan) for parts in ways if (plan := _split_so(base, problem, warm, group, parts))]
    return [plan for _, plan in sorted(plans, key=_rank)]


def _rank(told: tuple[Masks, Outcome]) -> tuple[list[int], int, Masks]:
    parts, plan = told
    return [-value for value in plan.solution.achieved], -_pairs(parts), parts


def _in_different_homes(base: Base, group: SiblingGroup) -> Problem:
    """At most one set of the group in a home: two sets that meet there would not be a split."""
    problem, g = base.problem, group_position(base.found, group.children[0])
    here = np.flatnonzero(problem.block_group == g)
    rows = [here[problem.block_home[here] == home] for home in np.unique(problem.block_home[here])]
    return problem.with_rows([row for row in rows if row.size > 1], 1)


def _split_so(base: Base, problem: Problem, warm: Warm, group: SiblingGroup, parts: Masks) -> Outcome | None:
    g = group_position(base.found, group.children[0])
    keep = (problem.block_group != g) | np.isin(problem.block_mask, parts)
    must = tuple(base.found.row_of_child[ref] for ref in group.children)
    try:
        plan = Outcome(found=base.found, problem=problem, solution=warm.best(keep, must))
    except PlanRefused:
        return None
    read_by_checker(base, plan)
    return plan


def _by_home(group: SiblingGroup, plan: Outcome) -> dict[str, tuple[str, ...]]:
    home_of = plan.home_of
    homes = dict.fromkeys(home_of[ref] for ref in group.children)
    return {home: tuple(ref for ref in group.children if home_of[ref] == home) for home in homes}


def _told(pool: Pool, group: SiblingGroup, plan: Outcome) -> Split:
    caseload, homes = pool.base.ready.caseload, _by_home(group, plan)
    return Split(
        parts=tuple(
            Part(children=refs, home=home, joining=_joining(caseload, group, home)) for home, refs in homes.items()
        ),
        between=tuple(_between(caseload, one, other) for one, other in combinations(sorted(homes), 2)),
        cost=cost_to_others(pool, plan),
        plan=plan,
    )


def _joining(caseload: Caseload, group: SiblingGroup, home: str) -> tuple[str, ...]:
    return tuple(r.ref for r in caseload.households[home].staying if r.ref in group.settled)


def _between(caseload: Caseload, one: str, other: str) -> Between:
    places = [caseload.home(ref).place for ref in (one, other)]
    if None in places:
        return Between(one=one, other=other, miles=None)
    grid = [np.array([c], dtype=np.float64) for place in places if place for c in (place.easting, place.northing)]
    return Between(one=one, other=other, miles=float(miles_between(grid[0], grid[1], grid[2], grid[3])[0]))
