"""What was seen of each month, and whether it is as it is held to be."""

from dataclasses import dataclass

import numpy as np

from tests.soak.desk import Watch

MORE_MEMORY, SLOWER = 1.10, 1.25
HEAD = "| month | requests | refused with 409 | p50 ms | p95 ms | p99 ms | processor ms each | web MB | worker MB | record MB | breaks |"


@dataclass(frozen=True)
class Month:
    """What was seen of one month; sizes in megabytes, times in milliseconds."""

    number: int
    requests: int
    conflicts: int
    times: tuple[float, float, float]
    busy: float
    web: int
    worker: int
    record: int
    breaks: int

    def __str__(self) -> str:
        cells = (self.number, self.requests, self.conflicts, *(round(one) for one in (*self.times, self.busy)))
        return f"| {' | '.join(map(str, (*cells, self.web, self.worker, self.record, self.breaks)))} |"


def seen(number: int, watch: Watch, found: list[str], busy: float, sizes: tuple[int, int, int]) -> Month:
    """The line of a month of which the web process was `busy` so many seconds; what was watched begins anew."""
    times = tuple(float(one) * 1000 for one in np.percentile(watch.seconds, [50, 95, 99]))
    requests = len(watch.seconds)
    month = Month(number, requests, watch.conflicts.total(), times, 1000 * busy / requests, *sizes, len(found))  # type: ignore[arg-type]
    watch.seconds.clear()
    watch.breaks.clear()
    watch.conflicts.clear()
    return month


def verdict(months: list[Month]) -> list[str]:
    """What is not as it is held to be; memory and times as the mean of two months, since one alone sways."""
    said = [f"month {one.number}: {one.breaks} breaks" for one in months if one.breaks]
    if len(months) < 4:
        return [*said, "too few months to say whether it grows or slows"]
    grown = sum(m.web + m.worker for m in months[-2:]) / sum(m.web + m.worker for m in months[1:3])
    slower = sum(m.times[1] for m in months[-2:]) / sum(m.times[1] for m in months[:2])
    said += [f"memory grew {grown:.2f} times since the second month"] if grown >= MORE_MEMORY else []
    return said + ([f"95 of 100 requests take {slower:.2f} times as long as at first"] if slower > SLOWER else [])
