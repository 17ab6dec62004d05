"""How good a home would be for a child: each criterion in one place, in handbook order.

To add one: a class in its family, its line here, a weight in a policy, its spec table.
"""

from matching.criteria.base import Criterion, RatingMatrix
from matching.criteria.care import CarersHope, HelpfulSkills, SharedLanguage, WithSettledSibling
from matching.criteria.closeness import FamilyTimeInReach, InArea, NearHome, NearSchool

CRITERIA: tuple[type[Criterion], ...] = (
    NearHome,
    NearSchool,
    FamilyTimeInReach,
    InArea,
    WithSettledSibling,
    HelpfulSkills,
    SharedLanguage,
    CarersHope,
)

__all__ = ["CRITERIA", "Criterion", "RatingMatrix"]
