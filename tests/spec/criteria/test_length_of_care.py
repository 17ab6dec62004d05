"""What `length-of-care` means, by example."""

from matching.criteria.household import LongEnough
from tests.lib.spec_tables import check


def test_the_share_of_the_likely_stay() -> None:
    """So much of the likely stay as the carers plan to offer."""
    check(
        LongEnough(),
        """
        child likely_months | home offers_months | rating
        12 | 24 | 1.0
        12 | 6 | 0.5
        12 | | not known
        | 6 | 0.0
        """,
    )
