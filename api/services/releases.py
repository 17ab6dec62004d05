"""Releases: named contact fields of one home or child, asked for by one person, agreed by another, opened once."""

import uuid
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.db.data_keys import Erased, keyring
from api.db.sealing import Seal
from api.db.tables import Release
from api.errors import Conflict, NotHere, Wrong
from api.security.accounts import User
from api.services import contacts, notices

OPEN_FOR = timedelta(minutes=15)
ASKED_FOR = timedelta(hours=24)


def ask(
    session: Session, seal: Seal, user: User, what: tuple[str, str, list[str]], reason: str, at: datetime
) -> Release:
    """Ask for fields of one record; raises `NotHere`, or `Wrong` for a field that is not known."""
    kind, ref, fields = what
    known = contacts.withheld(session, seal, user, kind, ref)
    missing = [name for name in fields if name not in known]
    if missing:
        raise Wrong(f"No {missing[0]} is known.", "Ask for what is.", ({"field": "fields", "reason": "is not known"},))
    number = str(uuid.uuid4())
    made = Release(
        id=number,
        kind=kind,
        ref=ref,
        authority=user.authority,
        fields=contacts.known(dict.fromkeys(fields, "")),
        sealed=keyring(session, seal).made(f"{kind}:{ref}").close({"reason": reason}, "release", number, "sealed"),
        asked_by=user.name,
        asked_at=at,
    )
    session.add(made)
    notices.give(session, {user.authority}, "release-asked", f"{kind}:{ref}", user.name, at)
    return made


def waiting(session: Session, user: User, at: datetime) -> list[Release]:
    """What somebody else has asked for within a day, and nobody has answered."""
    query = select(Release).where(Release.agreed_by.is_(None), Release.refused_by.is_(None))
    query = query.where(Release.asked_by != user.name, Release.asked_at > at - ASKED_FOR).order_by(Release.asked_at)
    return list(session.scalars(query.where(Release.authority == user.authority) if user.authority else query))


def reason_of(session: Session, seal: Seal, row: Release) -> str | None:
    """Why it was asked for; `None` once the person was erased."""
    try:
        return (
            keyring(session, seal).of(f"{row.kind}:{row.ref}").open(row.sealed, "release", row.id, "sealed")["reason"]
        )
    except Erased:
        return None


def answer(session: Session, user: User, number: str, *, agreed: bool, at: datetime) -> Release:
    """A second person agrees or not; raises `NotHere` for one's own, another authority's, an old or an answered one."""
    row = next((one for one in waiting(session, user, at) if one.id == number), None)
    if row is None:
        raise NotHere("There is no such request for you to answer.", "Look it up in the list.")
    if agreed:
        row.agreed_by, row.ends_at = user.name, at + OPEN_FOR
    else:
        row.refused_by = user.name
    return row


def open_once(session: Session, seal: Seal, user: User, number: str, at: datetime) -> tuple[Release, dict[str, str]]:
    """The fields, once, to the person who asked, within a quarter of an hour; raises `NotHere` or `Conflict`."""
    row = session.get(Release, number)
    if row is None or row.asked_by != user.name:
        raise NotHere("There is no such request of yours.", "Look it up in the list.")
    if row.agreed_by is None or row.agreed_by == user.name or row.opened_at is not None or row.ends_at is None:
        raise Conflict("This is not agreed, or was opened before.", "Each release is opened once; ask again.")
    if at >= row.ends_at:
        raise Conflict("The quarter of an hour is over.", "Ask again.")
    contacts.withheld(session, seal, user, row.kind, row.ref)  # still theirs to see
    row.opened_at = at
    cells = contacts.opened(session, seal, row.kind, row.ref)
    return row, {name: cells[name] for name in row.fields if name in cells}
