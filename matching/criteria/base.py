"""What a criterion is: how good a home would be for a child, from nought to one."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from matching.domain import Caseload, Child, Household
from matching.pairs import Pairs
from matching.wording import Sentence

RatingMatrix = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Criterion(ABC):
    """One thing that makes a home better for a child.

    `rate` gives 0 to 1 (children down, homes across); NaN means not known, which earns no points and
    becomes a question. Where the criterion does not concern a child, the rating is 0 for every home.
    It never weighs: weights belong to a policy that people sign.
    """

    code: ClassVar[str]
    title: ClassVar[str]
    purpose: ClassVar[str]
    asks: ClassVar[str]

    @abstractmethod
    def rate(self, pairs: Pairs) -> RatingMatrix:
        """Ratings in the shape of the pairs."""

    @abstractmethod
    def because(self, caseload: Caseload, child: Child, household: Household, rating: float) -> Sentence:
        """The rating in words: a reason for the home when it is high, a worry when it is low."""

    def concerns(self, child: Child) -> bool | None:
        """Whether a low rating is a loss for this child even where no home does better; `None`: only where one does."""
        return None

    def question(self, child: Child, household: Household) -> Sentence:
        """What to ask when the rating is not known."""
        return Sentence.of(self.asks, child=child.ref, home=household.home.ref)


def where_it_concerns(concerned: npt.NDArray[np.bool_], rating: RatingMatrix, shape: tuple[int, ...]) -> RatingMatrix:
    """The rating where the criterion concerns the child, otherwise 0."""
    return in_shape(np.where(concerned, rating, 0.0), shape)


def in_shape(rating: RatingMatrix, shape: tuple[int, ...]) -> RatingMatrix:
    """A rating of children or of homes alone, or of both, for every pair."""
    return rating if rating.shape == shape else np.array(np.broadcast_to(rating, shape))


def from_nought_to_one(value: RatingMatrix) -> RatingMatrix:
    """No less than 0 and no more than 1."""
    result = np.maximum(value, 0.0)
    return np.minimum(result, 1.0, out=result)
