"""Working days in England: neither Saturday, Sunday nor bank holiday."""

from datetime import date, timedelta
from functools import lru_cache

EMERGENCY_WORKING_DAYS = 6  # Care Planning Regulations 2010, regulation 23


def is_working_day(day: date) -> bool:
    """Whether a day is neither Saturday nor Sunday nor a bank holiday in England."""
    return day.weekday() < 5 and day not in _bank_holidays(day.year)


def after_working_days(day: date, count: int) -> date:
    """The last of so many working days that follow a day."""
    while count:
        day += timedelta(days=1)
        count -= is_working_day(day)
    return day


@lru_cache(maxsize=64)
def _bank_holidays(year: int) -> frozenset[date]:
    """Bank holidays of a year, substitute days included."""
    import holidays  # the calendars of all countries take a moment, and are asked for a year once

    return frozenset(holidays.country_holidays("GB", subdiv="ENG", years=year))
