"""Signing in with a name, a password and a code; wrong tries slow a name and an address down, whoever exists or not."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from argon2.exceptions import VerificationError
from sqlalchemy import delete
from sqlalchemy.orm import Session

from api.db.audit import Entry
from api.db.store import Store
from api.db.tables import Person, WrongTry
from api.errors import NotSignedIn, TooManyTries
from api.security import codes, sessions
from api.security.accounts import HASHER

# A hash that no password is known for, made as every other is (a test compares): checking it takes as long.
NOBODY = "$argon2id$v=19$m=65536,t=3,p=4$vqnIwN2X2EoX4j5wow+YOA$mwTYA7XMsBWIuJs/utt0C7zAiFOFOZz6uPOpxbPhZxo"
TRIES_FOR = timedelta(minutes=15)
NAME_TRIES, ADDRESS_TRIES = 5, 50  # many people share the address of one office
WRONG = "The name, the password or the code is wrong."


@dataclass(frozen=True)
class Given:
    """What somebody who wants to sign in gives, and from where."""

    name: str
    password: str
    code: str | None
    address: str

    @property
    def whose(self) -> tuple[tuple[str, int], tuple[str, int]]:
        """What wrong tries are counted under, and how many are allowed."""
        return (_mark(f"name:{self.name}"), NAME_TRIES), (_mark(f"address:{self.address}"), ADDRESS_TRIES)


def sign_in(store: Store, given: Given, hours: float, at: datetime) -> str:
    """A token for a session; raises `NotSignedIn`, or `TooManyTries` for a quarter of an hour after five wrong ones."""
    with store.reading() as session:
        person = session.get(Person, given.name)
    right = _right_password(person, given.password)  # takes a while, so it is done before the record is locked
    token, known = sessions.new_token(), person is not None

    def act(session: Session) -> str:
        """What becomes of the try; each wrong one counts."""
        if any(_too_many(session, whose, most, at) for whose, most in given.whose):
            return "wait"
        found = session.get(Person, given.name) if right else None
        if found is None or not found.active or not _second_factor(store, found, given.code, at):
            for whose, _ in given.whose:
                _count(session, whose, at)
            return "wrong"
        session.execute(delete(WrongTry).where(WrongTry.whose == given.whose[0][0]))
        sessions.start(session, token, given.name, at, hours, proved=found.totp_confirmed)
        return "signed in"

    who = given.name if known else "unknown"
    told = store.transact(act, lambda done: Entry(who, "sign-in", "session", {"result": done}))
    if told == "wait":
        raise TooManyTries(
            "Too many wrong tries.", "Wait a quarter of an hour, or ask an administrator.", wait=TRIES_FOR
        )
    if told != "signed in":
        raise NotSignedIn(WRONG, "Try again; a forgotten password is set anew by an administrator.")
    return token


def prove(store: Store, session: Session, name: str, token_hash: str, code: str, at: datetime) -> bool:
    """A fresh code of somebody who is signed in: for five minutes they may do what needs one. Wrong ones are counted."""
    person = session.get(Person, name)
    whose = _mark(f"proof:{name}")
    if person is None or not person.totp_confirmed or _too_many(session, whose, NAME_TRIES, at):
        return False
    if not codes.accepted(store.seal, person, code, at):
        _count(session, whose, at)
        return False
    sessions.note_proof(session, token_hash, at)
    return True


def password_is(session: Session, name: str, password: str, at: datetime) -> bool:
    """Whether somebody who is signed in knows their own password; wrong ones are counted with wrong codes."""
    whose = _mark(f"proof:{name}")
    if _too_many(session, whose, NAME_TRIES, at):
        return False
    if not _right_password(session.get(Person, name), password):
        _count(session, whose, at)
        return False
    return True


def _right_password(person: Person | None, password: str) -> bool:
    """The same work is done for a name that nobody has, or that signs in elsewhere."""
    kept = person.password_hash if person else None
    try:
        HASHER.verify(kept or NOBODY, password)
    except VerificationError:
        return False
    return kept is not None


def _second_factor(store: Store, person: Person, code: str | None, at: datetime) -> bool:
    return not person.totp_confirmed or codes.accepted(store.seal, person, code, at)


def _too_many(session: Session, whose: str, most: int, at: datetime) -> bool:
    row = session.get(WrongTry, whose)
    return row is not None and row.tries >= most and at - row.since < TRIES_FOR


def _count(session: Session, whose: str, at: datetime) -> None:
    session.execute(delete(WrongTry).where(WrongTry.since <= at - TRIES_FOR))
    row = session.get(WrongTry, whose)
    if row is None:
        session.add(WrongTry(whose=whose, tries=1, since=at))
    else:
        row.tries += 1


def _mark(text: str) -> str:
    return hashlib.sha256(text.casefold().encode()).hexdigest()
