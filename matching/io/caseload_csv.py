"""The caseload folder: plain CSV files, read whole or refused whole."""

import hashlib
import shutil
import tempfile
from datetime import date
from pathlib import Path
from typing import Any

from matching.domain import (
    Booking,
    Caseload,
    Child,
    CurrentPlacement,
    Decision,
    Home,
    Refusal,
    Relationship,
    Travel,
    WaterCrossing,
)
from matching.domain.caseload import contradictions_in
from matching.errors import Fault, UnreadableFile
from matching.io.cells import CellFault, FindPlace, read_cell
from matching.io.tables import Table, write_table

FILES: dict[str, tuple[str, type[Any], bool]] = {
    "children": ("children.csv", Child, True),
    "homes": ("homes.csv", Home, True),
    "placements": ("placements.csv", CurrentPlacement, True),
    "relationships": ("relationships.csv", Relationship, True),
    "travel": ("travel.csv", Travel, False),
    "decisions": ("decisions.csv", Decision, False),
    "refusals": ("refusals.csv", Refusal, False),
    "bookings": ("bookings.csv", Booking, False),
}
AS_OF = "as_of"
MOST_FAULTS = 500


def read_caseload(
    folder: Path,
    find: FindPlace,
    crossings: tuple[WaterCrossing, ...] = (),
    adjoining: frozenset[tuple[str, str]] | None = None,
) -> Caseload:
    """Read a caseload folder; raises `UnreadableFile` with every fault in every file.

    `find` turns a postcode into a place; `crossings` and `adjoining` are maps (see `Caseload`). The date stands in the column `as_of` of children.csv, the same on
    every row.
    """
    faults: list[Fault] = []
    parts: dict[str, tuple[Any, ...]] = {}
    as_of: date | None = None
    for name, (file, kind, needed) in FILES.items():
        if not needed and not (folder / file).exists():
            continue
        table = Table(folder / file, faults)
        if name == "children":
            as_of = _as_of(table)
        rows = table.read(kind, find, also=(AS_OF,) if name == "children" else ())
        parts[name] = tuple(row for _, row in rows)
        _check_rows(table, rows)
    if faults or as_of is None:
        raise UnreadableFile(tuple(faults[:MOST_FAULTS]))
    return _consistent(folder, {"as_of": as_of, "crossings": crossings, "adjoining": adjoining, **parts})


def _as_of(table: Table) -> date | None:
    """The caseload's date."""
    if AS_OF not in table.header:
        return None  # the header check names the missing column
    at = table.header.index(AS_OF)
    days = {cells[at].strip(): number for number, cells in reversed(table.rows) if len(cells) > at}
    if len(days) != 1:
        table.fault(
            f"holds {len(days)} different dates; a caseload has one.",
            "Write the caseload's date on every row.",
            None,
            AS_OF,
        )
        return None
    text, number = next(iter(days.items()))
    try:
        day: date | None = read_cell(text, date, lambda _: None)
    except CellFault as fault:
        table.fault(fault.reason, fault.way_out, number, AS_OF, text)
        return None
    if day is None:
        table.fault("may not be empty.", "Write the caseload's date.", number, AS_OF)
    return day


def _check_rows(table: Table, rows: list[tuple[int, Any]]) -> None:
    """Facts that cannot be true of one row by itself."""
    seen: dict[str, int] = {}
    for number, row in rows:
        if isinstance(row, Child | Home):
            if row.ref in seen:
                table.fault(f"stands on row {seen[row.ref]} already.", "Keep one row.", number, "ref", row.ref)
            seen[row.ref] = number
        for column, reason, way_out in _impossible(row):
            table.fault(reason, way_out, number, column)


def _impossible(row: Any) -> list[tuple[str, str, str]]:
    found = []
    if isinstance(row, Home):
        terms = row.approval
        if terms.youngest is not None and terms.oldest is not None and terms.youngest > terms.oldest:
            found.append(
                (
                    "approval_youngest",
                    f"is {terms.youngest}, above the oldest, {terms.oldest}.",
                    "Maybe the two were swapped.",
                )
            )
        if row.carers is not None and row.carers not in (0, 1, 2):
            found.append(("carers", f"is {row.carers}.", "Write 1 or 2; 0 for a setting with staff."))
    if isinstance(row, Child) and row.date_of_birth is not None and row.date_of_birth.year < 2000:
        found.append(("date_of_birth", f"is {row.date_of_birth}: not a child's.", "Correct the year."))
    return found


def _consistent(folder: Path, parts: dict[str, Any]) -> Caseload:
    draft = object.__new__(Caseload)
    whole: dict[str, Any] = {"travel": (), "decisions": (), "refusals": (), "bookings": (), **parts}
    for name, value in whole.items():
        object.__setattr__(draft, name, value)
    way = "Correct the row or the reference."
    faults = tuple(
        Fault(file=folder.name, row=None, column=None, value=None, reason=text, way_out=way)
        for text in contradictions_in(draft)
    )
    if faults:
        raise UnreadableFile(faults)
    return Caseload(**whole)


def write_caseload(caseload: Caseload, folder: Path) -> None:
    """Write a caseload folder, all files or none; a folder that holds something else is refused."""
    if folder.exists() and any(folder.iterdir()) and not (folder / "children.csv").is_file():
        fault = Fault(
            file=str(folder),
            row=None,
            column=None,
            value=None,
            reason="holds something else.",
            way_out="Name an empty folder.",
        )
        raise UnreadableFile((fault,))
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder, prefix=".writing-") as room:
        names = _write_files(caseload, Path(room))
        for name in names:
            (Path(room) / name).replace(folder / name)
    for file, _, needed in FILES.values():
        if not needed and file not in names:
            (folder / file).unlink(missing_ok=True)


def _write_files(caseload: Caseload, folder: Path) -> list[str]:
    names = []
    for name, (file, kind, needed) in FILES.items():
        rows = getattr(caseload, name)
        if needed or rows:
            first = {AS_OF: caseload.as_of.isoformat()} if name == "children" else None
            write_table(folder / file, kind, sorted(rows, key=_order), first)
            names.append(file)
    return names


def _order(row: Any) -> str:
    """Canonical order: by reference, else by all that the row says."""
    return row.ref if isinstance(row, Child | Home) else repr(row)


def fingerprint(caseload: Caseload) -> str:
    """SHA-256 of the written caseload in canonical order; the order of rows plays no part."""
    digest = hashlib.sha256()
    room = Path(tempfile.mkdtemp(prefix="caseload-"))
    try:
        for name in _write_files(caseload, room):
            digest.update(name.encode() + b"\0" + (room / name).read_bytes())
    finally:
        shutil.rmtree(room)
    return digest.hexdigest()
