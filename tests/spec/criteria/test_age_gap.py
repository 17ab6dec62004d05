"""What `age-gap` means, by example."""

from matching.criteria.household import AgeGap
from tests.lib.spec_tables import check


def test_two_years_between_the_children() -> None:
    """Two years or more to the nearest other child, half for one year; nobody else there counts in full."""
    check(
        AgeGap(),
        """
        child age | home birth_children | resident age | rating
        9 | none | - | 1.0
        9 | 11 | - | 1.0
        9 | 10 | - | 0.5
        9 | 14 | 9 | 0.0
        9 | 14 | | not known
        9 | | - | not known
        | 14 | - | not known
        """,
    )
