"""What `nights-asked` means, by example."""

from matching.rules.short_breaks import NightsAsked
from tests.lib.spec_tables import check


def test_the_nights_are_told_and_free() -> None:
    """Care for some nights needs to know which; none may be over, or be asked for or booked twice. Today is 23 November 2026."""
    check(
        NightsAsked(),
        """
        child care_type | child stays | booked at H1 | booked at H2 | verdict
        short-break | 2026-12-04 to 2026-12-06 | | | met
        short-break | | | | not known
        short-break | 2026-11-23 | | | met
        short-break | 2026-11-22 to 2026-11-24 | | | not met
        short-break | 2026-12-04 to 2026-12-06 | 2026-12-06 | | not met
        short-break | 2026-12-04 to 2026-12-06 | | 2026-12-03 to 2026-12-04 | not met
        short-break | 2026-12-04 to 2026-12-06 | 2026-12-07 to 2026-12-08 | 2026-12-01 to 2026-12-03 | met
        short-break | 2026-12-04 to 2026-12-06; 2026-12-06 | | | not met
        respite | | | | not known
        respite | 2026-12-04 to 2026-12-06 | | | met
        short-term | | | | met
        """,
    )
