"""When to stop: a moment, or a size of the whole process; looked at between steps, each of which is short."""

import resource
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from matching.solver.problem import Limits

MEGABYTE = 1 << 20
NOW = Path("/proc/self/statm")  # Linux tells what a process holds now, others only the most that it ever held


@dataclass(slots=True)
class Clock:
    """Seconds left until a moment of the monotonic clock, and room in memory; `None`: no limit."""

    until: float | None
    megabytes: int | None = None

    @classmethod
    def started(cls, limits: Limits) -> "Clock":
        """A clock that begins now."""
        return cls(None if limits.seconds is None else time.monotonic() + limits.seconds, limits.megabytes)

    def left(self) -> float | None:
        """Seconds left; none where the memory is full."""
        if self.full:
            return 0.0
        return None if self.until is None else self.until - time.monotonic()

    def keep_back(self, share: float) -> None:
        """Leave a share of the time that is left to who sets the moment again."""
        if self.until is not None:
            self.until -= share * max(0.0, self.until - time.monotonic())

    @property
    def full(self) -> bool:
        """Whether the process holds as much as it may."""
        return self.megabytes is not None and held_now() > self.megabytes * MEGABYTE

    @property
    def over(self) -> bool:
        """Whether the time is up or the memory is full."""
        return self.full or (self.until is not None and time.monotonic() >= self.until)


def held_now() -> int:
    """Bytes of memory that the process holds."""
    if NOW.exists():
        return int(NOW.read_text(encoding="ascii").split()[1]) * resource.getpagesize()
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024
