"""What comes whatever is decided: who lives here, who arrives, how long they stay; by run, keyed."""

from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt

from matching.domain import Caseload
from matching.sufficiency.borrowed_care import QUARTERS
from matching.sufficiency.choices import NO_HOME, Choices
from matching.sufficiency.draws import normal, uniform
from matching.sufficiency.mix import Mix
from matching.sufficiency.parameters import AGES, OWN, WEEKS, Parameters
from matching.sufficiency.scenario import Scenario
from matching.sufficiency.staying import Rates, been_in_care, exits, published_by_age, years_in_care

NEVER = 32_000
MOST_STAYS = 12
# candidates are drawn at this many times the usual rate, and thinned to the scenario's
HEADROOM = 4.0
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
    """Children in care on the first day (`on`), each by themselves: kind of referral, age, product, home column."""

    on: date
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
        caseload.as_of,
        kind.astype(np.int16),
        ages,
        np.array([r[1] for r in rows], np.int8),
        np.array([r[2] for r in rows], np.int16),
    )


def arrivals(
    choices: Choices, mix: Mix, rates: Rates, scenario: Scenario, stock: Stock, weeks: int, seed: int, run: int
) -> tuple[Weeks, npt.NDArray[np.int16], npt.NDArray[np.int64]]:
    """Week, kind and number (identity) of each group that arrives; thinned from the same candidates in every scenario."""
    share = mix.weights(rates)
    yearly = rates["starts"] * len(stock.kind) / (share * mix.size).sum()
    rate = HEADROOM * yearly / WEEKS
    number = int(rate * weeks + 6 * np.sqrt(rate * weeks) + 20)
    week = np.cumsum(-np.log1p(-uniform(seed, run, "arrival", number)) / rate)
    pick = np.searchsorted(np.cumsum(share), uniform(seed, run, "kind", number))
    kind = np.minimum(pick, choices.groups - 1).astype(np.int16)
    wanted = _level(rates, weeks, seed, run)[np.minimum(week / WEEKS, weeks // WEEKS).astype(int)]
    wanted = wanted * _season(rates, stock.on, weeks)[np.minimum(week, weeks).astype(int)]
    factor = scenario.demand_factor(choices, kind, week)
    accepted = uniform(seed, run, "accepted", number) < wanted * factor / HEADROOM
    kept = np.flatnonzero(accepted & (week < weeks))
    return week[kept].astype(np.int16), kind[kept], kept


def _season(rates: Rates, first: date, weeks: int) -> npt.NDArray[np.float64]:
    """How many times the usual come in each week from the first day; 1 on average over a year."""
    quarters = np.array([rates[f"season_{quarter}"] for quarter in QUARTERS])
    months = np.array([(first + timedelta(weeks=week)).month for week in range(weeks + 1)])
    return np.asarray((quarters / quarters.mean())[(months - 4) % 12 // 3])


def _level(rates: Rates, weeks: int, seed: int, run: int) -> npt.NDArray[np.float64]:
    """The yearly level of arrivals, 1 on average, a damped walk in the log."""
    years = int(weeks // WEEKS) + 1
    steps, kept, sd = normal(seed, run, "level", years), min(rates["level_kept"], 1.0), rates["level_sd"]
    level = np.zeros(years)
    for year in range(years):
        level[year] = (kept * level[year - 1] if year else 0.0) + sd * steps[year]
    return np.exp(level)


def balanced(parameters: Parameters, choices: Choices, stock: Stock) -> Parameters:
    """Leaving rates times one factor, so that as many children are in care after three years as now.

    Published starts and leavers are of other years and ages than this stock; without a history of its own there is no
    ground to forecast growth or fall. Figures that are mostly own data stay as they are.
    """
    names = [f"leave_{age}" for age in AGES]
    if not len(stock.age) or any(parameters.figures[name].kind == OWN for name in names):
        return parameters
    by_age, low, high, mix = published_by_age(parameters), 0.1, 4.0, Mix(choices)
    for _ in range(24):
        middle = (low * high) ** 0.5
        few = _after_three_years(by_age.scaled(dict.fromkeys(names, middle)), choices, mix, stock) < len(stock.age)
        low, high = (low, middle) if few else (middle, high)
    factor = (low * high) ** 0.5
    figures = dict(by_age.scaled(dict.fromkeys(names, factor)).figures)
    for name in names:
        figures[name] = replace(
            figures[name],
            source=f"{figures[name].source}; less what time in care adds, times {factor:.2f} to hold numbers steady",
        )
    return replace(parameters, figures=figures)


def _after_three_years(parameters: Parameters, choices: Choices, mix: Mix, stock: Stock) -> float:
    """Children expected in care, on a grid of draws."""
    grid, years = (np.arange(40) + 0.5) / 40, 3
    been = been_in_care(parameters)
    # steps of the golden section: every time in care with every luck
    since = np.stack([years_in_care(been, stock.age, np.full(len(stock.age), at * 0.618034 % 1)) for at in range(40)])
    stay = exits(parameters, stock.age[:, None], grid[None, :], since.T)
    groups = choices.age[: choices.groups]
    coming = exits(parameters, groups[:, None], grid[None, :], 0.0)
    share = np.mean([(coming > years * WEEKS * part).mean(axis=1) for part in grid], axis=0)
    starts = parameters["starts"] * len(stock.age) * years
    children = mix.weights(parameters) * mix.size
    return float((stay > years * WEEKS).mean(axis=1).sum() + starts * (share * children).sum() / children.sum())
