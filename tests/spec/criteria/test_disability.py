"""What `disability` means, by example."""

from matching.criteria.care import DisabilityUnderstood
from tests.lib.spec_tables import check


def test_training_in_disability() -> None:
    """It counts for a disabled child only."""
    check(
        DisabilityUnderstood(),
        """
        child disabled | home skills | rating
        yes | disability | 1.0
        yes | autism | 0.0
        yes | | not known
        no | disability | 0.0
        """,
    )
