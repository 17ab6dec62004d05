"""Indicators on a return of thirty episodes, worked by hand; children are invented, postcodes are of public offices.

At 31 March 2024 ten children count: A1, A2, A3, A4, A5, A9, A10, A11, A12, A14. A6 has a series of short breaks, A7 and
A8 are adopted, A13 left on the day itself.
"""

from functools import lru_cache
from pathlib import Path

import pandas as pd
import pytest

from matching.places import PostcodeBook
from matching.profile import adoption, indicators
from matching.profile.breakdowns import age_groups, placement_groups, provider_groups
from matching.profile.where import lies_where
from matching.returns.spells import placements
from tests.lib.builders import DATA
from tests.lib.returns import frames

FOLDER = Path(__file__).parents[3] / "data" / "return_of_30"
DAY = pd.Timestamp(2024, 3, 31)
SOUTHAMPTON = "E06000045"
HERE = {"A1", "A2", "A3", "A4", "A5", "A9", "A10", "A11", "A12", "A14"}


@pytest.fixture(scope="module")
def episodes() -> pd.DataFrame:
    return frames(FOLDER)[1]


@pytest.fixture(scope="module")
def children() -> pd.DataFrame:
    return frames(FOLDER)[0]


@pytest.fixture(scope="module")
def here(episodes: pd.DataFrame) -> pd.DataFrame:
    return indicators.looked_after(episodes, DAY)


@lru_cache(maxsize=1)
def book() -> PostcodeBook:
    return PostcodeBook.read(DATA / "reference")


def counted(found: indicators.Indicator) -> tuple[int, int]:
    return found.count, found.of


def test_thirty_episodes_ten_children(episodes: pd.DataFrame, here: pd.DataFrame) -> None:
    assert len(episodes) == 30
    assert set(here.child) == HERE


@pytest.mark.parametrize(
    ("child", "spells"),
    [
        ("A2", [("2020-05-10", "2023-07-01", "U6"), ("2023-07-01", "2023-10-15", "U6"), ("2023-10-15", None, "K2")]),
        ("A3", [("2021-02-01", None, "U5")]),  # three rows, one carer
        ("A4", [("2023-04-01", "2023-12-01", "U6"), ("2023-12-01", None, "K2")]),  # hospital in between, same home
        ("A7", [("2021-05-05", "2023-06-01", "A5")]),  # adopted by the foster carers
        ("A12", [("2023-03-01", "2023-08-01", "K2"), ("2024-01-10", "2024-02-20", "U6"), ("2024-02-20", None, "K2")]),
        ("A6", []),
    ],
)
def test_rows_become_placements(episodes: pd.DataFrame, child: str, spells: list[tuple[str, str | None, str]]) -> None:
    table = placements(episodes)
    rows = table[table.child == child].sort_values("started")
    told = [
        (f"{row.started:%Y-%m-%d}", None if pd.isna(row.ended) else f"{row.ended:%Y-%m-%d}", row.placement)
        for row in rows.itertuples()
    ]
    assert told == spells


def test_three_or_more_placements_in_the_year(episodes: pd.DataFrame) -> None:
    """A2 (foster carer, foster carer, children's home) and A12 (home, foster carer, home, in two periods)."""
    assert counted(indicators.three_or_more(episodes, DAY)) == (2, 10)


def test_with_changes_of_status_counted_there_is_one_more(episodes: pd.DataFrame) -> None:
    """A3, whose carer became long-term and then also an adopter: three rows, no move."""
    assert counted(indicators.three_or_more(episodes, DAY, status_changes=True)) == (3, 10)


def test_three_or_more_in_two_years(episodes: pd.DataFrame) -> None:
    """Looked after for two years: A1, A2, A3, A9, A10, A11; three placements: A2."""
    assert counted(indicators.three_in_two_years(episodes, DAY)) == (1, 6)


