"""What `own-carers-first` means, by example."""

from matching.criteria.resources import OwnCarersFirst
from tests.lib.spec_tables import check


def test_own_carers() -> None:
    """Carers of the authority's own service."""
    check(
        OwnCarersFirst(),
        """
        home provider | rating
        own | 1.0
        independent-agency | 0.0
        | not known
        """,
    )
