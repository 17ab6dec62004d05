"""What `cost` means, by example."""

from matching.criteria.resources import Cost
from tests.lib.spec_tables import check


def test_weekly_cost() -> None:
    """From 400 to 6,000 pounds a week; no policy that comes along gives it any weight."""
    check(
        Cost(),
        """
        home weekly_cost | rating
        400 | 1.0
        3200 | 0.5
        6000 | 0.0
        | not known
        """,
    )
