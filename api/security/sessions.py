"""Sessions: a token of which only the hash is kept, an end, idleness, a fresh proof; a leaver's end at once."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from api.db.store import Store
from api.db.tables import Person, SignedIn
from api.errors import NotSignedIn
from api.security.accounts import User

SEEN_EVERY = timedelta(seconds=20)  # a write for every request would cost more than it tells
AGAIN = "Sign in again; nothing that was saved is lost."


@dataclass(frozen=True)
class Held:
    """A session that stands: who, and when the sign-in provider last said so (`None`: a local account)."""

    user: User
    checked_at: datetime | None


def new_token() -> str:
    """A token that nobody guesses."""
    return secrets.token_urlsafe(32)


def hashed(token: str) -> str:
    """What is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def start(session: Session, token: str, name: str, at: datetime, hours: float, *, proved: bool) -> SignedIn:
    """Begin a session; those that have ended are cleared away."""
    session.execute(delete(SignedIn).where(SignedIn.ends_at <= at))
    made = SignedIn(token_hash=hashed(token), person=name, ends_at=at + timedelta(hours=hours), last_seen=at)
    made.proved_at = at if proved else None
    session.add(made)
    return made


def held(store: Store, token: str, idle_minutes: float, at: datetime, *, second_factor: bool) -> Held:
    """Who holds a token; raises `NotSignedIn` when it has ended, was idle, or its person has left."""
    with store.reading() as session:
        found = session.get(SignedIn, hashed(token))
        person = session.get(Person, found.person) if found else None
        if found is None or person is None or not person.active or found.ends_at <= at:
            raise NotSignedIn("The session has ended.", AGAIN)
        if at - found.last_seen > timedelta(minutes=idle_minutes):
            raise NotSignedIn("The session was idle and has ended.", AGAIN)
        user = User(
            person.name,
            tuple(person.roles),
            person.authority,
            session=found.token_hash,
            proved_at=found.proved_at,
            must_set_up=second_factor and person.subject is None and not person.totp_confirmed,
        )
    if at - found.last_seen > SEEN_EVERY:
        _seen(store, found.token_hash, at)
    return Held(user, found.checked_at)


def _seen(store: Store, token_hash: str, at: datetime) -> None:
    """Somebody is at work: the session is not idle. No act of theirs, so no entry in the trail."""
    with store.engine.begin() as connection:
        connection.execute(update(SignedIn).where(SignedIn.token_hash == token_hash).values(last_seen=at))


def note_proof(session: Session, token_hash: str, at: datetime) -> None:
    """The person of a session proved again who they are."""
    row = session.get(SignedIn, token_hash)
    if row is not None:
        row.proved_at = at


def sign_out(session: Session, token: str) -> None:
    """End one session."""
    session.execute(delete(SignedIn).where(SignedIn.token_hash == hashed(token)))
