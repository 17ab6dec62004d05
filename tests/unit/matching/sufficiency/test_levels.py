"""Where a level of counts is said to stand: steady, growing, after a step, of few counts."""

import numpy as np
import pytest

from matching.sufficiency.levels import Level, level_of, odds_of

A_YEAR, YEARS = 2, 7
EVEN = 60.0  # counts a half-year


def level(counts: list[float], prior: float = A_YEAR * EVEN) -> Level:
    return level_of(counts, A_YEAR, 1.0, prior, 5.0)


def spread(found: Level) -> float:
    """SD of the log level two years on."""
    return float(found.paths(8, 4, np.random.default_rng(1), 2_000)[:, -1].std())


def test_steady_counts_stay_where_they_are() -> None:
    found = level([EVEN] * A_YEAR * YEARS)
    assert found.middle == pytest.approx(np.log(A_YEAR * EVEN), abs=0.01)
    assert found.weight.sum() == pytest.approx(1)
    wild = level([EVEN * times for times in (1, 1.4, 0.8, 1.5, 0.7, 1.3, 0.6) for _ in range(A_YEAR)])
    assert spread(wild) > 1.2 * spread(found)
    assert wild.walks > found.walks


def test_a_growth_goes_on() -> None:
    grown = [EVEN * 1.08 ** (at / A_YEAR) for at in range(A_YEAR * YEARS)]
    ahead = level(grown).paths(8, 4, np.random.default_rng(1), 4_000)[:, -1].mean()
    assert 0.06 < ahead - np.log(A_YEAR * grown[-1]) < 0.16


def test_odds_after_a_step_are_the_new_ones_and_no_walk_is_made_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    before, after = A_YEAR * (YEARS - 2), A_YEAR * 2
    counts = [40.0] * before + [80.0] * after, [40.0] * (before + after)
    stepped = odds_of(*counts, A_YEAR, 0.0, 5.0)
    assert stepped.middle == pytest.approx(np.log(2), abs=0.1)
    monkeypatch.setattr("matching.sufficiency.levels.STEPS_A_YEAR", 1e-9)
    walked = odds_of(*counts, A_YEAR, 0.0, 5.0)
    assert stepped.walks < 0.8 * walked.walks
    assert spread(stepped) < 0.9 * spread(walked)


@pytest.mark.parametrize("usual", [0.7, 2.0, 6.0, 40.0])
def test_a_level_of_few_counts_is_on_average_what_was_expected(usual: float) -> None:
    random = np.random.default_rng(3)
    found = [level(random.poisson(usual, A_YEAR * YEARS).tolist(), A_YEAR * usual).middle for _ in range(200)]
    assert np.mean(found) == pytest.approx(np.log(A_YEAR * usual), abs=0.06)


def test_nobody_at_all_is_a_low_level_and_no_error() -> None:
    assert level([0.0] * A_YEAR * YEARS, 4.0).middle < np.log(1.0)
    assert level([], 4.0).middle == pytest.approx(np.log(4.0))
