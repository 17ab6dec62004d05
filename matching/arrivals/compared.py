"""One year under every way of choosing: what each comes to, which one ships, and the most that hindsight could reach."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from matching.arrivals.choosing import Choose, first_come
from matching.arrivals.guard import FIRST_COME, FOR_PRICES, Shipped, first_clearly_better, ways_of
from matching.arrivals.hindsight import Hindsight, hindsight
from matching.arrivals.replay import Replayed, replay
from matching.arrivals.watched import Watched
from matching.arrivals.year import Year
from matching.policy import Policy


@dataclass(frozen=True, kw_only=True)
class Compared:
    """`ways` by name, first come, first served at the front; what `ships`, and what that came to (`shipped`).

    `fell_back` is the day, counted from the first of the year, from which what ships gave way to first come, first served.
    """

    ways: Mapping[str, Replayed]
    ships: Shipped
    shipped: Replayed
    fell_back: int | None
    most: Hindsight

    @property
    def came(self) -> int:
        """Children who came, or waited on the first day."""
        one = self.ways[FIRST_COME]
        return len(one.moves) + len(one.elsewhere)


def compared(
    year: Year, others: tuple[Year, ...], policy: Policy, say: Callable[[str], None] = lambda _: None
) -> Compared:
    """Replay a year; prices and the guard see other years of the same place only, the last ones for the prices."""
    say("Prices of places, from other years")
    might = ways_of(others, policy)
    ways: dict[str, Choose] = {FIRST_COME: first_come, **dict(might)}
    found = {}
    for name, choose in ways.items():
        say(f"The year day by day: {name}")
        found[name] = replay(year, policy, choose)
    say("What ships, by the other years")
    ships = first_clearly_better(might, others[:-FOR_PRICES] or others, policy)
    watched = Watched(year, ships.choose, found[FIRST_COME])
    shipped = replay(year, policy, watched)
    say("In hindsight")
    return Compared(ways=found, ships=ships, shipped=shipped, fell_back=watched.fell_back, most=hindsight(year, policy))
