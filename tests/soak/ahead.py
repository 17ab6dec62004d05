"""A clock that is days ahead. The days stand in the file that `SOAK_CLOCK` names; whoever writes there moves the whole service, its worker and its jobs."""

import os
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

CLOCK = "SOAK_CLOCK"


def now() -> datetime:
    """The time (UTC), so many days ahead."""
    days = int(Path(os.environ[CLOCK]).read_text(encoding="ascii") or 0)
    return datetime.now(tz=UTC).replace(tzinfo=None) + timedelta(days=days)


def today() -> date:
    """The day by that clock."""
    return now().date()
