"""The forecast: scenarios run side by side on the same futures, and its answers as tidy tables with ranges."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import pandas as pd

from matching.domain import Caseload
from matching.errors import MatchingError
from matching.fan_out import fan_out
from matching.policy import Policy
from matching.sufficiency.answers import ranges, run_values
from matching.sufficiency.choices import Choices, choices_of
from matching.sufficiency.coming import Stock, balanced, stock_of, supply_of
from matching.sufficiency.parameters import Parameters
from matching.sufficiency.scenario import BASE, Scenario
from matching.sufficiency.weeks import Batch, Counts
from matching.wording import counted

RUNS_AT_ONCE = 125
MOST_YEARS, MOST_RUNS = 10, 10_000
FEW_CHILDREN = 50


@dataclass(frozen=True)
class City:
    """What every run starts from."""

    choices: Choices
    stock: Stock
    parameters: Parameters


@dataclass(frozen=True)
class Forecast:
    """`values` has one row for each scenario, run, year, measure and kind; `table` their ranges; `against_base` paired differences.

    `parameters` lists every figure with its source; `warnings` are sentences. Numbers leave only through `table`,
    where small ones are hidden.
    """

    values: pd.DataFrame
    table: pd.DataFrame
    against_base: pd.DataFrame
    parameters: pd.DataFrame
    warnings: tuple[str, ...]
    manifest: dict[str, Any]

    def plot(self) -> Any:
        """Children in care with their ranges, one line for each scenario: a matplotlib figure."""
        from matching.sufficiency.pictures import fan

        return fan(self, "in care", "all")


def city_of(caseload: Caseload, referrals: Caseload, policy: Policy, parameters: Parameters) -> City:
    """The homes and children of a caseload, with the kinds of referral of another judged against the homes."""
    if not caseload.homes:
        raise MatchingError("The caseload has no homes, so nothing can be placed. Add the carer register.")
    choices = choices_of(referrals, caseload.homes, policy)
    stock = stock_of(caseload, choices, parameters)
    return City(choices, stock, balanced(parameters, choices, stock))


def forecast(
    city: City,
    scenarios: Sequence[Scenario] = (),
    *,
    years: int = 5,
    runs: int = 500,
    seed: int = 1,
    workers: int = 1,
    progress: Callable[[str], None] = lambda _: None,
    stopped: Callable[[], bool] = lambda: False,
) -> Forecast:
    """Run the base case and scenarios on the same futures; the answer is the same with any number of workers, on any machines.

    Raises `Stopped` once `stopped` says yes.
    """
    _check(scenarios, years, runs)
    chosen = [BASE, *scenarios]
    pieces = {
        (scenario.name, first): (scenario, years, seed, range(first, min(first + RUNS_AT_ONCE, runs)))
        for scenario in chosen
        for first in range(0, runs, RUNS_AT_ONCE)
    }

    def told(done: int, of: int) -> None:
        progress(f"{counted(len(chosen), 'scenario', 'scenarios')}, {runs} runs each, {years} years: {done / of:.0%}")

    told(0, 1)
    found = fan_out(_batch, pieces, shared=(city,), workers=workers, told=told, stopped=stopped)
    parts = {
        scenario.name: _together([counts for (name, _), counts in found.items() if name == scenario.name])
        for scenario in chosen
    }
    values = pd.concat(
        [
            run_values(name, parts[name], city.parameters, scenario)
            for name, scenario in zip(parts, chosen, strict=True)
        ],
        ignore_index=True,
    )
    table, against = ranges(values)
    manifest = {"years": years, "runs": runs, "seed": seed, "scenarios": [scenario.name for scenario in chosen]}
    return Forecast(values, table, against, city.parameters.table(), tuple(_warnings(city, runs)), manifest)


def _batch(city: City, scenario: Scenario, years: int, seed: int, runs: range) -> Counts:
    supply = supply_of(city.choices, city.parameters, scenario, years, seed)
    return Batch(city.choices, city.stock, supply, city.parameters, scenario, years, seed, runs).run()


def _together(parts: Sequence[Counts]) -> Counts:
    return Counts(*(np.concatenate([getattr(part, f.name) for part in parts]) for f in fields(Counts)))


def _check(scenarios: Sequence[Scenario], years: int, runs: int) -> None:
    if not 1 <= years <= MOST_YEARS or not 2 <= runs <= MOST_RUNS:
        raise MatchingError(
            f"{years} years and {runs} runs can not be done. Choose 1 to {MOST_YEARS} years, 2 to {MOST_RUNS} runs."
        )
    names = [BASE.name, *(scenario.name for scenario in scenarios)]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise MatchingError(f"Two scenarios are called {twice[0]!r}. Give each a name of its own.")


def _warnings(city: City, runs: int) -> list[str]:
    said = []
    if len(city.stock.kind) < FEW_CHILDREN:
        said.append(f"{len(city.stock.kind)} children in care: one family moves every figure. Read the ranges.")
    if runs < 200:
        said.append(f"{runs} runs: the ends of the ranges are rough. Use 500 for a paper.")
    borrowed = [name for name, figure in city.parameters.figures.items() if figure.kind != "own data"]
    said.append(
        f"{len(borrowed)} of {len(city.parameters.figures)} figures are borrowed or assumed; see the assumptions."
    )
    return said
