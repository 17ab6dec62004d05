"""What `no-contact` means, by example."""

from matching.rules.safety import NoContact
from tests.lib.spec_tables import check


def test_a_tie_bars() -> None:
    """A recorded no-contact bars the home."""
    check(
        NoContact(),
        """
        tie | verdict
        no-contact | not met
        | met
        """,
    )


def test_areas_bar() -> None:
    """A child is not placed in a sector or district they must stay away from; a coarse postcode cannot settle it."""
    check(
        NoContact(),
        """
        child places_to_avoid | home place | verdict
        none | SO14 7 | met
        SO14 7 | SO14 7 | not met
        SO14 | SO14 7 | not met
        SO15 1 | SO14 7 | met
        SO14 7 | SO14 | not known
        SO14 7 | | not known
        none | | met
        | SO14 7 | not known
        """,
    )
