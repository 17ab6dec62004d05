"""Three-valued truth over arrays: yes, no, not known."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from matching.domain import Verdict

Mask = npt.NDArray[np.bool_]
VerdictMatrix = npt.NDArray[np.int8]


@dataclass(frozen=True, slots=True)
class Truth:
    """For each cell: certainly so (`yes`), certainly not (`no`), otherwise not known."""

    yes: Mask
    no: Mask

    @classmethod
    def of(cls, statement: Mask | bool, known: Mask | bool = True) -> "Truth":
        """A statement that counts only where it is known."""
        yes, no = np.asarray(statement) & known, ~np.asarray(statement) & known
        return cls(np.asarray(yes), np.asarray(no))

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
    """A truth as verdicts of the given shape."""
    result = np.full(shape, Verdict.NOT_KNOWN, dtype=np.int8)
    result[np.broadcast_to(met.yes, shape)] = Verdict.MET
    result[np.broadcast_to(met.no, shape)] = Verdict.NOT_MET
    return result
