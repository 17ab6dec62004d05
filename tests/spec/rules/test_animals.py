"""What `animals` means, by example."""

from matching.rules.surroundings import SafeWithAnimals
from tests.lib.spec_tables import check


def test_animals_and_the_child_are_safe() -> None:
    """A severe allergy, no animals wished, or harm done to animals before: the risk is assessed first."""
    check(
        SafeWithAnimals(),
        """
        child animal_allergy | child pets | child risk_harm_to_animals | home pets | decided by | verdict
        none | can | no | dog | | met
        severe | can | no | dog | | not met
        mild | can | no | dog | | met
        none | no | no | cat | | not met
        none | must | no | cat | | met
        none | can | yes | dog | | not met
        severe | no | yes | none | | met
        severe | can | no | | | not known
        | can | no | dog | | not known
        none | can | | dog | | not known
        none | can | yes | dog | supervising-social-worker | met
        none | can | no | | | met
        """,
    )
