"""The one protocol for journeys by road, and its answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from matching.domain import Place
from matching.wording import Sentence

Minutes = npt.NDArray[np.float64]
NOT_KNOWN = -1


@dataclass(frozen=True)
class Journeys:
    """Minutes by road, (starts, ends), NaN where not known, and which of `sources` gave each one.

    `source` is (starts, ends), an index into `sources`, -1 where not known. `notes` say what stood in for what.
    """

    minutes: Minutes
    source: npt.NDArray[np.int8]
    sources: tuple[str, ...]
    notes: tuple[Sentence, ...] = ()

    @classmethod
    def of(cls, minutes: Minutes, name: str) -> "Journeys":
        """Journeys that all come from one source."""
        source = np.where(np.isnan(minutes), NOT_KNOWN, 0).astype(np.int8)
        return cls(minutes=minutes, source=source, sources=(name,))

    def counts(self) -> dict[str, int]:
        """How many journeys each source gave."""
        return {name: int((self.source == number).sum()) for number, name in enumerate(self.sources)}


class Roads(Protocol):
    """Anything that knows journeys by road; a source may leave some of them unknown."""

    @property
    def name(self) -> str:
        """What the user is told about the source."""
        ...

    def journeys(self, starts: Sequence[Place], ends: Sequence[Place]) -> Journeys:
        """Minutes from every start to every end; raises `RoadsUnavailable`."""
        ...
