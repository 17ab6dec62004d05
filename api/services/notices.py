"""What the managers of an authority are to know at once: a list that is there the moment that it happens."""

import uuid
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from api.db.tables import Notice
from api.errors import NotHere
from api.security.accounts import User


def give(session: Session, authorities: set[str | None], what: str, about: str, by: str, at: datetime) -> None:
    """Tell the managers of some authorities; part of the act that it is about, so that neither is without the other."""
    for authority in authorities:
        session.add(Notice(id=str(uuid.uuid4()), at=at, authority=authority, what=what, about=about, by=by))


def unseen(session: Session, user: User) -> list[Notice]:
    """What a manager has not said to have seen, the newest first."""
    query = select(Notice).where(Notice.seen_at.is_(None)).order_by(Notice.at.desc()).limit(200)
    whose = or_(Notice.authority == user.authority, Notice.authority.is_(None))
    return list(session.scalars(query.where(whose) if user.authority else query))


def seen(session: Session, user: User, number: str, at: datetime) -> Notice:
    """A manager has seen it; never the person whom it is about; raises `NotHere`."""
    row = session.get(Notice, number)
    theirs = row is not None and (user.authority is None or row.authority in (user.authority, None))
    if row is None or not theirs or row.by == user.name:
        raise NotHere("There is no such notice for you.", "Look it up in the list.")
    row.seen_by, row.seen_at = row.seen_by or user.name, row.seen_at or at
    return row
