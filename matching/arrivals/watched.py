"""A way of choosing, watched through the year: once behind first come, first served, it gives way to it, and says so."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from matching.arrivals.choosing import Choose, Placed, first_come
from matching.arrivals.replay import Replayed, pairs_together
from matching.arrivals.year import Year
from matching.planning import Prepared


@dataclass
class Watched:
    """Chooses as `choose` does, beside what first come, first served would have done with the same arrivals.

    Each day it looks back to the evening before, which anybody could: `served` is first come, first served on this year. If
    `choose` has placed fewer children than that, or as many with fewer pairs of brothers and sisters kept, first come, first
    served takes over for the rest of the year; `fell_back` is the day, counted from the first. One watches one replay.
    """

    year: Year
    choose: Choose
    served: Replayed
    fell_back: int | None = None
    _placed: dict[str, str] = field(default_factory=dict)

    def __call__(self, ready: Prepared, waiting: Sequence[str]) -> Placed:
        """The day's choice, by whichever way holds."""
        day = (ready.caseload.as_of - self.year.start.as_of).days
        if self.fell_back is None and self._behind(day):
            self.fell_back = day
        chosen = (self.choose if self.fell_back is None else first_come)(ready, waiting)
        self._placed.update(chosen)
        return chosen

    def _behind(self, day: int) -> bool:
        theirs = {move.child: move.home for move in self.served.moves if move.day < day}
        return self._reached(self._placed) < self._reached(theirs)

    def _reached(self, placed: dict[str, str]) -> tuple[int, int]:
        return len(placed), pairs_together(self.year.start, placed)
