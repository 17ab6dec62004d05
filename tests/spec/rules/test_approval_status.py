"""What `approval-status` means, by example."""

from matching.rules.approval import ApprovalInForce
from tests.lib.spec_tables import check


def test_only_an_approval_in_force_counts() -> None:
    """An approval counts from its grant to its last day; anything else does not, and what we do not know is a question."""
    check(
        ApprovalInForce(),
        """
        home approval_status | home approval_ends_on | verdict
        approved | 9999-12-31 | met
        approved | 2026-11-23 | met
        approved | 2026-11-22 | not met
        approved | | not known
        in-assessment | 9999-12-31 | not met
        suspended | 9999-12-31 | not met
        ended | 9999-12-31 | not met
        | 9999-12-31 | not known
        | 2026-11-22 | not met
        """,
    )


def test_a_temporary_approval_is_for_one_child() -> None:
    """A temporary approval is for the child it names, or for the relative's own connected child, and for nobody else."""
    check(
        ApprovalInForce(),
        """
        home approval_status | home approval_named_children | tie | verdict
        temporary-connected | C1 | | met
        temporary-connected | C9 | | not met
        temporary-connected | C9 | connected-person | met
        temporary-adopter | C1 | | met
        temporary-adopter | C9 | | not met
        """,
    )
