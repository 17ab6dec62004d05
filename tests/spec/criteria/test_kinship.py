"""What `kinship` means, by example."""

from matching.criteria.care import WithFamilyOrFriends
from tests.lib.spec_tables import check


def test_family_and_friends() -> None:
    """A recorded relative, friend or connected person."""
    check(
        WithFamilyOrFriends(),
        """
        tie | rating
        connected-person | 1.0
        | 0.0
        """,
    )
