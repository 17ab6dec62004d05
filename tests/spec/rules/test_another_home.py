"""What `another-home` means, by example."""

from matching.rules.safety import AnotherHome
from tests.lib.spec_tables import check


def test_a_move_leads_elsewhere() -> None:
    """The home that the child would leave is no answer to a move that is asked for."""
    check(
        AnotherHome(),
        """
        lives at | child move_requested | verdict
        | | met
        H2 | step-down | met
        H1 | step-down | not met
        """,
    )
