"""What `approved-care-type` means, by example."""

from matching.rules.approval import WithinApprovedCareType
from tests.lib.spec_tables import check


def test_each_kind_needs_its_approval() -> None:
    """Each kind of care needs an approval for that kind."""
    check(
        WithinApprovedCareType(),
        """
        child care_type | home approval_care_types | verdict
        short-term | short-term; long-term | met
        remand | short-term; long-term | not met
        | short-term | not known
        short-term | | not known
        """,
    )


def test_a_parent_or_a_baby_needs_approval_for_parent_and_child() -> None:
    """Who comes with a parent, or with a baby of their own, needs that approval too, whichever kind of care they need."""
    check(
        WithinApprovedCareType(),
        """
        child care_type | child with_parent | child brings_baby | home approval_care_types | verdict
        parent-and-child | yes | | parent-and-child | met
        parent-and-child | yes | | short-term | not met
        short-term | yes | | short-term | not met
        short-term | | yes | short-term | not met
        short-term | | yes | short-term; parent-and-child | met
        short-term | no | no | short-term | met
        """,
    )
