"""What `one-family` means, by example."""

from matching.rules.adoption import OneFamily
from tests.lib.spec_tables import check


def test_one_child_or_one_group() -> None:
    """Adopters with a child of another family already placed take nobody else; a brother or sister may follow."""
    check(
        OneFamily(),
        """
        home kind | strangers there | sibling there | children | verdict
        adoptive | | | 1 | met
        adoptive | | | 3 | met
        adoptive | 1 | | 1 | not met
        adoptive | | 1 | 1 | met
        foster | 1 | | 1 | met
        """,
    )
