"""In which order to ring the homes of a plan, with fall-backs, so that everybody most likely has a home in time.

One person rings, one home after another. For each set of brothers and sisters the plan's home comes first, then the
fall-backs. No bed is promised twice: if every home on the list said yes at once, all could go.

Ringing for the set with the earliest deadline until somebody says yes makes it as likely as any order can that all are
placed in time: whatever the answers turn out to be, if some order would have placed all in time, this one does
(Jackson's rule of 1955 for one machine and due dates, which needs not know how long each job takes).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from matching.again import Base
from matching.domain import Child, Home, HomeKind, Provider
from matching.domain.facts import fact
from matching.errors import WrongChance
from matching.solver import Limits, Problem, solve

CALLS_A_DAY = 8
FALL_BACKS = 2
Integers = npt.NDArray[np.int64]
Shares = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Chance:
    """How often homes of a kind say yes to a request of a kind, from past calls; never about a person.

    What is empty holds for all; the first row that fits counts.
    """

    provider: Provider | None = fact("Who runs or supervises the home.")
    kind: HomeKind | None = fact("What sort of home it is.")
    short_notice: bool | None = fact("Whether the home takes children at short notice.")
    youngest: int | None = fact("Least age of the oldest child asked for, in years.")
    oldest: int | None = fact("Greatest age of the oldest child asked for, in years.")
    children: int | None = fact("How many children are asked for together.")
    chance: float | None = fact("Share of such calls that end with a yes, from 0 to 1.")

    def fits(self, home: Home, ages: Sequence[int | None], size: int) -> bool:
        """Whether the row is about this home and these children."""
        told = ((self.provider, home.provider), (self.kind, home.kind), (self.short_notice, home.short_notice))
        same = all(wanted is None or wanted == has for wanted, has in (*told, (self.children, size)))
        age = max((age for age in ages if age is not None), default=None)
        low = self.youngest is None or (age is not None and age >= self.youngest)
        return same and low and (self.oldest is None or (age is not None and age <= self.oldest))


@dataclass(frozen=True, kw_only=True)
class ToRing:
    """The homes to ring for one set of brothers and sisters, the plan's first.

    `calls_left` is how many calls can be made before their deadline, `None` when there is none; a deadline that has
    passed counts as today's. `chances` are those of
    the homes, empty when none are known. `in_time` is the chance that a home is found by the deadline.
    """

    children: tuple[str, ...]
    homes: tuple[str, ...]
    calls_left: int | None
    chances: tuple[float, ...] = ()
    in_time: float | None = None


@dataclass(frozen=True, kw_only=True)
class OrderOfCalls:
    """Sets in the order in which to ring for them; each until somebody says yes.

    `nominal` counts the children of the plan; `expected` those who most likely have a home by their deadline, on
    average; `all_in_time` is the chance that all have. Without chances both are `None`.
    """

    sets: tuple[ToRing, ...]
    nominal: int
    expected: float | None = None
    all_in_time: float | None = None


def order_of_calls(
    base: Base, chances: Sequence[Chance] = (), *, calls_a_day: int = CALLS_A_DAY, fall_backs: int = FALL_BACKS
) -> OrderOfCalls:
    """The order of calls for the base's plan.

    Raises `WrongChance` when a chance is not from 0 to 1, or some home and request fits no row of `chances`.
    """
    homes = _with_fall_backs(base, fall_backs)
    sets = [_to_ring(base, block, places, chances, calls_a_day) for block, places in homes.items()]
    return in_order(sets)


def in_order(sets: Sequence[ToRing]) -> OrderOfCalls:
    """Sets by deadline; those that bring most children a call first where deadlines are the same."""
    ordered = sorted(sets, key=lambda one: (_slots(one), -_children_a_call(one), one.children))
    nominal = sum(len(one.children) for one in ordered)
    if not ordered or not all(one.chances for one in ordered):
        return OrderOfCalls(sets=tuple(ordered), nominal=nominal)
    told, together = _likely(ordered)
    expected = sum(len(one.children) * (one.in_time or 0.0) for one in told)
    return OrderOfCalls(sets=tuple(told), nominal=nominal, expected=expected, all_in_time=together)


def _slots(one: ToRing) -> float:
    return np.inf if one.calls_left is None else float(one.calls_left)


def _children_a_call(one: ToRing) -> float:
    """Children who find a home for each call made, on average; 0 where no chance is known."""
    if not one.chances:
        return 0.0
    still = np.cumprod([1.0, *(1 - np.array(one.chances))])
    return float(len(one.children) * (1 - still[-1]) / still[:-1].sum())


def _likely(ordered: Sequence[ToRing]) -> tuple[list[ToRing], float]:
    """Each set's chance to be placed in time, and the chance that all are.

    `at` is the distribution of the number of calls made before the set's turn; `good` the part of it in which all
    sets before were placed in time. What is not placed by its deadline is rung for after all others.
    """
    most = sum(len(one.homes) for one in ordered) + 1
    at, good = np.zeros(most), np.zeros(most)
    at[0] = good[0] = 1.0
    told = []
    for one in ordered:
        slots = min(_slots(one), most - 1)
        yes = _yes_at(one)
        told.append(replace(one, in_time=float(_in_time(at, yes, slots).sum())))
        at, good = _moved(at, yes, slots), _in_time(good, yes, slots)
    return told, float(good.sum())


def _yes_at(one: ToRing) -> Shares:
    """Chance that the n-th call brings the first yes; the last entry: that none does."""
    chances = np.array(one.chances)
    still = np.cumprod([1.0, *(1 - chances)])
    return np.append(still[:-1] * chances, still[-1])


def _in_time(at: Shares, yes: Shares, slots: float) -> Shares:
    """Distribution of the calls made when the set was placed in time."""
    found = np.zeros_like(at)
    for calls, share in enumerate(yes[:-1], 1):
        found[calls:] += share * at[:-calls]
    found[int(slots) + 1 :] = 0.0
    return found


def _moved(at: Shares, yes: Shares, slots: float) -> Shares:
    """Distribution of the calls made when the turn passes on: at a yes, at the end of the list, or at the deadline."""
    found = _in_time(at, yes, slots)
    longest = yes.size - 1
    for start in np.flatnonzero(at):
        calls = int(min(longest, max(0, slots - start)))
        found[start + calls] += at[start] * (1 - yes[:calls].sum())
    return found


def _with_fall_backs(base: Base, rounds: int) -> dict[int, list[str]]:
    """For each block of the plan, its home, then a home from each round of fall-backs.

    A round is the best plan, goal by goal, that gives each set another home beside all that was promised so far.
    """
    problem = base.problem
    homes = {block: [problem.homes[problem.block_home[block]]] for block in base.solution.chosen}
    promised = list(base.solution.chosen)
    for _ in range(rounds):
        found = _round(problem, homes, promised)
        promised += found.values()
        for block, other in found.items():
            homes[block].append(problem.homes[problem.block_home[other]])
    return homes


def _round(problem: Problem, homes: dict[int, list[str]], promised: list[int]) -> dict[int, int]:
    """By block of the plan: the block with the same children in another home."""
    left = problem.without_what_is_used(np.array(promised, dtype=np.int64))
    same = {(int(problem.block_group[b]), int(problem.block_mask[b])): b for b in homes}
    keep = np.zeros(problem.blocks, dtype=bool)
    for other in range(problem.blocks):
        block = same.get((int(problem.block_group[other]), int(problem.block_mask[other])))
        keep[other] = block is not None and problem.homes[problem.block_home[other]] not in homes[block]
    keep[left.row_block[left.row_use > left.row_limit[left.row_index]]] = False
    at = np.flatnonzero(keep)
    chosen = at[list(solve(left.restricted(keep), Limits()).chosen)].tolist()
    return {same[int(problem.block_group[o]), int(problem.block_mask[o])]: o for o in chosen}


def _to_ring(base: Base, block: int, homes: Sequence[str], chances: Sequence[Chance], calls_a_day: int) -> ToRing:
    caseload, problem = base.ready.caseload, base.problem
    members = base.found.groups[problem.block_group[block]].children
    refs = tuple(ref for i, ref in enumerate(members) if int(problem.block_mask[block]) >> i & 1)
    children = [caseload.child_by_ref[ref] for ref in refs]
    days = [(c.needs_home_by - caseload.as_of).days for c in children if c.needs_home_by is not None]
    calls_left = (max(0, min(days)) + 1) * calls_a_day if days else None
    if not chances:
        return ToRing(children=refs, homes=tuple(homes), calls_left=calls_left)
    ages = [child.age_on(caseload.as_of) for child in children]
    told = [chance_of(chances, caseload.home(home), ages, children) for home in homes]
    later = sorted(zip(told[1:], homes[1:], strict=True), key=lambda pair: -pair[0])  # likelier ones sooner
    return ToRing(
        children=refs,
        homes=(homes[0], *(home for _, home in later)),
        calls_left=calls_left,
        chances=(told[0], *(chance for chance, _ in later)),
    )


def chance_of(chances: Sequence[Chance], home: Home, ages: Sequence[int | None], children: Sequence[Child]) -> float:
    """The chance of the first row that fits; raises `WrongChance`."""
    for number, row in enumerate(chances, 1):
        if row.fits(home, ages, len(children)):
            if row.chance is None or not 0 <= row.chance <= 1:
                raise WrongChance(f"Row {number} of the chances says {row.chance}. Write a share from 0 to 1.")
            return row.chance
    raise WrongChance(f"No row of the chances fits {home.ref}. End the file with a row that fits every home.")
