"""What `lives-with` means, by example."""

from matching.rules.household import CanLiveAlongside
from tests.lib.spec_tables import check


def test_the_referral_says_with_whom() -> None:
    """Whom the child can live alongside, as the referral says."""
    check(
        CanLiveAlongside(),
        """
        child age | child lives_with | home birth_children | resident age | verdict
        9 | no-preference | 4 male | 12 | met
        9 | with-others | | 12 | met
        9 | solo | none | - | met
        9 | solo | none | 12 | not met
        9 | solo | 4 male | - | not met
        9 | solo | | - | not known
        9 | only-older | none | 12 | met
        9 | only-older | none | 9 | not met
        9 | only-younger | none | 4 | met
        9 | only-younger | 12 male | 4 | not met
        9 | only-older | none | | not known
        | only-older | none | 12 | not known
        9 | | none | - | met
        9 | | none | 12 | not known
        """,
    )


def test_those_who_visit_on_the_same_nights_count() -> None:
    """Who needs to be the only child may come on nights on which nobody is booked."""
    check(
        CanLiveAlongside(),
        """
        child lives_with | child care_type | child stays | nights of a visit | verdict
        solo | short-break | 2026-12-04 | 2026-12-04 | not met
        solo | short-break | 2026-12-04 | 2026-12-05 | met
        solo | short-term | | 2026-12-05 | not met
        """,
    )
