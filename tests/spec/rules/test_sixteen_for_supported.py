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
