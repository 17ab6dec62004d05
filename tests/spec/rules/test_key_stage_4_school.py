"""What `key-stage-4-school` means, by example."""

from matching.rules.schooling import KeyStage4School
from tests.lib.spec_tables import check


def test_years_10_and_11_stay_at_school() -> None:
    """Within an hour by road. An estimate decides only where it is clear; otherwise the journey is looked up."""
    check(
        KeyStage4School(),
        """
        child age | child school_year | child school_place | home place | decided by | verdict
        15 | 10 | SO14 7 | SO14 7 | | met
        15 | 11 | SO14 7 | SO16 4 | | met
        15 | 11 | SO14 7 | LS1 4 | | not met
        15 | 11 | SO14 7 | LS1 4 | nominated-officer | met
        15 | 11 | SO14 7 | BN1 1 | | not met
        15 | 11 | SO14 7 | RG1 1 | | not known
        13 | 9 | SO14 7 | LS1 4 | | met
        15 | 10 | | SO14 7 | | not known
        15 | 10 | SO14 7 | | | not known
        15 | | SO14 7 | LS1 4 | | not known
        13 | | SO14 7 | LS1 4 | | met
        14 | | SO14 7 | LS1 4 | | not known
        16 | | SO14 7 | LS1 4 | | met
        | | SO14 7 | LS1 4 | | not known
        """,
    )
