"""What the forecast is measured against: the last value, the last flows gone on with, and the drift of three years."""

from functools import lru_cache

import numpy as np

from matching.sufficiency.expected import Expected, Method, expected
from matching.sufficiency.yearly import CEASE, START, STOCK, TOTAL, Floats, Key, Yearly

DRIFT = 3  # years


@lru_cache(maxsize=256)
def last_value(known: Yearly, ahead: int) -> Expected:
    """As many as last year."""
    return _each(known, ahead, {key: values[:, -1] for key, values in known.filled.items()})


@lru_cache(maxsize=256)
def flows(known: Yearly, ahead: int) -> Expected:
    """As many as last year, and each year as many more as started less those who left; ages in proportion."""
    counts = {key: values[:, -1] for key, values in known.filled.items()}
    now = counts[STOCK, TOTAL]
    then = np.maximum(now + ahead * (counts[START, TOTAL] - counts[CEASE, TOTAL]), 0)
    part = np.divide(then, now, out=np.ones_like(now), where=now > 0)
    return _each(known, ahead, {key: n * part if key[0] == STOCK else n for key, n in counts.items()})


@lru_cache(maxsize=256)
def drift(known: Yearly, ahead: int) -> Expected:
    """The yearly change of the last three years, gone on with."""
    counts: dict[Key, Floats] = {}
    for key, values in known.filled.items():
        back = min(DRIFT, values.shape[1] - 1)
        change = (values[:, -1] - values[:, -1 - back]) / back if back else np.zeros(len(known.areas))
        counts[key] = np.maximum(values[:, -1] + ahead * np.nan_to_num(change), 0)
    return _each(known, ahead, counts)


def _each(known: Yearly, ahead: int, counts: dict[Key, Floats]) -> Expected:
    singles = {(CEASE, age): counts[CEASE, "a16p"] * share for age, share in known.of_sixteen_and_over.items()}
    return Expected(known.years[-1], ahead, {**counts, **singles})


METHODS: dict[str, Method] = {"forecast": expected, "last value": last_value, "flows": flows, "drift": drift}
