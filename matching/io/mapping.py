"""A table from another system read as one of ours: their columns and codes by a mapping file (TOML).

What the mapping does not name is left out and told; a code that it does not name is a fault, since a guess about a child or a
carer would look like a fact.
"""

import csv
import io
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from matching.domain.facts import Fact, facts_of
from matching.errors import Fault, PolicyRefused, UnreadableFile
from matching.io.caseload_csv import FILES
from matching.io.cells import FindPlace, core_type
from matching.io.rows import row_of

PARTS = {"mapping", "columns", "codes", "fixed", "same-codes"}
ENCODINGS = ("utf-8-sig", "cp1252")
LARGEST = 100_000_000


@dataclass(frozen=True)
class MappingFile:
    """Their words for ours; `columns` gives the headings that may stand for a column of ours, `codes` the values of one."""

    name: str
    kind: type[Any]
    columns: Mapping[str, tuple[str, ...]]
    codes: Mapping[str, Mapping[str, str]]
    fixed: Mapping[str, str]
    dates: str
    separator: str


@dataclass(frozen=True)
class Mapped:
    """The rows of a table of theirs as ours, and their columns that nothing was taken from."""

    rows: tuple[Any, ...]
    left_out: tuple[str, ...]


def read_mapping(path: Path) -> MappingFile:
    """Read a mapping; raises `PolicyRefused` with every name in it that is not ours."""
    try:
        told = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise PolicyRefused(f"{path.name} is missing. Ready mappings stand in data/mappings.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
        raise PolicyRefused(f"{path.name} is no TOML: {fault}. See data/mappings for one that is.") from None
    about = told.get("mapping", {})
    kinds = {name: kind for name, (_, kind, _) in FILES.items()}
    if about.get("kind") not in kinds:
        raise PolicyRefused(
            f"{path.name}: kind {about.get('kind')!r} is no table of ours. Write one of: {', '.join(kinds)}."
        )
    kind = kinds[about["kind"]]
    codes = _codes(told)
    wrong = [
        *(set(told) - PARTS),
        *_strangers(kind, {**told.get("columns", {}), **told.get("fixed", {}), **told.get("same-codes", {})}),
    ]
    if wrong:
        raise PolicyRefused(
            f"{path.name}: not known: {', '.join(sorted(wrong))}. The columns are in docs/reference/files.md."
        )
    columns = {
        ours: tuple([theirs] if isinstance(theirs, str) else theirs) for ours, theirs in told.get("columns", {}).items()
    }
    return MappingFile(
        str(about.get("name", path.stem)),
        kind,
        columns,
        codes,
        told.get("fixed", {}),
        str(about.get("dates", "%d/%m/%Y")),
        str(about.get("separator", ";")),
    )


def _codes(told: dict[str, Any]) -> dict[str, dict[str, str]]:
    own: dict[str, dict[str, str]] = dict(told.get("codes", {}))
    return own | {column: own.get(name, {}) for column, name in told.get("same-codes", {}).items()}


def _strangers(kind: type[Any], columns: Mapping[str, object]) -> set[str]:
    return set(columns) - {fact.column for fact in facts_of(kind)}


def read_mapped(path: Path, mapping: MappingFile, find: FindPlace) -> Mapped:
    """Read a table of theirs; raises `UnreadableFile` with every fault, by their row and column."""
    lines = lines_of(path)
    heading = [name.strip() for name in lines[0]]
    at = {
        ours: next((heading.index(name) for name in names if name in heading), None)
        for ours, names in mapping.columns.items()
    }
    faults = [
        _fault(
            path,
            None,
            None,
            None,
            f"has none of the columns {', '.join(mapping.columns[c])}.",
            "Add it, or change the mapping.",
        )
        for c, i in at.items()
        if i is None and _needed(mapping, c)
    ]
    known = {ours: i for ours, i in at.items() if i is not None}
    rows = [
        row
        for number, cells in enumerate(lines[1:], 2)
        if any(c.strip() for c in cells)
        and (row := _row(path, number, cells, heading, known, mapping, find, faults)) is not None
    ]
    if faults:
        raise UnreadableFile(tuple(faults))
    used = set(known.values())
    return Mapped(tuple(rows), tuple(name for i, name in enumerate(heading) if i not in used and name))


def _needed(mapping: MappingFile, column: str) -> bool:
    return next(fact.required for fact in facts_of(mapping.kind) if fact.column == column)


def lines_of(path: Path) -> list[list[str]]:
    """The table, however it was saved: heading and rows as cells of text; raises `UnreadableFile`."""
    if not path.is_file():
        raise UnreadableFile((_fault(path, None, None, None, "is missing.", "Check the name."),))
    if path.stat().st_size > LARGEST:
        raise UnreadableFile((_fault(path, None, None, None, "is larger than 100 MB.", "Split it."),))
    raw = path.read_bytes()
    text = next((t for encoding in ENCODINGS if (t := _decoded(raw, encoding)) is not None), None)
    if text is None or "\0" in text or not text.strip():
        raise UnreadableFile((_fault(path, None, None, None, "is no text, or empty.", "Save it as CSV UTF-8."),))
    separator = max((";", "\t", ","), key=text.split("\n", 1)[0].count)
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True))
    except csv.Error as fault:
        raise UnreadableFile(
            (_fault(path, None, None, None, f"is no table: {fault}.", "Save it as CSV again."),)
        ) from None


def _decoded(raw: bytes, encoding: str) -> str | None:
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError:
        return None


def _row(
    path: Path,
    number: int,
    cells: list[str],
    heading: list[str],
    at: Mapping[str, int],
    mapping: MappingFile,
    find: FindPlace,
    faults: list[Fault],
) -> Any:
    facts = {fact.column: fact for fact in facts_of(mapping.kind)}
    told, before = dict(mapping.fixed), len(faults)
    for ours, i in at.items():
        theirs = cells[i].strip() if i < len(cells) else ""
        text = _in_our_words(theirs, ours, facts[ours], mapping)
        if text is None:
            way_out = f"Add it to [codes.{ours}] of the mapping, or correct the cell."
            faults.append(_fault(path, number, heading[i], theirs, "is no code of the mapping.", way_out))
        elif text:
            told[ours] = text
    if len(faults) > before:
        return None
    try:
        return row_of(mapping.kind, told, find)
    except UnreadableFile as refused:
        names = {ours: heading[i] for ours, i in at.items()}
        faults += [
            _fault(path, number, names.get(f.column or "", f.column), f.value, f.reason, f.way_out)
            for f in refused.faults
        ]
        return None


def _in_our_words(theirs: str, ours: str, fact: Fact, mapping: MappingFile) -> str | None:
    """A cell of theirs as ours; `None` for a code that the mapping does not name."""
    if not theirs:
        return ""
    codes = mapping.codes.get(ours)
    if codes is not None:
        if theirs in codes:
            return codes[theirs]
        parts = [part.strip() for part in theirs.split(mapping.separator)]
        found = [codes.get(part) for part in parts]
        return None if None in found else "; ".join(one for one in found if one)
    if core_type(fact.type) is date:
        try:
            return datetime.strptime(theirs, mapping.dates).date().isoformat()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            return theirs
    return theirs


def _fault(path: Path, row: int | None, column: str | None, value: str | None, reason: str, way_out: str) -> Fault:
    return Fault(file=path.name, row=row, column=column, value=value, reason=reason, way_out=way_out)
