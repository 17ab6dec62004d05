"""What `considerations` means, by example."""

from matching.rules.household import ConsiderationsKept
from tests.lib.spec_tables import check


def test_the_child_who_lives_there_has_a_plan() -> None:
    """What the plan of a child who lives there asks of a newcomer."""
    check(
        ConsiderationsKept(),
        """
        child age | child sex | resident age | resident considerations | verdict
        4 | female | 9 | no-child-under:5 | not met
        5 | female | 9 | no-child-under:5 | met
        | female | 9 | no-child-under:5 | not known
        15 | female | 9 | no-child-over:14 | not met
        9 | male | 9 | no-boys | not met
        9 | | 9 | no-boys | not known
        10 | male | 9 | no-older-boys | not met
        10 | female | 9 | no-older-boys | met
        9 | male | 9 | no-older-boys | met
        8 | male | | no-older-boys | not known
        8 | female | 9 | youngest-in-home | not met
        9 | female | 9 | youngest-in-home | met
        10 | female | 9 | oldest-in-home | not met
        3 | female | 9 | only-child | not met
        9 | female | 9 | | not known
        9 | female | 9 | none | met
        """,
    )


def test_the_newcomer_has_a_plan_too() -> None:
    """What the newcomer's plan asks of children who live there, the carers' own included."""
    check(
        ConsiderationsKept(),
        """
        child age | child considerations | home birth_children | resident age | verdict
        9 | no-child-under:5 | none | 4 | not met
        9 | no-child-under:5 | 3 male | 12 | not met
        9 | no-older-boys | 12 male | 5 | not met
        9 | no-older-boys | 12 | 5 | not known
        9 | no-older-boys | | 5 | not known
        9 | none | | 5 | met
        9 | | none | - | met
        9 | | none | 5 | not known
        """,
    )


def test_brothers_and_sisters_are_for_the_sibling_plan() -> None:
    """Considerations concern unrelated children."""
    check(
        ConsiderationsKept(),
        """
        child considerations | sibling there | verdict
        only-child | 1 | met
        no-child-under:12 | 2 | met
        """,
    )


def test_those_who_visit_on_the_same_nights_count() -> None:
    """A child who is booked into the home counts like one who lives there, on the nights on which they would meet."""
    check(
        ConsiderationsKept(),
        """
        child age | child care_type | child stays | nights of a visit | visitor considerations | verdict
        4 | short-break | 2026-12-04 | 2026-12-04 | no-child-under:5 | not met
        4 | short-break | 2026-12-04 | 2026-12-05 | no-child-under:5 | met
        4 | short-break | 2026-12-05 | 2026-12-04 | no-child-under:5 | met
        4 | short-break | 2026-12-04; 2026-12-18 | 2026-12-04 | no-child-under:5 | not met
        5 | short-break | 2026-12-04 | 2026-12-04 | no-child-under:5 | met
        4 | short-term | | 2026-12-05 | no-child-under:5 | not met
        4 | short-term | | 2026-11-20 to 2026-11-23 | no-child-under:5 | not met
        4 | short-term | | 2026-11-20 to 2026-11-22 | no-child-under:5 | met
        4 | short-break | 2026-12-04 | 2026-12-04 | | not known
        """,
    )
