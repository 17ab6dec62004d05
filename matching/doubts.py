"""Which recorded facts, if one of them were wrong, would change the proposal for a child: check those first.

Each fact of the child, of the home proposed and of the homes nearest to it is taken otherwise, one at a time. Only
where that opens, closes or lifts something is the plan solved again, on a relaxation that is kept warm over everything
that any of these facts could open.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar, cast

import numpy as np
import numpy.typing as npt

from matching.again import Base, Outcome, positions, solved_again
from matching.candidates import Candidates, Judged, changed, judge_pairs, standing_of
from matching.candidates.blocks import sums_over_children
from matching.describe import group_position
from matching.domain import Child, Home, Household, Verdict
from matching.domain.facts import Fact
from matching.errors import UnknownReference
from matching.io.cells import write_cell
from matching.otherwise import Noted, otherwise, value_of
from matching.pairs import Pairs, Register, Side
from matching.rules import judge_with_decisions
from matching.solver import Limits, Problem, Solution, Warm
from matching.wording import Sentence

RIVALS = 2
TOGETHER = (
    "deadline",
    "harm_sexual",
    "most_children",
    "exemption_ends",
    "places_free",
    "place_state",
    "bedrooms",
    "staying_put",
)
Integers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, kw_only=True)
class Doubt:
    """A fact on which the proposal rests: if it were `instead`, the child would go to `then` (`None`: to no home).

    `column` is the fact's column in the caseload folder; `recorded` is empty when it is not known.
    """

    about: str
    column: str
    meaning: str
    recorded: str
    instead: tuple[str, ...]
    then: str | None
    proven: bool

    @property
    def sentence(self) -> Sentence:
        """The doubt in words."""
        about = {"about": self.about, "fact": self.column.replace("_", " "), "value": " or ".join(self.instead)}
        known = (
            "If {fact} of {about} were {value}, " if self.recorded else "Not known: {fact} of {about}. With {value}, "
        )
        if self.then is None:
            return Sentence.of(known + "no home would be proposed.", **about)
        return Sentence.of(known + "{home} would be proposed.", home=self.then, **about)


def doubts(base: Base, child: str, rivals: int = RIVALS) -> tuple[Doubt, ...]:
    """Facts to check first: those of the home proposed and the child before those of other homes, not known ones first.

    Raises `UnknownReference` for a child for whom the plan has no home.
    """
    home = base.home_of.get(child)
    if home is None:
        raise UnknownReference(f"The plan has no home for {child}. Maybe `placements explain` says what would help.")
    near = _rivals(base, child, home)[:rivals]
    asked = _Asked(base, child, [home, *near])
    found: dict[tuple[str, str, str | None], Doubt] = {}
    for about, fact, told in asked.everything():
        then = asked.then(about, fact, told)
        if then is None or then[0] == home:
            continue
        one = _doubt(base, about, fact, told, then)
        key = (one.about, one.column, one.then)
        found[key] = one if key not in found else replace(found[key], instead=(*found[key].instead, *one.instead))
    order = {ref: i for i, ref in enumerate([child, home, *near])}
    return tuple(sorted(found.values(), key=lambda d: (order[d.about] > 1, d.recorded != "", order[d.about], d.column)))


def _rivals(base: Base, child: str, home: str) -> list[str]:
    """Homes that are possible, or that one rule is in the way of; the one with most points first."""
    standing = standing_of(base.found, (child,), without=("sibling-plan",))
    near = np.flatnonzero(standing.in_the_way.sum(axis=0) <= 1)
    points = base.found.judged.total[base.found.row_of_child[child]]
    refs = list(base.found.register.home_index)
    return [refs[column] for column in near[np.argsort(-points[near], kind="stable")] if refs[column] != home]


def _doubt(base: Base, about: str, fact: Fact, told: Child | Home, then: tuple[str | None, bool]) -> Doubt:
    caseload = base.ready.caseload
    recorded = caseload.child_by_ref.get(about) or caseload.home_by_ref[about]
    return Doubt(
        about=about,
        column=fact.column,
        meaning=fact.meaning,
        recorded=write_cell(value_of(recorded, fact)),
        instead=(write_cell(value_of(told, fact)),),
        then=then[0],
        proven=then[1],
    )


class _Asked:
    """The plan with one fact otherwise; everything that some fact of these could open is in one warm problem."""

    def __init__(self, base: Base, child: str, homes: Sequence[str]) -> None:
        self.base, self.child, self.homes = base, child, list(homes)
        self.group = group_position(base.found, child)
        found, columns = base.found, [base.found.register.home_index[home] for home in homes]
        verdicts = found.judged.verdicts.copy()
        verdicts[:, found.row_of_child[child]] = Verdict.MET
        verdicts[:, :, columns] = Verdict.MET
        opened = replace(found.judged, verdicts=verdicts)
        self.found, self.problem = changed(found, base.problem, opened, groups=(self.group,), homes=columns)
        self.readers = _readers(found)
        self.warm = Warm(self.problem, self._as_solution(), best=False)
        self.usual = self._allowed(found.judged)
        self.suits = base.problem.goals[base.warm.finest] == "suitability"

    def _as_solution(self) -> Solution:
        """The base's plan among the blocks of the wider problem."""
        chosen = positions(self.base.problem, self.base.solution.chosen, self.problem)
        return replace(self.base.solution, chosen=chosen)

    def everything(self) -> Iterator[tuple[str, Fact, Child | Home]]:
        """Each fact of the child and of the homes, taken otherwise."""
        caseload = self.base.ready.caseload
        read = frozenset(self.readers)
        for fact, child in otherwise(caseload.child(self.child), caseload, read):
            yield self.child, fact, child
        for home in self.homes:
            for fact, told in otherwise(caseload.home(home), caseload, read):
                yield home, fact, told

    def then(self, about: str, fact: Fact, told: Child | Home) -> tuple[str | None, bool] | None:
        """The home that the child would have, and whether that is proven; `None`: as it is."""
        register, judged = self._judged(fact, told)
        simple = _together(told) == _together(self._recorded(about))
        if simple and not self._could_change(judged):
            return None
        if about in self.homes[1:] and not self._differs_for_child(judged, about):
            return None
        outcome = self._quickly(judged) if simple else self._slowly(register, judged, about)
        return None if outcome is None else self._answer(outcome)

    def _recorded(self, about: str) -> Child | Home:
        caseload = self.base.ready.caseload
        return caseload.child_by_ref.get(about) or caseload.home_by_ref[about]

    def _answer(self, outcome: Outcome) -> tuple[str | None, bool] | None:
        then = outcome.home_of.get(self.child)
        return None if then == self.homes[0] else (then, outcome.proven)

    def _judged(self, fact: Fact, told: Child | Home) -> tuple[Register, Judged]:
        """Verdicts and points with one row or column made anew, by the rules and criteria that read the fact."""
        found, caseload = self.base.found, self.base.ready.caseload
        old, at = found.register, (slice(None), slice(None))
        if isinstance(told, Child):
            register = Register(caseload.with_changes(children=_swapped(caseload.children, told)))
            register.homes, register.vocabularies = old.homes, old.vocabularies
            pairs = Pairs(register.caseload, Side((told,), old.vocabularies), old.homes)
            at = (_one(found.row_of_child[told.ref]), slice(None))
        else:
            register = Register(caseload.with_changes(homes=_swapped(caseload.homes, told)))
            one = Household(home=told, residents=caseload.households[told.ref].residents)
            pairs = Pairs(register.caseload, found.judged.pairs.children, Side((one,), old.vocabularies))
            at = (slice(None), _one(old.home_index[told.ref]))
        register.memory = old.memory  # the date, and who is whose brother or sister, are as they were
        return register, self._replaced(register, pairs, fact, at)

    def _replaced(self, register: Register, pairs: Pairs, fact: Fact, at: tuple[slice, slice]) -> Judged:
        judged, policy, refs = self.base.found.judged, self.base.found.policy, self.base.found.row_of_child
        rules, criteria = self.readers[fact.path[-1]]
        fewer = replace(
            policy,
            rules=tuple(policy.rules[i] for i in rules),
            criteria=tuple(policy.criteria[i] for i in criteria),
        )
        part = judge_pairs(pairs, fewer)
        arrays = {}
        for name, rows in (("verdicts", rules), ("points", criteria), ("unrated", criteria)):
            arrays[name] = getattr(judged, name).copy()
            for i, row in enumerate(rows):
                arrays[name][(row, *at)] = getattr(part, name)[i]
        children = [register.caseload.child_by_ref[ref] for ref in refs]
        return replace(judged, pairs=register.pairs(children), **arrays)

    def _differs_for_child(self, judged: Judged, home: str) -> bool:
        row, column = self.base.found.row_of_child[self.child], self.base.found.register.home_index[home]
        before = self.base.found.judged
        same = before.verdict[row, column] == judged.verdict[row, column]
        return not same or before.total[row, column] != judged.total[row, column]

    def _could_change(self, judged: Judged) -> bool:
        """Whether anything opened, or earns otherwise; closing what the plan does not use changes nothing."""
        before = self.base.found.judged
        opens = ((judged.verdict == Verdict.MET) & (before.verdict != Verdict.MET)).any()
        closes = self._allowed(judged)[list(self.warm.solution.chosen)].all()
        return bool(opens or not closes or (judged.total != before.total).any())

    def _allowed(self, judged: Judged) -> Flags:
        """Which blocks of the wider problem the verdicts allow."""
        barred = (judged.verdict != Verdict.MET).astype(np.int64)
        return np.asarray(sums_over_children(self.found.sets, barred, self.found.row_of_child) == 0)

    def _quickly(self, judged: Judged) -> Outcome:
        finest = None
        if self.suits:
            finest = sums_over_children(self.found.sets, judged.total, self.found.row_of_child)
        solution = self.warm.best(self._allowed(judged), finest=finest)
        return Outcome(found=self.found, problem=self.problem, solution=solution)

    def _slowly(self, register: Register, judged: Judged, about: str) -> Outcome | None:
        """Made anew where it differs and solved from nothing; `None` when nothing differs."""
        groups = (self.group,) if about == self.child else ()
        homes = () if about == self.child else (register.home_index[about],)
        found, problem = changed(
            self.base.found, self.base.problem, judged, groups=groups, homes=homes, register=register
        )
        if _same(problem, self.base.problem):
            return None
        return solved_again(self.base, problem, Limits(lot=False), found)


