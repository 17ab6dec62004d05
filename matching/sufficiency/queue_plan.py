"""One plan for everybody in a queue, quick enough for a thousand futures.

Sibling sets first, the largest first, each to the best home that has room for all; then single children, as many as can be
placed, then with the most points: an exact assignment. Where nobody has brothers or sisters it is the plan of the
product's solver; with sibling sets it may place fewer (the tests say how rarely).
"""

import numpy as np
import numpy.typing as npt
from scipy.optimize import linear_sum_assignment

from matching.sufficiency.choices import NO_HOME, NOT_ASKED


def plan_of_queue(
    rank: npt.NDArray[np.int16],
    points: npt.NDArray[np.int32],
    size: npt.NDArray[np.int8],
    room: npt.NDArray[np.int16],
) -> npt.NDArray[np.int16]:
    """Home column of each of a queue, NO_HOME where none is left; shapes (queue, homes), (queue,), (homes,)."""
    left, chosen = room.copy(), np.full(len(size), NO_HOME, dtype=np.int16)
    for at in sorted(np.flatnonzero(size > 1), key=lambda one: (-size[one], one)):
        listed = np.where(left >= size[at], rank[at], NOT_ASKED)
        best = int(listed.argmin())
        if listed[best] != NOT_ASKED:
            chosen[at] = best
            left[best] -= size[at]
    alone, slots = np.flatnonzero(size == 1), np.repeat(np.arange(len(room)), np.maximum(left, 0))
    if len(alone) and len(slots):
        asked = rank[alone][:, slots] != NOT_ASKED
        gain = points[alone][:, slots].astype(np.float64)
        # more than all points together, so that nobody stays without a home for the sake of points
        whole = (gain.max() - gain.min() + 1) * (len(alone) + 1)
        rows, columns = linear_sum_assignment(np.where(asked, whole + gain - gain.min(), 0.0), maximize=True)
        kept = asked[rows, columns]
        chosen[alone[rows[kept]]] = slots[columns[kept]]
    return chosen


def contested(
    best: npt.NDArray[np.intp], listed: npt.NDArray[np.bool_], size: npt.NDArray[np.int8], room: npt.NDArray[np.int16]
) -> bool:
    """Whether some home is the first choice of more of a queue than it has room for; else first come is a plan too."""
    wanted = np.bincount(best[listed], size[listed], minlength=len(room))
    return bool((wanted > room).any())
