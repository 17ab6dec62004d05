"""How good a home would be for a child: each criterion in one place, in handbook order.

To add one: a class in its family, its line here, a weight in a policy, its spec table.
"""

from matching.criteria.base import Criterion, RatingMatrix
from matching.criteria.care import (
    CarersHope,
    DisabilityUnderstood,
    HelpfulSkills,
    WithFamilyOrFriends,
    WithSettledSibling,
)
from matching.criteria.closeness import FamilyTimeInReach, InArea, NearHome, NearSchool
from matching.criteria.household import AgeGap, AnimalsWanted, LongEnough
from matching.criteria.identity import CultureKept, DietKept, SharedLanguage, SharedReligion
from matching.criteria.resources import Cost, OwnCarersFirst, OwnPoolFirst

CRITERIA: tuple[type[Criterion], ...] = (
    WithFamilyOrFriends,
    NearHome,
    NearSchool,
    FamilyTimeInReach,
    InArea,
    WithSettledSibling,
    DisabilityUnderstood,
    HelpfulSkills,
    SharedLanguage,
    SharedReligion,
    CultureKept,
    DietKept,
    AnimalsWanted,
    AgeGap,
    LongEnough,
    CarersHope,
    OwnCarersFirst,
    OwnPoolFirst,
    Cost,
)

__all__ = ["CRITERIA", "Criterion", "RatingMatrix"]
