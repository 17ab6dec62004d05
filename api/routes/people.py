"""People and roles: an administrator's, who sees no case."""

from typing import Any

from fastapi import APIRouter, Depends
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import select
from sqlalchemy.orm import Session

from api.db.tables import Person
from api.dependencies import Needs, TheAct, TheService
from api.errors import Conflict
from api.security import accounts, codes
from api.security.roles import May

router = APIRouter(prefix="/api/v1/people", tags=["people"], dependencies=[Depends(Needs(May.MANAGE_PEOPLE))])


class NewPerson(BaseModel):
    """Somebody who is to sign in."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "name": "j.officer",
                    "roles": ["duty-officer"],
                    "authority": "E06000045",
                    "password": "a long one of words",
                }
            ]
        },
    )
    name: str = Field(min_length=2, max_length=80, pattern=r"^[\w.@-]+$")
    roles: list[str] = Field(min_length=1, max_length=10)
    authority: str | None = Field(None, max_length=80, description="Authority's code, or the name of a pool.")
    password: str = Field(max_length=200)


class Roles(BaseModel):
    """What somebody is from now on."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"roles": ["team-manager"], "authority": "E06000045"}]}
    )
    roles: list[str] = Field(min_length=1, max_length=10)
    authority: str | None = Field(None, max_length=80)


class NewPassword(BaseModel):
    """A password that was forgotten, set anew."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"password": "another one of words"}]})
    password: str = Field(max_length=200)


class Somebody(BaseModel):
    """Who signs in, as what, for which authority."""

    name: str
    roles: list[str]
    authority: str | None
    active: bool
    second_factor: bool
    signs_in: str


def _somebody(person: Person) -> dict[str, Any]:
    return {
        "name": person.name,
        "roles": person.roles,
        "authority": person.authority,
        "active": person.active,
        "second_factor": bool(person.totp_confirmed),
        "signs_in": "here" if person.subject is None else "at the provider",
    }


@router.get("")
def people(parts: TheService) -> list[Somebody]:
    """Everybody who signs in, or did."""
    with parts.store.reading() as session:
        rows = session.scalars(select(Person).order_by(Person.name)).all()
        return [Somebody(**_somebody(person)) for person in rows]


@router.post("", status_code=201, response_model=Somebody)
def add(told: NewPerson, act: TheAct) -> JSONResponse:
    """Add somebody."""

    def done(session: Session) -> dict[str, Any]:
        return _somebody(accounts.new_person(session, told.name, told.roles, told.authority, told.password))

    return act.do("add-person", f"person:{told.name}", done, 201, roles=told.roles)


@router.put("/{name}", response_model=Somebody)
def change(name: str, told: Roles, act: TheAct) -> JSONResponse:
    """Other roles or another authority; it holds from the next request. Who signs in at the provider has the roles of there."""

    def done(session: Session) -> dict[str, Any]:
        if accounts.person_named(session, name).subject is not None:
            raise Conflict("This person's roles come from the sign-in provider.", "Change their groups there.")
        return _somebody(accounts.change_roles(session, name, told.roles, told.authority))

    return act.do("change-roles", f"person:{name[:80]}", done, roles=told.roles, authority=told.authority)


@router.post("/{name}/password", response_model=Somebody)
def set_password(name: str, told: NewPassword, act: TheAct) -> JSONResponse:
    """A new password for somebody who forgot theirs; their sessions end."""

    def done(session: Session) -> dict[str, Any]:
        if accounts.person_named(session, name).subject is not None:
            raise Conflict("This person signs in at the provider.", "Their password is set there.")
        accounts.set_password(session, name, told.password)
        return _somebody(accounts.person_named(session, name))

    return act.do("set-password", f"person:{name[:80]}", done)


@router.delete("/{name}/second-factor", response_model=Somebody)
def lost_phone(name: str, act: TheAct) -> JSONResponse:
    """Take off the authenticator of somebody whose phone is lost; their sessions end."""

    def done(session: Session) -> dict[str, Any]:
        person = accounts.person_named(session, name)
        codes.take_off(person)
        accounts.end_sessions(session, name)
        return _somebody(person)

    return act.do("second-factor-off", f"person:{name[:80]}", done)


@router.post("/{name}/leave", response_model=Somebody)
def leave(name: str, act: TheAct) -> JSONResponse:
    """Somebody has left: their sessions end at once."""

    def done(session: Session) -> dict[str, Any]:
        accounts.leave(session, name)
        return _somebody(accounts.person_named(session, name))

    return act.do("person-left", f"person:{name[:80]}", done)


@router.post("/{name}/return", response_model=Somebody)
def come_back(name: str, act: TheAct) -> JSONResponse:
    """Somebody is back."""

    def done(session: Session) -> dict[str, Any]:
        accounts.come_back(session, name)
        return _somebody(accounts.person_named(session, name))

    return act.do("person-back", f"person:{name[:80]}", done)
