"""How much one person, or one machine, may ask: who asks many times what work needs waits, and the others do not notice.

Work needs about ten requests a minute: an act every five to fifteen seconds, of one or two requests.
"""

import time
from datetime import timedelta

from limits import RateLimitItem, parse, parse_many
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter, RateLimiter, SlidingWindowCounterRateLimiter

from api.errors import TooManyTries
from api.security.accounts import User

TAKEN = parse("5 per 15 minutes")  # references chosen anew that somebody has already


class Limiter:
    """Counts the requests of each person in this process."""

    def __init__(self, people: str, machines: str) -> None:
        """Limits as `limits` writes them: '90 per minute; 900 per 30 minutes'; raises `ValueError`."""
        self._people, self._machines = parse_many(people), parse_many(machines)
        self._counts = SlidingWindowCounterRateLimiter(MemoryStorage())
        self._taken = MovingWindowRateLimiter(
            MemoryStorage()
        )  # few, so each has its moment: no quarter of an hour is cut short

    def count(self, user: User) -> None:
        """One request more; raises `TooManyTries`, which says how long to wait."""
        for limit in self._people if user.scopes is None else self._machines:
            if not self._counts.hit(limit, user.name):
                wait = _wait(self._counts, limit, user.name)
                raise TooManyTries("You ask faster than anybody can work.", "Wait, and go on more slowly.", wait=wait)

    def may_choose(self, user: User) -> None:
        """Raise `TooManyTries` for who has tried many references that are taken: so nobody learns which ones others have."""
        if not self._taken.test(TAKEN, user.name):
            wait = _wait(self._taken, TAKEN, user.name)
            raise TooManyTries("Too many references that are taken already.", "Wait a quarter of an hour.", wait=wait)

    def was_taken(self, user: User) -> None:
        """One more reference that is taken."""
        self._taken.hit(TAKEN, user.name)


def _wait(counts: RateLimiter, limit: RateLimitItem, whose: str) -> timedelta:
    until = counts.get_window_stats(limit, whose).reset_time
    return timedelta(seconds=max(1, round(until - time.time())))
