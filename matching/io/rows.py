"""Values of the data dictionary as rows of text: one file given beside a caseload, or one row by itself."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

from matching.domain.facts import facts_of
from matching.errors import Fault, UnreadableFile
from matching.io.cells import CellFault, FindPlace, read_cell, write_cell
from matching.io.tables import Table, built, value_at

T = TypeVar("T")


def read_rows(path: Path, kind: type[T], find: FindPlace) -> tuple[T, ...]:
    """The rows of one file, each a `kind`; raises `UnreadableFile` with every fault."""
    faults: list[Fault] = []
    rows = Table(path, faults).read(kind, find)
    if faults:
        raise UnreadableFile(tuple(faults))
    return tuple(row for _, row in rows)


def cells_of(row: Any) -> dict[str, str]:
    """What is known of a value, by column, written as in the files."""
    cells = {fact.column: write_cell(value_at(row, fact.path)) for fact in facts_of(type(row))}
    return {column: text for column, text in cells.items() if text}


def row_of(kind: type[T], cells: Mapping[str, str], find: FindPlace) -> T:
    """A value from what is known of it, by column; raises `UnreadableFile` with every fault."""
    facts, faults = {fact.column: fact for fact in facts_of(kind)}, list[Fault]()
    values: dict[tuple[str, ...], Any] = {}
    for column, text in cells.items():
        try:
            if column not in facts:
                raise CellFault("is no fact of the data dictionary.", "See docs/reference/files.md.")
            values[facts[column].path] = read_cell(text, facts[column].type, find)
        except CellFault as fault:
            faults.append(_fault(kind, column, text, fault.reason, fault.way_out))
    missing = [
        c for c, fact in facts.items() if fact.required and values.get(fact.path) is None and cells.get(c, "") == ""
    ]
    faults += [_fault(kind, column, None, "may not be empty.", "Write it.") for column in missing]
    if faults:
        raise UnreadableFile(tuple(faults))
    return built(kind, {path: value for path, value in values.items() if value is not None})


def _fault(kind: type[Any], column: str, value: str | None, reason: str, way_out: str) -> Fault:
    return Fault(file=kind.__name__.lower(), row=None, column=column, value=value, reason=reason, way_out=way_out)
