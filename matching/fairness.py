"""Who waits, who finds a home and how near, by kind of child; and what it would cost to do more for those worst off.

For monitoring only: nothing here is used to match (Equality Act 2010, section 149). Small numbers are hidden.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import median

import numpy as np
import numpy.typing as npt

from matching.again import Base, Outcome, solved_again
from matching.candidates import GOAL_TITLES
from matching.candidates.blocks import sums_over_children
from matching.domain import Caseload, Child, Tie
from matching.errors import PlanRefused
from matching.pairs.travel import miles_to_family_home
from matching.solver import Limits
from matching.suppression import SMALL, hidden_rows, hide_total
from matching.wording import Sentence

LEAST_FOR_A_FIGURE = 10  # no share, median or worst-off group rests on fewer children
POINTS_OF_A_CURVE = 8
NOT_KNOWN = "not known"
AGE_BANDS = ((0, "under 1"), (4, "1 to 4"), (9, "5 to 9"), (15, "10 to 15"), (99, "16 and over"))
Integers = npt.NDArray[np.int64]


def _age_band(caseload: Caseload, child: Child) -> str:
    age = child.age_on(caseload.as_of)
    return NOT_KNOWN if age is None else next(name for oldest, name in AGE_BANDS if age <= oldest)


def _yes_no(value: bool | None) -> str:
    return NOT_KNOWN if value is None else ("yes" if value else "no")


def _siblings(caseload: Caseload, child: Child) -> str:
    group = next(g for g in caseload.groups if child.ref in g.children)
    return str(len(group.children)) if len(group.children) < 4 else "4 or more"


KINDS: Mapping[str, Callable[[Caseload, Child], str]] = {
    "age": _age_band,
    "sex": lambda _, child: child.sex.value if child.sex else NOT_KNOWN,
    "disabled": lambda _, child: _yes_no(child.disabled),
    "ethnic group": lambda _, child: child.ethnicity or NOT_KNOWN,
    "unaccompanied": lambda _, child: _yes_no(child.uasc),
    "brothers and sisters who need a home": _siblings,
}


@dataclass(frozen=True, kw_only=True)
class Row:
    """One kind of child. Hidden numbers are `None`, and so are medians over fewer than ten children.

    `days` is the median wait so far; `miles` the median distance from the family home to the home proposed;
    `possible` the median number of homes that every rule allows; `refused` counts refusals recorded.
    """

    value: str
    children: int | None
    with_home: int | None
    split: int | None
    refused: int | None
    days: float | None
    miles: float | None
    possible: float | None


@dataclass(frozen=True, kw_only=True)
class Ledger:
    """Rows by kind, and the totals over all children who need a home."""

    tables: tuple[tuple[str, tuple[Row, ...]], ...]
    total: Row


@dataclass(frozen=True, slots=True)
class _Facts:
    """What is counted about one child."""

    with_home: bool
    split: bool
    refused: int
    days: int | None
    miles: float | None
    possible: int


COUNTS: Mapping[str, Callable[[_Facts], int]] = {
    "with_home": lambda fact: int(fact.with_home),
    "split": lambda fact: int(fact.split),
    "refused": lambda fact: int(fact.refused > 0),
}


def ledger(base: Base, small: int = SMALL) -> Ledger:
    """The ledger of the best plan; numbers from 1 to `small` are hidden, with what would give them away."""
    caseload, facts = base.ready.caseload, _facts(base)
    tables = []
    for kind, value_of in KINDS.items():
        rows: dict[str, list[_Facts]] = {}
        for child in caseload.seeking:
            rows.setdefault(value_of(caseload, child), []).append(facts[child.ref])
        tables.append((kind, _table(rows, small)))
    everybody = list(facts.values())
    whole = _columns({"all": everybody})
    hidden = [name for name, columns in whole.items() if hide_total(columns, small)]
    return Ledger(tables=tuple(tables), total=_row("all", everybody, hidden))


def _facts(base: Base) -> dict[str, _Facts]:
    caseload, found, home_of = base.ready.caseload, base.found, base.home_of
    miles = np.broadcast_to(miles_to_family_home(found.judged.pairs), found.judged.pairs.shape)
    possible = (found.judged.verdicts.min(axis=0) == 2).sum(axis=1)
    refusals = [child for child, _ in caseload.ties[Tie.REFUSED]]
    told = {}
    for child in caseload.seeking:
        row, home = found.row_of_child[child.ref], home_of.get(child.ref)
        far = np.nan if home is None else float(miles[row, found.register.home_index[home]])
        since = child.waiting_since
        told[child.ref] = _Facts(
            with_home=home is not None,
            split=_is_split(caseload, home_of, child),
            refused=refusals.count(child.ref),
            days=None if since is None else (caseload.as_of - since).days,
            miles=None if np.isnan(far) else far,
            possible=int(possible[row]),
        )
    return told


def _is_split(caseload: Caseload, home_of: Mapping[str, str], child: Child) -> bool:
    """Whether the child would live apart from a brother or sister who is proposed a home too."""
    mine = home_of.get(child.ref)
    if mine is None or child.sibling_group is None:
        return False
    return any(home_of.get(other.ref, mine) != mine for other in caseload.seeking if _brother(child, other))


def _brother(child: Child, other: Child) -> bool:
    return other.sibling_group == child.sibling_group


def _columns(rows: Mapping[str, list[_Facts]]) -> dict[str, list[dict[str, int]]]:
    """By name of what is shown: the columns to be protected together, each with what it leaves of everybody."""
    everybody = {value: len(some) for value, some in rows.items()}
    found = {"children": [everybody]}
    for name, count in COUNTS.items():
        part = {value: sum(map(count, some)) for value, some in rows.items()}
        found[name] = [part, {value: everybody[value] - part[value] for value in rows}]
    found["children"] += found["with_home"]
    found["with_home"] = found["children"]
    return found


def _table(rows: Mapping[str, list[_Facts]], small: int) -> tuple[Row, ...]:
    hidden = {name: hidden_rows(columns, small) for name, columns in _columns(rows).items()}
    return tuple(
        _row(value, rows[value], [name for name, values in hidden.items() if value in values])
        for value in sorted(rows, key=_place)
    )


def _place(value: str) -> tuple[int, str]:
    """Ages in their order, all else by name."""
    names = [name for _, name in AGE_BANDS]
    return (names.index(value) if value in names else 0, value)


def _row(value: str, some: list[_Facts], hidden: Sequence[str]) -> Row:
    shown = {name: None if name in hidden else sum(map(count, some)) for name, count in COUNTS.items()}
    enough = "children" not in hidden and len(some) >= LEAST_FOR_A_FIGURE

    def middle(numbers: Iterable[float | int | None]) -> float | None:
        """The median of what is known, if enough is."""
        known = [number for number in numbers if number is not None]
        return float(median(known)) if enough and len(known) >= LEAST_FOR_A_FIGURE else None

    return Row(
        value=value,
        children=None if "children" in hidden else len(some),
        with_home=shown["with_home"],
        split=shown["split"],
        refused=shown["refused"],
        days=middle(f.days for f in some),
        miles=middle(f.miles for f in some),
        possible=middle(f.possible for f in some),
    )


@dataclass(frozen=True, kw_only=True)
class Step:
    """One point of the curve: at least `floor` of the worst-off group with a home, and what each goal then loses."""

    floor: int
    loses: tuple[tuple[str, int], ...]
    proven: bool


@dataclass(frozen=True, kw_only=True)
class PriceOfAFloor:
    """The group with the smallest share of homes, and what it costs all others to do more for it.

    `kind` is `None` when no group is large enough to be named, or when the best plan itself is not `proven`: against a
    plan that may not be the best no loss can be told. `ended` says that the time ended before the last step.
    """

    kind: str | None
    value: str = ""
    children: int = 0
    steps: tuple[Step, ...] = ()
    proven: bool = True
    ended: bool = False

    @property
    def sentences(self) -> tuple[Sentence, ...]:
        """The curve in words."""
        if not self.proven:
            return (Sentence("The best plan is not proven, so what it would cost to do more cannot be told."),)
        if self.kind is None:
            return (Sentence("No kind of child is large enough to be named here."),)
        opening = Sentence.of(
            "The smallest share with a home: {kind}, {value}; {now} of {children}.",
            kind=self.kind,
            value=self.value,
            now=self.steps[0].floor,
            children=self.children,
        )
        more = [self._step(step) for step in self.steps[1:]]
        if self.ended:
            return (opening, *more, Sentence("The time ended before it was known what more of them would cost."))
        return (opening, *(more or [Sentence("No plan has a home for more of them.")]))

    def _step(self, step: Step) -> Sentence:
        code, lost = next(((code, lost) for code, lost in step.loses if lost), ("", 0))
        if not code:
            return Sentence.of("For {floor} of them, nothing is given up.", floor=step.floor)
        title = GOAL_TITLES.get(code, code).lower()
        if code == "suitability":
            return Sentence.of("For {floor} of them, homes suit somewhat less over all children.", floor=step.floor)
        return Sentence.of("For {floor} of them, {title}: {lost} fewer.", floor=step.floor, title=title, lost=lost)


def price_of_a_floor(base: Base, seconds: float | None = None) -> PriceOfAFloor:
    """What it costs, step by step, that more children of the worst-off group have a home; each step proven anew.

    In `seconds` each step has an equal part; after one that was not proven in it no further step is told.
    """
    if not base.proven:
        return PriceOfAFloor(kind=None, proven=False)
    worst = _worst_off(base)
    if worst is None:
        return PriceOfAFloor(kind=None)
    kind, value, members = worst
    inside = np.array([ref in members for ref in base.found.row_of_child], dtype=np.int64)
    grid = np.broadcast_to(inside[:, None], base.found.judged.pairs.shape)
    counts = sums_over_children(base.found.sets, grid, base.found.row_of_child)
    steps, ended = _curve(base, counts, seconds)
    return PriceOfAFloor(kind=kind, value=value, children=len(members), steps=steps, ended=ended)


def _curve(base: Base, counts: Integers, seconds: float | None) -> tuple[tuple[Step, ...], bool]:
    """The steps that were proven in the time, and whether it ended before the last; the first is the plan as it is."""
    now, *more = _floors(int(counts[list(base.solution.chosen)].sum()), _most(base, counts))
    limits = Limits(lot=False, seconds=None if seconds is None else seconds / max(len(more), 1))
    steps = [_told(base, base, now)]
    for floor in more:
        then = _with_floor(base, counts, floor, limits)
        if then is None:
            return tuple(steps), True
        steps.append(_told(base, then, floor))
    return tuple(steps), False


def _with_floor(base: Base, counts: Integers, floor: int, limits: Limits) -> Outcome | None:
    """The best plan with so many of them, `None` where it was not proven in the time, or none was found in it."""
    try:
        then = solved_again(base, base.problem, limits, floors=[(counts, floor)])
    except PlanRefused:  # some plan has so many of them: without a limit it is found
        if limits.seconds is None:
            raise
        return None
    return then if then.proven else None


def _worst_off(base: Base) -> tuple[str, str, frozenset[str]] | None:
    """The kind with the smallest share of homes among those large enough to be named."""
    caseload, home_of = base.ready.caseload, base.home_of
    found: list[tuple[float, str, str, frozenset[str]]] = []
    for kind, value_of in KINDS.items():
        for value in {value_of(caseload, child) for child in caseload.seeking}:
            members = frozenset(c.ref for c in caseload.seeking if value_of(caseload, c) == value)
            placed = len(members & set(home_of))
            left = len(members) - placed
            nameable = all(number == 0 or number > SMALL for number in (placed, left))
            if len(members) >= LEAST_FOR_A_FIGURE and nameable:
                found.append((placed / len(members), kind, value, members))
    return min(found)[1:] if found else None


def _most(base: Base, counts: Integers) -> int:
    """The most of them that any plan could have a home for."""
    alone = replace(base.problem, goals=("placed",), goal_values=counts[None])
    return solved_again(base, alone, Limits(lot=False)).solution.achieved[0]


def _floors(now: int, most: int) -> list[int]:
    return sorted({int(round(floor)) for floor in np.linspace(now, most, min(POINTS_OF_A_CURVE, most - now + 1))})


def _told(base: Base, then: Outcome, floor: int) -> Step:
    both = zip(base.problem.goals, base.solution.achieved, then.solution.achieved, strict=True)
    loses = tuple((code, was - would) for code, was, would in both)
    return Step(floor=floor, loses=loses, proven=base.proven and then.proven)
