"""The series of the Department for Education and of Ofsted in `data/reference/statistics`, trimmed, by authority and year."""

from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from matching.errors import MatchingError

ENGLAND = "E92000001"
KEYS = ["year", "authority"]


@dataclass(frozen=True)
class Series:
    """Frames indexed by year (ending 31 March) and authority; an empty cell is suppressed or was not published.

    `looked_after` has counts named `stock`, `stock.age.u1`, `started.need.N1`, `ceased.reason.adopted` and so on,
    with `children_0_17`; `fostering` is Ofsted's year 2017-18; `costs` are pounds a week and mainstream places.
    `england` has percentages by year and measure where only England's shape is published. `features` are by authority.
    """

    looked_after: pd.DataFrame
    fostering: pd.DataFrame
    costs: pd.DataFrame
    england: pd.DataFrame
    features: pd.DataFrame

    @classmethod
    def read(cls, folder: Path) -> "Series":
        """Read the folder; raises `MatchingError` when a file is missing."""
        try:
            return cls(
                looked_after=pd.read_csv(folder / "looked_after.csv").set_index(KEYS).sort_index(),
                fostering=pd.read_csv(folder / "fostering_2018.csv").set_index(KEYS).sort_index(),
                costs=pd.read_csv(folder / "costs_and_places.csv").set_index(KEYS).sort_index(),
                england=pd.read_csv(folder / "england_shares.csv").set_index(["year", "measure"]).sort_index(),
                features=pd.read_csv(folder / "authority_features.csv").set_index("authority").sort_index(),
            )
        except FileNotFoundError as fault:
            raise MatchingError(f"There are no published statistics: {fault.filename} is missing.") from None

    def with_download(self, counts: pd.DataFrame) -> "Series":
        """These series with newer counts of the same names, from `read_download`; what is new replaces what was."""
        merged = counts.combine_first(self.looked_after)
        return replace(self, looked_after=merged.sort_index())

    def latest(self, authority: str, measure: str, upto: int) -> tuple[int, float] | None:
        """The newest figure not after a year, with its year; `None` where none was published."""
        if measure not in self.looked_after or authority not in self.looked_after.index.get_level_values("authority"):
            return None
        known = self.looked_after[measure].xs(authority, level="authority").dropna()
        known = known[known.index <= upto]
        return None if known.empty else (int(known.index[-1]), float(known.iloc[-1]))

    def england_percent(self, measure: str, upto: int) -> tuple[int, float] | None:
        """England's newest percentage not after a year, where the shape alone is published."""
        if measure not in self.england.index.get_level_values("measure"):
            return None
        known = self.england.percent.xs(measure, level="measure")
        known = known[known.index <= upto]
        return None if known.empty else (int(known.index[-1]), float(known.iloc[-1]))
