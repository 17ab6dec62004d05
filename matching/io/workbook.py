"""The caseload as one Excel workbook: a sheet for each file of the folder, and an empty one to fill in."""

import csv
import io
import tempfile
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.comments import Comment
from openpyxl.styles import Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from matching.domain import Caseload
from matching.domain.facts import Fact, facts_of
from matching.errors import Fault, UnreadableFile
from matching.io.caseload_csv import AS_OF, FILES
from matching.io.cells import core_type
from matching.io.dictionary import written
from matching.io.rows import cells_of

MOST_PARTS, MOST_BYTES, MOST_TIMES = 500, 200_000_000, 200  # of what a workbook unpacks to
LARGEST = 100_000_000
ROWS_WITH_LISTS = 2_000
DICTIONARY = "dictionary"
HEADING, NEEDED = Font(bold=True, color="FFFFFF"), PatternFill("solid", fgColor="1D70B8")
QUIET = PatternFill("solid", fgColor="505A5F")


@contextmanager
def as_folder(path: Path) -> Iterator[Path]:
    """The sheets as the files of a caseload folder, for as long as they are read.

    Raises `UnreadableFile` for a file that is no workbook or would unpack to too much; faults found while the folder is
    read name the sheet instead of the file.
    """
    with tempfile.TemporaryDirectory(prefix="workbook-") as room:
        _unpack(path, Path(room))
        try:
            yield Path(room)
        except UnreadableFile as refused:
            raise UnreadableFile(tuple(_of_sheet(path, fault, Path(room).name) for fault in refused.faults)) from None


def _of_sheet(path: Path, fault: Fault, room: str) -> Fault:
    return replace(
        fault, file=path.name if fault.file == room else f"{path.name}, sheet {fault.file.removesuffix('.csv')}"
    )


def _look_before_opening(path: Path) -> None:
    """A workbook is a packed folder: what it says it holds is looked at before anything is unpacked."""
    if path.is_file() and path.stat().st_size > LARGEST:
        raise _refused(path, "is larger than 100 MB.", "A caseload is far smaller. Save it anew.")
    try:
        with zipfile.ZipFile(path) as packed:
            parts = packed.infolist()
    except FileNotFoundError:
        raise _refused(path, "is missing.", "Check the name.") from None
    except (zipfile.BadZipFile, OSError):
        raise _refused(path, "is no Excel workbook.", "Save it as .xlsx; older .xls files are not read.") from None
    size = sum(part.file_size for part in parts)
    if len(parts) > MOST_PARTS or size > MOST_BYTES or size > MOST_TIMES * max(path.stat().st_size, 1):
        raise _refused(
            path, f"would unpack to {size:,} bytes in {len(parts)} parts.", "A caseload is far smaller. Save it anew."
        )


def _refused(path: Path, reason: str, way_out: str) -> UnreadableFile:
    return UnreadableFile((Fault(file=path.name, row=None, column=None, value=None, reason=reason, way_out=way_out),))


def sheets_of(path: Path) -> dict[str, list[tuple[Any, ...]]]:
    """The values of every sheet, row by row; raises `UnreadableFile` for what is no workbook or would unpack to too much."""
    _look_before_opening(path)
    try:
        book = load_workbook(io.BytesIO(path.read_bytes()), read_only=True, data_only=True, keep_links=False)
        try:
            return {sheet.title: list(sheet.iter_rows(values_only=True)) for sheet in book.worksheets}
        finally:
            book.close()
    except Exception as fault:  # noqa: BLE001 - a broken workbook can raise anything; the user is told one thing
        raise _refused(path, f"is no Excel workbook ({type(fault).__name__}).", "Save it as .xlsx.") from None


def _unpack(path: Path, room: Path) -> None:
    sheets = sheets_of(path)
    for name, (file, _, _) in FILES.items():
        if name in sheets:
            _as_csv(sheets[name], room / file)


