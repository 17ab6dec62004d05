"""What `language` means, by example."""

from matching.criteria.identity import SharedLanguage
from tests.lib.spec_tables import check


def test_only_where_stated() -> None:
    """Only where the child or the plan states it as a need."""
    check(
        SharedLanguage(),
        """
        child stated_needs | child languages | home languages | rating
        language | Polish | English; Polish | 1.0
        language | Polish | English | 0.0
        language | Polish | | not known
        none | Polish | English; Polish | 0.0
        """,
    )
