"""Small CSV files given beside a caseload: children expected, chances of a yes; read whole or refused whole."""

from pathlib import Path
from typing import TypeVar

from matching.errors import Fault, UnreadableFile
from matching.io.cells import FindPlace
from matching.io.tables import Table

T = TypeVar("T")


def read_rows(path: Path, kind: type[T], find: FindPlace) -> tuple[T, ...]:
    """The rows of one file, each a `kind`; raises `UnreadableFile` with every fault."""
    faults: list[Fault] = []
    rows = Table(path, faults).read(kind, find)
    if faults:
        raise UnreadableFile(tuple(faults))
    return tuple(row for _, row in rows)
