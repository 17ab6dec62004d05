"""What `approved-ages` means, by example."""

from matching.rules.approval import WithinApprovedAges
from tests.lib.spec_tables import check


def test_both_ends_count() -> None:
    """The youngest and the oldest approved age count as within approval; one known breach is enough to say no."""
    check(
        WithinApprovedAges(),
        """
        child age | home approval_youngest | home approval_oldest | verdict
        12 | 5 | 12 | met
        5 | 5 | 12 | met
        13 | 5 | 12 | not met
        4 | 5 | 12 | not met
        9 | | 12 | not known
        13 | | 12 | not met
        | 5 | 12 | not known
        """,
    )


def test_a_named_decision_opens_it() -> None:
    """A fostering manager may agree to a child outside the terms; another role may not."""
    check(
        WithinApprovedAges(),
        """
        child age | home approval_oldest | on rule | decided by | verdict
        13 | 12 | approved-ages | fostering-manager | met
        13 | 12 | approved-ages | duty-officer | not met
        13 | 12 | approved-sex | fostering-manager | not met
        """,
    )
