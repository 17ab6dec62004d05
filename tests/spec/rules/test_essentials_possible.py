"""What `essentials-possible` means, by example."""

from matching.rules.surroundings import EssentialsPossible
from tests.lib.spec_tables import check


def test_skills_are_held_or_booked() -> None:
    """An essential skill is held, or the training is booked."""
    check(
        EssentialsPossible(),
        """
        child essential_skills | home skills | home skills_planned | verdict
        none | none | none | met
        none | | | met
        bsl | bsl | none | met
        bsl | bsl | | met
        bsl | none | bsl | met
        bsl | none | none | not met
        bsl;babies | bsl | babies | met
        bsl | none | | not known
        bsl | | none | not known
        | bsl | none | not known
        """,
    )


def test_a_building_is_adapted_or_could_be() -> None:
    """An adaptation is there, or the building could be adapted."""
    check(
        EssentialsPossible(),
        """
        child adaptations | home adaptations | home could_adapt | verdict
        none | none | no | met
        hoist | hoist | no | met
        hoist | none | yes | met
        hoist | none | no | not met
        hoist | none | | not known
        | none | yes | met
        | none | no | not known
        """,
    )
