"""What `own-pool-first` means, by example."""

from matching.criteria.resources import OwnPoolFirst
from tests.lib.spec_tables import check


def test_own_pool() -> None:
    """Adopters of the child's own pool, then others; who says nothing of a pool is asked."""
    check(
        OwnPoolFirst(),
        """
        child pool | home pool | rating
        south | south | 1.0
        south | west | 0.0
        south | | not known
        | south | not known
        """,
    )
