"""What a series is expected to do over the next years: the last value, moved a little by what many authorities did.

Repeating the last value is hard to beat. What beats it, by little: part of the pool's last common growth, fading, and
how authorities of the same standing went on (a high rate falls back, an older population of children leaves), learnt by ridge
regression over all authorities and all years before the origin. Ages are forecast as shares and add up to the total.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from matching.sufficiency.yearly import BANDS, CEASE, FLOWS, START, STOCK, TOTAL, Floats, Key, Yearly

OF_COMMON = 0.3  # part of the pool's last growth that is taken to go on
FADES = 0.7  # by year
RIDGE = 1.0
MOST = 0.5  # log growth, of one authority in one year, that teaches; more is an accident of small numbers
SOFT = 5.0  # children, added before a ratio is taken
SMALL = 60.0  # children at which an authority teaches half as much as a large one


@dataclass(frozen=True)
class Expected:
    """Expected counts by series, shape (areas,), `ahead` years after the origin; NaN where nothing was known."""

    origin: int
    ahead: int
    counts: dict[Key, Floats]


Method = Callable[[Yearly, int], Expected]


@lru_cache(maxsize=256)
def expected(known: Yearly, ahead: int) -> Expected:
    """The expectation from the last year of `known`; ages add up to the total of their flow."""
    counts: dict[Key, Floats] = {}
    for flow in FLOWS:
        total = known.filled[flow, TOTAL][:, -1] * np.exp(_growth(known, (flow, TOTAL), ahead))
        parts = np.stack([known.filled[flow, b][:, -1] * np.exp(_growth(known, (flow, b), ahead)) for b in BANDS])
        whole = parts.sum(axis=0)
        counts[flow, TOTAL] = total
        counts |= {
            (flow, b): np.where(whole > 0, parts[i] / np.where(whole > 0, whole, 1) * total, parts[i])
            for i, b in enumerate(BANDS)
        }
    counts |= {(CEASE, age): counts[CEASE, "a16p"] * share for age, share in known.of_sixteen_and_over.items()}
    return Expected(known.years[-1], ahead, counts)


def _growth(known: Yearly, key: Key, ahead: int) -> Floats:
    """Expected log growth of a series over the years ahead, shape (areas,)."""
    common = OF_COMMON * _common(known, key) * sum(FADES**year for year in range(ahead))
    return common + _own(known, key, ahead)


def _common(known: Yearly, key: Key) -> float:
    """The pool's middle growth in the last year, weighed by size; 0 with fewer than two years."""
    if len(known.years) < 2:
        return 0.0
    before, now = known.filled[key][:, -2], known.filled[key][:, -1]
    ok = (before > 0) & (now > 0)
    return _middle(np.log((now[ok] + 1) / (before[ok] + 1)), np.sqrt(before[ok])) if ok.any() else 0.0


def _middle(values: Floats, weights: Floats) -> float:
    """Weighted median."""
    order = np.argsort(values)
    total = np.cumsum(weights[order])
    return float(values[order][np.searchsorted(total, total[-1] / 2)])


def _own(known: Yearly, key: Key, ahead: int) -> Floats:
    """What authorities of the same standing did beyond the pool, shape (areas,)."""
    lessons = list(_lessons(known, key, ahead))
    if not lessons:
        return np.zeros(len(known.areas))
    standing, grew, weight = (np.concatenate(part) for part in zip(*lessons, strict=True))
    scaled = standing * weight[:, None]
    slope = np.linalg.solve(scaled.T @ standing + RIDGE * np.eye(standing.shape[1]), scaled.T @ grew)
    return np.asarray(_standing(known, key) @ slope, dtype=np.float64)


def _lessons(known: Yearly, key: Key, ahead: int) -> Iterator[tuple[Floats, Floats, Floats]]:
    """For each earlier year: standing then, growth since beyond the pool's middle, and weight."""
    for year in known.years[1:]:
        if year + ahead > known.years[-1]:
            return
        then, after = known.until(year), known.at(key, year + ahead)
        base = then.filled[key][:, -1]
        ok = ~np.isnan(after) & ~np.isnan(base) & (base + after > 0)
        if ok.sum() < 3:
            continue
        grew = np.log((after[ok] + SOFT) / (base[ok] + SOFT))
        weight = base[ok] / (base[ok] + SMALL)
        grew = np.clip(grew - _middle(grew, np.sqrt(base[ok] + 1)), -MOST, MOST)
        yield _standing(then, key)[ok], grew, weight


@lru_cache(maxsize=2048)
def _standing(known: Yearly, key: Key) -> Floats:
    """How an authority stands in the last year beside the pool, shape (areas, facts); 0 where not known."""
    facts = np.stack(list(_facts(known, key)), axis=1)
    facts = facts - np.nanmedian(np.where(np.isnan(facts).all(axis=0), 0.0, facts), axis=0)
    return np.asarray(np.clip(np.nan_to_num(facts), -0.6, 0.6), dtype=np.float64)


def _facts(known: Yearly, key: Key) -> Iterator[Floats]:
    flow, band = key
    now = known.filled[key]
    for years in (3, 6):
        yield _log(now[:, -1]) - _log(now[:, -years:].mean(axis=1))
    yield _log(now[:, -1]) - np.log(known.population[:, -1])
    yield _log(now[:, -1]) - _log(known.filled[STOCK, TOTAL][:, -1])
    yield _log(known.filled[START, TOTAL][:, -1]) - _log(known.filled[CEASE, TOTAL][:, -1])
    younger = BANDS[max(0, BANDS.index(band) - 1)] if band in BANDS else "a16p"
    yield _log(known.filled[STOCK, younger][:, -1]) - _log(known.filled[STOCK, TOTAL][:, -1])
    same = band if band in BANDS else TOTAL
    for beside in (START, CEASE):
        yield _log(known.filled[beside, same][:, -1]) - _log(known.filled[STOCK, same][:, -1])


def _log(count: Floats) -> Floats:
    return np.asarray(np.log(count + SOFT), dtype=np.float64)
