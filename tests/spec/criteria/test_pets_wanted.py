"""What `pets-wanted` means, by example."""

from matching.criteria.household import AnimalsWanted
from tests.lib.spec_tables import check


def test_animals_for_a_child_who_should_have_some() -> None:
    """It counts only where the child must live with animals."""
    check(
        AnimalsWanted(),
        """
        child pets | home pets | rating
        must | dog | 1.0
        must | none | 0.0
        must | | not known
        can | dog | 0.0
        """,
    )
