"""What `approved-sex` means, by example."""

from matching.rules.approval import WithinApprovedSex
from tests.lib.spec_tables import check


def test_terms_may_name_a_sex() -> None:
    """No term means no limit, whatever we know of the child."""
    check(
        WithinApprovedSex(),
        """
        child sex | home approval_sexes | verdict
        female | female | met
        male | female | not met
        | female | not known
        | female; male; other | met
        male | | not known
        """,
    )
