"""What `not-on-hold` means, by example."""

from matching.rules.safety import NotOnHold
from tests.lib.spec_tables import check


def test_a_hold_stops_and_an_old_hold_asks() -> None:
    """A home on hold is not asked. A hold that should be over is a question, not a yes."""
    check(
        NotOnHold(),
        """
        home hold | home hold_until | verdict
        none | | met
        on-hold | | not met
        holiday | 2026-11-30 | not met
        holiday | 2026-11-23 | not met
        holiday | 2026-11-22 | not known
        | | not known
        """,
    )
