"""What `carer-said-no` means, by example."""

from matching.rules.safety import CarerHasNotRefused
from tests.lib.spec_tables import check


def test_a_no_is_respected() -> None:
    """A carer's no is respected."""
    check(
        CarerHasNotRefused(),
        """
        tie | verdict
        | met
        refused | not met
        """,
    )
