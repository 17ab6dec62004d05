"""Six working days, bank holidays counted right."""

from datetime import date

import pytest

from matching.working_days import after_working_days, is_working_day


@pytest.mark.parametrize(
    ("day", "last"),
    [
        (date(2026, 11, 23), date(2026, 12, 1)),  # Monday: the Tuesday of the week after
        (date(2026, 11, 20), date(2026, 11, 30)),  # Friday evening
        (date(2026, 11, 21), date(2026, 11, 30)),  # Saturday
        (date(2026, 12, 18), date(2026, 12, 30)),  # Christmas on a Friday, Boxing Day moved to Monday the 28th
        (date(2027, 3, 25), date(2027, 4, 6)),  # Good Friday and Easter Monday
        (date(2022, 5, 31), date(2022, 6, 10)),  # two days for the Platinum Jubilee
    ],
)
def test_the_sixth_working_day(day: date, last: date) -> None:
    assert after_working_days(day, 6) == last


def test_scotland_has_its_own_holidays() -> None:
    assert is_working_day(date(2026, 11, 30)), "St Andrew's Day is no bank holiday in England"
    assert not is_working_day(date(2026, 8, 31))
