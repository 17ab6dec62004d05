"""People who sign in: who they are, what they may do, adding them, changing their roles, their leaving."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from argon2 import PasswordHasher
from sqlalchemy import delete
from sqlalchemy.orm import Session

from api.db.tables import Person, SignedIn
from api.errors import NotAllowed, NotHere, Wrong
from api.security.roles import CASES, May, Role, allowed

HASHER = PasswordHasher()
SHORTEST_PASSWORD = 12
PROVED_FOR = timedelta(minutes=5)


@dataclass(frozen=True)
class User:
    """Who is asking: a person in a session, or a machine with its key (`scopes` says what that may do)."""

    name: str
    roles: tuple[str, ...]
    authority: str | None
    scopes: tuple[str, ...] | None = None
    session: str | None = None
    proved_at: datetime | None = None
    must_set_up: bool = False

    @property
    def may(self) -> frozenset[May]:
        """All that they may do; before a second factor is set up where one is required, only that."""
        if self.scopes is not None:
            return frozenset(map(May, self.scopes))
        return allowed([] if self.must_set_up else list(self.roles))

    def needs(self, what: May) -> None:
        """Raise `NotAllowed` unless they may."""
        if what in self.may:
            return
        if self.must_set_up:
            raise NotAllowed("A second factor is needed first.", "Set up an authenticator under your account.")
        raise NotAllowed("Your role does not allow this.", "Ask a colleague whose role does, or an administrator.")

    def proved(self, at: datetime) -> None:
        """Raise `NotAllowed` unless they proved within five minutes, with a second factor, that it is they who ask."""
        if self.proved_at is None or not timedelta(0) <= at - self.proved_at <= PROVED_FOR:
            raise NotAllowed(
                "This needs a fresh proof that it is you.",
                "Give the code of your authenticator, or sign in at your provider again, and repeat within five minutes.",
            )


def now() -> datetime:
    """The time, UTC, as it is kept."""
    return datetime.now(tz=UTC).replace(tzinfo=None)


def new_person(
    session: Session,
    name: str,
    roles: list[str],
    authority: str | None,
    password: str | None,
) -> Person:
    """Add somebody; raises `Wrong` for a name that is taken, a role that is none, a short password, cases of nobody."""
    if session.get(Person, name):
        raise Wrong("Somebody signs in with this name already.", "Choose another name.")
    made = Person(name=name, roles=known_roles(roles, authority), authority=authority, active=True, recovery=[])
    made.totp_confirmed, made.totp_step = False, 0
    if password is not None:
        made.password_hash = HASHER.hash(fit_password(name, password))
    session.add(made)
    return made


def known_roles(roles: list[str], authority: str | None) -> list[str]:
    """Roles as they are kept; raises `Wrong` for one that is none, and for cases without saying whose."""
    unknown = sorted(set(roles) - set(Role))
    if unknown:
        raise Wrong(f"{unknown[0]!r} is no role.", "Roles are: " + ", ".join(Role) + ".")
    if authority is None and allowed(roles) & CASES:
        raise Wrong(
            "Somebody who sees cases belongs to an authority or a pool.",
            "Name it.",
            ({"field": "authority", "reason": "is missing"},),
        )
    return sorted(set(roles))


def fit_password(name: str, password: str) -> str:
    """A password that may be used; raises `Wrong`."""
    if len(password) < SHORTEST_PASSWORD:
        raise Wrong("The password is too short.", f"Use {SHORTEST_PASSWORD} characters or more.")
    if name.casefold() in password.casefold() or len(set(password)) < 5:
        raise Wrong("The password is too easy to guess.", "Use a few words that do not belong together.")
    return password


def person_named(session: Session, name: str) -> Person:
    """Somebody who signs in; raises `NotHere`."""
    person = session.get(Person, name)
    if person is None:
        raise NotHere("Nobody signs in with this name.", "Look the name up under people.")
    return person


def change_roles(session: Session, name: str, roles: list[str], authority: str | None) -> Person:
    """What somebody may do from now on; sessions go on with the new roles at the next request."""
    person = person_named(session, name)
    person.roles, person.authority = known_roles(roles, authority), authority
    return person


def set_password(session: Session, name: str, password: str) -> None:
    """A new password from an administrator; every session of theirs ends."""
    person = person_named(session, name)
    person.password_hash = HASHER.hash(fit_password(name, password))
    end_sessions(session, name)


def change_password(session: Session, name: str, new: str, keep: str | None) -> None:
    """A new password of one's own, once the old one was given; every other session ends."""
    person_named(session, name).password_hash = HASHER.hash(fit_password(name, new))
    session.execute(delete(SignedIn).where(SignedIn.person == name, SignedIn.token_hash != (keep or "")))


def leave(session: Session, name: str) -> None:
    """Somebody has left: every session of theirs ends with this act."""
    person_named(session, name).active = False
    end_sessions(session, name)


def come_back(session: Session, name: str) -> None:
    """Somebody is back; they sign in anew."""
    person_named(session, name).active = True


def end_sessions(session: Session, name: str) -> None:
    """End every session of somebody."""
    session.execute(delete(SignedIn).where(SignedIn.person == name))
