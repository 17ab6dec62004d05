"""The forecast: scenarios run side by side on the same futures, and its answers as tidy tables with ranges."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from matching.domain import Caseload
from matching.errors import MatchingError
from matching.fan_out import fan_out
from matching.policy import Policy
from matching.sufficiency.answers import RunValues, ranges, run_values, saves_from
from matching.sufficiency.choices import Choices, choices_of
from matching.sufficiency.coming import Stock, balanced, stock_of
from matching.sufficiency.counts import Counts
from matching.sufficiency.like_ours import fits_profile
from matching.sufficiency.parameters import WEEKS, Parameters
from matching.sufficiency.people import areas_of_stock, people_of
from matching.sufficiency.scenario import BASE, Scenario
from matching.sufficiency.supply import supply_of
from matching.sufficiency.weeks import Batch
from matching.wording import counted

RUNS_AT_ONCE = 125
MOST_YEARS, MOST_RUNS = 10, 10_000
FEW_CHILDREN = 50
# a campaign of more than this share of all homes goes beyond what anybody has seen
LARGE_CAMPAIGN = 0.25
FEWEST_RUNS = 200


@dataclass(frozen=True)
class City:
    """What every run starts from; `referrals` and `policy` are kept to judge homes again whose approval a scenario widens."""

    choices: Choices
    stock: Stock
    area: npt.NDArray[np.int8]
    parameters: Parameters
    as_of: date
    referrals: Caseload | None
    policy: Policy

    def with_parameters(self, **values: float) -> "City":
        """The city with some figures set by hand."""
        return replace(self, parameters=self.parameters.changed(**values))


@dataclass(frozen=True)
class Effort:
    """How much is computed: years ahead, runs of each case, seed, cores."""

    years: int = 3
    runs: int = 100
    seed: int = 1
    workers: int = 1


@dataclass(frozen=True)
class Forecast:
    """`table` has a row for each scenario, measure, kind, area and year with its ranges; `against_base` paired differences.

    `pays` says when each scenario has paid for itself; `parameters` lists every figure with its source; `warnings` are
    sentences. `runs` holds what each run says and never leaves: numbers leave only through `table`, where small ones
    are hidden.
    """

    runs: Mapping[str, RunValues]
    table: pd.DataFrame
    against_base: pd.DataFrame
    pays: pd.DataFrame
    parameters: pd.DataFrame
    warnings: tuple[str, ...]
    manifest: dict[str, Any]

    def plot(self, measure: str = "in care", kind: str = "all", area: str = "all") -> Any:
        """A measure with its ranges, one line for each scenario: a picture with its words and the table behind it."""
        from matching.sufficiency.pictures import plotted

        return plotted(self, measure, kind, area)


def city_of(caseload: Caseload, referrals: Caseload, policy: Policy, parameters: Parameters) -> City:
    """The homes and children of a caseload, with the kinds of referral of another judged against the homes."""
    if not caseload.homes:
        raise MatchingError("The caseload has no homes, so nothing can be placed. Add the carer register.")
    if not referrals.seeking:
        raise MatchingError("No referrals to learn kinds of need from. Give children who need a home.")
    choices = choices_of(referrals, caseload.homes, policy)
    stock = stock_of(caseload, choices, parameters)
    area = areas_of_stock(caseload, choices, stock)
    return City(choices, stock, area, balanced(parameters, choices, stock), caseload.as_of, referrals, policy)


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

    Raises `Stopped` once `stopped` says yes, and `MatchingError` for a scenario that this city can not have.
    """
    values = run_scenarios(
        city, [BASE, *scenarios], years=years, runs=runs, seed=seed, workers=workers, progress=progress, stopped=stopped
    )
    progress("Putting ranges on every answer")
    table, against = ranges(values)
    manifest = {"years": years, "runs": runs, "seed": seed, "scenarios": list(values)}
    warnings = tuple(_warnings(city, scenarios, runs))
    return Forecast(values, table, against, saves_from(values), city.parameters.table(), warnings, manifest)


def run_scenarios(
    city: City,
    scenarios: Sequence[Scenario],
    *,
    years: int,
    runs: int,
    seed: int,
    workers: int = 1,
    progress: Callable[[str], None] = lambda _: None,
    stopped: Callable[[], bool] = lambda: False,
) -> dict[str, RunValues]:
    """What each run of each scenario says, by name of the scenario; the same futures in all."""
    counts = counts_of(
        city, scenarios, years=years, runs=runs, seed=seed, workers=workers, progress=progress, stopped=stopped
    )
    areas = city.choices.areas
    return {one.name: run_values(counts[one.name], areas, city.parameters, one, seed) for one in scenarios}


