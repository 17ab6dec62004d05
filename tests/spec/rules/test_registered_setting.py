"""What `registered-setting` means, by example."""

from matching.rules.surroundings import RegisteredSetting
from tests.lib.spec_tables import check


def test_a_setting_that_must_be_registered_is() -> None:
    """Children's homes and supported settings must be registered; fostering households are approved instead."""
    check(
        RegisteredSetting(),
        """
        home kind | home registered | verdict
        foster | | met
        connected | no | met
        residential | yes | met
        residential | no | not met
        supported-lodgings | no | not met
        supported-accommodation | | not known
        | | not known
        | yes | met
        """,
    )
