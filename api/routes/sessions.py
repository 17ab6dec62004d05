"""Signing in and out."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session

from api.dependencies import Needs, TheAct, TheService, Token, address_of
from api.security import sessions, signing_in
from api.security.accounts import User
from api.security.roles import May
from api.security.signing_in import Given

router = APIRouter(prefix="/api/v1", tags=["sessions"])


class SignIn(BaseModel):
    """A name, its password and, where one is set up, the code of the moment."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"name": "duty-officer", "password": "a long one"}]}
    )
    name: str = Field(max_length=80, pattern=r"^[\w.@-]+$")
    password: str = Field(max_length=200)
    code: str | None = Field(None, max_length=40, description="Of the authenticator, or one from paper.")


class Signed(BaseModel):
    """The token to send with every request."""

    token: str


class Me(BaseModel):
    """Who is signed in and what they may do."""

    name: str
    roles: list[str]
    authority: str | None
    may: list[str]


@router.post("/session", status_code=201, openapi_extra={"x-public": True})
def sign_in(told: SignIn, parts: TheService, request: Request) -> Signed:
    """Sign in; five wrong tries close a name for a quarter of an hour, whether or not somebody has it."""
    given = Given(told.name, told.password, told.code, address_of(request))
    return Signed(token=signing_in.sign_in(parts.store, given, parts.settings.session_hours, parts.clock()))


@router.delete("/session", dependencies=[Depends(Needs(May.SELF))])
def sign_out(act: TheAct, held: Token) -> JSONResponse:
    """Sign out."""

    def done(session: Session) -> dict[str, bool]:
        sessions.sign_out(session, held)
        return {"signed_out": True}

    return act.do("sign-out", "session", done)


@router.get("/session")
def me(user: Annotated[User, Depends(Needs(May.SELF))]) -> Me:
    """Who is signed in."""
    return Me(name=user.name, roles=list(user.roles), authority=user.authority, may=sorted(user.may))
