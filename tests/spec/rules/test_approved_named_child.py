"""What `approved-named-child` means, by example."""

from matching.rules.approval import NamedInApproval
from tests.lib.spec_tables import check


def test_only_the_named() -> None:
    """Where the approval names children, only they may live there."""
    check(
        NamedInApproval(),
        """
        home approval_named_children | verdict
        none | met
        C1; C7 | met
        C7 | not met
        | not known
        """,
    )
