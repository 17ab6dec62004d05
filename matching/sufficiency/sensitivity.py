"""Which figures matter: Morris over their ranges, then Sobol on the top ones, on the same futures."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from SALib.analyze import morris as morris_analysis
from SALib.analyze import sobol as sobol_analysis
from SALib.sample import morris as morris_sample
from SALib.sample import sobol as sobol_sample

from matching.errors import MatchingError
from matching.sufficiency.forecast import City, forecast
from matching.sufficiency.scenario import BASE

FIGURES = (
    "starts",
    "leave_a5_9",
    "leave_a10_15",
    "leave_a16p",
    "moves",
    "kin",
    "agency_found",
    "home_leaves",
    "home_joins",
    "on_hold",
)
TOP = 6
MEASURES = ("no family found", "in care", "spend")


def screened(
    city: City, *, measure: str = MEASURES[0], years: int = 3, runs: int = 20, trajectories: int = 4, seed: int = 1
) -> pd.DataFrame:
    """Morris: name, effect (mean absolute, over the whole range of a figure), direction, spread; largest first."""
    problem = _problem(city, FIGURES)
    points = morris_sample.sample(problem, trajectories, seed=seed)
    found = morris_analysis.analyze(
        problem, points, _answers(city, FIGURES, points, measure, years, runs, seed), seed=seed
    )
    table = pd.DataFrame(
        {"name": FIGURES, "effect": found["mu_star"], "direction": found["mu"], "spread": found["sigma"]}
    )
    return table.sort_values("effect", ascending=False, kind="stable", ignore_index=True)


def apportioned(
    city: City,
    names: Sequence[str],
    *,
    measure: str = MEASURES[0],
    years: int = 3,
    runs: int = 20,
    points: int = 8,
    seed: int = 1,
) -> pd.DataFrame:
    """Sobol: the share of the spread of the answer due to each figure alone (`first`) and with others (`total`)."""
    names = tuple(names)[:TOP]
    problem = _problem(city, names)
    drawn = sobol_sample.sample(problem, points, calc_second_order=False, seed=seed)
    answers = _answers(city, names, drawn, measure, years, runs, seed)
    found = sobol_analysis.analyze(problem, answers, calc_second_order=False, seed=seed)
    return pd.DataFrame({"name": names, "first": found["S1"], "total": found["ST"], "total_range": found["ST_conf"]})


def tornado(screening: pd.DataFrame, measure: str = MEASURES[0]) -> Figure:
    """The figures by how much they move the answer."""
    figure = Figure(figsize=(7.2, 4.2), layout="constrained")
    axes = figure.add_subplot()
    rows = screening.iloc[::-1]
    axes.barh(rows.name, rows.effect, color="#1d4f91")
    axes.set_title(f"What moves: {measure}", loc="left", fontweight="bold", color="#202a36")
    axes.set_xlabel("change over the figure's whole range")
    axes.spines[["top", "right"]].set_visible(False)
    return figure


def _problem(city: City, names: Sequence[str]) -> dict[str, object]:
    figures = [city.parameters.figures[name] for name in names]
    return {"num_vars": len(names), "names": list(names), "bounds": [[f.low, f.high] for f in figures]}


def _answers(
    city: City, names: Sequence[str], points: np.ndarray, measure: str, years: int, runs: int, seed: int
) -> np.ndarray:
    """The measure in the last year, on average over runs, at each point."""
    if measure not in MEASURES:
        raise MatchingError(f"{measure!r} can not be screened. Choose one of: {', '.join(MEASURES)}.")
    return np.array(
        [
            _answer(city, dict(zip(names, map(float, point), strict=True)), measure, years, runs, seed)
            for point in points
        ]
    )


def _answer(city: City, values: dict[str, float], measure: str, years: int, runs: int, seed: int) -> float:
    at = City(city.choices, city.stock, city.parameters.changed(**values))
    made = forecast(at, years=years, runs=runs, seed=seed).values
    rows = made[(made.scenario == BASE.name) & (made.measure == measure) & (made.kind == "all") & (made.year == years)]
    return float(rows.value.mean())
