"""Codes of upper-tier authorities and how they changed; the code, never a drawn boundary, decides who is inside."""

import csv
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from pathlib import Path

from matching.errors import UnknownReference
from matching.geo import AuthorityDistance, AuthorityMap

LISTED_ON = date(2023, 4, 1)


@dataclass(frozen=True, slots=True)
class CodeChange:
    """From a day on, one code took the place of another; several later codes when an authority was split."""

    code: str
    later_code: str
    since: date


@dataclass(frozen=True)
class AuthorityCodes:
    """Authorities by code of any year from 2013 on; `listed` is the list of 2023 with names and neighbours."""

    listed: AuthorityMap
    changes: tuple[CodeChange, ...]

    @classmethod
    def read(cls, folder: Path) -> "AuthorityCodes":
        """Read `authority_code_changes.csv` and the authorities from the reference folder."""
        with (folder / "authority_code_changes.csv").open(encoding="utf-8", newline="") as file:
            changes = tuple(
                CodeChange(row["code"], row["later_code"], date.fromisoformat(row["from"]))
                for row in csv.DictReader(file)
            )
        return cls(AuthorityMap.read(folder), changes)

    def on(self, code: str, day: date) -> tuple[str, ...]:
        """The codes in force on a day for the land of one code; several where it was split since."""
        later = tuple(change.later_code for change in self.changes if change.code == code and change.since <= day)
        if later:
            return tuple(dict.fromkeys(found for change in later for found in self.on(change, day)))
        earlier = {change.code for change in self.changes if change.later_code == code and change.since > day}
        if not earlier:
            return (code,)
        return tuple(sorted(found for before in earlier for found in self.on(before, day)))

    def as_listed(self, code: str | None) -> str | None:
        """The code under which the list of 2023 knows an authority.

        `None` for a code not known and for an authority that was split: then only a postcode can tell.
        """
        if code is None:
            return None
        found = {name for name in self.on(code, LISTED_ON) if name in self.listed.names}
        return found.pop() if len(found) == 1 else None

    def named(self, text: str) -> str:
        """The listed code for a code or a name as people write them; raises `UnknownReference`."""
        wanted = text.strip()
        code = self.as_listed(wanted.upper())
        if code is None:
            code = next((c for c, name in self.listed.names.items() if _plain(name) == _plain(wanted)), None)
        if code is None:
            near = get_close_matches(wanted.title(), self.listed.names.values(), n=1)
            maybe = f" Maybe {near[0]}." if near else " Codes are such as E06000045 for Southampton."
            raise UnknownReference(f"There is no upper-tier authority {wanted!r} in England.{maybe}")
        return code

    def name(self, code: str | None) -> str | None:
        """Name of an authority by a code of any year."""
        listed = self.as_listed(code)
        return None if listed is None else self.listed.names[listed]

    def distance(self, of: str | None, to: str | None) -> AuthorityDistance | None:
        """Inside, adjoining or distant, by code; `None` where either is not known."""
        return self.listed.authority_distance(self.as_listed(of), self.as_listed(to))


def _plain(name: str) -> str:
    return "".join(letter for letter in name.lower() if letter.isalpha())
