"""What `near-home` means, by example."""

from matching.criteria.closeness import NearHome
from tests.lib.spec_tables import check


def test_closer_is_better() -> None:
    """Full marks within 5 miles, none from 40 miles on."""
    check(
        NearHome(),
        """
        child home_place | home place | rating
        SO14 7 | SO14 7 | 1.0
        SO14 7 | SO15 2 | 1.0
        SO14 7 | PO1 2 | 0.7
        SO14 7 | BH1 1 | 0.5
        SO14 7 | | not known
        | SO14 7 | not known
        """,
    )


def test_an_unaccompanied_child_has_no_family_home_here() -> None:
    """For an unaccompanied asylum-seeking child without a family home here, distance from it plays no part."""
    check(
        NearHome(),
        """
        child home_place | child uasc | rating
        | yes | 0.0
        | no | not known
        SO14 7 | yes | 1.0
        """,
    )
