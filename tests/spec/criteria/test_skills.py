"""What `skills` means, by example."""

from matching.criteria.care import HelpfulSkills
from tests.lib.spec_tables import check


def test_the_share_of_helpful_skills() -> None:
    """The share of the skills that would help."""
    check(
        HelpfulSkills(),
        """
        child helpful_skills | home skills | rating
        therapeutic; autism | therapeutic; autism; trauma | 1.0
        therapeutic; autism | autism | 0.5
        therapeutic | none | 0.0
        none | therapeutic | 0.0
        | therapeutic | not known
        therapeutic | | not known
        """,
    )
