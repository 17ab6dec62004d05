"""What `diet` means, by example."""

from matching.criteria.identity import DietKept
from tests.lib.spec_tables import check


def test_every_part_of_the_diet_is_kept() -> None:
    """Only where the child or the plan states the need."""
    check(
        DietKept(),
        """
        child stated_needs | child diet | home diet | rating
        diet | halal | Halal; vegetarian | 1.0
        diet | halal and nut-free | halal | 0.0
        diet | halal | | not known
        none | halal | vegetarian | 0.0
        """,
    )
