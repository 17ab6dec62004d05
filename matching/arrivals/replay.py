"""One way of choosing, day by day through a year; the independent checker reads every day's plan."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import combinations

from matching.arrivals.choosing import Choose
from matching.arrivals.year import Year
from matching.checker import check_plan
from matching.domain import Caseload
from matching.errors import PlanRefused
from matching.geo import METRES_PER_MILE
from matching.planning import Prepared, prepare
from matching.policy import Policy

MEETING = 7  # days between matching meetings, at which those who wait are looked at again


@dataclass(frozen=True, kw_only=True)
class Move:
    """A child who found a home: on which day, after how many days, with how many points, how far from home."""

    child: str
    home: str
    day: int
    waited: int
    points: int
    miles: float | None


@dataclass(frozen=True, kw_only=True)
class Replayed:
    """What a year came to: `moves` in order of day; `elsewhere` are the children for whom no home was found."""

    moves: tuple[Move, ...]
    elsewhere: tuple[str, ...]
    pairs_together: int
    days_decided: int

    @property
    def placed(self) -> int:
        """Children who found a home."""
        return len(self.moves)

    @property
    def points(self) -> int:
        """Points of the criteria, over all who found a home."""
        return sum(move.points for move in self.moves)

    @property
    def stop_gaps(self) -> int:
        """Children who had to live somewhere else first, or all along: a move more than they needed."""
        return len(self.elsewhere) + sum(move.waited > 0 for move in self.moves)

    @property
    def miles(self) -> float:
        """Mean miles from the family home, of those for whom both places are known."""
        known = [move.miles for move in self.moves if move.miles is not None]
        return sum(known) / len(known) if known else 0.0

    @property
    def result(self) -> tuple[int, int, int]:
        """Children placed, pairs of brothers and sisters kept together, points: compared in this order."""
        return self.placed, self.pairs_together, self.points


def replay(year: Year, policy: Policy, choose: Choose, progress: Callable[[int], None] = lambda day: None) -> Replayed:
    """Decide on every day on which somebody comes, and at every meeting while somebody waits.

    Raises `PlanRefused` when the checker finds that a day's choice breaks a rule.
    """
    placed: dict[str, str] = {}
    moves: list[Move] = []
    decided = 0
    came = {ref: arrival.day for arrival in year.arrivals for ref in arrival.children}
    for day, waiting in _days(year, placed):
        progress(day)
        ready = prepare(year.caseload_on(day, waiting, placed), policy)
        chosen = choose(ready, waiting)
        checked = check_plan(ready.caseload, chosen, ready.found.policy.settings)
        if not checked.sound:
            raise PlanRefused(f"Day {day}: " + "\n".join(str(breach.sentence) for breach in checked.breaches))
        decided += 1
        for child, home in chosen:
            placed[child] = home
            moves.append(_move(ready, child, home, day, day - came[child]))
    return Replayed(
        moves=tuple(moves),
        elsewhere=tuple(sorted(set(came) - set(placed))),
        pairs_together=pairs_together(year.start, placed),
        days_decided=decided,
    )


def _days(year: Year, placed: dict[str, str]) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Days on which there is something to decide, with who waits; `placed` grows as they are decided."""
    arrivals = {arrival.day for arrival in year.arrivals}
    for day in range(year.days):
        if day in arrivals or day % MEETING == 0:
            waiting = year.waiting_on(day, placed)
            if waiting:
                yield day, waiting


def _move(ready: Prepared, child: str, home: str, day: int, waited: int) -> Move:
    found = ready.found
    points = int(found.judged.total[found.row_of_child[child], found.register.home_index[home]])
    miles = _miles(ready.caseload, child, home)
    return Move(child=child, home=home, day=day, waited=waited, points=points, miles=miles)


def _miles(caseload: Caseload, child: str, home: str) -> float | None:
    one, other = caseload.child_by_ref[child].home_place, caseload.home_by_ref[home].place
    if one is None or other is None:
        return None
    return float(((one.easting - other.easting) ** 2 + (one.northing - other.northing) ** 2) ** 0.5 / METRES_PER_MILE)


def pairs_together(caseload: Caseload, placed: dict[str, str]) -> int:
    """Pairs of brothers and sisters, both placed in the year, who went to one home."""
    homes: dict[tuple[str, str], int] = {}
    for child, home in placed.items():
        group = caseload.child_by_ref[child].sibling_group
        if group is not None:
            homes[group, home] = homes.get((group, home), 0) + 1
    return sum(len(list(combinations(range(count), 2))) for count in homes.values())
