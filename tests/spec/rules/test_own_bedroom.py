"""What `own-bedroom` means, by example."""

from matching.rules.bedrooms import OwnBedroom
from tests.lib.spec_tables import check


def test_a_room_for_each() -> None:
    """Each child has a free bedroom; one in which somebody sleeps is not free, however many beds it has."""
    check(
        OwnBedroom(),
        """
        children | home bedrooms | verdict
        1 | 1 | met
        1 | 2:R9 | not met
        2 | 1; 1 | met
        2 | 2 | not met
        2 | 1 | not met
        1 | | not known
        """,
    )


def test_brothers_and_sisters_share_where_assessed() -> None:
    """Two share a double room where both were assessed, are of one sex or under 10, and neither may harm the other."""
    check(
        OwnBedroom(),
        """
        children | home bedrooms | tie | child age | second age | second sex | second risk_harm_sexual | verdict
        2 | 2 | may-share-room | 9 | 9 | female | no | met
        2 | 1 | may-share-room | 9 | 9 | female | no | not met
        2 | 1; 1 | may-share-room | 9 | 9 | female | no | met
        2 | 2 | may-share-room | 9 | 9 | male | no | met
        2 | 2 | may-share-room | 10 | 9 | male | no | not met
        2 | 2 | may-share-room | 11 | 9 | male | no | not met
        2 | 2 | may-share-room | 11 | 9 | female | no | met
        2 | 2 | may-share-room | 11 | 9 | | no | not known
        2 | 2 | may-share-room | 9 | 9 | female | yes | not met
        2 | 2 | may-share-room | 9 | 9 | female | | not known
        2 | 2 | apart | 2 | 2 | female | no | not met
        2 | 2 | | 2 | 2 | male | no | met
        2 | 2 | | 3 | 2 | female | no | not met
        """,
    )


def test_a_baby_may_sleep_beside_the_carers() -> None:
    """A child under 2 may sleep in a cot in the carers' room."""
    check(
        OwnBedroom(),
        """
        child age | children | second age | home bedrooms | verdict
        1 | 1 | | 1 with-carers | met
        2 | 1 | | 1 with-carers | not met
        | 1 | | 1 with-carers | not known
        1 | 2 | 9 | 1 with-carers; 1 | met
        1 | 2 | 1 | 1 with-carers | not met
        1 | 2 | 1 | 2 with-carers | met
        1 | 2 | 1 | 1 with-carers; 1 | met
        1 | 2 | 1 | 1; 1 | met
        """,
    )


def test_other_settings_and_decisions() -> None:
    """The standard is for fostering; the placing authority may decide otherwise for a named child and home."""
    check(
        OwnBedroom(),
        """
        home kind | home bedrooms | decided by | verdict
        foster | 2:R9 | | not met
        connected | 2:R9 | | not met
        foster | 2:R9 | placing-authority | met
        foster | 2:R9 | fostering-manager | not met
        foster | | placing-authority | met
        residential | none | | met
        supported-lodgings | | | met
        """,
    )


def test_a_parent_who_comes_along_has_a_room() -> None:
    """The parent takes a bedroom; children under 3 who come with them sleep in it, older ones have their own."""
    check(
        OwnBedroom(),
        """
        child age | child with_parent | children | second age | second with_parent | home bedrooms | verdict
        0 | yes | 1 | | | 1 | met
        0 | yes | 1 | | | 1 with-carers | not met
        2 | yes | 1 | | | 1 | met
        3 | yes | 1 | | | 1 | not met
        5 | yes | 1 | | | 1 | not met
        5 | yes | 1 | | | 1; 1 | met
        0 | yes | 2 | 2 | yes | 1 | met
        0 | yes | 2 | 5 | yes | 1 | not met
        0 | yes | 2 | 5 | yes | 1; 1 | met
        0 | yes | 2 | 5 | no | 1 | not met
        """,
    )


def test_a_baby_of_the_child_s_own_sleeps_in_the_child_s_room() -> None:
    """Where a young parent brings a baby who is not looked after, nobody else shares the room."""
    check(
        OwnBedroom(),
        """
        children | tie | child age | second age | child brings_baby | second brings_baby | home bedrooms | verdict
        1 | | 16 | | yes | | 1 | met
        2 | may-share-room | 16 | 15 | yes | no | 2 | not met
        2 | may-share-room | 15 | 16 | no | yes | 2 | not met
        2 | may-share-room | 16 | 15 | no | no | 2 | met
        """,
    )


def test_on_the_nights_of_a_visit() -> None:
    """A child who is booked has the smallest free room on those nights; a short break beside them needs another."""
    check(
        OwnBedroom(),
        """
        child care_type | child stays | nights of a visit | home bedrooms | verdict
        short-break | 2026-12-04 to 2026-12-06 | 2026-12-06 to 2026-12-07 | 1 | not met
        short-break | 2026-12-04 to 2026-12-05 | 2026-12-06 to 2026-12-07 | 1 | met
        short-break | 2026-12-04 to 2026-12-06 | 2026-12-06 to 2026-12-07 | 1; 1 | met
        short-term | | 2026-12-06 to 2026-12-07 | 1 | not met
        short-term | | 2026-11-10 to 2026-11-12 | 1 | met
        """,
    )
