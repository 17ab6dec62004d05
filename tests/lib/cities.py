"""Invented authorities whose truth is known: steady, growing, shocked; what was forecast of them and what came."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from matching.returns.as_known import known_on
from matching.sufficiency.figures import Parameters
from matching.sufficiency.own_history import beside, counts_of, forecast_history
from matching.synthetic.histories import CareTruth, history_of, invented_returns

KINDS = ("stationary", "growing", "shocked")
A_SEED = 4  # authorities of a kind


@dataclass(frozen=True)
class Years:
    """First return, year of the forecast, and years ahead that are compared."""

    first: int = 2015
    origin: int = 2021
    ahead: int = 3


def authorities_of(seed: int) -> list[int]:
    """Numbers of the authorities that a seed stands for, the first of them the seed's own."""
    return [seed + 1000 * at for at in range(A_SEED)]


def truth_of(kind: str, seed: int, years: Years) -> CareTruth:
    """A truth of its own for each authority: size, speed of leaving, unaccompanied children, how uneven years are; and what changes."""
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
    """By some columns: cases, mean error, that of the last value, their ratio, and how often the 50, 80 and 95% ranges held, in %.

    `ratio_se` and `inside_80_se` are standard errors over authorities (column `seed`), whose years ahead miss together.
    """
    rows = told.assign(
        error=(told["mean"] - told.actual).abs(),
        last_error=(told["last"] - told.actual).abs(),
        **{
            f"inside_{share}": 100.0 * ((told.actual >= told[low]) & (told.actual <= told[high]))
            for share, (low, high) in {50: ("q25", "q75"), 80: ("q10", "q90"), 95: ("q025", "q975")}.items()
        },
    )
    return pd.DataFrame(
        {name: _figures(part) for name, part in rows.groupby(by if len(by) > 1 else by[0], sort=False)}
    ).T


def _figures(rows: pd.DataFrame) -> dict[str, float]:
    names = ["error", "last_error", "inside_50", "inside_80", "inside_95"]
    found = {"cases": float(len(rows)), **rows[names].mean().to_dict()}
    found["ratio"] = found["error"] / found["last_error"]
    over = (rows.error - found["ratio"] * rows.last_error) / found["last_error"]
    found["ratio_se"] = _by_authority(over, rows)
    found["inside_80_se"] = _by_authority(rows.inside_80 - found["inside_80"], rows)
    return found


def _by_authority(off: "pd.Series[float]", rows: pd.DataFrame) -> float:
    """Standard error of a mean from what each row is off it, the rows of one authority taken together (Liang and Zeger 1986)."""
    sums = off.groupby([rows.kind, rows.seed]).sum()
    return float(np.sqrt((sums**2).sum() * len(sums) / max(len(sums) - 1, 1)) / len(rows))
