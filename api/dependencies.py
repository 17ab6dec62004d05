"""What a route is given: who asks, the service's parts, one way to act.

What asks nothing of the record is `async`, so that a request is not handed from thread to thread for each of them.
"""

import hashlib
import json
from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Annotated, Any

from fastapi import Depends, Header, Request
from fastapi.responses import JSONResponse
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from sqlalchemy.orm import Session

from api.db.audit import Entry
from api.db.queries import Maps, load_caseload
from api.db.store import Store
from api.db.tables import Answered
from api.errors import NotSignedIn, Taken, Wrong
from api.security import api_keys, sessions
from api.security.accounts import User, now
from api.security.from_provider import still_may
from api.security.limiting import Limiter
from api.security.provider import Provider
from api.security.roles import May
from api.services.policies import InForce
from api.settings import Settings
from matching.domain import Caseload
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
    policies: InForce
    pool: Executor
    provider: Provider | None = None
    limiter: Limiter | None = None
    clock: Callable[[], datetime] = now
    today: Callable[[], date] = the_day

    @property
    def policy(self) -> Policy:
        """The policy in force today."""
        return self.policies.on(self.today())

    def read_ahead(self, authority: str | None) -> Caseload:
        """The caseload, read before an act takes the writer's lock; within it only what changed since is read again."""
        with self.store.reading() as session:
            return self.read_within(session, authority)

    def read_within(self, session: Session, authority: str | None) -> Caseload:
        """The caseload as an act's own transaction sees it."""
        session.flush()
        return load_caseload(session, self.store.seal, self.maps, self.today(), authority)


async def service(request: Request) -> Service:
    """The service that this request came to."""
    found: Service = request.app.state.service
    return found


TheService = Annotated[Service, Depends(service)]


async def token(given: Annotated[HTTPAuthorizationCredentials | None, Depends(BEARER)]) -> str:
    """The token of the request."""
    if given is None:
        raise NotSignedIn("Nobody is signed in.", "Sign in, and send the token as 'Authorization: Bearer ...'.")
    return given.credentials


Token = Annotated[str, Depends(token)]


def address_of(request: Request) -> str:
    """Where a request comes from; behind a reverse proxy the server has put the client's own address here."""
    return request.client.host if request.client else "nowhere"


def asking(parts: Service, held: str) -> User:
    """Who holds a token or a key, if they still may be here and do not ask too fast."""
    at = parts.clock()
    if held.startswith(api_keys.PREFIX):
        user = api_keys.holder(parts.store, held, at)
    else:
        required = parts.settings.second_factor == "required"
        found = sessions.held(parts.store, held, parts.settings.idle_minutes, at, second_factor=required)
        user = found.user
        if found.checked_at is not None:
            if parts.provider is None:  # nobody can be asked any more whether they still may
                raise NotSignedIn("The session has ended.", "Sign in again.")
            still_may(parts.store, parts.provider, user.session or "", found.checked_at, at)
    if parts.limiter is not None:
        parts.limiter.count(user)
    return user


def current_user(parts: TheService, held: Token) -> User:
    """Who is asking."""
    return asking(parts, held)


CurrentUser = Annotated[User, Depends(current_user)]


class Needs:
    """A route's declared permission; a test refuses a route without one.

    With `proved` it also wants a proof, five minutes old at most, that it is the person who asks.
    """

    def __init__(self, what: May, *, proved: bool = False) -> None:
        self.what, self.proof = what, proved

    async def __call__(self, user: CurrentUser, parts: TheService) -> User:
        """The person, if they may."""
        user.needs(self.what)
        if self.proof:
            user.proved(parts.clock())
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
            """The answer, its status, and whether it was given before under the same key."""
            kept = session.get(Answered, (self.user.name, self.key)) if self.key else None
            if kept is not None:
                if kept.request_hash != self.request_hash:
                    raise Wrong(
                        "This idempotency key was used for another request.", "Use a new key for a new request."
                    )
                return _answer(self.parts, kept), kept.status, True
            body = json.loads(json.dumps(action(session), default=str))
            if self.key:
                session.add(
                    Answered(
                        person=self.user.name,
                        key=self.key,
                        request_hash=self.request_hash,
                        status=status,
                        sealed=self.parts.store.seal.close(
                            {"body": json.dumps(body)}, "answered", f"{self.user.name}|{self.key}", "sealed"
                        ),
                        at=self.parts.clock(),
                    )
                )
            return body, status, False

        def entry(done: tuple[Any, int, bool]) -> Entry:
            """The entry in the trail; one that was answered before says so."""
            return self.entry(act, about, **({**detail, "again": True} if done[2] else detail))

        return self.parts.store.transact(once, entry)

    @contextmanager
    def choosing(self) -> Iterator[None]:
        """While somebody chooses a reference for something new: who tries many that are taken waits."""
        limiter = self.parts.limiter
        if limiter is not None:
            limiter.may_choose(self.user)
        try:
            yield
        except Taken:
            if limiter is not None:
                limiter.was_taken(self.user)
            raise

    def entry(self, act: str, about: str, **detail: object) -> Entry:
        """What the trail says of an act of this person."""
        return Entry(self.user.name, act, about, detail)


def _answer(parts: Service, kept: Answered) -> Any:
    """An answer holds what the record holds, and is sealed like it."""
    return json.loads(parts.store.seal.open(kept.sealed, "answered", f"{kept.person}|{kept.key}", "sealed")["body"])


async def _form_hash(request: Request) -> str:
    """The same for a form with files, which the framework has read by now."""
    digest = hashlib.sha256(f"{request.method} {request.url.path}\n".encode())
    for name, value in (await request.form()).multi_items():
        text = value if isinstance(value, str) else value.filename or ""
        if "\0" in name or "\0" in text:
            raise Wrong("The request holds a NUL character, which no text has.", "Take it out.")
        digest.update(repr((name, text)).encode())
        if not isinstance(value, str):
            digest.update(await value.read())
            await value.seek(0)
    return digest.hexdigest()


async def _request_hash(request: Request) -> str:
    if request.headers.get("content-type", "").startswith("multipart/"):
        return await _form_hash(request)
    body = await request.body()
    if b"\\u0000" in body or b"\0" in body:
        raise Wrong("The request holds a NUL character, which no text has.", "Take it out.")
    return hashlib.sha256(f"{request.method} {request.url.path}\n".encode() + body).hexdigest()


async def acting(
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


async def version_of(
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
