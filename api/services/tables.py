"""Tables that leave the service: CSV and workbooks in which no cell is a formula and numbers stay numbers."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime

Cell = str | int | float | bool | date | None
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
CSV, XLSX = "text/csv", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def safe(cell: Cell) -> str | int | float:
    """A cell that no spreadsheet runs: text that looks like a formula gets an apostrophe, as spreadsheets write it."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, int | float):
        return cell
    text = cell.isoformat() if isinstance(cell, date | datetime) else cell
    return f"'{text}" if text.startswith(FORMULA) and not _number(text) else text


def _number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return text[0] in "-+" and text[1:2].isdigit()


def as_csv(columns: Sequence[str], rows: Iterable[Mapping[str, Cell]]) -> bytes:
    """UTF-8 with a mark, so that spreadsheets read accents."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(columns)
    writer.writerows([safe(row.get(column)) for column in columns] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def as_workbook(title: str, columns: Sequence[str], rows: Iterable[Mapping[str, Cell]]) -> bytes:
    """One sheet; every text is marked as text."""
    from openpyxl import Workbook  # half a second that nobody else waits for
    from openpyxl.cell import WriteOnlyCell

    book = Workbook(write_only=True)
    sheet = book.create_sheet(title[:31])
    sheet.append(list(columns))
    for row in rows:
        cells = []
        for column in columns:
            cell = WriteOnlyCell(sheet, value=safe(row.get(column)))
            if isinstance(cell.value, str):
                cell.data_type = "s"
            cells.append(cell)
        sheet.append(cells)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
