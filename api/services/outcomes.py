"""How placements go: asked at 72 hours, 6 weeks, 6 and 12 months; what is due is said, what was found stays."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.db import queries
from api.db.data_keys import keyring
from api.db.sealing import Seal
from api.db.tables import Decided, Outcome
from api.errors import Conflict, NotHere, Wrong
from api.security.accounts import User, now
from api.services.decisions import Kind


class Point(StrEnum):
    """When it is asked."""

    HOURS_72 = "72-hours"
    WEEKS_6 = "6-weeks"
    MONTHS_6 = "6-months"
    MONTHS_12 = "12-months"


class Found(StrEnum):
    """How it goes; about the placement, never about what sort of person a child is."""

    SETTLED = "settled"
    SETTLED_WITH_SUPPORT = "settled-with-support"
    UNDER_STRAIN = "under-strain"
    ENDED_AS_PLANNED = "ended-as-planned"
    ENDED_EARLY_CHILDS_NEEDS = "ended-early-needs-not-met"
    ENDED_EARLY_CARERS = "ended-early-carers-circumstances"
    ENDED_EARLY_SAFETY = "ended-early-safety"
    MOVED_TO_FAMILY = "moved-to-family"


AFTER = {
    Point.HOURS_72: timedelta(hours=72),
    Point.WEEKS_6: timedelta(weeks=6),
    Point.MONTHS_6: timedelta(days=182),
    Point.MONTHS_12: timedelta(days=365),
}
STANDS = {Found.SETTLED, Found.SETTLED_WITH_SUPPORT, Found.UNDER_STRAIN}


@dataclass(frozen=True)
class Answer:
    """What was found at one point in time."""

    placed: str
    point: Point
    found: Found
    said: str | None


def due(session: Session, user: User, day: date) -> list[dict[str, Any]]:
    """Questions whose day has come and that nobody answered, the oldest first; none after a placement has ended."""
    own = queries.own_children(session, user.authority)
    told = {(row.placed, row.point): row for row in session.scalars(select(Outcome))}
    over = {placed for (placed, _), row in told.items() if not row.stands}
    ended = _ended(session)
    found = []
    for row in session.scalars(select(Decided).where(Decided.kind == Kind.PLACED.value)):
        if row.id in over or (own is not None and row.child not in own):
            continue
        for point, after in AFTER.items():
            when = row.at + after
            gone = ended.get((row.child, row.home))
            if when.date() <= day and (gone is None or when <= gone) and (row.id, point.value) not in told:
                found.append(_asked(row, point, when.date(), day))
    return sorted(found, key=lambda one: (one["due_on"], one["child"]))


def _ended(session: Session) -> dict[tuple[str, str], datetime]:
    rows = session.scalars(select(Decided).where(Decided.kind == Kind.ENDED.value))
    return {(row.child, row.home): row.at for row in rows}


def _asked(row: Decided, point: Point, when: date, day: date) -> dict[str, Any]:
    told = {"placed": row.id, "child": row.child, "home": row.home, "point": point.value}
    return {**told, "due_on": when.isoformat(), "days_late": (day - when).days}


def record(session: Session, seal: Seal, user: User, answer: Answer) -> Outcome:
    """Record what was found; raises `NotHere` for no such placement, `Wrong` before its day, `Conflict` for a second answer."""
    row = session.get(Decided, answer.placed)
    own = queries.own_children(session, user.authority)
    if row is None or row.kind != Kind.PLACED.value or (own is not None and row.child not in own):
        raise NotHere("There is no placement with this number.", "Take it from the list of what is due.")
    if row.at + AFTER[answer.point] - timedelta(days=7) > now():
        raise Wrong("It is too early to say.", "Record it from a week before its day on.")
    if session.get(Outcome, (answer.placed, answer.point.value)):
        raise Conflict("This was recorded already.", "What was found stays; a later point in time follows it.")
    made = Outcome(
        placed=row.id,
        point=answer.point.value,
        child=row.child,
        home=row.home,
        stands=answer.found in STANDS,
        found=answer.found.value,
        sealed=_sealed(session, seal, row.child, answer),
        by=user.name,
        at=now(),
    )
    session.add(made)
    session.flush()
    return made


def _sealed(session: Session, seal: Seal, child: str, answer: Answer) -> bytes | None:
    """What was said tells of the child, and is sealed with the child's key."""
    if not answer.said:
        return None
    place = ("outcome", f"{answer.placed}|{answer.point.value}", "sealed")
    return keyring(session, seal).made(f"child:{child}").close({"said": answer.said}, *place)


def said_in(session: Session, seal: Seal, row: Outcome) -> str | None:
    """What was said of a placement; raises `Erased`."""
    if row.sealed is None:
        return None
    place = ("outcome", f"{row.placed}|{row.point}", "sealed")
    return keyring(session, seal).of(f"child:{row.child}").open(row.sealed, *place)["said"]


def of_child(session: Session, child: str) -> list[Outcome]:
    """All that was found about a child's placements, oldest first."""
    return list(session.scalars(select(Outcome).where(Outcome.child == child).order_by(Outcome.at)))


def as_told(session: Session, seal: Seal, row: Outcome) -> dict[str, Any]:
    """An outcome as it is shown."""
    told = {name: getattr(row, name) for name in ("placed", "child", "home", "point", "stands", "found", "by")}
    return {**told, "said": said_in(session, seal, row), "at": row.at.isoformat()}
