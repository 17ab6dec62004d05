"""Several sources of journeys in turn, and a memory, so that nothing is asked twice."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from matching.domain import Place
from matching.errors import RoadsUnavailable
from matching.journeys.base import NOT_KNOWN, Journeys, Roads
from matching.wording import Sentence, counted


@dataclass(frozen=True)
class FirstOf:
    """The first source that knows a journey; what a source fails to answer goes to the next, and a note says so."""

    roads: tuple[Roads, ...]
    name: str = "several sources"

    def journeys(self, starts: Sequence[Place], ends: Sequence[Place]) -> Journeys:
        """Minutes by the first source that knows each journey, with notes about every one that did not."""
        minutes = np.full((len(starts), len(ends)), np.nan)
        source = np.full(minutes.shape, NOT_KNOWN, dtype=np.int8)
        notes: list[Sentence] = []
        for number, road in enumerate(self.roads):
            open_pairs = np.isnan(minutes)
            if not open_pairs.any():
                break
            rows = np.flatnonzero(open_pairs.any(axis=1)).tolist()
            columns = np.flatnonzero(open_pairs.any(axis=0)).tolist()
            try:
                told = road.journeys([starts[row] for row in rows], [ends[column] for column in columns])
            except RoadsUnavailable as fault:
                notes.append(Sentence.of("{fault} Another source stands in.", fault=str(fault)))
                continue
            notes += told.notes
            block = np.ix_(rows, columns)
            fill = open_pairs[block] & ~np.isnan(told.minutes)
            minutes[block] = np.where(fill, told.minutes, minutes[block])
            source[block] = np.where(fill, number, source[block])
            if number + 1 < len(self.roads) and (missing := int(np.isnan(minutes).sum())):
                words = "{count} not known to {name}; another source stands in."
                notes.append(Sentence.of(words, count=counted(missing, "journey is", "journeys are"), name=road.name))
        return Journeys(minutes, source, tuple(road.name for road in self.roads), tuple(notes))


@dataclass(frozen=True)
class Remembered:
    """A source that is asked for each pair of places once; places are told apart by name and grid reference."""

    roads: Roads
    memory: dict[tuple[Place, Place], float] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The name of the source."""
        return self.roads.name

    def journeys(self, starts: Sequence[Place], ends: Sequence[Place]) -> Journeys:
        """Minutes from memory, asking for the starts and ends of what is missing; raises `RoadsUnavailable`."""
        missing = [(start, end) for start in starts for end in ends if (start, end) not in self.memory]
        if missing:
            new_starts = list(dict.fromkeys(start for start, _ in missing))
            new_ends = list(dict.fromkeys(end for _, end in missing))
            told = self.roads.journeys(new_starts, new_ends).minutes.tolist()
            self.memory.update(
                ((start, end), told[row][column])
                for row, start in enumerate(new_starts)
                for column, end in enumerate(new_ends)
            )
        minutes = np.array([[self.memory[start, end] for end in ends] for start in starts], dtype=np.float64)
        return Journeys.of(minutes.reshape(len(starts), len(ends)), self.name)
