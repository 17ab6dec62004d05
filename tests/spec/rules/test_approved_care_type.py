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
