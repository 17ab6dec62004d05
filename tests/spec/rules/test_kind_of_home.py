"""What `kind-of-home` means, by example."""

from matching.rules.kinds import KindOfHome
from tests.lib.spec_tables import check


def test_adoption_is_with_adopters() -> None:
    """Adoption is with adopters, or with foster carers who are also approved to adopt; adopters take no other care."""
    check(
        KindOfHome(),
        """
        child care_type | home kind | home early_permanence | verdict
        adoption | adoptive | | met
        adoption | foster | no | not met
        adoption | foster | yes | met
        adoption | foster | | not known
        adoption | residential | yes | not met
        early-permanence | adoptive | | met
        early-permanence | foster | yes | met
        short-term | adoptive | | not met
        short-term | foster | | met
        | adoptive | | not known
        short-term | | | not known
        """,
    )


def test_supported_lodgings_are_where_they_are_offered() -> None:
    """Supported lodgings are not a foster home; a child who needs another kind of care may still live in them from 16."""
    check(
        KindOfHome(),
        """
        child care_type | home kind | verdict
        supported-lodgings | supported-lodgings | met
        supported-lodgings | supported-accommodation | met
        supported-lodgings | foster | not met
        supported-lodgings | residential | not met
        supported-lodgings | | not known
        short-term | supported-lodgings | met
        | foster | not known
        """,
    )
