"""The trail: append-only, each entry chained to the one before by its hash."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.db.tables import AuditEntry

FIRST = "0" * 64


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


def hash_of(entry: AuditEntry) -> str:
    """The hash of an entry, over all that it says and the hash of the one before."""
    told = [entry.number, entry.at, entry.who, entry.act, entry.about, entry.detail, entry.before]
    return hashlib.sha256(json.dumps(told, ensure_ascii=False).encode()).hexdigest()


@dataclass(frozen=True)
class Verified:
    """How many entries stand, the hash of the last (the head), and every fault found."""

    entries: int
    head: str
    faults: tuple[str, ...]


def verify(session: Session, head: tuple[int, str] | None = None) -> Verified:
    """Read the whole trail; `head` is a number and hash that left the box before, which must still stand."""
    faults: list[str] = []
    entries, last = 0, FIRST
    kept: dict[int, str] = {}
    for entry in session.scalars(select(AuditEntry).order_by(AuditEntry.number).execution_options(yield_per=1000)):
        entries += 1
        faults += _faults(entry, entries, last)
        last = entry.hash
        if head and entry.number == head[0]:
            kept[entry.number] = entry.hash
    if head and kept.get(head[0]) != head[1]:
        faults.append(f"Entry {head[0]} is not the one that was exported: the trail was cut, or an old copy restored.")
    return Verified(entries, last, tuple(faults))


def _faults(entry: AuditEntry, expected: int, before: str) -> Iterator[str]:
    if entry.number != expected:
        yield f"Entry {expected} is missing: the next one is {entry.number}."
    if entry.before != before:
        yield f"Entry {entry.number} does not follow the one before it."
    if entry.hash != hash_of(entry):
        yield f"Entry {entry.number} was changed after it was written."
