"""Homes said to be enough beside what would have come: cities whose true figures the forecast knows only by their ranges."""

import numpy as np
import pandas as pd

from matching.sufficiency.decisions import CONFIDENCES, keeps_to, required_recruitment
from matching.sufficiency.drawn import drawn
from matching.sufficiency.figures import Parameters
from matching.sufficiency.forecast import City, Effort, city_of, counts_of
from matching.sufficiency.scenario import BASE, Scenario
from matching.synthetic import sample_caseload
from tests.lib.builders import DATA, fostering

OF_TRUTHS, OF_FUTURES = 77_000, 99_000


def invented_city(seed: int, borrowed: Parameters) -> City:
    """A small city of its own for each seed."""
    here = sample_caseload(DATA / "reference", children=10, homes=40, seed=seed)
    referrals = sample_caseload(DATA / "reference", children=50, homes=1, seed=1000 + seed)
    return city_of(here, referrals, fostering(), borrowed)


def truth_of(city: City, seed: int) -> City:
    """The city with one draw of every figure, which nobody is told."""
    return city.with_parameters(**drawn(city.parameters, OF_TRUTHS + seed, range(1)).of_run(0))


def covered(seed: int, borrowed: Parameters, *, runs: int, futures: int, years: int = 2) -> pd.DataFrame:
    """By confidence: homes said to be enough, whether so many were found, and the share of true futures that keep to the target with them.

    The target is two thirds of what comes in half of the runs without recruiting.
    """
    city, effort = invented_city(seed, borrowed), Effort(years=years, runs=runs)
    coming = counts_of(city, [BASE], years=years, runs=runs, seed=1)[BASE.name].by_month.astype(int)
    worst = np.lib.stride_tricks.sliding_window_view(coming, 12, axis=1).sum(axis=2)[:, 1:].max(axis=1)
    target = int(np.median(worst) * 2 / 3)
    said, truth = required_recruitment(city, target=target, effort=effort), truth_of(city, seed)
    rows = []
    for confidence in CONFIDENCES:
        told = said[said.confidence == confidence]
        kept = keeps_to(truth, campaign_of(told), target, Effort(years=years, runs=futures, seed=OF_FUTURES + seed))
        rows.append(
            {
                "seed": seed,
                "confidence": confidence,
                "target": target,
                "homes": int(told.homes.sum()),
                "found": bool(told.reached.iloc[0] >= confidence),
                "kept": float(kept.all(axis=1).mean()),
            }
        )
    return pd.DataFrame(rows)


def campaign_of(told: pd.DataFrame) -> Scenario:
    """The homes of one confidence as a scenario."""
    scenario = BASE
    for row in told[told.homes > 0].itertuples():
        scenario = scenario.with_homes(row.profile, row.homes, None if row.area == "anywhere" else row.area)
    return scenario
