"""A few invented authorities whose truth is known; `make calibrate` tries many others and writes docs/calibration.md."""

import pandas as pd
import pytest

from matching.sufficiency.parameters import published_parameters
from matching.sufficiency.yearly import STOCK, TOTAL
from tests.lib.builders import DATA
from tests.lib.cities import KINDS, compared, tried

SEEDS = range(20, 24)


@pytest.fixture(scope="module")
def told() -> pd.DataFrame:
    borrowed = published_parameters(DATA / "reference")
    parts = [tried(kind, seed, borrowed, runs=150, wider=1.1) for kind in KINDS for seed in SEEDS]
    return pd.concat(parts, ignore_index=True)


def test_ages_are_nearer_than_the_last_value_whatever_changes(told: pd.DataFrame) -> None:
    ages = told[(told.flow == STOCK) & (told.category != TOTAL)]
    table = compared(ages, ["kind"])
    assert (table.ratio < 0.95).all(), table
    assert table.loc[["growing", "shocked"]].ratio.max() < 0.9, table


def test_ranges_hold_about_what_they_say(told: pd.DataFrame) -> None:
    inside = compared(told[told.flow == STOCK].assign(all="all"), ["all"]).iloc[0]
    assert 65 < inside.inside_80 < 97
    assert inside.inside_50 < inside.inside_80 < inside.inside_95
