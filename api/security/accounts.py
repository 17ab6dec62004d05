"""Local accounts and sessions: argon2 for passwords, one-time codes by TOTP, tokens of which only the hash is kept."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pyotp
from argon2 import PasswordHasher
from argon2.exceptions import VerificationError
from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from api.db.audit import Entry
from api.db.store import Store
from api.db.tables import Person, SignedIn
from api.errors import NotAllowed, NotSignedIn, TooManyTries, Wrong
from api.security.roles import May, Role, allowed

HASHER = PasswordHasher()
NOBODY = HASHER.hash("nobody signs in with this")
SHORTEST_PASSWORD = 12
TRIES, TRIES_FOR = 5, timedelta(minutes=15)
SEEN_EVERY = timedelta(seconds=20)  # a write for every request would cost more than it tells
WRONG = "The name, the password or the code is wrong."


@dataclass(frozen=True)
class User:
    """Who is asking."""

    name: str
    roles: tuple[str, ...]
    authority: str | None

    @property
    def may(self) -> frozenset[May]:
        """All that they may do."""
        return allowed(list(self.roles))

    def needs(self, what: May) -> None:
        """Raise `NotAllowed` unless they may."""
        if what not in self.may:
            raise NotAllowed("Your role does not allow this.", "Ask a colleague whose role does, or an administrator.")


def now() -> datetime:
    """The time, UTC, as it is kept."""
    return datetime.now(tz=UTC).replace(tzinfo=None)


def new_person(
    session: Session,
    name: str,
    roles: list[str],
    authority: str | None,
    password: str,
    totp_secret: str | None = None,
    hasher: PasswordHasher = HASHER,
) -> Person:
    """Add somebody; raises `Wrong` for a name that is taken, a role that is none, a short password."""
    unknown = sorted(set(roles) - set(Role))
    if unknown:
        raise Wrong(f"{unknown[0]!r} is no role.", "Roles are: " + ", ".join(Role) + ".")
    if len(password) < SHORTEST_PASSWORD:
        raise Wrong("The password is too short.", f"Use {SHORTEST_PASSWORD} characters or more.")
    if session.get(Person, name):
        raise Wrong("Somebody signs in with this name already.", "Choose another name.")
    made = Person(
        name=name,
        roles=sorted(set(roles)),
        authority=authority,
        password_hash=hasher.hash(password),
        totp_secret=totp_secret,
    )
    session.add(made)
    return made


def sign_in(store: Store, name: str, password: str, code: str | None, hours: float) -> str:
    """A token for a session; raises `NotSignedIn`, or `TooManyTries` for a quarter of an hour after five wrong ones."""
    token = secrets.token_urlsafe(32)

    def act(session: Session) -> str:
        person = session.get(Person, name)
        problem = _problem(person, password, code)
        if person is not None:
            _count(person, wrong=problem is not None)
        if problem is None:
            ends = now() + timedelta(hours=hours)
            session.add(SignedIn(token_hash=_hashed(token), person=name, ends_at=ends, last_seen=now()))
        return problem or "signed in"

    known = _known(store, name)
    told = store.transact(act, lambda done: Entry(name if known else "unknown", "sign-in", "session", {"result": done}))
    if told == "wait":
        raise TooManyTries("Too many wrong tries.", "Wait a quarter of an hour, or ask an administrator.")
    if told != "signed in":
        raise NotSignedIn(WRONG, "Try again; a forgotten password is set anew by an administrator.")
    return token


def _known(store: Store, name: str) -> bool:
    with store.reading() as session:
        return session.get(Person, name) is not None


def _problem(person: Person | None, password: str, code: str | None) -> str | None:
    """Why not; the same work is done for a name that nobody has."""
    if person and person.wrong_tries >= TRIES and person.wrong_since and now() - person.wrong_since < TRIES_FOR:
        return "wait"
    try:
        HASHER.verify(person.password_hash if person and person.password_hash else NOBODY, password)
    except VerificationError:
        return "wrong"
    if person is None or not person.active:
        return "wrong"
    if person.totp_secret and not pyotp.TOTP(person.totp_secret).verify(code or "", valid_window=1):
        return "wrong"
    return None


def _count(person: Person, *, wrong: bool) -> None:
    fresh = person.wrong_since is None or now() - person.wrong_since >= TRIES_FOR
    person.wrong_tries = (1 if fresh else person.wrong_tries + 1) if wrong else 0
    person.wrong_since = (now() if fresh else person.wrong_since) if wrong else None


def signed_in(store: Store, token: str, idle_minutes: float) -> User:
    """Who holds a token; raises `NotSignedIn` when it has ended, was idle, or its person has left."""
    with store.reading() as session:
        found = session.get(SignedIn, _hashed(token))
        person = session.get(Person, found.person) if found else None
        if found is None or person is None or not person.active or found.ends_at <= now():
            raise NotSignedIn("The session has ended.", "Sign in again; nothing that was saved is lost.")
        if now() - found.last_seen > timedelta(minutes=idle_minutes):
            raise NotSignedIn("The session was idle and has ended.", "Sign in again; nothing that was saved is lost.")
        user = User(person.name, tuple(person.roles), person.authority)
    if now() - found.last_seen > SEEN_EVERY:
        _seen(store, found.token_hash)
    return user


def _seen(store: Store, token_hash: str) -> None:
    """Somebody is at work: the session is not idle. No act of theirs, so no entry in the trail."""
    with store.engine.begin() as connection:
        connection.execute(update(SignedIn).where(SignedIn.token_hash == token_hash).values(last_seen=now()))


def sign_out(session: Session, token: str) -> None:
    """End one session."""
    session.execute(delete(SignedIn).where(SignedIn.token_hash == _hashed(token)))


def leave(session: Session, name: str) -> None:
    """Somebody has left: every session of theirs ends with this act."""
    person = session.get(Person, name)
    if person is None:
        raise Wrong("Nobody signs in with this name.", "Look the name up under people.")
    person.active = False
    session.execute(delete(SignedIn).where(SignedIn.person == name))


def _hashed(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
