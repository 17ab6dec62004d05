"""What people at the desks note while they work; each note is sealed, and told with who noted it and when."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.db.data_keys import keyring
from api.db.sealing import Seal
from api.db.tables import Note
from api.errors import NotHere
from api.security.accounts import User, now


class NoteKind(StrEnum):
    """What is noted."""

    DRAFT = "draft"
    CALL = "call"
    THOUGHT = "thought"
    AGREEMENT = "agreement-asked"
    CELLS = "cells"
    TRAINING = "training"
    REVIEW = "review"


ABOUT_A_CHILD = frozenset({NoteKind.CALL.value, NoteKind.THOUGHT.value, NoteKind.AGREEMENT.value})


@dataclass(frozen=True)
class Noted:
    """A note opened."""

    id: str
    about: str
    by: str
    at: datetime
    settled_at: datetime | None
    cells: dict[str, str]


def keep(session: Session, seal: Seal, user: User, kind: NoteKind, about: str, cells: dict[str, str]) -> Noted:
    """Add a note; it is never edited, a later one stands beside it."""
    number = str(uuid.uuid4())
    row = Note(
        id=number,
        kind=kind.value,
        about=about,
        by=user.name,
        authority=user.authority,
        at=now(),
        sealed=_own(session, seal, kind.value, about).close(cells, "note", number, "sealed"),
    )
    session.add(row)
    session.flush()
    return _opened(session, seal, row)


def of(
    session: Session,
    seal: Seal,
    kind: NoteKind,
    user: User,
    *,
    about: Collection[str] | None = None,
    by: str | None = None,
    settled: bool = True,
) -> list[Noted]:
    """Notes of a kind in the person's authority, oldest first; those that are settled too, unless told not to."""
    query = select(Note).where(Note.kind == kind.value).order_by(Note.at, Note.id)
    query = query.where(Note.authority == user.authority) if user.authority else query
    query = query.where(Note.about.in_(about)) if about is not None else query
    query = query.where(Note.by == by) if by is not None else query
    query = query if settled else query.where(Note.settled_at.is_(None))
    return [_opened(session, seal, row) for row in session.scalars(query)]


def settle(session: Session, seal: Seal, user: User, kind: NoteKind, number: str) -> Noted:
    """Say that a note is answered, sent or taken back; raises `NotHere` for one that is not there or settled already."""
    row = session.get(Note, number)
    theirs = row is not None and (user.authority is None or row.authority == user.authority)
    if row is None or not theirs or row.kind != kind.value or row.settled_at is not None:
        raise NotHere("There is no such note, or it is settled already.", "Look at the page again.")
    row.settled_at = now()
    return _opened(session, seal, row)


def throw_away(session: Session, kind: NoteKind, about: str, by: str) -> None:
    """Take somebody's own notes about one thing away, such as a draft that was sent."""
    for row in session.scalars(select(Note).where(Note.kind == kind.value, Note.about == about, Note.by == by)):
        session.delete(row)


def _own(session: Session, seal: Seal, kind: str, about: str) -> Seal:
    """A note about a child is sealed with the child's key, and gone with it."""
    return keyring(session, seal).made(f"child:{about}") if kind in ABOUT_A_CHILD else seal


def _opened(session: Session, seal: Seal, row: Note) -> Noted:
    cells = _own(session, seal, row.kind, row.about).open(row.sealed, "note", row.id, "sealed")
    return Noted(row.id, row.about, row.by, row.at, row.settled_at, cells)
