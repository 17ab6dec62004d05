"""How long people are kept: whose time is over by the rule, whom a legal hold keeps, and erasing by destroying their key.

What is erased: the key of the person, with which all that tells of them is sealed, here and in every copy; then the rows.
References, decisions and the trail stay: they hold no more than references, and the chain of the trail is whole.
"""

import tomllib
import uuid
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from api.db import queries
from api.db.data_keys import destroy, keyring
from api.db.files import file_of
from api.db.sealing import Seal
from api.db.tables import Answered, Bed, Contact, ErasedPerson, Fact, KeptFile, LegalHold, Note, PlanMade
from api.errors import Conflict, NotHere
from api.security.accounts import User


@dataclass(frozen=True)
class RetentionRule:
    """How many days after the last change a kind of person may be erased."""

    rule: str
    days: int


@dataclass(frozen=True)
class Due:
    """Somebody whose time is over, since when, and whether a legal hold keeps them."""

    kind: str
    ref: str
    since: date
    held: bool


def rules(path: Path) -> dict[str, RetentionRule]:
    """Read the rules, by kind."""
    told = tomllib.loads(path.read_text(encoding="utf-8"))
    return {kind: RetentionRule(one["rule"], int(one["days_after_last_change"])) for kind, one in told.items()}


def due(session: Session, user: User, known: dict[str, RetentionRule], day: date) -> list[Due]:
    """Everybody of the person's authority whose time is over, the longest first."""
    busy = _busy(session)
    held = {(row.kind, row.ref) for row in session.scalars(select(LegalHold).where(LegalHold.lifted_at.is_(None)))}
    found = []
    for kind, rule in known.items():
        last = day - timedelta(days=rule.days)
        query = select(Fact).where(Fact.kind == kind, Fact.changed_on <= last)
        for row in session.scalars(query.where(Fact.authority == user.authority) if user.authority else query):
            if (kind, row.ref) not in busy and row.changed_on is not None:
                since = row.changed_on + timedelta(days=rule.days)
                found.append(Due(kind, row.ref, since, (kind, row.ref) in held))
    return sorted(found, key=lambda one: (one.since, one.kind, one.ref))


def _busy(session: Session) -> set[tuple[str, str]]:
    """Children who live somewhere or are promised a place, and the homes of both."""
    pairs = {tuple(ref.split("|")[:2]) for ref in session.scalars(select(Fact.ref).where(Fact.kind == "placement"))}
    pairs |= {(bed.child, bed.home) for bed in session.scalars(select(Bed))}
    return {("child", pair[0]) for pair in pairs} | {("home", pair[1]) for pair in pairs}


def hold(session: Session, seal: Seal, user: User, kind: str, ref: str, reason: str, at: datetime) -> LegalHold:
    """Keep somebody whatever the rules say; raises `NotHere`."""
    queries.one(session, seal, kind, ref, user.authority, to_change=True)
    number = str(uuid.uuid4())
    sealed = keyring(session, seal).made(f"{kind}:{ref}").close({"reason": reason}, "legal_hold", number, "sealed")
    made = LegalHold(id=number, kind=kind, ref=ref, sealed=sealed, set_by=user.name, set_at=at)
    session.add(made)
    return made


def lift(session: Session, seal: Seal, user: User, number: str, at: datetime) -> LegalHold:
    """A hold is over; by somebody else than who set it; raises `NotHere` or `Conflict`."""
    row = session.get(LegalHold, number)
    if row is None or row.lifted_at is not None:
        raise NotHere("There is no such hold.", "Look it up.")
    queries.one(session, seal, row.kind, row.ref, user.authority, to_change=True)
    if row.set_by == user.name:
        raise Conflict("Who set a hold does not lift it.", "Ask a second data manager.")
    row.lifted_by, row.lifted_at = user.name, at
    return row


def erase(
    session: Session, seal: Seal, user: User, known: dict[str, RetentionRule], who: tuple[str, str], at: datetime
) -> ErasedPerson:
    """Erase somebody whose time is over and whom no hold keeps; raises `Conflict` for anybody else, `NotHere`."""
    kind, ref = who
    queries.one(session, seal, kind, ref, user.authority, to_change=True)
    found = next((one for one in due(session, user, known, at.date()) if (one.kind, one.ref) == who), None)
    if found is None:
        raise Conflict(f"The time of this {kind} is not over.", "The list of who is due says when it is.")
    if found.held:
        raise Conflict(f"A legal hold keeps this {kind}.", "It is lifted first.")
    gone = _facts_about(session, kind, ref)
    destroy(session, [f"{kind}:{ref}", *_ties(session, gone)])
    for row in gone:
        session.delete(row)
    _what_stands_beside(session, seal, kind, ref)
    made = ErasedPerson(subject=f"{kind}:{ref}", by=user.name, at=at, rule=known[kind].rule)
    session.add(made)
    return made


def _facts_about(session: Session, kind: str, ref: str) -> list[Fact]:
    """The person's own facts, and those that tie them to others."""
    own = session.get(Fact, (kind, ref))
    near = session.scalars(select(Fact).where(Fact.kind.not_in(queries.WHOLE), Fact.ref.contains(ref, autoescape=True)))
    return [row for row in near if ref in row.ref.split("|")] + ([own] if own else [])


def _ties(session: Session, gone: list[Fact]) -> set[str]:
    """Keys of ties that end: a tie's words are sealed for the child or group that it is about."""
    about = {queries.subject_of(row.kind, row.ref) for row in gone if row.kind == "relationship"}
    left = {
        queries.subject_of(row.kind, row.ref)
        for row in session.scalars(select(Fact).where(Fact.kind == "relationship"))
        if row not in gone
    }
    return about - left


def _what_stands_beside(session: Session, seal: Seal, kind: str, ref: str) -> None:
    session.execute(delete(Contact).where(Contact.kind == kind, Contact.ref == ref))
    session.execute(delete(Note).where(Note.about == ref))
    for answer in session.scalars(select(Answered)).all():
        place = ("answered", f"{answer.person}|{answer.key}", "sealed")
        if f'"{ref}' in seal.open(answer.sealed, *place)["body"].replace("\\", ""):
            session.delete(answer)
    for file in session.scalars(select(KeptFile)).all():
        found = file_of(session, seal, file.owner, file.name)
        if found and ref.encode() in found[1]:
            session.delete(file)
    for plan in session.scalars(select(PlanMade)).all():
        plan.plan = _without(dict(plan.plan), ref)


def _without(plan: dict[str, object], ref: str) -> dict[str, object]:
    """A kept plan without the sentences about somebody; who went where stays, by reference."""
    texts = ("reasons", "worries", "not_known", "before", "possible_if")
    told = dict(plan)
    for part in ("placements", "unplaced"):
        rows: list[dict[str, object]] = told.get(part) or []  # type: ignore[assignment]
        told[part] = [
            {k: [] if k in texts else v for k, v in row.items()} if ref in (row.get("child"), row.get("home")) else row
            for row in rows
        ]
    return told


def holds(session: Session, user: User) -> list[LegalHold]:
    """Holds that stand, for people of the person's authority."""
    query = select(LegalHold).join(Fact, (Fact.kind == LegalHold.kind) & (Fact.ref == LegalHold.ref))
    query = query.where(LegalHold.lifted_at.is_(None)).order_by(LegalHold.set_at)
    whose = or_(Fact.authority == user.authority, Fact.pool == user.authority)
    return list(session.scalars(query.where(whose) if user.authority else query))
