"""What a route is given: who asks, the service's parts, one way to act."""

import hashlib
import json
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Annotated, Any

from fastapi import Depends, Header, Request
from fastapi.responses import JSONResponse
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from sqlalchemy.orm import Session

from api.db.audit import Entry
from api.db.queries import Maps
from api.db.store import Store
from api.db.tables import Answered
from api.errors import NotSignedIn, Wrong
from api.security.accounts import User, now, signed_in
from api.security.roles import May
from api.settings import Settings
from matching.policy import Policy

BEARER = HTTPBearer(auto_error=False, description="The token that signing in gave.")


def the_day() -> date:
    """The day by the clock."""
    return datetime.now(tz=UTC).date()


@dataclass(frozen=True)
class Service:
    """The parts of one running service."""

    settings: Settings
    store: Store
    maps: Maps
    policy: Policy
    pool: Executor
    today: Callable[[], date] = the_day


def service(request: Request) -> Service:
    """The service that this request came to."""
    found: Service = request.app.state.service
    return found


TheService = Annotated[Service, Depends(service)]


def token(given: Annotated[HTTPAuthorizationCredentials | None, Depends(BEARER)]) -> str:
    """The token of the request."""
    if given is None:
        raise NotSignedIn("Nobody is signed in.", "Sign in, and send the token as 'Authorization: Bearer ...'.")
    return given.credentials


Token = Annotated[str, Depends(token)]


def current_user(parts: TheService, held: Token) -> User:
    """Who is asking."""
    return signed_in(parts.store, held, parts.settings.idle_minutes)


CurrentUser = Annotated[User, Depends(current_user)]


class Needs:
    """A route's declared permission; a test refuses a route without one."""

    def __init__(self, what: May) -> None:
        self.what = what

    def __call__(self, user: CurrentUser) -> User:
        """The person, if they may."""
        user.needs(self.what)
        return user


@dataclass(frozen=True)
class Acting:
    """One act by one person: its transaction, its audit entry, its answer once for each idempotency key."""

    parts: Service
    user: User
    key: str | None
    request_hash: str

    def do(
        self, act: str, about: str, action: Callable[[Session], Any], status: int = 200, **detail: object
    ) -> JSONResponse:
        """Run `action` in one transaction with its entry, and answer with what it gives."""
        body, code, again = self.run(act, about, action, status, **detail)
        headers = {"Idempotent-Replayed": "true"} if again else {}
        if isinstance(body, dict) and "version" in body:
            headers["ETag"] = f'"{body["version"]}"'
        return JSONResponse(body, code, headers)

    def run(
        self, act: str, about: str, action: Callable[[Session], Any], status: int = 200, **detail: object
    ) -> tuple[Any, int, bool]:
        """The same as plain data: body, status, and whether it is an earlier answer; one key acts once."""

        def once(session: Session) -> tuple[Any, int, bool]:
            kept = session.get(Answered, (self.user.name, self.key)) if self.key else None
            if kept is not None:
                if kept.request_hash != self.request_hash:
                    raise Wrong(
                        "This idempotency key was used for another request.", "Use a new key for a new request."
                    )
                return kept.body, kept.status, True
            body = json.loads(json.dumps(action(session), default=str))
            if self.key:
                session.add(
                    Answered(
                        person=self.user.name,
                        key=self.key,
                        request_hash=self.request_hash,
                        status=status,
                        body=body,
                        at=now(),
                    )
                )
            return body, status, False

        def entry(done: tuple[Any, int, bool]) -> Entry:
            return Entry(self.user.name, act, about, {**detail, "again": True} if done[2] else detail)

        return self.parts.store.transact(once, entry)


async def _request_hash(request: Request) -> str:
    body = await request.body()
    if b"\\u0000" in body or b"\0" in body:
        raise Wrong("The request holds a NUL character, which no text has.", "Take it out.")
    return hashlib.sha256(f"{request.method} {request.url.path}\n".encode() + body).hexdigest()


def acting(
    parts: TheService,
    user: CurrentUser,
    request_hash: Annotated[str, Depends(_request_hash)],
    idempotency_key: Annotated[
        str | None, Header(max_length=120, description="Send one: a request sent twice acts once.")
    ] = None,
) -> Acting:
    """An act by the person who asks."""
    return Acting(parts, user, idempotency_key, request_hash)


TheAct = Annotated[Acting, Depends(acting)]


def version_of(
    if_match: Annotated[str | None, Header(description="The ETag of what you opened.")] = None,
) -> int | None:
    """The version that an edit was made on; `None` when none was named."""
    if if_match is None:
        return None
    text = if_match.strip().strip('"')
    if not text.isdigit() or len(text) > 9:
        raise Wrong(
            "If-Match is no version of ours.",
            "Send the ETag as it came.",
            ({"field": "If-Match", "reason": "is no version"},),
        )
    return int(text)


Version = Annotated[int | None, Depends(version_of)]
