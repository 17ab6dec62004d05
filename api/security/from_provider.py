"""Somebody whom the sign-in provider knows: their roles by its groups, their session, and its end when the provider says so."""

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from api.db.audit import Entry
from api.db.sealing import WrongKey
from api.db.store import Store
from api.db.tables import Person, SignedIn, UsedOnce
from api.errors import NotAllowed, NotReachable, NotSignedIn, ServiceError
from api.security import sessions
from api.security.accounts import known_roles, new_person
from api.security.provider import Provider, Refused, SignInFile

CHECK_AFTER = timedelta(seconds=30)
STANDS_FOR = timedelta(seconds=60)  # nothing that the provider said longer ago counts
FRESH = timedelta(minutes=5)


@dataclass(frozen=True)
class Mapped:
    """Somebody as the provider tells of them, in our words."""

    subject: str
    name: str
    roles: tuple[str, ...]
    authority: str | None


def mapped(told: SignInFile, claims: dict[str, Any]) -> Mapped:
    """Name, roles and authority; raises `NotAllowed` when none of the provider's roles is one of ours."""
    given = claims.get(told.roles_claim) or []
    groups = [given] if isinstance(given, str) else [str(one) for one in given]
    roles = sorted({role for group in groups for role in told.roles.get(group, [])})
    if not roles:
        raise NotAllowed("You have no role here.", "Ask whoever gives out groups in your council to add you to one.")
    places = sorted({told.authorities[group] for group in groups if group in told.authorities})
    if len(places) > 1:
        raise NotAllowed("Your groups belong to more than one authority.", "Ask for an account for each.")
    authority = places[0] if places else told.authority
    name = re.sub(r"[^\w.@+-]", "-", str(claims.get(told.name_claim) or claims["sub"]))[:80]
    return Mapped(f"{claims['iss']}|{claims['sub']}"[:400], name, tuple(known_roles(roles, authority)), authority)


@dataclass(frozen=True)
class Vouched:
    """What the provider gave for a code: checked claims, its whole answer, and whether it was told to ask anew."""

    claims: dict[str, Any]
    got: dict[str, Any]
    asked_anew: bool = False


def sign_in(store: Store, told: SignInFile, vouched: Vouched, hours: float, at: datetime) -> str:
    """A token for a session of somebody whom the provider vouches for; an account is made only with a role."""
    token = sessions.new_token()
    try:
        who = mapped(told, vouched.claims)
    except ServiceError:
        store.transact(
            lambda _: None, lambda _: Entry("unknown", "sign-in", "session", {"result": "no role", "by": "provider"})
        )
        raise

    def act(session: Session) -> str:
        """Begin a session of who was vouched for; their name."""
        person = _person(session, who)
        row = sessions.start(session, token, person.name, at, hours, proved=_proved(vouched, at))
        row.checked_at, row.provider_session = at, _session_name(vouched.claims)
        row.sealed = _sealed(store, row.token_hash, vouched.got)
        return person.name

    store.transact(act, lambda name: Entry(name, "sign-in", "session", {"result": "signed in", "by": "provider"}))
    return token


def _person(session: Session, who: Mapped) -> Person:
    """The account of this subject; a name that somebody else has is not taken over."""
    person = session.scalars(select(Person).where(Person.subject == who.subject)).first()
    if person is None:
        if session.get(Person, who.name):
            raise NotAllowed("Somebody else signs in with this name here.", "Ask an administrator.")
        person = new_person(session, who.name, list(who.roles), who.authority, None)
        person.subject = who.subject
    if not person.active:
        raise NotAllowed("Your account here has been closed.", "Ask an administrator.")
    person.roles, person.authority = list(who.roles), who.authority
    return person


def _proved(vouched: Vouched, at: datetime) -> bool:
    """Whether the provider made sure just now that it is they: it asked anew, or for a second factor, and says when."""
    when = vouched.claims.get("auth_time")
    if not isinstance(when, int | float) or at - _moment(when) > FRESH:
        return False
    return vouched.asked_anew or bool({"mfa", "otp", "hwk", "fido"} & set(map(str, vouched.claims.get("amr") or [])))


def _moment(seconds: float) -> datetime:
    return datetime(1970, 1, 1) + timedelta(seconds=seconds)  # noqa: DTZ001 - UTC, kept without zone


def _session_name(claims: dict[str, Any]) -> str | None:
    sid = claims.get("sid")
    return hashlib.sha256(f"{claims['iss']}|{sid}".encode()).hexdigest() if sid else None


def _sealed(store: Store, token_hash: str, got: dict[str, Any]) -> bytes:
    told = {name: str(got[name]) for name in ("refresh_token", "id_token") if got.get(name)}
    return store.seal.close(told, "signed_in", token_hash, "sealed")


