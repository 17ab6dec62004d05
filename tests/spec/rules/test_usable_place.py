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
