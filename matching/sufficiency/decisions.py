"""Decisions: how many homes to recruit, what one more is worth, and the best campaign; always by paired runs."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy import stats

from matching.errors import MatchingError
from matching.sufficiency.forecast import City, forecast
from matching.sufficiency.scenario import BASE, MOST_HOMES_A_MONTH, PROFILES, Campaign, Scenario

CONFIDENCES = (0.5, 0.8, 0.95)
EXTRA_HOMES = 5
UNMET = "no family found"
GAINS = {
    UNMET: "children without a family",
    "groups parted": "groups parted",
    "not placed in the first week": "children who wait",
    "spend": "pounds",
}
# the most homes of one profile that are looked at
MOST_RECRUITED = 80
STEP = 5


def worth_of_homes(
    city: City,
    *,
    profiles: Sequence[str] = PROFILES,
    years: int = 3,
    runs: int = 200,
    seed: int = 1,
    workers: int = 1,
    base: Scenario = BASE,
) -> pd.DataFrame:
    """What one more home of each profile is worth a year: profile, measure, mean, low, high (95% of the mean), best first.

    Paired differences of EXTRA_HOMES homes from the first month, per home and year; fewer children without a family,
    and fewer pounds, are negative. `certain` says whether the 95% range leaves out nought.
    """
    _known(profiles)
    scenarios = [_named(base.with_homes(profile, EXTRA_HOMES), profile) for profile in profiles]
    made = forecast(city, [_named(base, "as it is"), *scenarios], years=years, runs=runs, seed=seed, workers=workers)
    values = made.values[(made.values.kind == "all") & made.values.measure.isin(GAINS)]
    yearly = values.groupby(["scenario", "measure", "run"]).value.mean().unstack("run")
    rows = []
    for profile in profiles:
        for measure, words in GAINS.items():
            with_them, without = (
                yearly.xs(key, level=["scenario", "measure"]) for key in ((profile, measure), ("as it is", measure))
            )
            apart = (with_them.to_numpy() - without.to_numpy())[0] / EXTRA_HOMES
            rows.append({"profile": profile, "measure": words, **_mean_with_range(apart)})
    table = pd.DataFrame(rows)
    order = table[table.measure == GAINS[UNMET]].sort_values("mean", kind="stable").profile.tolist()
    table["rank"] = table.profile.map({profile: number for number, profile in enumerate(order, 1)})
    return table.sort_values(["rank", "measure"], kind="stable", ignore_index=True)


def required_recruitment(
    city: City,
    *,
    target: int,
    profiles: Sequence[str] = PROFILES,
    years: int = 3,
    runs: int = 100,
    seed: int = 1,
    workers: int = 1,
) -> pd.DataFrame:
    """The fewest homes of each profile, each alone, so that at most `target` children a year find no family.

    Columns: profile, confidence, homes (empty where MOST_RECRUITED are not enough). The chance is
    that of every year from the second on, when a campaign can have borne fruit.
    """
    _known(profiles)
    if target < 0 or years < 2:
        raise MatchingError(
            f"A target of {target} children over {years} years can not be planned. Give 0 or more, 2 years or more."
        )
    without = _worst(city, BASE, years, runs, seed, workers)
    rows = []
    for profile in profiles:
        steps = {0: without}
        for confidence in CONFIDENCES:
            number = _fewest(city, profile, confidence, target, steps, years, runs, seed, workers)
            rows.append(
                {
                    "profile": profile,
                    "confidence": confidence,
                    "homes": number,
                }
            )
    return pd.DataFrame(rows).astype({"homes": "Int64"})


def best_campaign(
    city: City, *, homes: int, years: int = 3, runs: int = 100, seed: int = 1, workers: int = 1
) -> tuple[Scenario, pd.DataFrame]:
    """Which `homes` to recruit: STEP at a time, each step the profile that then helps most; with what each step gained.

    The table has step, profile, gained (children a year who find a family), low, high. Greedy steps see that homes
    stand in for each other; they need not be the best of all mixes.
    """
    if not STEP <= homes <= MOST_RECRUITED:
        raise MatchingError(f"A campaign of {homes} homes can not be planned. Choose {STEP} to {MOST_RECRUITED}.")
    chosen, rows = BASE, []
    for step in range(homes // STEP):
        worth = worth_of_homes(city, years=years, runs=runs, seed=seed, workers=workers, base=chosen)
        best = worth[worth.measure == GAINS[UNMET]].iloc[0]
        chosen = chosen.with_homes(str(best.profile), STEP)
        gained = {"gained": -STEP * best["mean"], "low": -STEP * best.high, "high": -STEP * best.low}
        rows.append({"step": step + 1, "profile": best.profile, "homes": STEP, **gained})
    return _merged(chosen), pd.DataFrame(rows)


def _worst(city: City, scenario: Scenario, years: int, runs: int, seed: int, workers: int) -> np.ndarray:
    """Children without a family in the worst year from the second on, by run."""
    name = scenario.name if scenario is not BASE else "as it is"
    made = forecast(city, [_named(scenario, name)], years=years, runs=runs, seed=seed, workers=workers).values
    rows = made[(made.scenario == name) & (made.measure == UNMET) & (made.kind == "all") & (made.year >= 2)]
    return np.asarray(rows.groupby("run").value.max().to_numpy())


def _fewest(
    city: City,
    profile: str,
    confidence: float,
    target: int,
    steps: dict[int, np.ndarray],
    years: int,
    runs: int,
    seed: int,
    workers: int,
) -> int | None:
    """Bisection on the number of homes, on the same futures; `steps` remembers what was run."""

    def enough(number: int) -> bool:
        if number not in steps:
            scenario = _named(BASE.with_homes(profile, number), f"{number} {profile}")
            steps[number] = _worst(city, scenario, years, runs, seed, workers)
        return bool((steps[number] <= target).mean() >= confidence)

    if enough(0):
        return 0
    low, high = 0, MOST_RECRUITED
    if not enough(high):
        return None
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle, high)
    return high


def _mean_with_range(values: np.ndarray) -> dict[str, float | bool]:
    mean, half = float(values.mean()), 0.0
    if len(values) > 1 and values.std() > 0:
        half = float(stats.t.ppf(0.975, len(values) - 1) * values.std(ddof=1) / np.sqrt(len(values)))
    return {"mean": mean, "low": mean - half, "high": mean + half, "certain": abs(mean) > half}


def _known(profiles: Sequence[str]) -> None:
    if unknown := [profile for profile in profiles if profile not in PROFILES]:
        raise MatchingError(f"Profile {unknown[0]!r} is not known. Known: {', '.join(PROFILES)}.")


def _named(scenario: Scenario, name: str) -> Scenario:
    return Scenario(name, scenario.demand, scenario.supply, scenario.price, scenario.campaigns, scenario.in_house_first)


def _merged(scenario: Scenario) -> Scenario:
    """One campaign for each profile, over as many months as that many homes take."""
    count = {profile: sum(c.homes for c in scenario.campaigns if c.profile == profile) for profile in PROFILES}
    campaigns = tuple(
        Campaign(profile, number, 0, max(1, -(-number // MOST_HOMES_A_MONTH)))
        for profile, number in count.items()
        if number
    )
    return Scenario("best campaign", campaigns=campaigns)
