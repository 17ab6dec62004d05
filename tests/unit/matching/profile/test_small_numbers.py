"""Nothing that is shown gives a figure of 1 to 5 away, not to whoever adds up, nor to whoever compares two dates."""

from itertools import product

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.profile.small_numbers import rounded, shown_counts, shown_rate, shown_shares

COUNTS = st.lists(st.integers(0, 40), min_size=2, max_size=5)


@given(COUNTS)
def test_few_are_hidden_and_never_alone(counts: list[int]) -> None:
    shown = shown_counts(pd.Series(counts))
    hidden = [count for count, value in zip(counts, shown, strict=True) if np.isnan(value)]
    assert all(np.isnan(value) for count, value in zip(counts, shown, strict=True) if 1 <= count <= 5)
    assert all(value % 5 == 0 for value in shown.dropna())
    if hidden and sum(counts) >= 10 and sum(count > 0 for count in counts) > 1:
        assert len(hidden) >= 2


@given(st.lists(st.integers(0, 12), min_size=2, max_size=3))
@settings(max_examples=40, deadline=None)
def test_whoever_adds_up_can_not_tell_a_hidden_figure(counts: list[int]) -> None:
    """Among all breakdowns that would be shown in the same way, a hidden figure takes at least three values."""
    shown, total = shown_counts(pd.Series(counts)), rounded(sum(counts))
    hidden = [at for at, value in enumerate(shown) if np.isnan(value)]
    if sum(count > 0 for count in counts) < 2:
        return
    seen: dict[int, set[int]] = {at: set() for at in hidden}
    for other in product(range(13), repeat=len(counts)):
        alike = sum(other) < 10 if sum(counts) < 10 else sum(other) >= 10 and rounded(sum(other)) == total
        if alike and shown_counts(pd.Series(other)).equals(shown):
            for at in hidden:
                seen[at].add(other[at])
    assert all(len(values) >= 3 for values in seen.values())


@given(COUNTS, st.integers(0, 4))
def test_one_child_more_or_less_shows_nothing_small(counts: list[int], at: int) -> None:
    after = [count + (number == at % len(counts)) for number, count in enumerate(counts)]
    one, two = shown_counts(pd.Series(counts)), shown_counts(pd.Series(after))
    if sum(counts) < 10:
        return  # nothing was shown before
    changes = (two - one).dropna()
    assert set(changes.abs()) <= {0.0, 5.0}


def test_shares_are_made_of_rounded_counts() -> None:
    shares = shown_shares(pd.Series({"a": 12, "b": 23, "c": 18}), 53)
    assert shares.to_dict() == {
        "a": pytest.approx(100 * 10 / 55),
        "b": pytest.approx(100 * 25 / 55),
        "c": pytest.approx(100 * 20 / 55),
    }
    assert shown_shares(pd.Series({"a": 6, "b": 3}), 9).isna().all()


@pytest.mark.parametrize(
    ("count", "of", "rate"),
    [
        (20, 100, 20),
        (21, 101, 20),
        (3, 100, None),
        (97, 100, None),
        (0, 100, 0),
        (100, 100, 100),
        (8, 9, None),
        (6, 12, 50),
    ],
)
def test_one_rate(count: int, of: int, rate: float | None) -> None:
    assert shown_rate(count, of) == rate
