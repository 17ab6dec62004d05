"""Keys of machines: what each may do is a part of what people may; they end, can be revoked, and only a hash is kept."""

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from api.db.store import Store
from api.db.tables import ApiKey
from api.errors import NotHere, NotSignedIn, Wrong
from api.security.accounts import User
from api.security.roles import CASES, MACHINES, May

PREFIX = "plk_"
LONGEST = timedelta(days=366)
USED_EVERY = timedelta(seconds=60)


def make(
    session: Session, purpose: str, scopes: list[str], authority: str | None, ends_at: datetime, by: str, at: datetime
) -> tuple[ApiKey, str]:
    """A key and its text, which is shown this once; raises `Wrong` for a scope that no machine has, or an end that is none."""
    _may_be_made(scopes, authority, ends_at, at)
    number, secret = secrets.token_hex(8), secrets.token_urlsafe(32)
    made = ApiKey(
        id=number,
        hash=_hashed(secret),
        purpose=purpose,
        authority=authority,
        scopes=sorted(set(scopes)),
        made_by=by,
        made_at=at,
        ends_at=ends_at,
    )
    session.add(made)
    return made, f"{PREFIX}{number}_{secret}"


def _may_be_made(scopes: list[str], authority: str | None, ends_at: datetime, at: datetime) -> None:
    beyond = sorted(set(scopes) - MACHINES)
    if beyond:
        raise Wrong(
            f"No machine may do {beyond[0]!r}.",
            "Scopes are: " + ", ".join(sorted(MACHINES)) + ".",
            ({"field": "scopes", "reason": "goes beyond"},),
        )
    if not at < ends_at <= at + LONGEST:
        raise Wrong(
            "A key ends within a year.", "Give a day within the next 366.", ({"field": "ends_at", "reason": "is none"},)
        )
    if authority is None and CASES & set(map(May, scopes)):
        raise Wrong(
            "A key that sees cases belongs to an authority or a pool.",
            "Name it.",
            ({"field": "authority", "reason": "is missing"},),
        )


def listed(session: Session) -> list[ApiKey]:
    """Every key that was made, the newest first."""
    return list(session.scalars(select(ApiKey).order_by(ApiKey.made_at.desc(), ApiKey.id)))


def revoke(session: Session, number: str, at: datetime) -> ApiKey:
    """End a key at once; raises `NotHere`."""
    row = session.get(ApiKey, number)
    if row is None:
        raise NotHere("There is no key with this number.", "Look it up in the list of keys.")
    row.revoked_at = row.revoked_at or at
    return row


def holder(store: Store, text: str, at: datetime) -> User:
    """The machine that holds a key; raises `NotSignedIn`."""
    number, _, secret = text.removeprefix(PREFIX).partition("_")
    with store.reading() as session:
        row = session.get(ApiKey, number)
    fits = hmac.compare_digest(row.hash if row else _hashed(""), _hashed(secret))
    if row is None or not fits or row.revoked_at is not None or row.ends_at <= at:
        raise NotSignedIn("The key is none, or has ended.", "Ask an administrator for a new one.")
    if row.last_used is None or at - row.last_used > USED_EVERY:
        with store.engine.begin() as connection:
            connection.execute(update(ApiKey).where(ApiKey.id == number).values(last_used=at))
    return User(f"key:{number}", ("machine",), row.authority, scopes=tuple(row.scopes))


def _hashed(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
