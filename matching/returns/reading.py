"""Files of the return as tables of text with their rows: CSV however it was saved, and XML without entities."""

import csv
import io
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import pandas as pd
from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import ParseError, iterparse

from matching.errors import Fault
from matching.frames import frame_of
from matching.returns.modules import BY_NAME, Module, module_of

LARGEST, LONGEST_LINE = 100_000_000, 20_000
ENCODINGS = ("utf-8-sig", "cp1252")
ROW = "row"
CHILD_OF = {
    "UASC": "unaccompanied",
    "OC2": "health",
    "OC3": "care_leavers",
    "PERMANENCE": "permanence_before",
    "AREVIEW": "reviews",
}
OF_XML = {"CHILDID": "CHILD", "PL": "PLACE"}


@dataclass(frozen=True, eq=False)
class Read:
    """One module's rows of one file, all cells text; the index is the row as a spreadsheet numbers it."""

    file: Path
    module: Module
    table: pd.DataFrame


@dataclass(frozen=True, slots=True, order=True)
class Query:
    """One row that the validation would question; `rule` is its number, or `code`, `module`, `twice`."""

    rule: str
    file: str
    row: int | None
    column: str
    reason: str

    def __str__(self) -> str:
        place = self.file if self.row is None else f"{self.file}, row {self.row}"
        return f"{place}, {self.column}: {self.reason} [{self.rule}]"


def files_in(paths: Iterable[Path], faults: list[Fault]) -> Iterator[Path]:
    """The CSV and XML files named, and those in folders named, each once."""
    seen: set[Path] = set()
    for path in paths:
        if not path.exists():
            faults.append(fault(path, "is missing.", "Check the name."))
        inside = (
            sorted(one for one in path.rglob("*") if one.suffix.lower() in (".csv", ".xml"))
            if path.is_dir()
            else [path]
        )
        if path.is_dir() and not inside:
            faults.append(fault(path, "holds no CSV or XML file.", "Name the folder with a return's files."))
        for file in inside:
            if path.exists() and file.resolve() not in seen:
                seen.add(file.resolve())
                yield file


def read_file(path: Path, faults: list[Fault], asked: list[Query], *, named: bool) -> list[Read]:
    """The modules that one file holds.

    A CSV that holds none is a fault where it was `named`, and a query where it lay in a folder, since folders hold other things.
    """
    if path.stat().st_size > LARGEST:
        faults.append(fault(path, "is larger than 100 MB.", "Split it by year."))
        return []
    if path.suffix.lower() == ".xml":
        return _xml(path, faults, asked)
    table = _csv(path, faults)
    module = module_of(set(table.columns))
    if module is not None:
        return [Read(path, module, table)]
    if len(table.columns) and named:
        faults.append(fault(path, "is no module of the return: its columns tell none.", "Correct the headings.", 1))
    elif len(table.columns):
        asked.append(Query("module", path.name, 1, "", "is no module of the return, and was left out"))
    return []


def _csv(path: Path, faults: list[Fault]) -> pd.DataFrame:
    text = _text(path, faults)
    if text is None:
        return pd.DataFrame()
    head = text[:LONGEST_LINE].split("\n", 1)[0]
    separator = max((";", "\t", ","), key=head.count)
    try:
        table = frame_of(io.StringIO(text), separator)
    except (ValueError, pd.errors.ParserError, csv.Error) as wrong:
        faults += _too_long(path, text, separator) or [
            fault(path, f"is no table ({type(wrong).__name__}).", "Save it as CSV again.")
        ]
        return pd.DataFrame()
    table.columns = [str(name).strip().upper() for name in table.columns]
    headings = [name.strip().upper() for name in head.split(separator)]
    twice = sorted({name for name in headings if name and headings.count(name) > 1})
    faults += [fault(path, "stands twice in the header.", "Keep one of the two.", 1, name) for name in twice]
    table = table.apply(lambda column: column.str.strip())
    table.index = pd.RangeIndex(2, len(table) + 2)
    filled: pd.DataFrame = table[(table != "").any(axis=1)] if len(table.columns) else table
    return filled


