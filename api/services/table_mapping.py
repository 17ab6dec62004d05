"""A mapping made by form: which of their columns stands for which of ours, and what their codes mean; kept as a mapping file.

The table that is mapped waits, sealed, until it was brought in or a day has passed; a mapping stays, so that the next export
of the same system is read by it.
"""

import hashlib
import json
import tempfile
import tomllib
import uuid
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from api.db.files import file_of, keep_file, names_of
from api.db.sealing import Seal
from api.errors import NotHere, Wrong
from api.security.accounts import User
from matching.cli.places import data_folder
from matching.domain.facts import Fact, facts_of
from matching.errors import PolicyRefused, UnreadableFile
from matching.io.caseload_csv import FILES
from matching.io.cells import core_type
from matching.io.mapping import lines_of, read_mapping

TABLE, MAPPING = "table.csv", "mapping.toml"
LARGEST = 5_000_000
MOST_CODES = 60  # different values of a column that are still codes
KINDS = {name: kind for name, (_, kind, _) in FILES.items() if name in ("homes", "children")}
DAYS = {"%d/%m/%Y": "31/12/2026", "%Y-%m-%d": "2026-12-31", "%d-%b-%y": "31-Dec-26", "%d.%m.%Y": "31.12.2026"}
TEXT = "text/plain"
NOT_OURS = NotHere("There is no such table, or it was brought in.", "Send the file again.")


@dataclass(frozen=True)
class Sent:
    """A table that is being mapped: their headings, and the values of each column with how often."""

    id: str
    kind: str
    headings: tuple[str, ...]
    values: Mapping[str, Counter[str]]
    rows: int
    told: dict[str, Any]

    @property
    def facts(self) -> list[Fact]:
        """The columns that the table may have."""
        return list(facts_of(KINDS[self.kind]))

    def heading_of(self, column: str) -> str:
        """Their heading for a column of ours, if one is chosen."""
        names = self.told.get("columns", {}).get(column, ())
        named = [names] if isinstance(names, str) else list(names)
        return next((name for name in named if name in self.headings), "")

    def codes(self) -> list[tuple[Fact, list[tuple[str, str]]]]:
        """Columns of ours with fixed words, and each value of theirs with our word for it, empty where none is chosen."""
        found = []
        for fact in self.facts:
            words, heading = words_of(fact), self.heading_of(fact.column)
            if words and heading:
                chosen = self.told.get("codes", {}).get(fact.column, {})
                theirs = [value for value, _ in self.values[heading].most_common(MOST_CODES)]
                found.append((fact, [(one, chosen.get(one, _same(one, words))) for one in theirs]))
        return found


def words_of(fact: Fact) -> tuple[str, ...]:
    """The fixed words that a column of ours takes, if it takes fixed words."""
    told = core_type(fact.type)
    if told is bool:
        return ("yes", "no")
    return tuple(one.value for one in told) if isinstance(told, type) and issubclass(told, StrEnum) else ()


def _same(theirs: str, words: tuple[str, ...]) -> str:
    """Our word that is written the same but for capitals, spaces and strokes."""
    return next((word for word in words if _plain(word) == _plain(theirs)), "")


def _plain(text: str) -> str:
    return "".join(letter for letter in text.casefold() if letter.isalnum())


def begin(session: Session, seal: Seal, user: User, kind: str, content: bytes, start: str) -> str:
    """Keep a table and a first mapping of it: a ready or kept one, or what headings of the same name suggest. Gives its number."""
    if kind not in KINDS:
        raise Wrong("What the table holds is missing.", "", _field("table", "is not chosen.", "Choose it."))
    if len(content) > LARGEST:
        raise Wrong("The table is larger than 5 MB.", "Map a part of it here; the whole with `placements map`.")
    number = str(uuid.uuid4())
    headings = [name.strip() for name in _lines(content)[0]]
    told = _started(session, seal, user, kind, start) or {"columns": _guessed(kind, headings)}
    owner = _owner(user, number)
    keep_file(session, seal, owner, TABLE, "text/csv", content)
    keep_file(session, seal, owner, MAPPING, TEXT, _toml(kind, told).encode())
    return number


def _owner(user: User, number: str) -> str:
    """Whose a table is: one person's, so that a number alone opens nothing."""
    try:
        return f"mapping:{hashlib.sha256(user.name.encode()).hexdigest()[:12]}:{uuid.UUID(number).hex}"
    except ValueError:
        raise NOT_OURS from None


def _lines(content: bytes) -> list[list[str]]:
    with tempfile.TemporaryDirectory(prefix="mapping-") as room:
        path = Path(room) / TABLE
        path.write_bytes(content)
        try:
            return lines_of(path)
        except UnreadableFile as fault:
            said = " ".join(f"{one.reason} {one.way_out}" for one in fault.faults)
            raise Wrong(f"The file {said}", "", _field("file", "can not be read.", "Send it as CSV.")) from None


def _field(name: str, reason: str, way_out: str) -> tuple[dict[str, str], ...]:
    return ({"field": name, "reason": reason, "way_out": way_out},)


def _guessed(kind: str, headings: list[str]) -> dict[str, str]:
    """Headings of theirs that are written like a column of ours."""
    ours = {_plain(fact.column): fact.column for fact in facts_of(KINDS[kind])}
    return {ours[_plain(name)]: name for name in headings if _plain(name) in ours}


