"""What `siblings-together` means, by example."""

from matching.criteria.care import WithSettledSibling
from tests.lib.spec_tables import check


def test_a_brother_or_sister_lives_there() -> None:
    """A brother or sister who lives there."""
    check(
        WithSettledSibling(),
        """
        sibling there | rating
        1 | 1.0
        | 0.0
        """,
    )
