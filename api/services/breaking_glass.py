"""Breaking the glass: one look, for an hour, at one child's record that somebody does not see otherwise, and why.

Managers are told at once; the look is reviewed by the next working day, by somebody else.
"""

import uuid
from datetime import datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from api.db import queries
from api.db.data_keys import Erased, keyring
from api.db.sealing import Seal
from api.db.tables import Fact, Glass
from api.errors import Conflict, NotHere
from api.security.accounts import User
from api.services import notices
from matching.working_days import after_working_days

LASTS = timedelta(minutes=60)


def break_glass(session: Session, seal: Seal, user: User, child: str, reason: str, at: datetime) -> Glass:
    """Open one child's record for an hour; raises `NotHere` for a child who is not in the record, `Conflict` for one's own."""
    row = session.get(Fact, ("child", child))
    if row is None:
        raise NotHere("There is no child with this reference.", "Ask who called for the reference again.")
    if user.authority is None or queries.seen(session, row, user.authority):
        raise Conflict("This child's record is open to you as it is.", "Look at it in the ordinary way.")
    number = str(uuid.uuid4())
    made = Glass(
        id=number,
        person=user.name,
        authority=user.authority,
        child=child,
        whose=row.authority,
        sealed=keyring(session, seal).made(f"child:{child}").close({"reason": reason}, "glass", number, "sealed"),
        opened_at=at,
        ends_at=at + LASTS,
        review_by=after_working_days(at.date(), 1),
    )
    session.add(made)
    notices.give(session, {user.authority, row.authority}, "glass-broken", f"child:{child}", user.name, at)
    return made


def look(session: Session, seal: Seal, user: User, number: str, at: datetime) -> queries.Kept:
    """The record behind the glass, to the person who broke it, within the hour; raises `NotHere`."""
    row = session.get(Glass, number)
    if row is None or row.person != user.name or not row.opened_at <= at < row.ends_at:
        raise NotHere("No glass of yours is open here.", "It is open for an hour; give a new reason to open it again.")
    return queries.one(session, seal, "child", row.child, None)


def to_review(session: Session, user: User) -> list[Glass]:
    """Looks that nobody has reviewed yet, the first due first: those of the authority's people, and at its children."""
    query = select(Glass).where(Glass.reviewed_at.is_(None), Glass.person != user.name).order_by(Glass.review_by)
    whose = or_(Glass.authority == user.authority, Glass.whose == user.authority)
    return list(session.scalars(query.where(whose) if user.authority else query))


def reason_of(session: Session, seal: Seal, row: Glass) -> str | None:
    """Why the glass was broken; `None` once the person was erased."""
    try:
        return keyring(session, seal).of(f"child:{row.child}").open(row.sealed, "glass", row.id, "sealed")["reason"]
    except Erased:
        return None


def review(session: Session, seal: Seal, user: User, number: str, justified: bool, finding: str, at: datetime) -> Glass:
    """What a manager finds of a look; never one's own, and once; raises `NotHere`."""
    row = next((one for one in to_review(session, user) if one.id == number), None)
    if row is None:
        raise NotHere("There is no such look for you to review.", "Look it up in the list.")
    own = keyring(session, seal).made(f"child:{row.child}")
    row.reviewed_by, row.reviewed_at, row.justified = user.name, at, justified
    row.finding = own.close({"finding": finding}, "glass", row.id, "finding")
    return row
