"""Postcode to place without any network, by a ladder: live unit, terminated unit, sector, outcode, unknown."""

import csv
from dataclasses import dataclass, replace
from pathlib import Path

from matching.domain import Place
from matching.geo import Gazetteer
from matching.places.authorities import AuthorityCodes
from matching.places.edition import Edition, State, Unit
from matching.places.located import Located, Precision
from matching.places.spelling import Spelling, near_spellings, spelling
from matching.wording import Sentence, listed

MOST_SUGGESTIONS = 3
LONGEST_SHOWN = 12  # nobody's postcode is longer; what is longer may be an address and is not repeated
_ISLANDS = {"BT": "Northern Ireland", "IM": "the Isle of Man", "JE": "Jersey", "GY": "Guernsey"}
_USED_INSTEAD = {
    Precision.SECTOR: "Only the middle of its sector, {part}, is known.",
    Precision.OUTCODE: "Only the middle of its district, {part}, is known.",
}


@dataclass(frozen=True)
class PostcodeBook:
    """Everything that turns a postcode into a place; read once, then a look-up takes microseconds."""

    edition: Edition
    parts: Gazetteer
    authorities: AuthorityCodes
    wards: dict[str, str]
    elsewhere: dict[str, tuple[str, Place]]

    @classmethod
    def read(cls, folder: Path) -> "PostcodeBook":
        """Read the reference folder; under half a second."""
        return cls(
            edition=Edition.read(folder / "postcodes.npz"),
            parts=Gazetteer.read(folder),
            authorities=AuthorityCodes.read(folder),
            wards={row["ward"]: row["name"] for row in _rows(folder / "wards.csv")},
            elsewhere={row["outcode"]: _elsewhere(row) for row in _rows(folder / "outcodes_elsewhere.csv")},
        )

    def ward_name(self, code: str | None) -> str | None:
        """Name of a ward, `None` where the code is not known or has no name in our list."""
        return None if code is None else self.wards.get(code)

    def look_up(self, text: str) -> Located:
        """Where a postcode is, by the best step of the ladder; never refuses, always says how exactly."""
        written = spelling(text)
        if written is None:
            return self._no_postcode(text)
        unit = self.edition.find(written.unit) if written.unit and written.can_exist else None
        if unit is not None and unit.easting is not None:
            return self._exact(text, written, unit)
        return self._partial(text, written, unit)

    def _no_postcode(self, text: str) -> Located:
        shown = text.strip() if len(text.strip()) <= LONGEST_SHOWN else "this"
        suggestions = self._suggestions(text)
        words = "{text} is not a postcode." + _maybe(suggestions)
        return self._unknown(text, None, Sentence.of(words, text=shown or "an empty cell"), suggestions)

    def _exact(self, text: str, written: Spelling, unit: Unit) -> Located:
        live = unit.state is State.LIVE
        return Located(
            asked=text,
            postcode=written.unit,
            precision=Precision.UNIT if live else Precision.TERMINATED,
            easting=unit.easting,
            northing=unit.northing,
            authority=unit.authority,
            ward=unit.ward,
            country="England",
            edition=self.edition.name,
            sentence=self._where(written, unit),
        )

    def _where(self, written: Spelling, unit: Unit) -> Sentence:
        ward = self.ward_name(unit.ward)
        name = self.authorities.name(unit.authority) or "an authority that we do not know"
        place = name if ward is None else f"{ward} ward, {name}"
        if unit.state is State.LIVE:
            return Sentence.of("{postcode} is in {place}.", postcode=written.written, place=place)
        how = {
            State.TERMINATED: "It is no longer in use; it was in {place}. Ask for the new postcode.",
            State.NOT_ON_THE_LIVE_LIST: "It is no longer in use or very new; it lies in {place}. Ask whether it is right.",
        }[unit.state]
        return Sentence.of(
            f"{{postcode}} is not on the list of live postcodes. {how}", postcode=written.written, place=place
        )

    def _partial(self, text: str, written: Spelling, unit: Unit | None) -> Located:
        """The sector, else the district, else nothing."""
        for part, precision in ((written.sector, Precision.SECTOR), (written.outcode, Precision.OUTCODE)):
            place = self.parts.places.get(part) if part else None
            if part and place is not None:
                return self._part(text, written, unit, place, precision)
        return self._not_england(text, written)

    def _part(self, text: str, written: Spelling, unit: Unit | None, place: Place, precision: Precision) -> Located:
        suggestions = () if unit or not written.unit else self._suggestions(text)
        why = self._why(written, unit)
        used = _USED_INSTEAD[precision].format(part=place.postcode) if why else self._part_words(place, precision)
        return Located(
            asked=text,
            postcode=place.postcode,
            precision=precision,
            easting=place.easting,
            northing=place.northing,
            authority=(unit.authority if unit else None) or place.authority,
            ward=unit.ward if unit else None,
            country="England",
            edition=self.edition.name,
            sentence=Sentence.of(f"{why}{used}{_maybe(suggestions)}", postcode=written.written),
            suggestions=suggestions,
        )

    @staticmethod
    def _why(written: Spelling, unit: Unit | None) -> str:
        """Why a whole postcode was not found by itself; empty for a part of one."""
        if written.unit is None:
            return ""
        if unit is not None:
            return "{postcode} has no exact position in the list. "
        if not written.can_exist:
            return "{postcode} can not be right: no postcode has C, I, K, M, O or V in its last two letters. "
        return "{postcode} is not in the list of postcodes. "

    def _part_words(self, place: Place, precision: Precision) -> str:
        kind = {Precision.SECTOR: "a postcode sector", Precision.OUTCODE: "a postcode district"}[precision]
        name = self.authorities.name(place.authority)
        return f"{{postcode}} is {kind} " + (f"in {name}." if name else "that lies in more than one authority.")

    def _not_england(self, text: str, written: Spelling) -> Located:
        found = self.elsewhere.get(written.outcode)
        island = _ISLANDS.get(written.outcode[:2])
        if found is None and island is None:
            suggestions = self._suggestions(text)
            maybe = _maybe(suggestions) or " Check the spelling."
            sentence = Sentence.of(f"We do not know the postcode {{postcode}}.{maybe}", postcode=written.written)
            return self._unknown(text, None, sentence, suggestions)
        country = found[0] if found else str(island)
        words = "{postcode} is in {country}; our list is of England."
        if found is None:
            sentence = Sentence.of(f"{words} We do not know where exactly.", postcode=written.written, country=country)
            return replace(self._unknown(text, written.written, sentence), country=country)
        place = found[1]
        words += " Only the middle of its district, {part}, is known."
        return Located(
            asked=text,
            postcode=place.postcode,
            precision=Precision.OUTCODE,
            easting=place.easting,
            northing=place.northing,
            country=country,
            edition=self.edition.name,
            sentence=Sentence.of(words, postcode=written.written, country=country, part=place.postcode),
        )

    def _unknown(
        self, text: str, postcode: str | None, sentence: Sentence, suggestions: tuple[str, ...] = ()
    ) -> Located:
        return Located(
            asked=text,
            postcode=postcode,
            precision=Precision.UNKNOWN,
            edition=self.edition.name,
            sentence=sentence,
            suggestions=suggestions,
        )

    def _suggestions(self, text: str) -> tuple[str, ...]:
        """Live postcodes one likely slip away."""
        live = (near for near in near_spellings(text) if self._is_live(near))
        return tuple(near for near, _ in zip(live, range(MOST_SUGGESTIONS), strict=False))

    def _is_live(self, unit: str) -> bool:
        found = self.edition.find(unit)
        return found is not None and found.state is State.LIVE


def _maybe(suggestions: tuple[str, ...]) -> str:
    return f" Maybe {listed(suggestions, 'or')} was meant." if suggestions else ""


def _elsewhere(row: dict[str, str]) -> tuple[str, Place]:
    """Country and middle of a district of Scotland or Wales."""
    east, north = int(row["easting"]), int(row["northing"])
    return row["country"], Place(postcode=row["outcode"], easting=east, northing=north, precision="outcode")


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
