"""What `near-school` means, by example."""

from matching.criteria.closeness import NearSchool
from tests.lib.spec_tables import check


def test_a_daily_journey() -> None:
    """Full marks within 20 minutes by road, none from an hour on; no matter for a child without a school."""
    check(
        NearSchool(),
        """
        child school_place | home place | rating
        SO14 7 | SO14 7 | 1.0
        SO14 7 | BH1 1 | 0.1
        | SO14 7 | 0.0
        SO14 7 | | not known
        """,
    )
