"""Invented authorities whose truth is known: steady, growing, shocked; what was forecast of them and what came."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from matching.returns.as_known import known_on
from matching.sufficiency.figures import Parameters
from matching.sufficiency.own_history import beside, counts_of, forecast_history
from matching.synthetic.histories import CareTruth, history_of, invented_returns

KINDS = ("stationary", "growing", "shocked")


@dataclass(frozen=True)
class Years:
    """First return, year of the forecast, and years ahead that are compared."""

    first: int = 2015
    origin: int = 2021
    ahead: int = 3


def truth_of(kind: str, seed: int, years: Years) -> CareTruth:
    """A truth of its own for each seed: size, speed of leaving, unaccompanied children, how uneven years are; and what changes."""
    random = np.random.default_rng([7, seed])
    base = CareTruth(
        starts=random.uniform(80, 300),
        leaving=random.uniform(0.8, 1.3),
        unaccompanied=random.uniform(0.02, 0.15),
        uneven=random.uniform(0.02, 0.12),
    )
    facts = vars(base)
    if kind == "growing":
        return CareTruth(**facts | {"changes_in": years.first + 1, "growth": random.uniform(1.04, 1.10)})
    if kind == "shocked":
        teenagers, under_fives = random.uniform(1.4, 1.9), random.uniform(0.55, 0.8)
        return CareTruth(**facts | {"changes_in": years.origin - 1, "teenagers": teenagers, "under_fives": under_fives})
    return base


def tried(
    kind: str, seed: int, borrowed: Parameters, years: Years = Years(), *, runs: int = 400, wider: float | None = None
) -> pd.DataFrame:
    """The forecast from the origin beside what came, with `kind` and `seed`."""
    last = years.origin + years.ahead
    history = history_of(invented_returns(truth_of(kind, seed, years), years.first, last, seed), years.first, last)
    known = known_on(history, pd.Timestamp(years.origin, 3, 31))
    made = forecast_history(known, borrowed, years.ahead, runs=runs, wider=wider)
    return beside(made.table, counts_of(history)).assign(kind=kind, seed=seed, method="forecast")


def compared(told: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    """By some columns: cases, mean error, that of the last value, their ratio, and how often the 50, 80 and 95% ranges held, in %."""
    rows = told.assign(
        error=(told["mean"] - told.actual).abs(),
        last_error=(told["last"] - told.actual).abs(),
        **{
            f"inside_{share}": 100.0 * ((told.actual >= told[low]) & (told.actual <= told[high]))
            for share, (low, high) in {50: ("q25", "q75"), 80: ("q10", "q90"), 95: ("q025", "q975")}.items()
        },
    )
    found = rows.groupby(by, sort=False)[["error", "last_error", "inside_50", "inside_80", "inside_95"]].mean()
    found.insert(0, "cases", rows.groupby(by, sort=False).size())
    found["ratio"] = found.error / found.last_error
    return found
