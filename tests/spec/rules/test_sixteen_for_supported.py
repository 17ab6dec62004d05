"""What `sixteen-for-supported` means, by example."""

from matching.rules.surroundings import OldEnoughForSetting
from tests.lib.spec_tables import check


def test_nobody_under_16_goes_to_a_supported_setting() -> None:
    """Only children of 16 and over may live in supported accommodation or lodgings."""
    check(
        OldEnoughForSetting(),
        """
        child age | home kind | verdict
        15 | foster | met
        15 | supported-lodgings | not met
        15 | supported-accommodation | not met
        16 | supported-accommodation | met
        | supported-accommodation | not known
        15 | | not known
        16 | | met
        """,
    )


def test_while_an_age_is_disputed_nobody_knows() -> None:
    """The recorded age stands unless it is disputed; for an unaccompanied child somebody must have said that it is not."""
    check(
        OldEnoughForSetting(),
        """
        child age | child uasc | child age_disputed | home kind | verdict
        16 | no | | supported-lodgings | met
        16 | yes | no | supported-lodgings | met
        16 | yes | yes | supported-lodgings | not known
        16 | yes | | supported-accommodation | not known
        16 | | yes | supported-lodgings | not known
        15 | yes | yes | supported-lodgings | not met
        16 | yes | yes | foster | met
        """,
    )
