"""What `kept-apart` means, by example."""

from matching.rules.safety import KeptApart
from tests.lib.spec_tables import check


def test_nobody_kept_apart_lives_there() -> None:
    """Nobody lives in the home from whom the child is kept apart."""
    check(
        KeptApart(),
        """
        resident age | tie | verdict
        9 | | met
        9 | apart | not met
        """,
    )


def test_brothers_and_sisters_too() -> None:
    """Brothers and sisters whose plan is apart do not join each other."""
    check(
        KeptApart(),
        """
        sibling there | plan | verdict
        1 | together-preferred | met
        1 | apart-with-contact | not met
        1 | apart-without-contact | not met
        """,
    )


def test_nobody_kept_apart_visits_on_the_same_nights() -> None:
    """Nor is anybody booked into the home, on a night for which the child asks, from whom the child is kept apart."""
    check(
        KeptApart(),
        """
        child care_type | child stays | nights of a visit | tie | verdict
        short-break | 2026-12-04 to 2026-12-06 | 2026-12-06 | apart | not met
        short-break | 2026-12-04 to 2026-12-06 | 2026-12-07 | apart | met
        short-break | 2026-12-04 to 2026-12-06 | 2026-12-06 | | met
        short-term | | 2026-12-06 | apart | not met
        short-term | | 2026-11-20 | apart | met
        """,
    )
