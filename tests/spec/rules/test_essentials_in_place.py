"""What `essentials-in-place` means, by example."""

from matching.rules.surroundings import EssentialsInPlace
from tests.lib.spec_tables import check


def test_what_is_essential_is_there_now() -> None:
    """A skill that is only booked, or an adaptation yet to be built, needs a decision."""
    check(
        EssentialsInPlace(),
        """
        child essential_skills | child adaptations | home skills | home adaptations | decided by | verdict
        none | none | none | none | | met
        none | none | | | | met
        bsl | none | bsl | none | | met
        bsl | none | none | none | | not met
        bsl; makaton | none | bsl | none | | not met
        bsl | none | none | none | fostering-manager-and-health | met
        bsl | none | none | none | fostering-manager | not met
        bsl | none | | none | | not known
        none | hoist | none | none | | not met
        none | hoist | none | hoist | | met
        | none | bsl | none | | not known
        """,
    )
