"""What `short-break-length` means, by example."""

from matching.rules.short_breaks import ShortBreakLength
from tests.lib.spec_tables import check


def test_at_most_17_days_in_a_row() -> None:
    """Each stay is at most 17 days; the limit is for short breaks and for nothing else."""
    check(
        ShortBreakLength(),
        """
        child care_type | child stays | verdict
        short-break | 2026-12-01 to 2026-12-17 | met
        short-break | 2026-12-01 to 2026-12-18 | not met
        short-break | 2026-12-01 to 2026-12-02; 2027-01-01 to 2027-01-31 | not met
        short-break | | not known
        respite | 2026-12-01 to 2026-12-31 | met
        short-term | | met
        """,
    )
