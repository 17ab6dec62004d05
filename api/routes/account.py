"""One's own account: the password, an authenticator, codes on paper, a fresh proof that it is oneself."""

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session

from api.dependencies import Acting, Needs, TheAct
from api.errors import Conflict, NotAllowed, Wrong
from api.security import accounts, codes, signing_in
from api.security.accounts import User
from api.security.roles import May

router = APIRouter(prefix="/api/v1/account", tags=["one's own account"])
Me = Annotated[User, Depends(Needs(May.SELF))]


class Code(BaseModel):
    """A code of the authenticator, or one from paper."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"code": "123456"}]})
    code: str = Field(min_length=6, max_length=40)


class Password(BaseModel):
    """The password of now."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"password": "a long one of words"}]})
    password: str = Field(max_length=200)


class Passwords(BaseModel):
    """The password of now, and the one from now on."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"old": "a long one of words", "new": "another one of words"}]}
    )
    old: str = Field(max_length=200)
    new: str = Field(max_length=200)


class Begun(BaseModel):
    """What the authenticator reads: as an address, and as a picture (SVG)."""

    address: str
    picture: str


class OnPaper(BaseModel):
    """Codes to keep on paper, shown this once; each is good once."""

    codes: list[str]


class Done(BaseModel):
    """It is done."""

    done: bool


@router.post("/password", response_model=Done)
def password(told: Passwords, user: Me, act: TheAct) -> JSONResponse:
    """A new password; every other session of yours ends."""

    def done(session: Session) -> None:
        accounts.change_password(session, user.name, told.new, user.session)

    return _once_known(act, "change-password", told.old, done)


@router.post("/authenticator", response_model=Begun, status_code=201)
def begin(told: Password, user: Me, act: TheAct) -> JSONResponse:
    """Begin to set up an authenticator, with the password; it counts once a code of it confirms it."""
    return _once_known(act, "second-factor-begun", told.password, lambda session: _begun(act, session), 201)


def _once_known(
    act: Acting, what: str, password: str, action: Callable[[Session], Any], status: int = 200
) -> JSONResponse:
    """Do it for who knows the password; a wrong one is counted, so the act that finds it wrong ends well and says so after."""

    def done(session: Session) -> dict[str, Any]:
        if not signing_in.password_is(session, act.user.name, password, act.parts.clock()):
            return {"wrong": True}
        return {"wrong": False, "answer": action(session)}

    body, code, _ = _unkept(act).run(what, f"person:{act.user.name}", done, status)
    if body["wrong"]:
        raise Wrong("The password is wrong.", "Type it again.", ({"field": "password", "reason": "is wrong"},))
    return JSONResponse(body["answer"] or {"done": True}, code)


def _begun(act: Acting, session: Session) -> dict[str, str]:
    person = accounts.person_named(session, act.user.name)
    if person.subject is not None:
        raise Conflict("You sign in at the provider.", "Set up your second factor there.")
    address = codes.begin(act.parts.store.seal, person)
    return {"address": address, "picture": codes.picture(address)}


@router.post("/authenticator/confirm", response_model=OnPaper)
def confirm(told: Code, user: Me, act: TheAct) -> JSONResponse:
    """A code of the authenticator confirms it; the codes for paper are shown this once."""

    def done(session: Session) -> dict[str, list[str]]:
        person = accounts.person_named(session, user.name)
        return {"codes": codes.confirm(act.parts.store.seal, person, told.code, act.parts.clock())}

    return _unkept(act).do("second-factor-on", f"person:{user.name}", done)


@router.post("/authenticator/off", response_model=Done)
def off(told: Code, user: Me, act: TheAct) -> JSONResponse:
    """Take the authenticator off, with a code of it, to set up another."""
    return _once_proved(
        act, "second-factor-off", told.code, lambda session: codes.take_off(accounts.person_named(session, user.name))
    )


@router.post("/proof", response_model=Done)
def prove(told: Code, user: Me, act: TheAct) -> JSONResponse:
    """Prove again that it is you: what needs a fresh proof may be done for five minutes."""
    return _once_proved(act, "prove", told.code, lambda _: None)


def _once_proved(act: Acting, what: str, code: str, action: Callable[[Session], None]) -> JSONResponse:
    """Do it for who gives a code, which is used up; a wrong one is counted, so the act ends well and says so after."""

    def done(session: Session) -> dict[str, bool]:
        user, at = act.user, act.parts.clock()
        right = signing_in.prove(act.parts.store, session, user.name, user.session or "", code, at)
        if right:
            action(session)
        return {"done": right}

    body, status, _ = _unkept(act).run(what, f"person:{act.user.name}", done)
    if not body["done"]:
        raise NotAllowed("The code is wrong, was used, or none is set up.", "Wait for the next one and type it.")
    return JSONResponse(body, status)


def _unkept(act: Acting) -> Acting:
    """An act whose answer is shown once: it is not kept for a request that is sent again."""
    return Acting(act.parts, act.user, None, act.request_hash)
