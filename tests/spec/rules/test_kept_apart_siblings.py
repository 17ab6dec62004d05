"""What `kept-apart-siblings` means, by example."""

from matching.rules.siblings import NobodyKeptApart
from tests.lib.spec_tables import check


def test_no_two_who_are_kept_apart() -> None:
    """Two children who are kept apart are not in one set, whatever the rest of their plan."""
    check(
        NobodyKeptApart(),
        """
        children | plan | tie | verdict
        2 | together-preferred | | met
        2 | together-preferred | apart | not met
        2 | apart-without-contact | | not met
        1 | apart-without-contact | | met
        """,
    )
