"""Places that are promised: each is a row of its own, so that the database lets nobody promise one twice."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.db.tables import Bed
from api.errors import Conflict


def take_place(session: Session, child: str, home: str, free: int, by: str, at: Any) -> None:
    """Promise the lowest free place of a home; raises `Conflict` when all are promised, saying since when."""
    taken = list(session.scalars(select(Bed).where(Bed.home == home).order_by(Bed.number)))
    mine = session.scalars(select(Bed).where(Bed.child == child)).first()
    if mine is not None:
        raise Conflict(f"A place is already promised to {child}, at {mine.home}.", "Withdraw that one first.")
    numbers = {bed.number for bed in taken}
    number = next((n for n in range(1, free + 1) if n not in numbers), None)
    if number is None:
        since = f" The last was promised at {max(bed.taken_at for bed in taken):%H:%M}." if taken else ""
        raise Conflict(
            f"No usable place is left at {home}.{since}", "Ask for the shortlist again: it shows who else could."
        )
    session.add(Bed(home=home, number=number, child=child, taken_at=at, taken_by=by))
    session.flush()


def give_back_place(session: Session, child: str, home: str) -> None:
    """The place is no longer promised."""
    for bed in session.scalars(select(Bed).where(Bed.child == child, Bed.home == home)):
        session.delete(bed)