def still_may(store: Store, provider: Provider, token_hash: str, checked_at: datetime, at: datetime) -> None:
    """Ask the provider again once half a minute has passed; raises `NotSignedIn` when it says no.

    One request asks, those beside it go on while the last answer is under a minute old; then nobody goes on without one.
    """
    if at - checked_at < CHECK_AFTER:
        return
    if not _mine_to_ask(store, token_hash, at):
        if at - checked_at < STANDS_FOR:
            return
        raise NotReachable(
            "Whether you may still be here is being asked.", "Try again in a moment.", wait=timedelta(seconds=2)
        )
    with store.reading() as session:
        row = session.get(SignedIn, token_hash)
    if row is None:
        raise NotSignedIn("The session has ended.", sessions.AGAIN)
    told = store.seal.open(row.sealed, "signed_in", token_hash, "sealed")
    try:
        if "refresh_token" not in told:
            raise Refused("The session has ended.", sessions.AGAIN)
        claims, got = provider.renew(told["refresh_token"])
        _keep(store, provider, token_hash, claims, {**told, **got}, at)
    except NotReachable:
        if at - checked_at >= STANDS_FOR:
            raise
    except (NotSignedIn, NotAllowed):
        store.transact(
            lambda s: _end(s, token_hash), lambda _: Entry(row.person, "session-ended", "session", {"by": "provider"})
        )
        raise NotSignedIn("The session has ended.", sessions.AGAIN) from None


def _mine_to_ask(store: Store, token_hash: str, at: datetime) -> bool:
    """Whether this request is the one that asks; one that died while asking is passed over after ten seconds."""
    free = (SignedIn.checking_at.is_(None)) | (SignedIn.checking_at <= at - timedelta(seconds=10))
    with store.engine.begin() as connection:
        done = connection.execute(
            update(SignedIn).where(SignedIn.token_hash == token_hash, free).values(checking_at=at)
        )
    return done.rowcount == 1


def _keep(
    store: Store, provider: Provider, token_hash: str, claims: dict[str, Any] | None, got: dict[str, Any], at: datetime
) -> None:
    """The provider says yes: note when, and the roles of now if it tells them."""
    who = mapped(provider.told, claims) if claims else None
    values = {"checked_at": at, "checking_at": None, "sealed": _sealed(store, token_hash, got)}
    with store.engine.begin() as connection:  # a check is no act of the person's
        connection.execute(update(SignedIn).where(SignedIn.token_hash == token_hash).values(values))
    if who is not None and _differs(store, who):
        store.transact(
            lambda session: _person(session, who).name,
            lambda name: Entry(
                "system", "change-roles", f"person:{name}", {"roles": list(who.roles), "by": "provider"}
            ),
        )


def _differs(store: Store, who: Mapped) -> bool:
    with store.reading() as session:
        person = session.scalars(select(Person).where(Person.subject == who.subject)).first()
        return person is None or (tuple(person.roles), person.authority) != (who.roles, who.authority)


def _end(session: Session, token_hash: str) -> None:
    session.execute(delete(SignedIn).where(SignedIn.token_hash == token_hash))


def told_to_end(store: Store, provider: Provider, token: str, at: datetime) -> int:
    """The provider says that somebody, or one session of theirs, has ended; how many sessions that was. Each message counts once."""
    claims = provider.ended(token)
    mark = hashlib.sha256(f"{claims['iss']}|{claims['jti']}".encode()).hexdigest()

    def act(session: Session) -> tuple[int, str]:
        """End the sessions that the message names, once; how many, and whose."""
        session.execute(delete(UsedOnce).where(UsedOnce.until <= at))
        if session.get(UsedOnce, mark) is not None:
            raise NotSignedIn("This message was acted on before.", "Nothing more is to be done.")
        session.add(UsedOnce(hash=mark, until=at + timedelta(hours=1)))
        person = session.scalars(select(Person).where(Person.subject == f"{claims['iss']}|{claims.get('sub')}")).first()
        which = (
            SignedIn.provider_session == _session_name(claims)
            if claims.get("sid")
            else SignedIn.person == (person.name if person else None)
        )
        gone = session.scalars(select(SignedIn.token_hash).where(which)).all()
        session.execute(delete(SignedIn).where(SignedIn.token_hash.in_(gone)))
        return len(gone), person.name if person else "unknown"

    ended, _ = store.transact(
        act, lambda done: Entry("system", "session-ended", f"person:{done[1]}", {"sessions": done[0], "by": "provider"})
    )
    return ended


def id_token_of(store: Store, token: str) -> str | None:
    """What the provider is reminded of when somebody signs out there too."""
    with store.reading() as session:
        row = session.get(SignedIn, sessions.hashed(token))
        if row is None or row.sealed is None:
            return None
        return store.seal.open(row.sealed, "signed_in", row.token_hash, "sealed").get("id_token")


def carried(store: Store, told: dict[str, str]) -> str:
    """What a browser carries to the provider and back: sealed, so that it can neither be read nor made up."""
    return store.seal.close(told, "browser", "sign-in", "carried").hex()


def brought_back(store: Store, text: str) -> dict[str, str]:
    """What was carried; raises `NotSignedIn` for anything else."""
    try:
        return store.seal.open(bytes.fromhex(text), "browser", "sign-in", "carried")
    except (ValueError, WrongKey) as fault:
        raise NotSignedIn("The way back from the provider is not from this browser.", sessions.AGAIN) from fault
