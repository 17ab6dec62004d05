"""How likely each kind of referral is among those who come, and how many of them start with relatives or parents; of one run.

The referrals tell what children need; the figures tell how many come of each age, alone from abroad, and in groups. So
kinds are weighed until ages, groups and unaccompanied children are as the figures say (raking: Deming and Stephan 1940).
"""

import numpy as np
import numpy.typing as npt

from matching.sufficiency.borrowed_care import SIZES
from matching.sufficiency.choices import Choices
from matching.sufficiency.parameters import AGE_EDGES, AGES
from matching.sufficiency.staying import Rates

Floats = npt.NDArray[np.float64]
TURNS = 20
# a kind stands for at most so many times its share, so that one child of the referrals is never a whole age
MOST = 8.0


class Mix:
    """What of the kinds of a city does not change from run to run, and their weights in a run."""

    def __init__(self, choices: Choices) -> None:
        ages = choices.ages[: choices.groups]
        there = ~np.isnan(ages)
        band = np.clip(np.searchsorted(AGE_EDGES, np.where(there, ages, 0.0), side="right") - 1, 0, len(AGES) - 1)
        self.of_age = np.stack([((band == at) & there).sum(axis=1) for at in range(len(AGES))], axis=1).astype(float)
        self.size = choices.size[: choices.groups].astype(float)
        self.alone = np.array([need == "unaccompanied" for need in choices.need[: choices.groups]])
        self.of_size = np.minimum(self.size, len(SIZES))[:, None] == np.arange(1, len(SIZES) + 1)

    def weights(self, rates: Rates) -> Floats:
        """The share of arrivals that each kind is, by the figures; kinds without a fellow of their age stay as they are."""
        ages = np.array([rates[f"start_{age}"] for age in AGES])
        sizes = np.array([rates[f"group_of_{size}"] for size in SIZES])
        rest = ~self.alone
        weight = np.ones(len(self.size))
        for _ in range(TURNS):
            weight[rest] *= self._towards(sizes, self.of_size[rest], weight[rest])
            # of brothers and sisters each pulls by their own age
            pull = self._towards(ages, self.of_age[rest], weight[rest])
            weight[rest] *= pull
            weight = np.clip(weight / weight.mean(), 1 / MOST, MOST)
        return self._with_alone(weight, rates["start_alone"])

    def _towards(self, wanted: Floats, parts: Floats, weight: Floats) -> Floats:
        """What each kind must be multiplied by for its parts to come nearer to the shares wanted."""
        now = (weight[:, None] * parts).sum(axis=0)
        there = now > 0
        factor = np.ones(len(wanted))
        factor[there] = np.maximum(wanted[there], 1e-4) / wanted[there].sum() * now.sum() / now[there]
        return np.asarray(np.exp((parts * np.log(factor)).sum(axis=1) / np.maximum(parts.sum(axis=1), 1)))

    def _with_alone(self, weight: Floats, share: float) -> Floats:
        if self.alone.any() and not self.alone.all():
            others = float((weight * self.size)[~self.alone].sum())
            weight[self.alone] = share / max(1 - share, 0.05) * others / self.alone.sum()
        return np.asarray(weight / weight.sum())
