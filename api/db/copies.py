"""A copy of the whole record in one file, which says itself whether it is whole; sealed fields stay sealed, keys stay out.

Lines of JSON: a head with the revision of the tables, the rows table by table, an end with how many, the SHA-256 of all
lines before it, and the head of the trail. The same file restores into SQLite and PostgreSQL.

The keys of the people in it stand in a second file beside it, of the same form. The newest file of keys opens every older
copy too, save for people who were erased since: so keep many copies, and only the newest keys.
"""

import base64
import hashlib
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby, islice
from pathlib import Path
from typing import Any

from alembic.migration import MigrationContext
from sqlalchemy import Connection, Date, DateTime, LargeBinary, Table, func, insert, select
from sqlalchemy.orm import Session

from api.db import audit
from api.db.audit import Entry
from api.db.queries import WHOLE, subject_of
from api.db.store import Store
from api.db.tables import AuditEntry, Base, Contact, DataKey, Fact, Person
from matching.errors import MatchingError

FORMAT = "placements-record-1"
AT_ONCE = 1000
KEYS = Base.metadata.tables[DataKey.__tablename__]


class WrongCopy(MatchingError):
    """A file is no whole copy of a record, or the record that it is to go into holds something already."""


@dataclass(frozen=True)
class Copied:
    """How many rows a copy holds, and the head of the trail in it (`NUMBER:HASH`)."""

    rows: int
    head: str


def write_copy(store: Store, path: Path) -> Copied:
    """Write the record as it stands at one moment; the file appears whole, or not at all."""
    store.transact(lambda _: None, lambda _: Entry("system", "backup", "record", {}))
    with store.at_one_moment() as connection:
        _whole(keys_beside(path), connection, [KEYS])
        return _whole(path, connection, [table for table in Base.metadata.sorted_tables if table is not KEYS])


def keys_beside(path: Path) -> Path:
    """Where the keys of a copy are."""
    return path.with_name(f"{path.name}.keys")


