"""Vacancies with their age, holds, and the terms of approval of a home."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session

from api.db import queries
from api.dependencies import Acting, Needs, TheAct, Version
from api.routes.answers import TABLE, Accept, as_table, wants_table
from api.routes.facts import Facts, Kept, shown
from api.security.roles import May
from api.services import homes
from api.services.homes import APPROVAL, At
from matching.domain.words import Hold as HoldWhy

router = APIRouter(prefix="/api/v1", tags=["homes and vacancies"])


class Vacancy(BaseModel):
    """What the carer and the supervising worker say can be used now."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"places_free": 1, "place_state": "vacant"}]}
    )
    places_free: int = Field(ge=0, le=20)
    place_state: Literal["vacant", "filled", "not-available"]


class HoldTold(BaseModel):
    """Why a home may not be asked for now, and until when."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"hold": HoldWhy.NONE.value}]})
    hold: HoldWhy
    hold_until: Annotated[str | None, Field(max_length=10)] = None


class VacancyTold(BaseModel):
    """A home with usable places, and how old the word for it is."""

    home: str
    places_free: int
    youngest: int | None
    oldest: int | None
    hold: str | None
    hold_until: str | None
    short_notice: bool | None
    confirmed_on: str | None
    confirmed_by: str | None
    days: int | None
    yours: bool = Field(description="Whether you may confirm it; if not, those who approved the home do.")


def at(act: Acting, session: Session) -> At:
    """What an act on the record needs, from the request."""
    return At(session, act.parts.store.seal, act.parts.maps, act.parts.today(), act.user.authority)


@router.get(
    "/vacancies", dependencies=[Depends(Needs(May.SEE_CASES))], response_model=list[VacancyTold], responses=TABLE
)
def vacancies(
    act: TheAct,
    older_than: Annotated[int, Query(ge=0, le=3650, description="Days since it was confirmed.")] = 0,
    accept: Accept = "application/json",
) -> Response:
    """Homes with a usable place that nobody was promised, those confirmed longest ago first."""
    found = homes.vacancies(act.parts.read_ahead(act.user.authority), older_than, act.user.authority)
    answer = act.do("list-vacancies", "vacancies", lambda _: found)
    return as_table(list(VacancyTold.model_fields), found) if wants_table(accept) else answer


@router.post("/homes/{ref}/vacancy", dependencies=[Depends(Needs(May.CHANGE_HOMES))], response_model=Kept)
def confirm(ref: str, told: Vacancy, act: TheAct) -> JSONResponse:
    """Confirm today which places can be used."""
    new = {"places_free": str(told.places_free), "place_state": told.place_state}
    return act.do(
        "confirm-vacancy",
        f"home:{ref[:100]}",
        lambda session: shown(homes.confirm(at(act, session), ref, act.user.roles[0], new)),
        told=new,
    )


@router.post("/homes/{ref}/confirm", dependencies=[Depends(Needs(May.CHANGE_HOMES))], response_model=Kept)
def confirm_as_it_is(ref: str, act: TheAct) -> JSONResponse:
    """Confirm today that what is recorded of its places still holds."""
    return act.do(
        "confirm-vacancy",
        f"home:{ref[:100]}",
        lambda session: shown(homes.confirm(at(act, session), ref, act.user.roles[0])),
    )


@router.post("/homes/{ref}/hold", dependencies=[Depends(Needs(May.CHANGE_HOMES))], response_model=Kept)
def hold(ref: str, told: HoldTold, act: TheAct) -> JSONResponse:
    """Hold a home: nobody asks it for now."""
    new = {"hold": told.hold.value, "hold_until": told.hold_until or ""}
    return act.do(
        "hold-home",
        f"home:{ref[:100]}",
        lambda session: shown(homes.hold(at(act, session), ref, told.hold.value, told.hold_until)),
        told=new,
    )


@router.post("/homes/{ref}/release", dependencies=[Depends(Needs(May.CHANGE_HOMES))], response_model=Kept)
def release(ref: str, act: TheAct) -> JSONResponse:
    """Release a home that was held."""
    return act.do("release-home", f"home:{ref[:100]}", lambda session: shown(homes.release(at(act, session), ref)))


@router.get("/homes/{ref}/approval", dependencies=[Depends(Needs(May.SEE_CASES))], response_model=Kept)
def approval(ref: str, act: TheAct) -> JSONResponse:
    """The standing and terms of a home's approval."""

    def done(session: Session) -> dict[str, Any]:
        return _terms(queries.one(session, act.parts.store.seal, "home", ref, act.user.authority))

    return act.do("read-approval", f"home:{ref[:100]}", done)


def _terms(kept: queries.Kept) -> dict[str, Any]:
    cells = {column: text for column, text in kept.cells.items() if column in APPROVAL}
    return {"ref": kept.ref, "version": kept.version, "cells": cells, "withheld": []}


@router.put("/homes/{ref}/approval", dependencies=[Depends(Needs(May.CHANGE_HOMES))], response_model=Kept)
def approve(ref: str, told: Facts, act: TheAct, version: Version) -> JSONResponse:
    """All terms of approval anew; If-Match names the version of the home that it was made on."""
    return act.do(
        "change-approval",
        f"home:{ref[:100]}",
        lambda session: _terms(homes.approve(at(act, session), ref, told.cells, version)),
        columns=sorted(told.cells),
    )
