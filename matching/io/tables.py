"""A CSV file to a tuple of typed rows, or every fault in it."""

import csv
import io
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import Any, TypeVar, get_type_hints

from matching.domain.facts import Fact, facts_of
from matching.errors import Fault
from matching.io.cells import CellFault, FindPlace, read_cell, write_cell

T = TypeVar("T")
LARGEST_FILE = 100_000_000
LONGEST_LINE = 100_000


class Table:
    """The rows of one file with their numbers as a spreadsheet shows them; faults gather in `faults`."""

    def __init__(self, path: Path, faults: list[Fault]) -> None:
        self.file, self.faults = path.name, faults
        self.header: list[str] = []
        self.rows: list[tuple[int, list[str]]] = []
        text = self._text(path)
        if text is not None:
            self._split(text)

    def fault(
        self, reason: str, way_out: str, row: int | None = None, column: str | None = None, value: str | None = None
    ) -> None:
        """Note one fault."""
        shown = value if value is None or len(value) <= 60 else value[:57] + "..."
        self.faults.append(Fault(file=self.file, row=row, column=column, value=shown, reason=reason, way_out=way_out))

    def _text(self, path: Path) -> str | None:
        if not path.is_file():
            self.fault("the file is missing.", "Add it; `placements sample` shows what it looks like.")
        elif path.stat().st_size > LARGEST_FILE:
            self.fault("the file is larger than 100 MB.", "Split the caseload by area.")
        else:
            try:
                return path.read_bytes().decode("utf-8-sig")
            except UnicodeDecodeError as fault:
                self.fault(f"byte {fault.start} is not UTF-8.", "Save the file as CSV UTF-8.")
        return None

    def _split(self, text: str) -> None:
        if "\x00" in text:
            self.fault("the file holds NUL characters and is no text.", "Save it as CSV UTF-8.")
        elif max((len(line) for line in text.splitlines()), default=0) > LONGEST_LINE:
            self.fault(
                f"a line is longer than {LONGEST_LINE} characters.", "Maybe line ends were lost; save it as CSV."
            )
        else:
            self._parse(text)

    def _parse(self, text: str) -> None:
        try:
            lines = list(csv.reader(io.StringIO(text, newline=""), strict=True))
        except csv.Error as fault:
            self.fault(f"the file is not CSV: {fault}.", "Maybe a quotation mark is not closed.")
            return
        if not lines:
            self.fault("the file is empty.", "Write at least the header row.")
            return
        self.header = [name.strip() for name in lines[0]]
        self.rows = [(n, cells) for n, cells in enumerate(lines[1:], 2) if any(cell.strip() for cell in cells)]

    def check_header(self, known: Sequence[str], needed: Sequence[str]) -> bool:
        """Whether the columns are known, single and complete."""
        before = len(self.faults)
        if len(self.header) == 1 and ";" in self.header[0]:
            self.fault("columns are parted by semicolons.", "Save the file with commas.")
            return False
        for name in dict.fromkeys(self.header):
            if name not in known:
                self.fault(
                    "is not a column that we know.",
                    "See docs/reference/files.md; maybe it is misspelt.",
                    1,
                    name or "(no name)",
                )
            elif self.header.count(name) > 1:
                self.fault("stands more than once.", "Keep one column.", 1, name)
        for name in needed:
            if name not in self.header:
                self.fault("is missing.", "Add the column.", 1, name)
        return len(self.faults) == before

    def read(self, kind: type[T], find: FindPlace, also: Sequence[str] = ()) -> list[tuple[int, T]]:
        """Typed rows with their numbers; a row with a fault is left out and its faults are noted."""
        facts = {fact.column: fact for fact in facts_of(kind)}
        needed = [column for column, fact in facts.items() if fact.required]
        if not self.header or not self.check_header([*facts, *also], [*needed, *also]):
            return []
        read = ((number, self._row(kind, number, cells, facts, find)) for number, cells in self.rows)
        return [(number, row) for number, row in read if row is not None]

    def _row(self, kind: type[T], number: int, cells: list[str], facts: dict[str, Fact], find: FindPlace) -> T | None:
        if len(cells) != len(self.header):
            self.fault(
                f"has {len(cells)} cells; the header has {len(self.header)}.",
                "Maybe a comma is missing or one too many.",
                number,
            )
            return None
        before = len(self.faults)
        values: dict[tuple[str, ...], Any] = {}
        for name, text in zip(self.header, cells, strict=True):
            if name in facts:
                values[facts[name].path] = self._cell(number, name, text, facts[name], find)
        if len(self.faults) > before:
            return None
        return built(kind, {path: value for path, value in values.items() if value is not None})

    def _cell(self, number: int, column: str, text: str, fact: Fact, find: FindPlace) -> Any:
        try:
            value = read_cell(text, fact.type, find)
        except CellFault as fault:
            self.fault(fault.reason, fault.way_out, number, column, text)
            return None
        if value is None and fact.required:
            self.fault("may not be empty.", "Write it.", number, column)
        return value


def built(kind: type[T], values: dict[tuple[str, ...], Any]) -> T:
    """A value from its facts by path; parts are built first."""
    whole: Any = kind
    own = {path[0]: value for path, value in values.items() if len(path) == 1}
    parts = {path[0] for path in values if len(path) > 1}
    for name in parts:
        hint = next(item for item in facts_of(kind) if item.path[0] == name)
        inner = {path[1:]: value for path, value in values.items() if path[0] == name}
        own[name] = built(_part_type(whole, hint.path[0]), inner)
    return kind(**own)


@cache
def _part_type(kind: Any, name: str) -> type[Any]:
    return get_type_hints(kind)[name]  # type: ignore[no-any-return]


def write_table(path: Path, kind: type[Any], rows: Iterable[Any], first: dict[str, str] | None = None) -> None:
    """Write values as CSV; `first` gives columns that stand before the declared ones, the same on each row."""
    facts = list(facts_of(kind))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow([*(first or {}), *(fact.column for fact in facts)])
        for row in rows:
            writer.writerow([*(first or {}).values(), *(write_cell(value_at(row, fact.path)) for fact in facts)])


def value_at(row: Any, path: tuple[str, ...]) -> Any:
    """The fact of a value at a path."""
    for name in path:
        row = getattr(row, name)
    return row
