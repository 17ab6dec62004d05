"""What `culture` means, by example."""

from matching.criteria.identity import CultureKept
from tests.lib.spec_tables import check


def test_culture_is_always_asked() -> None:
    """Where the child or the plan states cultural needs, nobody but the carers can answer."""
    check(
        CultureKept(),
        """
        child stated_needs | child cultural_needs | rating
        culture | Roma family and festivals | not known
        none | Roma family and festivals | 0.0
        """,
    )
