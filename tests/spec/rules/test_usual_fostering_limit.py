"""What `usual-fostering-limit` means, by example."""

from matching.rules.places import UsualFosteringLimit
from tests.lib.spec_tables import check


def test_three_unless() -> None:
    """Three foster children at most, unless all are brothers and sisters."""
    check(
        UsualFosteringLimit(),
        """
        strangers there | sibling there | children | verdict
        2 | | 1 | met
        3 | | 1 | not met
        | | 4 | met
        | 3 | 1 | met
        1 | | 3 | not met
        1 | 2 | 1 | not met
        """,
    )


def test_an_exemption_names_every_child() -> None:
    """An exemption in force that names every child lifts the limit; one that leaves a child out does not."""
    check(
        UsualFosteringLimit(),
        """
        strangers there | home approval_exempted_children | home approval_exemption_ends | verdict
        3 | C1; R1; R2; R3 | 2026-11-23 | met
        3 | C1; R1; R2; R3 | 2026-11-22 | not met
        3 | C1; R1; R2; R3 | | not known
        3 | R1; R2; R3 | 9999-12-31 | not met
        3 | C1 | 9999-12-31 | not met
        3 | | 9999-12-31 | not known
        """,
    )


def test_other_settings_have_no_usual_limit() -> None:
    """The limit is for fostering."""
    check(
        UsualFosteringLimit(),
        """
        strangers there | home kind | verdict
        3 | foster | not met
        3 | connected | not met
        3 | residential | met
        3 | supported-lodgings | met
        """,
    )


def test_who_is_there_for_a_night_counts_on_that_night() -> None:
    """Three on every night: a child who comes for a short break counts like any other foster child while there."""
    check(
        UsualFosteringLimit(),
        """
        child care_type | child stays | nights of a visit | strangers there | verdict
        short-break | 2026-12-04 | 2026-12-04 | 2 | not met
        short-break | 2026-12-04 | 2026-12-05 | 2 | met
        short-term | | 2026-12-05 | 2 | not met
        short-term | | | 2 | met
        """,
    )