Readers = dict[str, tuple[list[int], list[int]]]


def _readers(found: Candidates) -> Readers:
    """By name of a fact: positions of the rules and of the criteria that read it; others need not be asked again."""
    told: Readers = {name: ([], []) for name in TOGETHER}
    for at, rule in enumerate(found.policy.rules):
        for name in _read_by(found, lambda pairs, rule=rule: judge_with_decisions(rule, pairs)):  # type: ignore[misc]
            told.setdefault(name, ([], []))[0].append(at)
    for at, (criterion, _) in enumerate(found.policy.criteria):
        for name in _read_by(found, criterion.rate):
            told.setdefault(name, ([], []))[1].append(at)
    return told


def _read_by(found: Candidates, ask: Callable[[Pairs], object]) -> set[str]:
    seen: set[str] = set()
    ask(_noting(found, seen))
    return seen


def _noting(found: Candidates, seen: set[str]) -> Pairs:
    """The pairs of the candidates, noting which facts are read."""
    pairs, words = found.judged.pairs, found.register.vocabularies
    children: list[Any] = [Noted(child, seen) for child in pairs.children.items]
    homes = [replace(one, home=cast(Home, Noted(one.home, seen))) for one in pairs.homes.items]
    return Pairs(pairs.caseload, Side(children, words), Side(homes, words))


