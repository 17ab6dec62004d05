"""A year of arrivals, day by day: what each way of choosing homes would have done, and what nobody could have bettered."""

from matching.arrivals.choosing import Choose, WithPrices, best_plan, first_come
from matching.arrivals.compared import Compared, compared
from matching.arrivals.guard import Shipped, first_clearly_better, ways_of
from matching.arrivals.hindsight import Hindsight, hindsight
from matching.arrivals.replay import Replayed, replay
from matching.arrivals.watched import Watched
from matching.arrivals.year import Arrival, Year

__all__ = [
    "Arrival",
    "Choose",
    "Compared",
    "Hindsight",
    "Replayed",
    "Shipped",
    "Watched",
    "WithPrices",
    "Year",
    "best_plan",
    "compared",
    "first_clearly_better",
    "first_come",
    "hindsight",
    "replay",
    "ways_of",
]