def _as_csv(rows: Iterable[tuple[Any, ...]], path: Path) -> None:
    """Rows as far as the header goes; empty ones keep their number and are left out when read."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        width = None
        for row in rows:
            texts = [_text(value) for value in row]
            width = width or max((i for i, text in enumerate(texts, 1) if text), default=0)  # as far as the header goes
            last = max((i for i, text in enumerate(texts, 1) if text), default=0)
            padded = texts + [""] * (width - len(texts))
            writer.writerow(padded[: max(width, last)] if last else [])


def _text(value: object) -> str:
    """A cell as the files write it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime | date):
        return (value.date() if isinstance(value, datetime) else value).isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


def write_template(path: Path, example: Caseload) -> None:
    """An empty workbook: headings with their meaning, lists to choose from, and the dictionary with examples."""
    book = Workbook()
    book.remove(book.active)  # type: ignore[arg-type]
    for name, (_, kind, needed) in FILES.items():
        _sheet(book.create_sheet(name), name, list(facts_of(kind)), needed)
    _dictionary(book.create_sheet(DICTIONARY), example)
    draft = path.with_name(path.name + ".part")
    path.parent.mkdir(parents=True, exist_ok=True)
    book.save(draft)
    draft.replace(path)


def _sheet(sheet: Worksheet, name: str, facts: list[Fact], needed: bool) -> None:
    first = [(AS_OF, "Date of the caseload, the same on every row.", date, True)] if name == "children" else []
    columns = [*first, *((fact.column, fact.meaning, fact.type, fact.required) for fact in facts)]
    for number, (column, meaning, kind, must) in enumerate(columns, 1):
        cell = sheet.cell(1, number, column)
        cell.font, cell.fill = HEADING, NEEDED if must else QUIET
        cell.comment = Comment(f"{meaning}\nWritten as: {written(kind)}" + ("\nNeeded." if must else ""), "dictionary")
        letter = get_column_letter(number)
        sheet.column_dimensions[letter].width = max(12, len(column) + 2)
        choices = _choices(kind)
        if choices:
            _choose(sheet, letter, choices)
        if core_type(kind) is not date:
            _keep_as_text(sheet, letter)
    sheet.freeze_panes = "B2" if needed else "A2"


def _keep_as_text(sheet: Worksheet, letter: str) -> None:
    """So that 007 stays 007."""
    sheet.column_dimensions[letter].number_format = "@"


def _choices(kind: Any) -> list[str]:
    own = core_type(kind)
    if own is bool:
        return ["yes", "no"]
    return [one.value for one in own] if isinstance(own, type) and issubclass(own, StrEnum) else []


def _choose(sheet: Worksheet, letter: str, choices: list[str]) -> None:
    told = '"' + ",".join(choices) + '"'
    if len(told) > 255:  # more than a list in a cell may hold
        return
    rule = DataValidation(type="list", formula1=told, allow_blank=True, showErrorMessage=False)
    rule.add(f"{letter}2:{letter}{ROWS_WITH_LISTS}")
    sheet.add_data_validation(rule)


def _dictionary(sheet: Worksheet, example: Caseload) -> None:
    sheet.append(["sheet", "column", "needed", "written as", "meaning", "for example"])
    for name, (_, kind, _) in FILES.items():
        rows = [cells_of(row) for row in getattr(example, name)[:200]]
        for fact in facts_of(kind):
            shown = next((cells[fact.column] for cells in rows if fact.column in cells), "")
            must = "yes" if fact.required else ""
            sheet.append([name, fact.column, must, written(fact.type).replace("`", ""), fact.meaning, shown])
    for number, width in enumerate((14, 28, 8, 60, 80, 30), 1):
        sheet.column_dimensions[get_column_letter(number)].width = width
        sheet.cell(1, number).font, sheet.cell(1, number).fill = HEADING, QUIET
    sheet.freeze_panes = "A2"
