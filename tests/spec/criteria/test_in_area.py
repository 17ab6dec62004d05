"""What `in-area` means, by example."""

from matching.criteria.closeness import InArea
from tests.lib.spec_tables import check


def test_by_code() -> None:
    """Decided by the authority's code, as recorded or as the postcode settles it."""
    check(
        InArea(),
        """
        child authority | home authority | rating
        E06000045 | E06000045 | 1.0
        E06000045 | E10000014 | 0.0
        | E10000014 | not known
        """,
    )