def _started(session: Session, seal: Seal, user: User, kind: str, start: str) -> dict[str, Any] | None:
    """The mapping to begin with, if one is named: a kept one of the authority, or a ready one."""
    if not start:
        return None
    kept = file_of(session, seal, _shelf(user), start)
    ready = data_folder() / "mappings" / f"{start}.toml"
    if kept is None and start not in ready_names():
        raise Wrong("This mapping is not there any more.", "", _field("start", "is gone.", "Choose another."))
    told = tomllib.loads(kept[1].decode() if kept else ready.read_text(encoding="utf-8"))
    if told["mapping"]["kind"] != kind:
        said = f"is for {told['mapping']['kind']}, not for {kind}."
        raise Wrong("The mapping is for another table.", "", _field("start", said, "Choose another."))
    return told


def ready_names() -> list[str]:
    """Mappings that come with the software."""
    return sorted(path.stem for path in (data_folder() / "mappings").glob("*.toml"))


def kept_names(session: Session, user: User) -> list[str]:
    """Mappings that the authority keeps."""
    return names_of(session, _shelf(user))


def _shelf(user: User) -> str:
    return f"mappings:{user.authority or 'all'}"[:60]


def sent(session: Session, seal: Seal, user: User, number: str) -> Sent:
    """A table that waits to be mapped; raises `NotHere` for one that is not the person's."""
    owner = _owner(user, number)
    table, mapping = file_of(session, seal, owner, TABLE), file_of(session, seal, owner, MAPPING)
    if table is None or mapping is None:
        raise NOT_OURS
    told = tomllib.loads(mapping[1].decode())
    lines = _lines(table[1])
    headings = [name.strip() for name in lines[0]]
    rows = [cells for cells in lines[1:] if any(cell.strip() for cell in cells)]
    values = {
        name: Counter(cells[at].strip() for cells in rows if at < len(cells) and cells[at].strip())
        for at, name in enumerate(headings)
    }
    return Sent(number, str(told["mapping"]["kind"]), tuple(headings), values, len(rows), told)


def change(session: Session, seal: Seal, user: User, table: Sent, form: Mapping[str, str]) -> None:
    """Take over what a form says: a column of ours for each of theirs, our word for each of their codes, how days are written."""
    columns, codes = _columns(table, form), dict(table.told.get("codes", {}))
    for fact, theirs in replace(table, told={**table.told, "columns": columns}).codes():
        chosen = {value: form.get(f"code-{fact.column}-{at}", ours) for at, (value, ours) in enumerate(theirs) if value}
        codes[fact.column] = {**codes.get(fact.column, {}), **{value: ours for value, ours in chosen.items() if ours}}
    about = {**table.told["mapping"], "dates": form.get("dates", "") if form.get("dates") in DAYS else "%d/%m/%Y"}
    if form.get("name"):
        about["name"] = form["name"][:60]
    told = {**table.told, "mapping": about, "columns": columns, "codes": codes}
    keep_file(session, seal, _owner(user, table.id), MAPPING, TEXT, _toml(table.kind, told).encode())


def _columns(table: Sent, form: Mapping[str, str]) -> dict[str, str]:
    """Our column for each heading that has one; raises `Wrong` when two of theirs stand for one of ours."""
    ours = {fact.column for fact in table.facts}
    chosen = [(form.get(f"col-{at}", ""), name, at) for at, name in enumerate(table.headings)]
    columns: dict[str, str] = {}
    for column, name, at in chosen:
        if column in columns:
            said = f"and {columns[column]} stand for the same column, {column}."
            raise Wrong("Nothing was changed.", "", _field(f"col-{at}", said, "Choose another for one of them."))
        if column in ours:
            columns[column] = name
    return columns


def finished(session: Session, seal: Seal, user: User, number: str) -> tuple[str, bytes, str]:
    """The name, table and mapping file, ready to be read; raises `Wrong` where a column is missing that each row needs."""
    table = sent(session, seal, user, number)
    given = {*table.told.get("columns", {}), *table.told.get("fixed", {})}
    missing = [fact.column for fact in table.facts if fact.required and fact.column not in given]
    if missing:
        raise Wrong(
            "The mapping is not whole.",
            "",
            _field("col-0", f"({', '.join(missing)}) is needed.", "Choose whose it is."),
        )
    text = _toml(table.kind, table.told)
    try:
        with tempfile.TemporaryDirectory(prefix="mapping-") as room:
            (Path(room) / MAPPING).write_text(text, encoding="utf-8")
            name = read_mapping(Path(room) / MAPPING).name
    except PolicyRefused as fault:
        raise Wrong(str(fault), "Start again from the file.") from None
    found = file_of(session, seal, _owner(user, number), TABLE)
    if found is None:
        raise NOT_OURS
    return name, found[1], text


def shelve(session: Session, seal: Seal, user: User, name: str, text: str) -> None:
    """Keep a mapping of the authority under its name, in place of one of the same name."""
    keep_file(session, seal, _shelf(user), name[:60], TEXT, text.encode())


def mapping_text(session: Session, seal: Seal, user: User, number: str) -> str:
    """The mapping as a file that `placements map` reads too."""
    table = sent(session, seal, user, number)
    return _toml(table.kind, table.told)


def _toml(kind: str, told: Mapping[str, Any]) -> str:
    """A mapping file; text in TOML is written as JSON writes it, letters as they are: TOML knows no halves of a letter."""
    about = {"name": f"our {kind}", "dates": "%d/%m/%Y", "separator": ";", **told.get("mapping", {}), "kind": kind}
    parts: dict[str, Mapping[str, Any]] = {"mapping": about}
    parts |= {name: told[name] for name in ("columns", "fixed", "same-codes") if told.get(name)}
    parts |= {f"codes.{column}": codes for column, codes in told.get("codes", {}).items()}
    return "\n".join(
        f"[{part}]\n" + "".join(f"{_text(key)} = {_text(value)}\n" for key, value in rows.items())
        for part, rows in parts.items()
    )


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
