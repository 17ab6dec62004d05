"""What `family-time` means, by example."""

from matching.criteria.closeness import FamilyTimeInReach
from tests.lib.spec_tables import check


def test_within_the_carers_reach() -> None:
    """Full marks within the carers' reach, none at twice that."""
    check(
        FamilyTimeInReach(),
        """
        child family_time_place | home place | home family_time_minutes | rating
        SO14 7 | SO14 7 | 30 | 1.0
        SO14 7 | BH1 1 | 30 | 0.1
        SO14 7 | BH1 1 | | not known
        | SO14 7 | 30 | 0.0
        """,
    )
