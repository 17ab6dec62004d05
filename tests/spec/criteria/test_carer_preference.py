"""What `carer-preference` means, by example."""

from matching.criteria.care import CarersHope
from tests.lib.spec_tables import check


def test_age_and_sex_half_each() -> None:
    """Half for age, half for sex."""
    check(
        CarersHope(),
        """
        child age | child sex | home prefers_youngest | home prefers_oldest | home prefers_sexes | rating
        9 | female | 5 | 12 | female | 1.0
        9 | female | 5 | 12 | male | 0.5
        14 | female | 5 | 12 | male | 0.0
        9 | female | | 12 | female | not known
        """,
    )
