"""The data dictionary, written from the declarations of the facts themselves."""

from collections.abc import Iterator
from datetime import date
from enum import StrEnum
from typing import Any, get_args, get_origin

from matching.domain import Bedroom, Consideration, ConsiderationKind, Person, Place, Stay
from matching.domain.facts import Fact, facts_of
from matching.io.caseload_csv import FILES
from matching.io.cells import core_type

OPENING = """# The files of a caseload

A caseload folder is plain CSV: UTF-8, commas, a header row, in any order of columns and rows. An **empty cell means
not known**; the word `none` means that it is known that there is nothing. Several values in a cell are parted by
semicolons. Dates are year-month-day. A column that is left out is not known for everybody. A faulty folder is
refused whole, with every fault listed.

An Excel workbook with a sheet for each file, named `children`, `homes` and so on, is read in place of a folder;
`placements template` writes an empty one with lists to choose from.

`children.csv` starts with a column `as_of`: the caseload's date, the same on every row. `travel.csv`,
`decisions.csv`, `refusals.csv` and `bookings.csv` are optional, and so is a `policy.toml`. References are made up by whoever writes
the folder; names and addresses have no place in it. Postcodes may be given whole; only their sector is kept. A folder
that `placements places locate` wrote has a `cells.csv` too: its homes lie in cells, such as SO14 7 area.
"""
WRITTEN = {
    str: "text",
    int: "whole number",
    float: "number",
    bool: "yes / no",
    date: "date",
    Place: "postcode, sector (SO14 7) or district (SO14)",
    Consideration: "consideration, such as `no-child-under:5`, one of "
    + ", ".join(f"`{k}`" for k in ConsiderationKind),
    Stay: "first and last night, such as `2026-12-04 to 2026-12-06`",
    Person: "age and sex, such as `9 female`",
    Bedroom: "beds, features, occupants, such as `1`, `2:C1+C2`, `1 ground-floor`, `1 with-carers`",
}


def written(hint: Any) -> str:
    """How a value of a type is written in a cell."""
    kind = core_type(hint)
    if get_origin(kind) in (tuple, frozenset):
        return f"none, or one or more of: {written(get_args(kind)[0])}"
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return ", ".join(f"`{word.value}`" for word in kind)
    return WRITTEN[kind]


def dictionary() -> str:
    """The whole page as markdown."""
    return OPENING + "".join(_file(name, kind, needed) for name, kind, needed in FILES.values())


def _file(name: str, kind: type[Any], needed: bool) -> str:
    lines = ["", f"## {name}", "", (kind.__doc__ or "").split("\n")[0] + ("" if needed else " Optional file."), ""]
    lines += ["| column | written as | meaning |", "| --- | --- | --- |", *_rows(kind)]
    return "\n".join(lines) + "\n"


def _rows(kind: type[Any]) -> Iterator[str]:
    for fact in facts_of(kind):
        yield f"| `{fact.column}`{_star(fact)} | {written(fact.type)} | {fact.meaning} |"


def _star(fact: Fact) -> str:
    return " (required)" if fact.required else ""
