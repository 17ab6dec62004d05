"""Schools by their number (URN), from the user's own extract of Get Information about Schools or a list of their own.

Of the extract only the columns named here are read: head teachers' names never enter the program.
"""

import csv
import io
from dataclasses import dataclass
from pathlib import Path

from matching.errors import Fault, UnreadableFile

LARGEST = 300_000_000
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
    reader = csv.DictReader(io.StringIO(_text(path), newline=""))
    header = [name.strip() for name in reader.fieldnames or ()]
    reader.fieldnames = header
    at = {meaning: next((name for name in names if name in header), None) for meaning, names in _COLUMNS.items()}
    missing = [_COLUMNS[meaning][0] for meaning in _NEEDED if at[meaning] is None]
    if missing:
        raise UnreadableFile(tuple(_fault(path, 1, name, None, "the column is missing.") for name in missing))
    schools: dict[str, School] = {}
    faults: list[Fault] = []
    for number, row in enumerate(reader, 2):
        found = {meaning: (row.get(name) or "").strip() for meaning, name in at.items() if name}
        wrong = _wrong(found, schools)
        if wrong:
            faults.append(_fault(path, number, *wrong))
        elif found["postcode"]:
            schools[found["urn"]] = _school(found)
    if faults:
        raise UnreadableFile(tuple(faults))
    return schools


def _text(path: Path) -> str:
    """The file as text: UTF-8 if it is, else Windows-1252, in which the extract is published."""
    if path.stat().st_size > LARGEST:
        raise UnreadableFile((_fault(path, None, None, None, "the file is larger than 300 MB."),))
    data = path.read_bytes()
    if b"\x00" in data:
        raise UnreadableFile((_fault(path, None, None, None, "the file holds NUL characters and is no text."),))
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


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
    way_out = "Use the extract as downloaded, or a CSV file with the columns urn and postcode."
    shown = value if value is None or len(value) <= 60 else value[:57] + "..."
    return Fault(file=path.name, row=row, column=column, value=shown, reason=reason, way_out=way_out)
