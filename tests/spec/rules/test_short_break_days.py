"""What `short-break-days` means, by example."""

from matching.rules.short_breaks import ShortBreakDays
from tests.lib.spec_tables import check


def test_at_most_75_days_in_twelve_months() -> None:
    """Days booked and past count, in whichever home; only twelve months that hold a night asked for matter."""
    check(
        ShortBreakDays(),
        """
        child care_type | child stays | booked at H1 | booked at H2 | verdict
        short-break | 2026-12-01 to 2026-12-05 | | | met
        short-break | 2026-12-01 to 2026-12-05 | 2026-08-01 to 2026-10-09 | | met
        short-break | 2026-12-01 to 2026-12-06 | 2026-08-01 to 2026-10-09 | | not met
        short-break | 2026-12-01 to 2026-12-05 | 2026-08-01 to 2026-09-04 | 2026-10-01 to 2026-11-05 | not met
        short-break | 2026-12-04 | 2025-12-01 to 2026-02-17 | | not met
        short-break | 2026-12-05 | 2025-12-01 to 2026-02-17 | | met
        short-break | 2026-12-01 | 2027-03-01 to 2027-05-14 | | not met
        short-break | 2026-12-01; 2028-06-01 | 2026-08-01 to 2026-10-14 | | not met
        short-break | | | | not known
        respite | 2026-12-01 to 2027-03-01 | | | met
        """,
    )
