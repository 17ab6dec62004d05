"""A scenario: what is otherwise than in the base case, as plain data. `scenario_file` reads one from a file."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from matching.sufficiency.areas import ELSEWHERE
from matching.sufficiency.choices import Choices
from matching.sufficiency.like_ours import PROFILES

PLAN_EVERY = 13
NEEDS = ("younger child", "teenager", "brothers and sisters", "disabled", "unaccompanied")
# names of factors on demand that stand for a need
OF_NEED = {
    "brothers_and_sisters": "brothers and sisters",
    "disabled": "disabled",
    "unaccompanied": "unaccompanied",
}
TEENAGE = 11
WEEKS_A_MONTH = 52.18 / 12

__all__ = ["BASE", "PROFILES", "Approvals", "Campaign", "ChildrensHome", "Cohort", "Placing", "Scenario"]


@dataclass(frozen=True)
class Campaign:
    """Homes of a profile, in an area or anywhere, that join over some months; a share (`attrition`) never opens."""

    profile: str
    homes: int
    from_month: int = 0
    over_months: int = 12
    attrition: float = 0.0
    area: str | None = None


@dataclass(frozen=True)
class Cohort:
    """Referrals of a need beyond the usual ones, such as a group of unaccompanied children; one child or group each."""

    need: str
    referrals: int
    from_month: int = 0
    over_months: int = 12


@dataclass(frozen=True)
class Approvals:
    """A share of the in-house homes of a profile approved for more ages from a month on."""

    profile: str
    share: float
    youngest: int = 0
    oldest: int = 18
    from_month: int = 0


@dataclass(frozen=True)
class ChildrensHome:
    """Places in a children's home of our own that open (or close, below nought) in a month, at a price a place a week."""

    places: int
    from_month: int = 0
    weekly_price: float = 5000.0


@dataclass(frozen=True)
class Placing:
    """How homes are chosen. `within_miles` limits family homes; `plan_every` weeks the queue is planned together, 0 never."""

    in_house_first: bool = False
    first_agencies: tuple[str, ...] = ()
    siblings_first: bool = False
    within_miles: float | None = None
    plan_every: int = PLAN_EVERY


@dataclass(frozen=True)
class Scenario:
    """Changes to the base case; with none, the base case itself.

    `demand` has factors `starts, teenagers, younger, brothers_and_sisters, disabled, unaccompanied`, the share
    `early_help` of referrals under 11 that do not come, and `from_month` from which all hold; `demand_areas` a factor
    for each area. `supply` has factors `joining, leaving`; `price` growth factors a year by product.
    """

    name: str = "base case"
    demand: Mapping[str, float] = field(default_factory=dict)
    demand_areas: Mapping[str, float] = field(default_factory=dict)
    cohorts: tuple[Cohort, ...] = ()
    supply: Mapping[str, float] = field(default_factory=dict)
    campaigns: tuple[Campaign, ...] = ()
    approvals: tuple[Approvals, ...] = ()
    childrens_homes: tuple[ChildrensHome, ...] = ()
    policy: Placing = field(default_factory=Placing)
    price: Mapping[str, float] = field(default_factory=dict)

    def with_homes(self, profile: str, homes: int, area: str | None = None) -> "Scenario":
        """The scenario and so many homes of a profile that are there from the first month."""
        more = Campaign(profile, homes, from_month=0, over_months=1, area=area)
        return replace(self, campaigns=(*self.campaigns, more))

    def demand_factor(
        self, choices: Choices, kind: npt.NDArray[np.int16], week: npt.NDArray[np.float64]
    ) -> npt.NDArray[np.float64]:
        """How many times as many referrals of each kind come in each week as in the base case."""
        demand, older = self.demand, choices.age >= TEENAGE
        factor = np.where(
            older, demand.get("teenagers", 1.0), demand.get("younger", 1.0) * (1 - demand.get("early_help", 0.0))
        )
        factor = factor * demand.get("starts", 1.0)
        for name, need in OF_NEED.items():
            factor = np.where([one == need for one in choices.need], factor * demand.get(name, 1.0), factor)
        areas = np.array([self.demand_areas.get(name, 1.0) for name in choices.areas.names])
        late = week >= demand.get("from_month", 0) * WEEKS_A_MONTH
        return np.where(late, (factor * areas[choices.area])[kind], 1.0)

    def unknown_areas(self, choices: Choices) -> list[str]:
        """Areas that are named and that the authority does not have."""
        named = {*self.demand_areas, *(campaign.area for campaign in self.campaigns if campaign.area)}
        return sorted(named - (set(choices.areas.names) - {ELSEWHERE}))


BASE = Scenario()
