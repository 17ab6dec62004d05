"""How much one person, or one machine, may ask: who asks many times what work needs waits, and the others do not notice."""

import time
from datetime import timedelta

from limits import parse_many
from limits.storage import MemoryStorage
from limits.strategies import SlidingWindowCounterRateLimiter

from api.errors import TooManyTries
from api.security.accounts import User


class Limiter:
    """Counts the requests of each person in this process."""

    def __init__(self, people: str, machines: str) -> None:
        """Limits as `limits` writes them: '90 per minute; 900 per 30 minutes'; raises `ValueError`."""
        self._people, self._machines = parse_many(people), parse_many(machines)
        self._counts = SlidingWindowCounterRateLimiter(MemoryStorage())

    def count(self, user: User) -> None:
        """One request more; raises `TooManyTries`, which says how long to wait."""
        for limit in self._people if user.scopes is None else self._machines:
            if not self._counts.hit(limit, user.name):
                until = self._counts.get_window_stats(limit, user.name).reset_time
                wait = timedelta(seconds=max(1, round(until - time.time())))
                raise TooManyTries("You ask faster than anybody can work.", "Wait, and go on more slowly.", wait=wait)
