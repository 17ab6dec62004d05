"""What `not-reserved` means, by example."""

from matching.rules.adoption import NotReserved
from tests.lib.spec_tables import check


def test_a_link_reserves_until_it_ends() -> None:
    """A link holds the adopters for that family until its last day; other children are not shown to them."""
    check(
        NotReserved(),
        """
        linked child | linked home | link expires | group | verdict
        C1 | H1 | 2026-11-23 | 1 | met
        C1 | H2 | 2026-11-23 | 1 | not met
        C1 | H2 | 2026-11-22 | 1 | met
        C1 | H2 | | 1 | not met
        X1 | H1 | 2026-11-23 | 1 | not met
        X1 | H1 | 2026-11-22 | 1 | met
        X1 | H2 | 2026-11-23 | 1 | met
        C2 | H1 | 2026-11-23 | 2 | met
        """,
    )
