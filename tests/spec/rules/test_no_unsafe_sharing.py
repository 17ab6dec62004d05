"""What `no-unsafe-sharing` means, by example."""

from matching.rules.bedrooms import NoUnsafeSharing
from tests.lib.spec_tables import check


def test_a_room_alone_for_a_child_who_may_harm_others() -> None:
    """From the third birthday a child whose sexual behaviour may harm others sleeps alone; no decision opens this."""
    check(
        NoUnsafeSharing(),
        """
        child age | child risk_harm_sexual | home bedrooms | decided by | verdict
        9 | yes | 1 | | met
        9 | yes | 2:R9 | | not met
        9 | yes | 2:R9 | placing-authority | not met
        9 | | 1 | | met
        2 | | 1 with-carers | | met
        2 | yes | 1 with-carers | | not met
        3 | | 1 with-carers | | not known
        | | 1 | | met
        9 | | 1 with-carers | | not known
        9 | no | | | not known
        """,
    )


def test_the_standard_is_for_family_homes() -> None:
    """The standard is for fostering; it says nothing of children's homes."""
    check(
        NoUnsafeSharing(),
        """
        child risk_harm_sexual | home kind | home bedrooms | verdict
        yes | foster | none | not met
        yes | residential | none | met
        """,
    )


def test_nobody_is_put_beside_a_resident_who_may_harm_them() -> None:
    """A spare bed counts only beside a foster child who is known to be no danger."""
    check(
        NoUnsafeSharing(),
        """
        resident age | resident risk_harm_sexual | home bedrooms | verdict
        9 | no | 2:R1 | met
        9 | yes | 2:R1 | not met
        9 | | 2:R1 | not known
        9 | no | 2:own-daughter | not met
        """,
    )
