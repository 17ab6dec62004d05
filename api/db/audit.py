"""The trail: append-only, each entry chained to the one before by its hash."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.db.tables import AuditEntry

FIRST = "0" * 64
TRAIL = AuditEntry.__table__
WRITTEN = json.JSONEncoder(ensure_ascii=False).encode  # made once: a trail has a million entries


@dataclass(frozen=True)
class Entry:
    """What is to be written about an act; `detail` holds references and codes, never a name, address or free text."""

    who: str
    act: str
    about: str
    detail: dict[str, object]


def write(session: Session, entry: Entry) -> AuditEntry:
    """Append an entry within the act's own transaction."""
    last = session.scalars(select(AuditEntry).order_by(AuditEntry.number.desc()).limit(1)).first()
    made = AuditEntry(
        number=last.number + 1 if last else 1,
        at=datetime.now(tz=UTC).isoformat(),
        who=entry.who,
        act=entry.act,
        about=entry.about,
        detail=json.dumps(entry.detail, sort_keys=True, ensure_ascii=False, default=str),
        before=last.hash if last else FIRST,
    )
    made.hash = hash_of(made)
    session.add(made)
    return made


def head(session: Session) -> tuple[int, str]:
    """Number and hash of the last entry; nothing else is read."""
    last = session.execute(select(TRAIL.c.number, TRAIL.c.hash).order_by(TRAIL.c.number.desc()).limit(1)).first()
    return (last.number, last.hash) if last else (0, FIRST)


def hash_of(entry: Any) -> str:
    """The hash of an entry, over all that it says and the hash of the one before."""
    told = [entry.number, entry.at, entry.who, entry.act, entry.about, entry.detail, entry.before]
    return hashlib.sha256(WRITTEN(told).encode()).hexdigest()


@dataclass(frozen=True)
class Verified:
    """How many entries stand, the hash of the last (the head), and every fault found."""

    entries: int
    head: str
    faults: tuple[str, ...]


def verify(session: Session, *heads: tuple[int, str] | None) -> Verified:
    """Read the whole trail; `heads` are numbers and hashes that left the box before, which must still stand."""
    faults: list[str] = []
    entries, last = 0, FIRST
    wanted = dict(head for head in heads if head is not None)
    met: dict[int, str] = {0: FIRST}
    read = select(TRAIL).order_by(TRAIL.c.number).execution_options(yield_per=5000)
    rows = session.connection().execute(read)
    for entry in rows:
        entries += 1
        faults += _faults(entry, entries, last)
        last = entry.hash
        if entry.number in wanted:
            met[entry.number] = entry.hash
    for number, hash_ in wanted.items():
        if met.get(number) != hash_:
            faults.append(
                f"Entry {number} is not the one that was exported: the trail was cut, or an old copy restored."
            )
    return Verified(entries, last, tuple(faults))


def _faults(entry: Any, expected: int, before: str) -> Iterator[str]:
    if entry.number != expected:
        yield f"Entry {expected} is missing: the next one is {entry.number}."
    if entry.before != before:
        yield f"Entry {entry.number} does not follow the one before it."
    if entry.hash != hash_of(entry):
        yield f"Entry {entry.number} was changed after it was written."
