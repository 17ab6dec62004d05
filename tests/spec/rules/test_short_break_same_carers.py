"""What `short-break-same-carers` means, by example."""

from matching.rules.short_breaks import ShortBreakSameCarers
from tests.lib.spec_tables import check


def test_the_same_home_each_time() -> None:
    """A child with short breaks elsewhere in the last twelve months goes there again, unless a nominated officer decides."""
    check(
        ShortBreakSameCarers(),
        """
        child care_type | child stays | booked at H1 | booked at H2 | decided by | verdict
        short-break | 2026-12-04 | | | | met
        short-break | 2026-12-04 | 2026-10-02 to 2026-10-04 | | | met
        short-break | 2026-12-04 | | 2026-10-02 to 2026-10-04 | | not met
        short-break | 2026-12-04 | 2026-10-02 | 2026-10-09 | | not met
        short-break | 2026-12-04 | | 2026-10-02 to 2026-10-04 | nominated-officer | met
        short-break | 2026-12-04 | | 2026-10-02 to 2026-10-04 | fostering-manager | not met
        short-break | 2026-12-04 | | 2025-11-20 to 2025-11-22 | | met
        short-break | 2026-12-04 | | 2025-11-23 | | met
        short-break | 2026-12-04 | | 2025-11-24 | | not met
        respite | 2026-12-04 | | 2026-10-02 to 2026-10-04 | | met
        """,
    )