def counts_of(
    city: City,
    scenarios: Sequence[Scenario],
    *,
    years: int,
    runs: int,
    seed: int,
    workers: int = 1,
    progress: Callable[[str], None] = lambda _: None,
    stopped: Callable[[], bool] = lambda: False,
) -> dict[str, Counts]:
    """What the runs of each scenario came to, by name of the scenario."""
    _check(city, scenarios, years, runs)
    widened = {scenario.name: _widened(city, scenario) for scenario in scenarios}
    slim = replace(city, referrals=None)
    pieces = {
        (scenario.name, first): (
            scenario,
            widened[scenario.name],
            years,
            seed,
            range(first, min(first + RUNS_AT_ONCE, runs)),
        )
        for scenario in scenarios
        for first in range(0, runs, RUNS_AT_ONCE)
    }

    def told(done: int, of: int) -> None:
        progress(
            f"{counted(len(scenarios), 'scenario', 'scenarios')}, {runs} runs each, {years} years: {done / of:.0%}"
        )

    told(0, 1)
    found = fan_out(batch_of, pieces, shared=(slim,), workers=workers, told=told, stopped=stopped)
    return {
        one.name: Counts.together([part for (name, _), part in found.items() if name == one.name]) for one in scenarios
    }


def batch_of(
    city: City, scenario: Scenario, widened: npt.NDArray[np.int16] | None, years: int, seed: int, runs: range
) -> Counts:
    """Some runs of one scenario: a piece of work."""
    supply = supply_of(city.choices, city.parameters, scenario, years, seed, widened)
    weeks = int(years * WEEKS)
    people = people_of(city.choices, city.stock, city.area, city.parameters, scenario, weeks, seed, runs)
    return Batch(city.choices, people, supply, scenario, years, seed, runs).run()


def _widened(city: City, scenario: Scenario) -> npt.NDArray[np.int16] | None:
    """Ranks once the approvals of a scenario are widened: the same homes judged again by the same rules."""
    if not scenario.approvals or city.referrals is None:
        return None
    homes = list(city.choices.homes[: city.choices.register])
    for approvals in scenario.approvals:
        ours = [at for at, home in enumerate(homes) if city.choices.own[at] and fits_profile(home, approvals.profile)]
        # every so manyth of them, so that a larger share holds the smaller one
        chosen = [at for turn, at in enumerate(ours) if (turn * 0.618034) % 1 < approvals.share]
        for at in chosen:
            terms = homes[at].approval
            low = min(terms.youngest or 0, approvals.youngest)
            high = max(18 if terms.oldest is None else terms.oldest, approvals.oldest)
            homes[at] = replace(homes[at], approval=replace(terms, youngest=low, oldest=high))
    again = choices_of(city.referrals, tuple(homes), city.policy)
    rank = city.choices.rank.copy()
    rank[:, : city.choices.register] = again.rank[:, : city.choices.register]
    return rank


def _check(city: City, scenarios: Sequence[Scenario], years: int, runs: int) -> None:
    if not 1 <= years <= MOST_YEARS or not 2 <= runs <= MOST_RUNS:
        raise MatchingError(
            f"{years} years and {runs} runs can not be done. Choose 1 to {MOST_YEARS} years, 2 to {MOST_RUNS} runs."
        )
    names = [scenario.name for scenario in scenarios]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise MatchingError(f"Two scenarios are called {twice[0]!r}. Give each a name of its own.")
    for scenario in scenarios:
        if unknown := scenario.unknown_areas(city.choices):
            raise MatchingError(
                f"{scenario.name}: area {unknown[0]!r} is not known. Known: {', '.join(city.choices.areas.names[:-1])}."
            )


def rough(runs: int) -> str:
    """What few runs mean for a reader."""
    return f"{runs} runs: the ends of the ranges are rough. Use 500 for a paper."


def _warnings(city: City, scenarios: Sequence[Scenario], runs: int) -> list[str]:
    said = list(city.parameters.notes)
    if len(city.stock.kind) < FEW_CHILDREN:
        said.append(f"{len(city.stock.kind)} children in care: one family moves every figure. Read the ranges.")
    if runs < FEWEST_RUNS:
        said.append(rough(runs))
    for scenario in scenarios:
        homes = sum(campaign.homes for campaign in scenario.campaigns)
        if homes > LARGE_CAMPAIGN * city.choices.register:
            said.append(
                f"{scenario.name}: {homes} homes beside {city.choices.register} is more than anybody has seen join. "
                "Read it as a direction."
            )
    borrowed = [name for name, figure in city.parameters.figures.items() if figure.kind != "own data"]
    said.append(
        f"{len(borrowed)} of {len(city.parameters.figures)} figures are borrowed or assumed; see the assumptions."
    )
    return said
