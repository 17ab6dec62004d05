"""Decisions: what one more home is worth, how many to recruit where and by when, the best campaign; always by paired runs."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from math import ceil

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import stats

from matching.errors import MatchingError
from matching.sufficiency.answers import NEEDED, UNMET, WAITED, RunValues
from matching.sufficiency.counts import FAR, PARTED, SHORTFALLS
from matching.sufficiency.duals import Cell, cells_of, ranked_by_duals
from matching.sufficiency.forecast import City, Effort, counts_of, run_scenarios
from matching.sufficiency.like_ours import PROFILES
from matching.sufficiency.scenario import BASE, Campaign, Scenario
from matching.sufficiency.scenario_file import MOST_HOMES_A_MONTH
from matching.sufficiency.spending import POUNDS

CONFIDENCES = (0.5, 0.8, 0.95)
EXTRA_HOMES = 6
ANYWHERE = "anywhere"
GAINS = {
    NEEDED: "children at a time without a family",
    UNMET: "children a year who find no family",
    SHORTFALLS[PARTED]: "children a year parted from brothers and sisters",
    SHORTFALLS[FAR]: "children a year placed over 20 miles away",
    WAITED: "children a year who wait a week or more",
    POUNDS: "pounds a year",
}
# the most homes that are looked at
MOST_RECRUITED = 80
STEP = 5
# profiles and areas that the prices put first, of which paired runs choose
LOOKED_AT = 4
Say = Callable[[str], None]


def worth_of_homes(
    city: City,
    cells: Sequence[Cell] | None = None,
    effort: Effort | None = None,
    base: Scenario = BASE,
    extra: int = EXTRA_HOMES,
) -> pd.DataFrame:
    """What one more home of each profile and area is worth, best first, by paired runs.

    Columns: profile, area, measure, mean, low, high (95% of the mean), certain, rank. `cells` are profiles with an area
    or ANYWHERE (default: each profile anywhere). Differences of `extra` homes from the first month, per home, on
    average over the years; fewer children without a family, and fewer pounds, are negative. `certain` says whether
    the range leaves out nought.
    """
    effort, cells = effort or Effort(), list(cells or [(profile, ANYWHERE) for profile in PROFILES])
    _known(city, cells)
    with_them = {cell: replace(_with(base, cell, extra), name=" ".join(cell)) for cell in cells}
    values = _values(city, effort, [replace(base, name="as it is"), *with_them.values()])
    rows = []
    for cell, scenario in with_them.items():
        for measure, words in GAINS.items():
            apart = values[scenario.name].of(measure)[:, 1:] - values["as it is"].of(measure)[:, 1:]
            found = _mean_with_range(apart.mean(axis=1) / extra)
            rows.append({"profile": cell[0], "area": cell[1], "measure": words, **found})
    table = pd.DataFrame(rows)
    first = table[table.measure == GAINS[NEEDED]].sort_values("mean", kind="stable")
    order = {cell: rank for rank, cell in enumerate(zip(first.profile, first.area, strict=True), 1)}
    table["rank"] = [order[cell] for cell in zip(table.profile, table.area, strict=True)]
    return table.sort_values("rank", kind="stable", ignore_index=True)


def required_recruitment(
    city: City, *, target: int, effort: Effort | None = None, say: Say = lambda _: None
) -> pd.DataFrame:
    """The fewest homes, by profile and area, so that in no twelve months more than `target` children find no family.

    Columns: confidence, profile, area, homes, by_month (when the first of them must be open), reached (the share of runs that keep to
    the target). Homes are added STEP at a time where the price of a home is highest, given those before; the last step is then made
    as small as it can be. Where MOST_RECRUITED are not enough, `reached` stays below the confidence. Twelve months count from
    the first on that end a year from now or later, when a campaign can have borne fruit.
    """
    effort = effort or Effort()
    if target < 0 or effort.years < 2:
        raise MatchingError(
            f"A target of {target} children over {effort.years} years can not be planned. Give 0 or more, 2 years or more."
        )
    path: list[Cell] = []
    kept = [keeps_to(city, BASE, target, effort)]
    while not _sure(kept[-1], CONFIDENCES[-1]) and len(path) * STEP < MOST_RECRUITED:
        path.append(_dearest(city, _mix(path), effort))
        kept.append(keeps_to(city, _mix(path), target, effort))
        say(f"{len(path) * STEP} homes: {kept[-1].all(axis=1).mean():.0%} of runs keep to {target}")
    rows = []
    for confidence in CONFIDENCES:
        rows += _needed(city, path, kept, confidence, target, effort)
    return pd.DataFrame(rows, columns=["confidence", "profile", "area", "homes", "by_month", "reached"])


def keeps_to(city: City, scenario: Scenario, target: int, effort: Effort) -> npt.NDArray[np.bool_]:
    """Whether a run keeps to the target in the twelve months that end in each month; (runs, months from the twelfth)."""
    counts = counts_of(
        city, [scenario], years=effort.years, runs=effort.runs, seed=effort.seed, workers=effort.workers
    )[scenario.name]
    windows = np.lib.stride_tricks.sliding_window_view(counts.by_month.astype(int), 12, axis=1)
    # the first window lies before a campaign can have borne fruit
    return np.asarray(windows.sum(axis=2)[:, 1:] <= target)


def _sure(kept: npt.NDArray[np.bool_], confidence: float) -> bool:
    """Whether one run more, which nobody looked at when the homes were chosen, would keep to the target so surely.

    So many of the runs must that it holds for the next one too (conformal: Vovk, Gammerman and Shafer 2005); of few runs, all.
    """
    runs = len(kept)
    return int(kept.all(axis=1).sum()) >= min(ceil((runs + 1) * confidence), runs)


def _dearest(city: City, given: Scenario, effort: Effort) -> Cell:
    """The profile and area whose next home has the highest price."""
    first = ranked_by_duals(city, base=given, years=effort.years, seed=effort.seed).iloc[0]
    return str(first.profile), str(first.area)


def _needed(
    city: City,
    path: Sequence[Cell],
    kept: Sequence[npt.NDArray[np.bool_]],
    confidence: float,
    target: int,
    effort: Effort,
) -> list[dict[str, object]]:
    """Rows of one confidence: the steps of the path up to where it is reached."""
    enough = [at for at, one in enumerate(kept) if _sure(one, confidence)]
    steps = enough[0] if enough else len(path)
    reached = float(kept[steps].all(axis=1).mean())
    if not steps:
        return [_row(confidence, "none", "", 0, None, reached)]
    count: Counter[Cell] = Counter()
    months: dict[Cell, int | None] = {}
    for turn, cell in enumerate(path[:steps]):
        count[cell] += STEP
        months.setdefault(cell, _first_missed(kept[turn], confidence))
    if enough:
        count[path[steps - 1]] -= _spare(city, path[:steps], confidence, target, effort)
    return [_row(confidence, *cell, homes, months[cell], reached) for cell, homes in count.items()]


def _row(
    confidence: float, profile: str, area: str, homes: int, month: int | None, reached: float
) -> dict[str, object]:
    return {
        "confidence": confidence,
        "profile": profile,
        "area": area,
        "homes": homes,
        "by_month": month,
        "reached": reached,
    }


def _first_missed(kept: npt.NDArray[np.bool_], confidence: float) -> int | None:
    """The month from which on the homes so far no longer keep to the target, as sure as asked."""
    missed = np.flatnonzero(kept.mean(axis=0) < confidence)
    return int(missed[0]) + 12 if len(missed) else kept.shape[1] + 11


def _spare(city: City, path: Sequence[Cell], confidence: float, target: int, effort: Effort) -> int:
    """How many homes of the last step are not needed, by bisection on the same futures."""
    low, high = 0, STEP - 1
    while low < high:
        middle = (low + high + 1) // 2
        fewer = _with(_mix(path[:-1]), path[-1], STEP - middle)
        good = _sure(keeps_to(city, fewer, target, effort), confidence)
        low, high = (middle, high) if good else (low, middle - 1)
    return low


def best_campaign(
    city: City, *, homes: int, effort: Effort | None = None, say: Say = lambda _: None
) -> tuple[Scenario, pd.DataFrame]:
    """Which `homes` to recruit: STEP at a time; with what each step gained.

    Each step is the best, by paired runs, of the LOOKED_AT profiles and areas whose price is then highest. The table has step,
    profile, area, homes, gained (children at a time who live in a family), low, high, pounds (a year). Greedy steps see
    that homes stand in for each other; they need not be the best of all mixes.
    """
    effort = effort or Effort()
    if not STEP <= homes <= MOST_RECRUITED:
        raise MatchingError(f"A campaign of {homes} homes can not be planned. Choose {STEP} to {MOST_RECRUITED}.")
    chosen, rows = BASE, []
    for step in range(homes // STEP):
        first = ranked_by_duals(city, base=chosen, years=effort.years, seed=effort.seed).head(LOOKED_AT)
        cells = list(zip(first.profile, first.area, strict=True))
        worth = worth_of_homes(city, cells, effort, chosen)
        best, pounds = (worth[worth.measure == GAINS[measure]].iloc[0] for measure in (NEEDED, POUNDS))
        chosen = _with(chosen, (best.profile, best.area), STEP)
        say(f"{(step + 1) * STEP} homes: {best.profile}, {best.area}")
        gained = {"gained": -STEP * best["mean"], "low": -STEP * best.high, "high": -STEP * best.low}
        cell = {"profile": best.profile, "area": best.area}
        rows.append({"step": step + 1, **cell, "homes": STEP, **gained, "pounds": STEP * pounds["mean"]})
    return _merged(chosen), pd.DataFrame(rows)


def homes_for(city: City, pounds: float) -> int:
    """How many homes a budget recruits, in whole steps."""
    homes = int(pounds / city.parameters["price_recruiting"])
    return min(MOST_RECRUITED, homes // STEP * STEP)


def _with(scenario: Scenario, cell: Cell, homes: int) -> Scenario:
    return scenario.with_homes(cell[0], homes, None if cell[1] == ANYWHERE else cell[1])


def _mix(path: Sequence[Cell]) -> Scenario:
    """All homes of a path, those of a cell together."""
    scenario = BASE
    for cell, steps in Counter(path).items():
        scenario = _with(scenario, cell, steps * STEP)
    return scenario


def _mean_with_range(values: npt.NDArray[np.floating]) -> dict[str, float | bool]:
    mean, half = float(values.mean()), 0.0
    if len(values) > 1 and values.std() > 0:
        half = float(stats.t.ppf(0.975, len(values) - 1) * values.std(ddof=1) / np.sqrt(len(values)))
    return {"mean": mean, "low": mean - half, "high": mean + half, "certain": abs(mean) > half}


def _values(city: City, effort: Effort, scenarios: Sequence[Scenario]) -> dict[str, RunValues]:
    return run_scenarios(
        city, scenarios, years=effort.years, runs=effort.runs, seed=effort.seed, workers=effort.workers
    )


def _known(city: City, cells: Sequence[Cell]) -> None:
    good = {*cells_of(city), *((profile, ANYWHERE) for profile in PROFILES)}
    if unknown := [cell for cell in cells if cell not in good]:
        areas = ", ".join([ANYWHERE, *city.choices.areas.names[:-1]])
        raise MatchingError(
            f"Profile {unknown[0][0]!r} in {unknown[0][1]!r} is not known. Profiles: {', '.join(PROFILES)}; areas: {areas}."
        )


def _merged(scenario: Scenario) -> Scenario:
    """One campaign for each profile and area, over as many months as that many homes take."""
    count: Counter[tuple[str, str | None]] = Counter()
    for campaign in scenario.campaigns:
        count[campaign.profile, campaign.area] += campaign.homes
    campaigns = tuple(
        Campaign(profile, number, 0, max(1, -(-number // MOST_HOMES_A_MONTH)), area=area)
        for (profile, area), number in count.items()
    )
    return Scenario("best campaign", campaigns=campaigns)
