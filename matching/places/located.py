"""The answer to a postcode: where it is, how exactly, by which edition, and a sentence to show."""

from dataclasses import dataclass
from enum import StrEnum

from matching.domain import Place
from matching.wording import Sentence


class Precision(StrEnum):
    """How exactly a place is known, best first."""

    UNIT = "unit"
    TERMINATED = "terminated unit"
    SECTOR = "sector"
    OUTCODE = "outcode"
    UNKNOWN = "unknown"

    @property
    def exact(self) -> bool:
        """Whether it is a postcode's own grid reference; only such a place settles a distance."""
        return self in (Precision.UNIT, Precision.TERMINATED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Located:
    """Where a postcode is; it never leaves the trusted core with a precision of unit.

    `easting` and `northing` are metres on EPSG:27700; `authority` is the upper-tier code, by code and never by
    polygon; `None` is not known. `suggestions` are postcodes that may have been meant; none of them is used.
    """

    asked: str
    postcode: str | None
    precision: Precision
    easting: int | None = None
    northing: int | None = None
    authority: str | None = None
    ward: str | None = None
    country: str | None = None
    edition: str
    sentence: Sentence
    suggestions: tuple[str, ...] = ()

    @property
    def known(self) -> bool:
        """Whether there is a grid reference at all."""
        return self.easting is not None and self.northing is not None

    @property
    def place(self) -> Place | None:
        """The place at its own precision, for journeys inside the trusted core."""
        if self.postcode is None or self.easting is None or self.northing is None:
            return None
        return Place(
            postcode=self.postcode,
            easting=self.easting,
            northing=self.northing,
            authority=self.authority,
            precision=self.precision.value,
        )
