"""What `suits-as-assessed` means, by example."""

from matching.rules.kinds import SuitsAsAssessed
from tests.lib.spec_tables import check


def test_what_was_assessed_as_unsuitable_needs_a_decision() -> None:
    """A kind of care that an assessment calls unsuitable needs a service manager; what is not specified is no objection."""
    check(
        SuitsAsAssessed(),
        """
        child foster_care | child residential_care | child supported_care | home kind | decided by | verdict
        | | | foster | | met
        suitable-not-preferred | | | foster | | met
        unsuitable | | | foster | | not met
        unsuitable | | | connected | | not met
        unsuitable | | | foster | service-manager | met
        unsuitable | | | foster | nominated-officer | not met
        unsuitable | preferred | | residential | | met
        | unsuitable | | residential | | not met
        | | unsuitable | supported-lodgings | | not met
        | | unsuitable | supported-accommodation | | not met
        | | unsuitable | foster | | met
        unsuitable | | | adoptive | | met
        unsuitable | | | | | not known
        preferred | | | | | met
        """,
    )
