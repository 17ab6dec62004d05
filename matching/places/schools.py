"""Schools by their number (URN), from the user's own extract of Get Information about Schools or a list of their own.

Of the extract only the columns named here are read: head teachers' names never enter the program.
"""

from dataclasses import dataclass
from pathlib import Path

from matching.errors import Fault, UnreadableFile
from matching.reading import read_rows

MOST_FAULTS = 100
WAY_OUT = "Use the extract as downloaded, or a CSV file with the columns urn and postcode."
_COLUMNS = {
    "urn": ("URN", "urn"),
    "name": ("EstablishmentName", "name"),
    "phase": ("PhaseOfEducation (name)", "phase"),
    "status": ("EstablishmentStatus (name)", "status"),
    "youngest": ("StatutoryLowAge", "youngest"),
    "oldest": ("StatutoryHighAge", "oldest"),
    "postcode": ("Postcode", "postcode"),
}
_NEEDED = ("urn", "postcode")


@dataclass(frozen=True, slots=True, kw_only=True)
class School:
    """One school; ages are the statutory ones, `None` is not known."""

    urn: str
    postcode: str
    name: str | None = None
    phase: str | None = None
    status: str | None = None
    youngest: int | None = None
    oldest: int | None = None

    @property
    def closed(self) -> bool:
        """Whether the extract says that the school is closed."""
        return self.status is not None and self.status.lower() == "closed"


def read_schools(path: Path) -> dict[str, School]:
    """Schools by URN; raises `UnreadableFile` naming every fault. Schools without a postcode are left out."""
    rows = read_rows(path, WAY_OUT, windows=True)
    header = [name.strip() for name in rows[0]] if rows else []
    at = {meaning: header.index(name) for meaning, names in _COLUMNS.items() for name in names if name in header}
    missing = [_COLUMNS[meaning][0] for meaning in _NEEDED if meaning not in at]
    if missing:
        raise UnreadableFile(tuple(_fault(path, 1, name, None, "the column is missing.") for name in missing))
    schools: dict[str, School] = {}
    faults: list[Fault] = []
    for number, cells in enumerate(rows[1:], 2):
        if not cells:
            continue
        found = {meaning: cells[place].strip() if place < len(cells) else "" for meaning, place in at.items()}
        wrong = _wrong(found, schools)
        if wrong:
            faults.append(_fault(path, number, *wrong))
        elif found["postcode"]:
            schools[found["urn"]] = _school(found)
    if faults:
        raise UnreadableFile(tuple(faults[:MOST_FAULTS]))
    return schools


def _wrong(found: dict[str, str], schools: dict[str, School]) -> tuple[str, str, str] | None:
    urn = found["urn"]
    if not (urn.isascii() and urn.isdigit() and len(urn) == 6):
        return "URN", urn, "is not a number of six digits."
    if urn in schools:
        return "URN", urn, "stands twice."
    for age in ("youngest", "oldest"):
        if found.get(age) and not found[age].isdecimal():
            return _COLUMNS[age][0], found[age], "is not an age in whole years."
    return None


def _school(found: dict[str, str]) -> School:
    def age(name: str) -> int | None:
        return int(found[name]) if found.get(name) else None

    return School(
        urn=found["urn"],
        postcode=found["postcode"],
        name=found.get("name") or None,
        phase=found.get("phase") or None,
        status=found.get("status") or None,
        youngest=age("youngest"),
        oldest=age("oldest"),
    )


def _fault(path: Path, row: int | None, column: str | None, value: str | None, reason: str) -> Fault:
    return Fault(file=path.name, row=row, column=column, value=value, reason=reason, way_out=WAY_OUT)