def test_long_term_stability(episodes: pd.DataFrame, children: pd.DataFrame) -> None:
    """Under 16 and in care by 30 September 2021: A1, A2, A3, A9, A11 (on the day; A10 a day too late).

    Stayed: A1; A3, with new statuses; A9, placed for adoption, with the home before it. A11 moved a day too late, A2 moved.
    """
    assert counted(indicators.long_term_stability(episodes, children, DAY)) == (3, 5)


def test_distance_and_boundary(here: pd.DataFrame) -> None:
    """Over 20 miles: A2 Basingstoke, A12 Bournemouth. Not known: A5 unaccompanied, A9 withheld, A14 part of a postcode.

    Inside: A1, A5, A10, A11. A9 is not known; A14's sector tells the authority, not the distance.
    """
    lies = lies_where(here, book(), SOUTHAMPTON)
    far = indicators.distance(here, lies.miles, frozenset({"A5"}))
    assert (far.count, far.of, far.not_known) == (2, 10, 3)
    inside = indicators.inside_boundary(here, lies.authority)
    assert (inside.count, inside.of, inside.not_known) == (4, 10, 1)
    assert lies.miles["A10"] == 0.0
    assert lies.miles["A2"] == pytest.approx(28.2, abs=0.05)


def test_families_and_own_provision(here: pd.DataFrame) -> None:
    """Foster carers A1, A3, A11; adopters A9, A14; parents A10. Own: A1, A3, A4."""
    assert counted(indicators.fostered(here)) == (3, 10)
    assert counted(indicators.family_based(here)) == (5, 10)
    assert counted(indicators.family_based(here, with_parents=True)) == (6, 10)
    assert counted(indicators.own_provision(here)) == (3, 10)


def test_reasons_for_change_in_the_year(episodes: pd.DataFrame) -> None:
    """Status only: A3 twice, A14. Care plan: A2, A9. Behaviour: A2, A4. Other: A4 into and out of hospital. Carer: A12."""
    told = indicators.changes_by_reason(episodes, DAY).to_dict()
    assert told == {"PLACE": 3, "CARPL": 2, "CREQB": 2, "OTHER": 2, "CREQO": 1}


def test_adoption_timeliness(episodes: pd.DataFrame) -> None:
    """A7: 484 days to placed for adoption, at home with the carers from day 0; 203 from order to match.

    A8: 335 days; matched before the order, which counts as 0.
    """
    table = adoption.adopted(episodes, DAY)
    matched = pd.Series({"A7": pd.Timestamp(2022, 8, 1), "A8": pd.Timestamp(2021, 5, 20)})
    assert set(table.child) == {"A7", "A8"}
    assert adoption.a1(table).days == (484 + 335) / 2
    assert adoption.a10(table).days == (0 + 335) / 2
    assert adoption.a2(table, matched).days == (203 + 0) / 2
    assert counted(adoption.a3(table)) == (1, 2)
    assert adoption.adopted(episodes, pd.Timestamp(2019, 3, 31)).empty
    assert adoption.a1(adoption.adopted(episodes, pd.Timestamp(2019, 3, 31))).days is None


def test_groups(here: pd.DataFrame, children: pd.DataFrame) -> None:
    born = here.child.map(children.set_index("child").born)
    ages = dict(zip(here.child, age_groups(born, DAY), strict=True))
    assert ages["A14"] == "u1"
    assert ages["A5"] == "a16p"
    assert ages["A3"] == "a5_9"  # eight
    assert sorted(ages.values()).count("a10_15") == 6
    assert placement_groups(here.placement).value_counts().to_dict() == {
        "foster": 3, "secure_and_childrens_homes": 3, "placed_for_adoption": 2, "supported_or_independent": 1, "with_parents": 1
    }  # fmt: skip
    assert provider_groups(here.provider).value_counts().to_dict() == {
        "private": 4,
        "own": 3,
        "voluntary": 2,
        "parents": 1,
    }


def test_a_birthday_on_the_day_counts() -> None:
    born = pd.Series(pd.to_datetime(["2008-03-31", "2008-04-01", "2024-03-31"]))
    assert list(age_groups(born, DAY)) == ["a16p", "a10_15", "u1"]
