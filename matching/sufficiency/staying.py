"""How long a child stays in care, by age and time in care, and how long those found in care on some day have been there."""

from typing import Protocol

import numpy as np
import numpy.typing as npt

from matching.sufficiency.children_ahead import LONGEST, OLD, STEPS, by_step
from matching.sufficiency.figures import AGE_EDGES, AGES, WEEKS, Parameters
from matching.sufficiency.lengths import AFTER, LEAVE
from matching.sufficiency.spans import CAUSES, DURATION_EDGES

Floats = npt.NDArray[np.float64]
TURNS = 8
_AGE_EDGES, _CARE_EDGES = np.array(AGE_EDGES), np.array(DURATION_EDGES)


class Rates(Protocol):
    """Figures by name: those of the table, or those of one run."""

    def __getitem__(self, name: str) -> float: ...


def exits(
    rates: Rates, age: Floats, draw: Floats, in_care: Floats | float | None = None, *, adopted: bool = True
) -> Floats:
    """Weeks until a child of an age leaves care: rates by age and time in care (years), and the wall at 18.

    Where the time in care is not known (None) the usual rate of each age holds throughout. Without `adopted`, only other
    ways to leave are drawn: for those whose adoption is followed stage by stage.
    """
    shape = np.broadcast_shapes(np.shape(age), np.shape(draw), np.shape(in_care if in_care is not None else 0.0))
    age, draw = np.broadcast_to(age, shape), np.broadcast_to(draw, shape)
    level = np.array([rates[name] for name in LEAVE]) * (1.0 if adopted else 1 - share_adopted(rates))
    bounds = [edge - age for edge in _AGE_EDGES[1:]]
    if in_care is not None:
        in_care = np.broadcast_to(np.asarray(in_care, dtype=np.float64), shape)
        bounds += [edge - in_care for edge in _CARE_EDGES[1:-1]]
    ends = np.sort(np.clip(np.stack(bounds, axis=-1), 0.0, (OLD - age)[..., None]), axis=-1)
    begins = np.concatenate([np.zeros((*shape, 1)), ends[..., :-1]], axis=-1)
    middle = (begins + ends) / 2
    rate = level[_piece(_AGE_EDGES, age[..., None] + middle, len(AGES))]
    if in_care is not None:
        times = np.array([rates[name] for name in AFTER])
        rate = rate * times[_piece(_CARE_EDGES, np.asarray(in_care)[..., None] + middle, len(AFTER))]
    used = np.cumsum(rate * (ends - begins), axis=-1)
    need = -np.log1p(-draw)
    at = np.minimum((used < need[..., None]).sum(axis=-1), used.shape[-1] - 1)[..., None]
    over = np.take_along_axis(used, at, -1) - need[..., None]
    stay = np.take_along_axis(ends, at, -1) - np.maximum(over, 0) / np.take_along_axis(rate, at, -1)
    return np.asarray(stay[..., 0] * WEEKS)


def _piece(edges: Floats, where: Floats, count: int) -> npt.NDArray[np.intp]:
    return np.clip(np.searchsorted(edges, where, side="right") - 1, 0, count - 1)


def share_adopted(rates: Rates) -> Floats:
    """Of those who leave before 18, the share who are adopted, by age."""
    parts = np.array([[rates[f"leave_{cause}_{age}"] for cause in CAUSES] for age in AGES])
    return np.asarray(parts[:, CAUSES.index("adopted")] / np.maximum(parts.sum(axis=1), 1e-9))


def been_in_care(rates: Rates) -> Floats:
    """How likely a child found in care has been there for at most so long, shape (age, time), in steps of two months.

    Steady numbers: those who started at each age, as many as the figures say, less those who have left since.
    """
    likely = _found_in_care(rates)
    return np.asarray(np.cumsum(likely, axis=1) / likely.sum(axis=1, keepdims=True))


def published_by_age(figures: Parameters) -> Parameters:
    """Leaving rates that come to the published ones once each child's time in care is counted too.

    What is published by age is over all who are in care at that age; a child under 1 has not been there long, so part of
    its rate is the rate of those who have just come.
    """
    found, band = figures, _piece(_AGE_EDGES, (np.arange(LONGEST) + 0.5) / STEPS, len(AGES))
    piece = _piece(_CARE_EDGES, (np.arange(LONGEST) + 0.5) / STEPS, len(AFTER))
    for _ in range(TURNS):
        likely = _found_in_care(found)
        times = likely @ np.array([found[name] for name in AFTER])[piece]
        usual = np.bincount(band, times) / np.bincount(band, likely.sum(axis=1))
        found = figures.scaled({name: 1 / usual[at] for at, name in enumerate(LEAVE)})
    return found


def _found_in_care(rates: Rates) -> Floats:
    """Children found in care by age and time in it, steps of two months, as many as the figures say start at each age."""
    leaves = by_step(np.outer([rates[name] for name in LEAVE], [rates[name] for name in AFTER]))
    step, years = np.arange(LONGEST), np.diff(_AGE_EDGES)
    starts = np.array([rates[f"start_{age}"] for age in AGES]) / years
    coming = starts[_piece(_AGE_EDGES, (step + 0.5) / STEPS, len(AGES))]
    likely = np.zeros((LONGEST, LONGEST))
    for start in step:
        later = step[start:]
        left = np.cumsum(leaves[later, later - start]) - leaves[later, later - start] / 2
        likely[later, later - start] = coming[start] * np.exp(-left)
    return likely


def years_in_care(been: Floats, age: Floats, draw: Floats) -> Floats:
    """Years in care of children of an age found on some day, by their draws; `been` from `been_in_care`."""
    row = been[np.minimum((age * STEPS).astype(int), LONGEST - 1)]
    return np.asarray(np.minimum(((row < draw[:, None]).sum(axis=1) + 0.5) / STEPS, age))
