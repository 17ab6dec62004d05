"""What `early-permanence-carers` means, by example."""

from matching.rules.adoption import EarlyPermanenceCarers
from tests.lib.spec_tables import check


def test_carers_who_may_become_the_parents() -> None:
    """Approved both to foster and to adopt, or for this very child (regulation 25A)."""
    check(
        EarlyPermanenceCarers(),
        """
        child care_type | child early_permanence_home | home early_permanence | verdict
        early-permanence | | yes | met
        early-permanence | | no | not met
        early-permanence | | | not known
        early-permanence | H1 | no | met
        short-term | | no | met
        | | no | not known
        """,
    )
