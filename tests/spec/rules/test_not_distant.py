"""What `not-distant` means, by example."""

from matching.rules.area import NotDistant
from tests.lib.spec_tables import check


def test_in_the_authority_or_next_to_it() -> None:
    """Southampton (E06000045) and Hampshire (E10000014) adjoin; Dorset (E06000059) lies beyond."""
    check(
        NotDistant(),
        """
        child authority | home authority | decided by | verdict
        E06000045 | E06000045 | | met
        E06000045 | E10000014 | | met
        E06000045 | E06000059 | director-of-childrens-services | met
        E06000045 | E06000059 | nominated-officer | not known
        | E06000059 | | not known
        """,
    )


def test_a_postcode_tells_the_authority() -> None:
    """Where a home's authority is not recorded, its postcode says it; where neither is known, nobody knows."""
    check(
        NotDistant(),
        """
        child authority | home authority | home place | verdict
        E06000045 | | SO14 7 | met
        E06000045 | | | not known
        | | SO14 7 | not known
        """,
    )


def test_our_own_carers_and_connected_persons_are_exempt() -> None:
    """Foster carers approved by the child's authority, and relatives and friends, may live anywhere."""
    check(
        NotDistant(),
        """
        home authority | home approved_by | home kind | home approval_status | tie | verdict
        E06000059 | E06000045 | foster | approved | | met
        E06000059 | E06000045 | foster | temporary-connected | | not met
        E06000059 | E06000059 | foster | approved | | not met
        E06000059 | | foster | approved | | not known
        E06000059 | E06000045 | residential | approved | | not met
        E06000059 | E06000059 | connected | approved | connected-person | met
        """,
    )
