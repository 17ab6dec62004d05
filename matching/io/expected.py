"""Profiles of children expected: a CSV file with the columns of children.csv, read whole or refused whole."""

from pathlib import Path

from matching.domain import Child
from matching.errors import Fault, UnreadableFile
from matching.io.cells import FindPlace
from matching.io.tables import Table


def read_expected(path: Path, find: FindPlace) -> tuple[Child, ...]:
    """Read expected children; raises `UnreadableFile` with every fault."""
    faults: list[Fault] = []
    table = Table(path, faults)
    rows = table.read(Child, find)
    if faults:
        raise UnreadableFile(tuple(faults))
    return tuple(child for _, child in rows)