def _too_long(path: Path, text: str, separator: str) -> list[Fault]:
    """Rows with more cells than the header."""
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    width = len(next(rows, []))
    way_out = "Maybe a separator stands within a cell; put the cell in quotation marks."
    found = ((number, len(row)) for number, row in enumerate(rows, 2) if len(row) > width)
    with suppress(csv.Error):
        return [fault(path, f"has {n} cells; the header has {width}.", way_out, row) for row, n in islice(found, 20)]
    return []


def _text(path: Path, faults: list[Fault]) -> str | None:
    """The file's text; a file that is none is noted."""
    raw = path.read_bytes()
    if b"\0" in raw:
        faults.append(fault(path, "holds NUL characters and is no text.", "Save it as CSV, not as a workbook."))
        return None
    if raw and max(map(len, raw.splitlines()), default=0) > LONGEST_LINE:
        faults.append(
            fault(
                path, f"has a line longer than {LONGEST_LINE} characters.", "Maybe line ends were lost; save it again."
            )
        )
        return None
    for encoding in ENCODINGS:
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    faults.append(fault(path, "is neither UTF-8 nor Windows text.", "Save it as CSV UTF-8."))
    return None


def _xml(path: Path, faults: list[Fault], asked: list[Query]) -> list[Read]:
    """Rows by module; `row` is the position of the child in the file."""
    rows: dict[str, list[dict[str, str]]] = {"children": [], "episodes": []}
    number, unknown = 0, set[str]()
    try:
        for _, element in iterparse(str(path), forbid_dtd=True):
            if element.tag == "CHILD":
                number += 1
                unknown |= _child(element, number, rows)
                element.clear()
    except DefusedXmlException:
        faults.append(fault(path, "holds a document type or entities.", "Take them out: a return has none."))
        return []
    except ParseError as wrong:
        faults.append(fault(path, f"is no XML: {wrong}.", "Save the return as XML again."))
        return []
    if not rows["episodes"] and not rows["children"]:
        faults.append(fault(path, "holds no child of a return.", "A return's root is EXPSSDA903, with CHILD below it."))
    asked += [
        Query("module", path.name, None, tag, "is no part of a return, and was left out") for tag in sorted(unknown)
    ]
    return [Read(path, BY_NAME[name], _framed(name, found)) for name, found in rows.items() if found]


def _framed(name: str, found: list[dict[str, str]]) -> pd.DataFrame:
    table = pd.DataFrame(found).fillna("")
    for column in BY_NAME[name].columns:
        if column not in table:
            table[column] = ""
    return table.set_index(ROW)


def _child(element: Any, number: int, rows: dict[str, list[dict[str, str]]]) -> set[str]:
    """Add the rows of one child; the tags of parts that no module has."""
    header = element.find("HEADER")
    if header is None:
        return set()
    told = _cells(header)
    about = {ROW: str(number), "CHILD": told.get("CHILD", "")}
    rows["children"].append({**told, **about})
    if told.get("UASC") in ("1", "Y"):
        rows.setdefault("unaccompanied", []).append({"DUC": told.get("DUC", ""), **about})
    unknown: set[str] = set()
    for part in (*header, *(one for one in element if one.tag != "HEADER")):
        if not len(part):
            continue
        inner = _cells(part)
        name = "episodes" if part.tag == "EPISODE" else CHILD_OF.get(part.tag) or _told_by(inner)
        if name is None:
            unknown.add(str(part.tag))
        else:
            rows.setdefault(name, []).append({**inner, **about})
    return unknown


def _cells(part: Any) -> dict[str, str]:
    return {OF_XML.get(one.tag, one.tag): (one.text or "").strip() for one in part if len(one) == 0}


def _told_by(cells: dict[str, str]) -> str | None:
    module = module_of(set(cells))
    return module.name if module else None


def fault(
    path: Path,
    reason: str,
    way_out: str,
    row: int | str | None = None,
    column: str | None = None,
    value: str | None = None,
) -> Fault:
    """One thing wrong with a file."""
    at = int(row) if row is not None else None
    return Fault(file=path.name, row=at, column=column, value=value, reason=reason, way_out=way_out)