def _whole(path: Path, connection: Connection, tables: list[Table]) -> Copied:
    half = path.with_name(f".{path.name}.half")
    half.unlink(missing_ok=True)
    try:
        with os.fdopen(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            done = _write(connection, file, tables)
            file.flush()
            os.fsync(file.fileno())
        os.replace(half, path)
    finally:
        half.unlink(missing_ok=True)
    return done


def _write(connection: Connection, file: Any, tables: list[Table]) -> Copied:
    digest, rows = hashlib.sha256(), 0
    revision = MigrationContext.configure(connection).get_current_revision()
    for told in _lines(connection, {"format": FORMAT, "revision": revision}, tables):
        line = json.dumps(told, ensure_ascii=False).encode() + b"\n"
        digest.update(line)
        file.write(line)
        rows += "table" in told
    head = _head(connection)
    end = {"rows": rows, "sha256": digest.hexdigest(), "head": head}
    file.write(json.dumps(end, sort_keys=True).encode() + b"\n")
    return Copied(rows, head)


def _lines(connection: Connection, head: dict[str, object], tables: list[Table]) -> Iterator[dict[str, object]]:
    yield head
    for table in tables:
        for row in connection.execute(select(table).execution_options(yield_per=AT_ONCE)).mappings():
            yield {"table": table.name, "row": {name: _told(value) for name, value in row.items()}}


def _told(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return base64.b64encode(value).decode() if isinstance(value, bytes) else value


def _head(connection: Connection) -> str:
    last = connection.execute(select(AuditEntry.number, AuditEntry.hash).order_by(AuditEntry.number.desc())).first()
    return f"{last.number}:{last.hash}" if last else f"0:{audit.FIRST}"


def read_whole(path: Path) -> tuple[Copied, str]:
    """Check a copy without opening any record: how much it holds, and its revision; raises `WrongCopy`."""
    digest, last, revision, rows = hashlib.sha256(), b"", "", -1
    with path.open("rb") as file:
        for line in file:
            if last:
                digest.update(last)
            if rows == -1:
                revision = _revision(path, line)
            rows, last = rows + 1, line
    end = _end(path, last)
    if end["sha256"] != digest.hexdigest() or end["rows"] != rows - 1:
        raise WrongCopy(f"{path.name} is not whole: it was cut or changed. Take another copy.")
    return Copied(rows - 1, str(end["head"])), revision


def _revision(path: Path, line: bytes) -> str:
    told = _plain(line)
    if told.get("format") != FORMAT or not told.get("revision"):
        raise WrongCopy(f"{path.name} is no copy of a record. Name a file that 'placements backup' wrote.")
    return str(told["revision"])


def _end(path: Path, line: bytes) -> dict[str, Any]:
    told = _plain(line)
    if not {"rows", "sha256", "head"} <= told.keys():
        raise WrongCopy(f"{path.name} is not whole: its end is missing. Take another copy.")
    return told


def _plain(line: bytes) -> dict[str, Any]:
    try:
        told = json.loads(line)
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}


def restore_copy(store: Store, path: Path, keys: Path | None = None) -> Copied:
    """Put a copy into an empty record, all of it or nothing, and read its trail; raises `WrongCopy`.

    `keys` is the newest file of keys; the one beside the copy if none is named.
    """
    found, revision = read_whole(path)
    beside = keys or keys_beside(path)
    if not beside.is_file():
        raise WrongCopy(
            f"The keys of {path.name} are missing: {beside.name}. Name the newest file of keys with --keys."
        )
    known, _ = read_whole(beside)
    store.migrate(revision)
    with store.rewriting() as connection:
        _only_when_empty(connection)
        _fill(connection, path, found.rows)
        _fill(connection, beside, known.rows)
        _trail_stands(connection, found.head)
    store.migrate()
    told = {"rows": found.rows}
    store.transact(
        _forget_the_erased, lambda gone: Entry("system", "restore", "record", {**told, "erased_since": gone})
    )
    return found


def _forget_the_erased(session: Session) -> int:
    """Take out of an older copy whoever was erased since it was made: the newest keys have none of theirs."""
    known = set(session.scalars(select(DataKey.subject)))
    sealed = session.scalars(select(Fact).where(Fact.sealed.is_not(None))).all()
    gone = [row for row in sealed if subject_of(row.kind, row.ref) not in known]
    refs = {row.ref for row in gone if row.kind in WHOLE}
    ties = session.scalars(select(Fact).where(Fact.kind.not_in(WHOLE))).all() if refs else []
    for row in {*gone, *(tie for tie in ties if refs & set(tie.ref.split("|")))}:
        session.delete(row)
    for contact in session.scalars(select(Contact)):
        if f"{contact.kind}:{contact.ref}" not in known:
            session.delete(contact)
    return len(gone)


def _fill(connection: Connection, path: Path, count: int) -> None:
    with path.open("rb") as file:
        rows = (json.loads(line) for line in islice(file, 1, count + 1))
        for name, group in groupby(rows, key=lambda told: str(told["table"])):
            _load(connection, Base.metadata.tables[name], (told["row"] for told in group))


def _only_when_empty(connection: Connection) -> None:
    for table in (AuditEntry, Person):
        if connection.scalar(select(func.count()).select_from(table)):
            raise WrongCopy("This record is not empty, and nothing was changed. Name an empty database.")


def _load(connection: Connection, table: Table, rows: Iterator[dict[str, Any]]) -> None:
    while chunk := [_read(table, row) for row in islice(rows, AT_ONCE)]:
        connection.execute(insert(table), chunk)


def _read(table: Table, row: dict[str, Any]) -> dict[str, Any]:
    return {name: _value(table.c[name].type, value) for name, value in row.items()}


def _value(kind: Any, value: Any) -> Any:
    if value is None:
        return None
    if isinstance(kind, DateTime):
        return datetime.fromisoformat(value)
    if isinstance(kind, Date):
        return date.fromisoformat(value)
    return base64.b64decode(value) if isinstance(kind, LargeBinary) else value


def _trail_stands(connection: Connection, head: str) -> None:
    number, _, text = head.partition(":")
    with Session(connection) as session:
        found = audit.verify(session, (int(number), text))
        session.expunge_all()
    if found.faults:
        raise WrongCopy(f"The trail in the copy is not whole: {found.faults[0]} Nothing was restored.")
