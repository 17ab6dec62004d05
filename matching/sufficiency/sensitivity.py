"""Which figures matter: Morris over their ranges, then Sobol on the top ones, on the same futures; points over cores."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd
from matplotlib.figure import Figure
from SALib.analyze import morris as morris_analysis
from SALib.analyze import sobol as sobol_analysis
from SALib.sample import morris as morris_sample
from SALib.sample import sobol as sobol_sample

from matching.errors import MatchingError
from matching.fan_out import fan_out
from matching.sufficiency.answers import ALL, IN_CARE, NEEDED, UNMET, run_values
from matching.sufficiency.forecast import City, Effort, batch_of
from matching.sufficiency.parameters import CALLED
from matching.sufficiency.pictures import tornado as drawn
from matching.sufficiency.scenario import BASE
from matching.sufficiency.spending import POUNDS

# figures that may move the answer, and what they are called on the picture
FIGURES = {
    name: CALLED[name]
    for name in (
        "starts", "leave_a5_9", "leave_a10_15", "leave_a16p", "moves", "kin", "supported_at_16", "agency_found",
        "home_leaves", "home_joins", "on_hold", "staying_put",
    )
}  # fmt: skip
TOP = 6
FEW = Effort(runs=20)
MEASURES = (UNMET, NEEDED, IN_CARE, POUNDS)


def screened(
    city: City,
    *,
    measure: str = UNMET,
    effort: Effort = FEW,
    trajectories: int = 4,
) -> pd.DataFrame:
    """Morris: name, effect (mean absolute, over the whole range of a figure), direction, spread; largest first."""
    names = [name for name in FIGURES if name in city.parameters.figures]
    problem = _problem(city, names)
    points = morris_sample.sample(problem, trajectories, seed=effort.seed)
    answers = _answers(city, names, points, measure, effort)
    found = morris_analysis.analyze(problem, points, answers, seed=effort.seed)
    table = pd.DataFrame(
        {"name": names, "effect": found["mu_star"], "direction": found["mu"], "spread": found["sigma"]}
    )
    return table.sort_values("effect", ascending=False, kind="stable", ignore_index=True)


def apportioned(
    city: City,
    names: Sequence[str],
    *,
    measure: str = UNMET,
    effort: Effort = FEW,
    points: int = 8,
) -> pd.DataFrame:
    """Sobol: the share of the spread of the answer due to each figure alone (`first`) and with others (`total`).

    `first_range` and `total_range` are half-widths of 95%; few `points` make them wide.
    """
    names = tuple(names)[:TOP]
    problem = _problem(city, names)
    drawn_at = sobol_sample.sample(problem, points, calc_second_order=False, seed=effort.seed)
    answers = _answers(city, names, drawn_at, measure, effort)
    found = sobol_analysis.analyze(problem, answers, calc_second_order=False, seed=effort.seed)
    return pd.DataFrame(
        {
            "name": names,
            "first": found["S1"],
            "first_range": found["S1_conf"],
            "total": found["ST"],
            "total_range": found["ST_conf"],
        }
    )


def swings(city: City, names: Sequence[str], *, measure: str = UNMET, effort: Effort = FEW) -> pd.DataFrame:
    """The answer with each figure at the low and at the high end of its range, all others as they are; largest swing first.

    Columns: name, words, low, high, base; rows of a tornado.
    """
    figures = city.parameters.figures
    ends = {(name, end): (name, getattr(figures[name], end)) for name in names for end in ("low", "high")}
    pieces = {key: ({name: value}, measure, effort) for key, (name, value) in ends.items()}
    pieces["base", ""] = ({}, measure, effort)
    found = fan_out(_answer, pieces, shared=(city,), workers=effort.workers)
    base = found["base", ""]
    rows = [
        {
            "name": name,
            "words": FIGURES.get(name, name),
            "low": found[name, "low"],
            "high": found[name, "high"],
            "base": base,
        }
        for name in names
    ]
    table = pd.DataFrame(rows)
    return table.loc[(table.high - table.low).abs().sort_values(ascending=False, kind="stable").index].reset_index(
        drop=True
    )


def tornado(swung: pd.DataFrame, measure: str = UNMET) -> Figure:
    """The figures by how far they move the answer, from `swings`."""
    return drawn(swung, measure)


def _problem(city: City, names: Sequence[str]) -> dict[str, object]:
    figures = [city.parameters.figures[name] for name in names]
    return {"num_vars": len(names), "names": list(names), "bounds": [[f.low, f.high] for f in figures]}


def _answers(
    city: City,
    names: Sequence[str],
    points: npt.NDArray[np.float64],
    measure: str,
    effort: Effort,
) -> npt.NDArray[np.float64]:
    """The measure in the last year, on average over runs, at each point."""
    if measure not in MEASURES:
        raise MatchingError(f"{measure!r} can not be screened. Choose one of: {', '.join(MEASURES)}.")
    pieces = {
        at: (dict(zip(names, map(float, point), strict=True)), measure, effort) for at, point in enumerate(points)
    }
    found = fan_out(_answer, pieces, shared=(city,), workers=effort.workers)
    return np.array([found[at] for at in range(len(points))])


def _answer(city: City, values: dict[str, float], measure: str, effort: Effort) -> float:
    at = city.with_parameters(**values)
    counts = batch_of(at, BASE, None, effort.years, effort.seed, range(effort.runs))
    told = run_values(counts, at.choices.areas, at.parameters, BASE, effort.seed)
    return float(told.of(measure, ALL, ALL)[:, -1].mean())
