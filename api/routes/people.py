"""People and roles: an administrator's, who sees no case."""

from fastapi import APIRouter, Depends
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import select
from sqlalchemy.orm import Session

from api.db.tables import Person
from api.dependencies import Needs, TheAct, TheService
from api.security import accounts
from api.security.roles import May

router = APIRouter(prefix="/api/v1/people", tags=["people"], dependencies=[Depends(Needs(May.MANAGE_PEOPLE))])


class NewPerson(BaseModel):
    """Somebody who is to sign in."""

    model_config = ConfigDict(extra="forbid")
    name: str = Field(min_length=2, max_length=80, pattern=r"^[\w.@-]+$")
    roles: list[str] = Field(min_length=1, max_length=10)
    authority: str | None = Field(None, max_length=9)
    password: str = Field(max_length=200)


class Somebody(BaseModel):
    """Who signs in, as what, for which authority."""

    name: str
    roles: list[str]
    authority: str | None
    active: bool


@router.get("")
def people(parts: TheService) -> list[Somebody]:
    """Everybody who signs in, or did."""
    with parts.store.reading() as session:
        rows = session.scalars(select(Person).order_by(Person.name)).all()
        return [Somebody(name=p.name, roles=p.roles, authority=p.authority, active=p.active) for p in rows]


@router.post("", status_code=201, response_model=Somebody)
def add(told: NewPerson, act: TheAct) -> JSONResponse:
    """Add somebody."""

    def done(session: Session) -> dict[str, object]:
        made = accounts.new_person(session, told.name, told.roles, told.authority, told.password)
        return {"name": made.name, "roles": made.roles, "authority": made.authority, "active": True}

    return act.do("add-person", f"person:{told.name}", done, 201, roles=told.roles)


@router.post("/{name}/leave")
def leave(name: str, act: TheAct) -> JSONResponse:
    """Somebody has left: their sessions end at once."""

    def done(session: Session) -> dict[str, bool]:
        accounts.leave(session, name)
        return {"left": True}

    return act.do("person-left", f"person:{name[:80]}", done)
