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
