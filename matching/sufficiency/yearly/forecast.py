"""The forecast of yearly counts as a tidy table: middle and ranges by authority, horizon, flow and age."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from matching.errors import MatchingError, UnknownReference
from matching.sufficiency.yearly.growth import Growth, grow
from matching.sufficiency.yearly.series import AGES, FLOWS, STOCK, TOTAL, Measure, YearlyCounts
from matching.sufficiency.yearly.signals import REMEMBERED_YEARS, Panel

LEVELS = {"q025": 0.025, "q10": 0.10, "q25": 0.25, "q50": 0.50, "q75": 0.75, "q90": 0.90, "q975": 0.975}
KEYS = ["area_code", "origin", "horizon", "flow", "breakdown", "category"]
LONGEST_HORIZON = 10
SMALL_AUTHORITY = 50
BORROWED_SCALE = 2.0
# log of a fifth: where nobody tells how many there are to a child in care
RATIO_AT_A_LOSS = -1.6
# how the range of each quantile is learnt: the level of the band that it ends
_BAND = {
    "q025": (-1, 0.95),
    "q10": (-1, 0.8),
    "q25": (-1, 0.5),
    "q50": (0, 0.5),
    "q75": (1, 0.5),
    "q90": (1, 0.8),
    "q975": (1, 0.95),
}


@dataclass(frozen=True)
class Outlook:
    """`table` has a row for each of `KEYS` with `mean` and the columns of `LEVELS`, in children; `warnings` are sentences.

    `mean` is the middle of the forecast: ages add up to their total. Ranges are of each row by itself and do not add up.
    """

    table: pd.DataFrame
    warnings: tuple[str, ...]


def forecast_years(
    series: YearlyCounts,
    origin: int,
    horizon: int,
    areas: Sequence[str] | None = None,
    borrow: YearlyCounts | None = None,
) -> Outlook:
    """Forecast authorities' yearly counts 1 to `horizon` years after `origin`, from nothing later than `origin`.

    `areas` are the authorities to tell about (all when not given); the others, and those of `borrow`, are learnt from.
    Raises `UnknownReference` for an authority that the series lacks, `MatchingError` for a horizon out of 1 to 10.
    """
    if not 1 <= horizon <= LONGEST_HORIZON:
        raise MatchingError(f"A horizon of {horizon} years can not be forecast. Choose 1 to {LONGEST_HORIZON}.")
    wanted = list(dict.fromkeys(areas)) if areas else series.areas
    if unknown := [area for area in wanted if area not in set(series.areas)]:
        raise UnknownReference(f"{', '.join(unknown)}: not in the series up to {origin}. Check the code.")
    pool = (series if borrow is None else series.together_with(borrow)).until(origin)
    panel = Panel(pool)
    rows = [_horizon(panel, origin, ahead, wanted) for ahead in range(1, horizon + 1)]
    table = pd.concat(rows, ignore_index=True).dropna(subset="mean")
    return Outlook(table.reset_index(drop=True), tuple(_warnings(panel, origin, wanted)))


def _horizon(panel: Panel, origin: int, horizon: int, wanted: list[str]) -> pd.DataFrame:
    """All rows of one horizon."""
    place = [panel.areas.index(area) for area in wanted]
    parts = []
    for flow in FLOWS:
        growths = {category: _whole(panel, (flow, category), origin, horizon) for category in (TOTAL, *AGES)}
        middles = _adding_up(growths)
        for category, growth in growths.items():
            values = _quantiles(middles[category], growth)
            part = pd.DataFrame({name: column[place] for name, column in values.items()})
            part.insert(0, "area_code", wanted)
            parts.append(part.assign(flow=flow, breakdown=TOTAL if category == TOTAL else "age", category=category))
    found = pd.concat(parts, ignore_index=True).assign(origin=origin, horizon=horizon)
    return found[[*KEYS, "mean", *LEVELS]]


def _whole(panel: Panel, measure: Measure, origin: int, horizon: int) -> Growth:
    """The growth of one measure, wider for years not told and for authorities that never told it."""
    growth = grow(panel, measure, origin, horizon)
    told = panel.told[measure].notna().to_numpy()
    age = np.where(told.any(axis=1), told[:, ::-1].argmax(axis=1), 0)
    scale = growth.scale * np.sqrt((horizon + age) / horizon)
    never = np.isnan(growth.middle)
    borrowed = _borrowed(panel, measure, origin)
    middle = np.where(never, borrowed, growth.middle)
    typical = np.sqrt(horizon) * 0.2 + 2 / np.sqrt(np.maximum(np.exp(borrowed), 1))
    return Growth(middle, np.where(never, BORROWED_SCALE * typical, scale), growth.widths, growth.learnt)


def _borrowed(panel: Panel, measure: Measure, origin: int) -> np.ndarray:
    """The log count that an authority of this size has in the middle; NaN where its children in care are not known."""
    whole = panel.known[STOCK, TOTAL]
    ratios = (panel.known[measure] - whole).to_numpy()
    known = ratios[np.isfinite(ratios)]
    share = float(np.median(known)) if len(known) else RATIO_AT_A_LOSS
    return whole[origin].to_numpy(dtype=float) + share


def _adding_up(growths: dict[str, Growth]) -> dict[str, np.ndarray]:
    """Middles in children, ages brought to their total in proportion."""
    middles = {category: np.maximum(np.exp(growth.middle) - 0.5, 0) for category, growth in growths.items()}
    ages = sum((middles[age] for age in AGES), np.zeros(len(middles[TOTAL])))
    factor = np.divide(middles[TOTAL], ages, out=np.zeros_like(ages), where=ages > 0)
    return {TOTAL: middles[TOTAL], **{age: middles[age] * factor for age in AGES}}


def _quantiles(middle: np.ndarray, growth: Growth) -> dict[str, np.ndarray]:
    found = {"mean": middle}
    for name, (side, level) in _BAND.items():
        found[name] = np.maximum((middle + 0.5) * np.exp(side * growth.widths[level] * growth.scale) - 0.5, 0)
    found["q50"] = middle
    return {name: np.round(values, 3) for name, values in found.items()}


def _warnings(panel: Panel, origin: int, wanted: list[str]) -> list[str]:
    """What a reader must know about single authorities."""
    said = []
    for area in wanted:
        place = panel.areas.index(area)
        known = {key: float(frame[origin].iloc[place]) for key, frame in panel.known.items()}
        if not np.isfinite(known[STOCK, TOTAL]):
            said.append(
                f"{area}: children in care are not known in {origin - REMEMBERED_YEARS} to {origin}; no forecast."
            )
            continue
        told = np.isfinite(panel.told[STOCK, TOTAL].iloc[place].to_numpy(dtype=float))
        years = [year for year, is_told in zip(panel.years, told, strict=True) if is_told]
        said += [f"{area}: {sentence}" for sentence in _of_one(known, years, origin)]
    return said


def _of_one(known: dict[Measure, float], years: list[int], origin: int) -> list[str]:
    said = []
    if years[-1] < origin:
        said.append(f"the newest count is of {years[-1]}; ranges are wider for it.")
    if len(years) == 1:
        said.append("one year only; growth and ranges are other authorities'.")
    if np.exp(known[STOCK, TOTAL]) < SMALL_AUTHORITY:
        said.append(f"fewer than {SMALL_AUTHORITY} children in care; one family moves the figures. Read the range.")
    if never := [f"{flow} {category}" for (flow, category), level in known.items() if not np.isfinite(level)]:
        said.append(f"not known of late: {', '.join(never)}; as the middle authority has it, with wide ranges.")
    return said
