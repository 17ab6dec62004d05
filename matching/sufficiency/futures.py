"""The yearly forecast as a table: one row for each authority, year ahead and category, with its ranges."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from matching.errors import UnknownReference
from matching.sufficiency.expected import Method, expected
from matching.sufficiency.widths import Width, widths
from matching.sufficiency.yearly import KEYS, STOCK, TOTAL, Floats, Key, Yearly
from matching.wording import counted, listed

QUANTILES = {"q025": 0.025, "q10": 0.1, "q25": 0.25, "q50": 0.5, "q75": 0.75, "q90": 0.9, "q975": 0.975}
COLUMNS = ("area_code", "origin", "horizon", "flow", "breakdown", "category", "mean", *QUANTILES)
FEW_YEARS, FEW_CHILDREN, NAMED = 4, 30, 6


@dataclass(frozen=True)
class Forecast:
    """Rows with the columns of `COLUMNS`, counts of children; `warnings` in words, the widest first."""

    table: pd.DataFrame
    warnings: tuple[str, ...]


def forecast_yearly(known: Yearly, horizon: int, areas: Sequence[str] = (), method: Method = expected) -> Forecast:
    """Forecast each authority `horizon` years beyond the last year of `known`; all of them, or the `areas` named.

    Ages add up to their total in the mean; each range is its own. Raises `UnknownReference` for an authority without
    a row in the file up to the origin.
    """
    at = _positions(known, areas)
    reach = {key: widths(known, key, horizon, method) for key in KEYS}
    parts = [
        _rows(known, key, ahead, reach[key][ahead - 1], at, method) for ahead in range(1, horizon + 1) for key in KEYS
    ]
    table = pd.concat(parts, ignore_index=True).sort_values(["area_code", "horizon"], kind="stable")
    return Forecast(table.reset_index(drop=True), tuple(_warnings(known, at, reach[STOCK, TOTAL], table)))


def _positions(known: Yearly, areas: Sequence[str]) -> list[int]:
    lost = sorted(set(areas) - set(known.areas))
    if lost:
        raise UnknownReference(
            f"Authority {lost[0]!r} has no row up to {known.years[-1]}. Check the code, or add its rows to the series."
        )
    return [known.areas.index(area) for area in sorted(set(areas) or known.areas)]


def _rows(known: Yearly, key: Key, ahead: int, width: Width, at: list[int], method: Method) -> pd.DataFrame:
    mean = method(known, ahead).counts[key][at]
    spread = width.spread(mean) * np.sqrt(1 + _years_old(known, key[0])[at] / ahead)
    rows = {"area_code": np.array(known.areas)[at], "origin": known.years[-1], "horizon": ahead, "flow": key[0]}
    rows |= {"breakdown": TOTAL if key[1] == TOTAL else "age", "category": key[1], "mean": mean}
    steps = (*(-one for one in reversed(width.reach)), 0.0, *width.reach)
    rows |= {name: _at(mean, spread * step) for name, step in zip(QUANTILES, steps, strict=True)}
    return pd.DataFrame(rows, columns=list(COLUMNS)).dropna(subset="mean").round(2)


def _at(mean: Floats, step: Floats) -> Floats:
    return np.maximum((mean + 1) * np.exp(step) - 1, 0.0)


def _years_old(known: Yearly, flow: str) -> Floats:
    """How many years before the origin a flow was last counted, shape (areas,)."""
    counted_in = ~np.isnan(known.seen[flow, TOTAL])
    return np.where(counted_in.any(axis=1), np.argmax(counted_in[:, ::-1], axis=1), len(known.years)).astype(np.float64)


def _warnings(known: Yearly, at: list[int], reach: list[Width], table: pd.DataFrame) -> Iterator[str]:
    if not reach[0].learnt:
        yield (
            "Too few authorities and years to learn from how wide the ranges must be: they come from the published spread "
            "between authorities. Add years or authorities to the series."
        )
    elif not reach[-1].learnt:
        known_to = sum(width.learnt for width in reach)
        yield f"Beyond {counted(known_to, 'year', 'years')} the ranges are widened by rule; no earlier forecast could be tried."
    if len(known.years) < FEW_YEARS:
        yield f"Only {counted(len(known.years), 'year', 'years')} up to the origin: the forecast is little more than the last value."
    told = set(table.area_code)
    never = [known.areas[i] for i in at if known.areas[i] not in told]
    if never:
        yield f"No count at all up to {known.years[-1]} for {_named(never)}, so no forecast."
    yield from _stale(known, at)
    yield from _small(known, at)


def _stale(known: Yearly, at: list[int]) -> Iterator[str]:
    old = [
        known.areas[i]
        for i in at
        if np.isnan(known.seen[STOCK, TOTAL][i, -1]) and not np.isnan(known.filled[STOCK, TOTAL][i, -1])
    ]
    if old:
        yield f"No count of children in care in {known.years[-1]} for {_named(old)}: an earlier one is used and the ranges are wider."


def _small(known: Yearly, at: list[int]) -> Iterator[str]:
    small = [known.areas[i] for i in at if known.filled[STOCK, TOTAL][i, -1] < FEW_CHILDREN]
    if small:
        yield f"Fewer than {FEW_CHILDREN} children in care in {_named(small)}: one family more or less changes everything; read the ranges, not the mean."


def _named(areas: list[str]) -> str:
    """Codes of authorities, the first few by name."""
    more = len(areas) - NAMED
    return listed([*areas[:NAMED], f"{more} more"] if more > 0 else areas)
