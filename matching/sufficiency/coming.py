"""What comes whatever is decided: who lives here, who arrives, how long they stay; by run, keyed."""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from matching.domain import Caseload
from matching.sufficiency.choices import NO_HOME, Choices
from matching.sufficiency.draws import normal, uniform
from matching.sufficiency.parameters import AGE_EDGES, AGES, OWN, WEEKS, Parameters
from matching.sufficiency.scenario import Scenario

NEVER = 32_000
MOST_STAYS = 12
# candidates are drawn at this many times the usual rate, and thinned to the scenario's
HEADROOM = 3.0
PRODUCTS = (
    "waiting",
    "in-house",
    "agency",
    "agency elsewhere",
    "kin",
    "residential",
    "supported",
    "with parents",
    "adoption",
)
WAITING, IN_HOUSE, AGENCY, ELSEWHERE, KIN, RESIDENTIAL, SUPPORTED, PARENTS, ADOPTION = range(len(PRODUCTS))
Weeks = npt.NDArray[np.int16]


@dataclass(frozen=True)
class Stock:
    """Children in care on the first day, each by themselves: kind of referral, age, product, home column."""

    kind: npt.NDArray[np.int16]
    age: npt.NDArray[np.float64]
    product: npt.NDArray[np.int8]
    home: npt.NDArray[np.int16]


def stock_of(caseload: Caseload, choices: Choices, parameters: Parameters) -> Stock:
    """Those who live in the homes, and by published shares those who live elsewhere."""
    column = {home.ref: number for number, home in enumerate(choices.homes)}
    rows: list[tuple[float, int, int]] = []
    for placement in caseload.placements:
        age = caseload.child_by_ref[placement.child].age_on(caseload.as_of)
        if placement.home in column:
            at = column[placement.home]
            rows.append((9.5 if age is None else min(age + 0.5, 17.9), IN_HOUSE if choices.own[at] else AGENCY, at))
    whole = len(rows) / (1 - parameters["kin"] - parameters["residential"] - parameters["with_parents"] - 0.112)
    others = [
        (KIN, parameters["kin"], 0.0, 17.5),
        (RESIDENTIAL, parameters["residential"], 10.0, 17.5),
        (SUPPORTED, 0.092, 16.0, 17.9),
        (PARENTS, parameters["with_parents"], 0.0, 17.5),
        (ADOPTION, 0.02, 0.5, 4.0),
    ]
    for product, share, low, high in others:
        number = round(whole * share)
        rows += [(low + (high - low) * (turn + 0.5) / number, product, NO_HOME) for turn in range(number)]
    ages = np.array([row[0] for row in rows])
    single = np.flatnonzero(choices.size == 1)
    near = np.abs(choices.age[single][None, :] - ages[:, None])
    kind = single[near.argmin(axis=1)] if len(rows) else np.zeros(0, dtype=np.int64)
    return Stock(
        kind.astype(np.int16), ages, np.array([r[1] for r in rows], np.int8), np.array([r[2] for r in rows], np.int16)
    )


def arrivals(
    choices: Choices, parameters: Parameters, scenario: Scenario, in_care: int, weeks: int, seed: int, run: int
) -> tuple[Weeks, npt.NDArray[np.int16], npt.NDArray[np.int64]]:
    """Week, kind and number (identity) of each group that arrives; thinned from the same candidates in every scenario."""
    groups = np.arange(choices.groups)
    yearly = parameters["starts"] * in_care / choices.size[groups].mean()
    rate = HEADROOM * yearly / WEEKS
    number = int(rate * weeks + 6 * np.sqrt(rate * weeks) + 20)
    week = np.cumsum(-np.log1p(-uniform(seed, run, "arrival", number)) / rate)
    kind = (uniform(seed, run, "kind", number) * choices.groups).astype(np.int16)
    wanted = _level(parameters, weeks, seed, run)[np.minimum(week / WEEKS, weeks // WEEKS).astype(int)]
    factor = scenario.demand_factor(choices, kind, week)
    accepted = uniform(seed, run, "accepted", number) < wanted * factor / HEADROOM
    kept = np.flatnonzero(accepted & (week < weeks))
    return week[kept].astype(np.int16), kind[kept], kept


def _level(parameters: Parameters, weeks: int, seed: int, run: int) -> npt.NDArray[np.float64]:
    """The yearly level of arrivals, 1 on average, a damped walk in the log."""
    years = int(weeks // WEEKS) + 1
    steps, kept, sd = normal(seed, run, "level", years), parameters["level_kept"], parameters["level_sd"]
    level = np.zeros(years)
    for year in range(years):
        level[year] = (kept * level[year - 1] if year else 0.0) + sd * steps[year]
    return np.exp(level)


def exits(
    parameters: Parameters, age: npt.NDArray[np.float64], draw: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    """Weeks until a child of an age leaves care: rates by age, and the wall at 18."""
    rates = np.array([parameters[f"leave_{name}"] for name in AGES])
    edges = np.array(AGE_EDGES)
    whole = np.concatenate([[0.0], np.cumsum(rates * np.diff(edges))])
    used = np.interp(age, edges, whole) - np.log1p(-draw)
    return np.asarray((np.interp(used, whole, edges) - age) * WEEKS)


def balanced(parameters: Parameters, choices: Choices, stock: Stock) -> Parameters:
    """Leaving rates times one factor, so that as many children are in care after three years as now.

    Published starts and leavers are of other years and ages than this stock; without a history of its own there is no
    ground to forecast growth or fall. Figures that are mostly own data stay as they are.
    """
    names = [f"leave_{age}" for age in AGES]
    if not len(stock.age) or any(parameters.figures[name].kind == OWN for name in names):
        return parameters
    low, high = 0.1, 4.0
    for _ in range(24):
        middle = (low * high) ** 0.5
        few = _after_three_years(_times(parameters, names, middle), choices, stock) < len(stock.age)
        low, high = (low, middle) if few else (middle, high)
    factor = (low * high) ** 0.5
    figures = dict(_times(parameters, names, factor).figures)
    for name in names:
        figures[name] = replace(
            figures[name], source=f"{figures[name].source}; times {factor:.2f} to hold numbers steady"
        )
    return Parameters(figures)


def _times(parameters: Parameters, names: list[str], factor: float) -> Parameters:
    scaled = {
        name: replace(f, value=f.value * factor, low=f.low * factor, high=f.high * factor)
        for name, f in parameters.figures.items()
        if name in names
    }
    return Parameters({**parameters.figures, **scaled})


def _after_three_years(parameters: Parameters, choices: Choices, stock: Stock) -> float:
    """Children expected in care, on a grid of draws."""
    grid, years = (np.arange(40) + 0.5) / 40, 3
    stay = exits(parameters, stock.age[:, None], grid[None, :])
    groups = choices.age[: choices.groups]
    coming = exits(parameters, groups[:, None], grid[None, :])
    share = np.mean([(coming > years * WEEKS * part).mean(axis=1) for part in grid], axis=0)
    starts = parameters["starts"] * len(stock.age) * years
    size = choices.size[: choices.groups]
    return float((stay > years * WEEKS).mean(axis=1).sum() + starts * (share * size).sum() / size.sum())