def _together(one: Child | Home) -> tuple[object, ...]:
    """What decides who may live and sleep together, places, and the goals before suitability."""
    if isinstance(one, Child):
        alongside = (one.date_of_birth, one.sex, one.considerations, one.lives_with)
        return (
            *alongside,
            one.with_parent,
            one.brings_baby,
            one.deadline,
            one.risks.harm_sexual,
            one.risks.harm_physical,
        )
    terms = (one.approval.most_children, one.approval.exemption_ends, one.kind)
    return (*terms, one.places_free, one.place_state, one.bedrooms, one.birth_children, one.staying_put)


T = TypeVar("T", Child, Home)


def _swapped(every: Sequence[T], told: T) -> tuple[T, ...]:
    return tuple(told if one.ref == told.ref else one for one in every)


def _one(at: int) -> slice:
    return slice(at, at + 1)


def _same(one: Problem, other: Problem) -> bool:
    """Whether two problems have the same blocks, worth the same, and as many rows of the same size."""
    names = ("block_group", "block_mask", "block_home", "goal_values")
    same = all(np.array_equal(getattr(one, name), getattr(other, name)) for name in names)
    return same and _rows(one) == _rows(other)


def _rows(problem: Problem) -> list[tuple[int, int, int, int]]:
    """Each row as its limit, its blocks and its uses, in an order of their own."""
    key = np.lexsort((problem.row_block, problem.row_index))
    index, block, use = problem.row_index[key], problem.row_block[key].astype(np.int64), problem.row_use[key]
    sums = [np.bincount(index, weights=part, minlength=problem.row_limit.size) for part in (block, use, block * use)]
    return sorted(zip(problem.row_limit.tolist(), *(part.astype(np.int64).tolist() for part in sums), strict=True))
