"""What `usable-place` means, by example."""

from matching.rules.places import UsablePlace
from tests.lib.spec_tables import check


def test_approved_minus_filled_is_not_vacancy() -> None:
    """A place counts when it can be used now, and there must be one for every child."""
    check(
        UsablePlace(),
        """
        home place_state | home places_free | children | verdict
        vacant | 2 | 2 | met
        vacant | 2 | 3 | not met
        vacant | 0 | 1 | not met
        not-available | 2 | 1 | not met
        filled | 0 | 1 | not met
        vacant | | 1 | not known
        | 2 | 1 | not known
        | 2 | 3 | not met
        """,
    )


def test_a_place_is_used_on_its_nights_only() -> None:
    """Who is booked uses a place on those nights; who stays needs it on every night to come. Today is 23 November 2026."""
    check(
        UsablePlace(),
        """
        child care_type | child stays | nights of a visit | home places_free | verdict
        short-break | 2026-12-04 to 2026-12-06 | 2026-12-06 | 1 | not met
        short-break | 2026-12-04 to 2026-12-06 | 2026-12-07 | 1 | met
        short-break | 2026-12-04 to 2026-12-06 | 2026-12-01 to 2026-12-09 | 1 | not met
        short-break | 2026-12-04 to 2026-12-06 | 2026-12-06 | 2 | met
        short-term | | 2026-12-06 | 1 | not met
        short-term | | 2026-11-22 | 1 | met
        short-term | | 2026-11-22 to 2026-11-23 | 1 | not met
        """,
    )
