"""What `approved-number` means, by example."""

from matching.rules.places import WithinApprovedNumber
from tests.lib.spec_tables import check


def test_those_who_live_there_count() -> None:
    """Foster children who live there count; the carers' own do not."""
    check(
        WithinApprovedNumber(),
        """
        home approval_most_children | strangers there | children | home birth_children | verdict
        2 | 1 | 1 | none | met
        2 | 1 | 1 | 4 male; 6 male | met
        2 | 1 | 2 | none | not met
        | 1 | 1 | none | not known
        """,
    )
