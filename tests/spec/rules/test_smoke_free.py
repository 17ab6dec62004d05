"""What `smoke-free` means, by example."""

from matching.rules.surroundings import SmokeFree
from tests.lib.spec_tables import check


def test_no_smoke_where_it_would_harm() -> None:
    """Children under 5, disabled children, and those with asthma, lungs, heart or glue ear need a smoke-free home."""
    check(
        SmokeFree(),
        """
        child age | child health | child disabled | home smokers | decided by | verdict
        4 | none | no | yes | | not met
        5 | none | no | yes | | met
        4 | none | no | no | | met
        4 | none | no | | | not known
        9 | asthma | no | yes | | not met
        9 | glue-ear | no | yes | | not met
        9 | heart | no | yes | | not met
        9 | respiratory | no | yes | | not met
        9 | diabetes | no | yes | | met
        9 | none | yes | yes | | not met
        9 | | no | yes | | not known
        9 | none | | yes | | not known
        | none | no | yes | | not known
        4 | none | no | yes | nominated-officer | met
        9 | none | no | | | met
        """,
    )
