"""What some runs came to, by run and year."""

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt

from matching.sufficiency.coming import PRODUCTS
from matching.sufficiency.parameters import AGES
from matching.sufficiency.scenario import NEEDS

# ways in which a search ends other than hoped for; the first: no family though a family was the plan
SHORTFALLS = ("no family found", "over 20 miles", "out of area", "groups parted")
NO_FAMILY, FAR, OUTSIDE, PARTED = range(len(SHORTFALLS))


@dataclass
class Counts:
    """By run and year; the year 0 of what is counted on a day is the first day.

    `in_care` (runs, years+1, ages, products) and `in_care_by` (runs, years+1, needs, areas) count children on a day;
    `short` (runs, years, shortfalls, needs, areas) and `referrals` (runs, years, needs, areas) children in a year;
    `short_weeks` (runs, years, needs, areas) weeks of children without a family though a family is the plan; `weeks_in`
    (runs, years, products) weeks of children; `own_weeks` those of them in children's homes of our own. By run and year
    alone: `waited` children not placed in their first week, `emergencies` and `fridays` of them needed that day,
    `busiest` searches in the busiest week, `vacant` places free on average, `homes` at its end. `by_month` (runs, months) children
    for whom no family was found.
    """

    in_care: npt.NDArray[np.int16]
    in_care_by: npt.NDArray[np.int16]
    short: npt.NDArray[np.int16]
    referrals: npt.NDArray[np.int16]
    short_weeks: npt.NDArray[np.float32]
    weeks_in: npt.NDArray[np.float32]
    own_weeks: npt.NDArray[np.float32]
    waited: npt.NDArray[np.int16]
    emergencies: npt.NDArray[np.int16]
    fridays: npt.NDArray[np.int16]
    busiest: npt.NDArray[np.int16]
    vacant: npt.NDArray[np.float32]
    homes: npt.NDArray[np.int16]
    by_month: npt.NDArray[np.int16]

    @classmethod
    def empty(cls, runs: int, years: int, areas: int) -> "Counts":
        """Nothing counted yet."""
        by = (len(NEEDS), areas)
        return cls(
            in_care=np.zeros((runs, years + 1, len(AGES), len(PRODUCTS)), np.int16),
            in_care_by=np.zeros((runs, years + 1, *by), np.int16),
            short=np.zeros((runs, years, len(SHORTFALLS), *by), np.int16),
            referrals=np.zeros((runs, years, *by), np.int16),
            short_weeks=np.zeros((runs, years, *by), np.float32),
            weeks_in=np.zeros((runs, years, len(PRODUCTS)), np.float32),
            own_weeks=np.zeros((runs, years), np.float32),
            waited=np.zeros((runs, years), np.int16),
            emergencies=np.zeros((runs, years), np.int16),
            fridays=np.zeros((runs, years), np.int16),
            busiest=np.zeros((runs, years), np.int16),
            vacant=np.zeros((runs, years), np.float32),
            homes=np.zeros((runs, years), np.int16),
            by_month=np.zeros((runs, 12 * years), np.int16),
        )

    @classmethod
    def together(cls, parts: Sequence["Counts"]) -> "Counts":
        """Batches of runs as one."""
        return cls(*(np.concatenate([getattr(part, f.name) for part in parts]) for f in fields(cls)))
