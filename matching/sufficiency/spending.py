"""Pounds a year by kind of home, with prices that differ from run to run as much as they are not known."""

import numpy as np
import numpy.typing as npt

from matching.sufficiency.coming import PRODUCTS, RESIDENTIAL
from matching.sufficiency.counts import Counts
from matching.sufficiency.draws import normal
from matching.sufficiency.parameters import WEEKS, Parameters
from matching.sufficiency.scenario import WEEKS_A_MONTH, Scenario

POUNDS = "spend"
PRICED = {
    "in-house": "price_in_house",
    "agency": "price_agency",
    "agency elsewhere": "price_agency",
    "kin": "price_kin",
    "residential": "price_residential",
    "supported": "price_supported",
}
OWN_HOMES, RECRUITING = "own children's homes", "recruiting and support"
# yearly growth of prices, section 251 2017 to 2025: foster care 3.7%, residential 10.1%
GROWTH = {"residential": 0.101}
FOSTER_GROWTH = 0.037
# a 95% range is so many standard deviations wide
RANGE = 3.92
Pounds = npt.NDArray[np.float64]


def spend_of(counts: Counts, parameters: Parameters, scenario: Scenario, seed: int) -> dict[str, Pounds]:
    """Pounds by product, shape (runs, years), with growth of prices; recruiting and supporting in-house homes with them."""
    runs, years = counts.vacant.shape
    year = np.arange(years)
    found = {}
    for product, price in PRICED.items():
        growth = (1 + GROWTH.get(product, FOSTER_GROWTH)) * scenario.price.get(_factor(product), 1.0)
        weeks = counts.weeks_in[:, :, PRODUCTS.index(product)].astype(np.float64)
        if product == PRODUCTS[RESIDENTIAL]:
            weeks = weeks - counts.own_weeks
        found[product] = weeks * prices(parameters, price, runs, seed)[:, None] * growth**year
    found[OWN_HOMES] = np.broadcast_to(_own_homes(scenario, years), (runs, years)).copy()
    supporting = prices(parameters, "price_supporting", runs, seed)
    found[RECRUITING] = counts.homes * supporting[:, None] * (1 + FOSTER_GROWTH) ** year
    found[RECRUITING] += _recruiting(scenario, years) * prices(parameters, "price_recruiting", runs, seed)[:, None]
    return found


def _factor(product: str) -> str:
    return product.split()[0].replace("-", "_")


def prices(parameters: Parameters, name: str, runs: int, seed: int) -> Pounds:
    """The price of each run: around the figure, as wide as its range, the same in every scenario."""
    figure = parameters.figures[name]
    step = (figure.high - figure.low) / RANGE
    drawn = np.array([normal(seed, run, f"price {name}", 1)[0] for run in range(runs)])
    return np.maximum(figure.value + step * drawn, 0.25 * figure.value)


def _own_homes(scenario: Scenario, years: int) -> Pounds:
    """What our own children's homes of a scenario cost in each year, full or empty; closing one saves as much."""
    cost = np.zeros(years)
    for home in scenario.childrens_homes:
        start = home.from_month * WEEKS_A_MONTH / WEEKS
        cost += home.places * home.weekly_price * WEEKS * np.clip(np.arange(years) + 1 - start, 0, 1)
    return cost * (1 + FOSTER_GROWTH) ** np.arange(years)


def _recruiting(scenario: Scenario, years: int) -> Pounds:
    """Homes recruited in each year; those that never open are paid for too."""
    homes = np.zeros(years)
    for campaign in scenario.campaigns:
        months = campaign.from_month + (np.arange(campaign.homes) + 0.5) / campaign.homes * campaign.over_months
        homes += np.bincount(np.minimum(months // 12, years).astype(int), minlength=years + 1)[:years]
    return homes


def pays_back(apart: npt.NDArray[np.float32]) -> dict[str, float]:
    """Years until what a scenario spends more (runs, years) is saved again: share of runs in which it is, and a range.

    It is saved from the moment after which the sum never lies above nought again; within a year the sum goes straight.
    """
    runs, years = apart.shape
    total = np.concatenate([np.zeros((runs, 1)), np.cumsum(apart, axis=1, dtype=np.float64)], axis=1)
    above = total > 0
    last = np.where(above.any(axis=1), years - above[:, ::-1].argmax(axis=1), 0)
    saved = total[:, -1] < 0
    rows = np.flatnonzero(saved)
    start, end = total[rows, last[rows]], total[rows, np.minimum(last[rows] + 1, years)]
    when = last[rows] + np.where(start > 0, start / np.maximum(start - end, 1e-9), 0.0)
    if not len(rows):
        return {"share": 0.0, "q10": np.nan, "q50": np.nan, "q90": np.nan}
    middle = dict(zip(("q10", "q50", "q90"), np.quantile(when, [0.1, 0.5, 0.9]).round(2).tolist(), strict=True))
    return {"share": round(len(rows) / runs, 3), **middle}
