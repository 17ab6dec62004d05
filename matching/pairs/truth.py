"""Three-valued truth over arrays: yes, no, not known."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from matching.domain import Verdict

Mask = npt.NDArray[np.bool_]
VerdictMatrix = npt.NDArray[np.int8]
NOT_KNOWN = np.int8(Verdict.NOT_KNOWN)


class Truth(NamedTuple):
    """For each cell: certainly so (`yes`), certainly not (`no`), otherwise not known."""

    yes: Mask
    no: Mask

    @classmethod
    def of(cls, statement: Mask | bool, known: Mask | bool = True) -> "Truth":
        """A statement that counts only where it is known."""
        so = np.asarray(statement)
        return cls(so, ~so) if known is True else cls(so & known, ~so & known)

    @classmethod
    def told(cls, answers: npt.NDArray[np.float64]) -> "Truth":
        """Answers as numbers: 1 is yes, 0 is no."""
        return cls(answers == 1, answers == 0)

    def __and__(self, other: "Truth") -> "Truth":
        return Truth(self.yes & other.yes, self.no | other.no)

    def __or__(self, other: "Truth") -> "Truth":
        return Truth(self.yes | other.yes, self.no & other.no)

    def __invert__(self) -> "Truth":
        return Truth(self.no, self.yes)


def all_of(*truths: Truth) -> Truth:
    """So where all are so; not so where one is not; otherwise not known."""
    result = truths[0]
    for truth in truths[1:]:
        result = result & truth
    return result


def any_of(*truths: Truth) -> Truth:
    """So where one is so; not so where none is; otherwise not known."""
    return ~all_of(*(~truth for truth in truths))


def verdicts(met: Truth, shape: tuple[int, ...]) -> VerdictMatrix:
    """A truth as verdicts of the given shape: not known is 1, a yes adds 1 to it, a no makes it 0."""
    result = np.empty(shape, dtype=np.int8)
    np.add(met.yes, NOT_KNOWN, out=result)
    return np.multiply(result, ~met.no, out=result)
