"""What `religion` means, by example."""

from matching.criteria.identity import SharedReligion
from tests.lib.spec_tables import check


def test_a_faith_in_common_where_it_is_asked_for() -> None:
    """Only where the child or the plan states the need; written as people write it."""
    check(
        SharedReligion(),
        """
        child stated_needs | child religion | home religion | rating
        religion | Muslim | muslim | 1.0
        religion | Sikh | Sikh, Hindu | 1.0
        religion | Muslim | none | 0.0
        religion | Muslim | | not known
        religion | | Muslim | not known
        none | Muslim | Muslim | 0.0
        | Muslim | Muslim | 0.0
        """,
    )
