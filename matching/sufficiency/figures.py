"""A figure of the forecast: value, range, unit, source, and whether it is own data, borrowed or assumed."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import pandas as pd

from matching.errors import MatchingError

WEEKS = 52.18
AGE_EDGES = (0.0, 1.0, 5.0, 10.0, 16.0, 18.0)
AGES = ("u1", "a1_4", "a5_9", "a10_15", "a16p")
# leavers a year that the published figures weigh as much as own data
PRIOR_EVENTS = 20.0
# whoever leaves after this ages out
LAST_AGE = 17.99
DIGITS = 6  # after the point in tables
OWN, BORROWED, ASSUMED = "own data", "borrowed", "assumed"


@dataclass(frozen=True)
class Parameter:
    """One figure with a 95% range."""

    value: float
    low: float
    high: float
    unit: str
    source: str
    kind: str


@dataclass(frozen=True)
class Parameters:
    """Figures by name; `starts` is a share of children in care a year, `leave_*` are leavers a child a year by age.

    `notes` are what a reader must know of where they come from.
    """

    figures: Mapping[str, Parameter]
    notes: tuple[str, ...] = ()

    def __getitem__(self, name: str) -> float:
        return self.figures[name].value

    def table(self) -> pd.DataFrame:
        """All figures: name, value, low, high, unit, source, kind."""
        table = pd.DataFrame([{"name": name, **vars(figure)} for name, figure in self.figures.items()])
        return table.round({"value": DIGITS, "low": DIGITS, "high": DIGITS})

    def changed(self, **values: float) -> "Parameters":
        """With some figures set by hand: taken as known, so that every run has them."""
        if unknown := sorted(set(values) - set(self.figures)):
            raise MatchingError(f"{', '.join(unknown)}: no such figure. Known: {', '.join(self.figures)}.")
        new = {
            name: replace(self.figures[name], value=value, low=value, high=value, kind=ASSUMED)
            for name, value in values.items()
        }
        return replace(self, figures={**self.figures, **new})

    def scaled(self, times: Mapping[str, float]) -> "Parameters":
        """With some figures and their ranges so many times as large."""
        new = {
            name: replace(figure, value=figure.value * by, low=figure.low * by, high=figure.high * by)
            for name, by in times.items()
            for figure in (self.figures[name],)
        }
        return replace(self, figures={**self.figures, **new})
