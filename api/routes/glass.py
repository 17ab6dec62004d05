"""Breaking the glass, the notices that it gives, and its review."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session

from api.db.tables import Glass
from api.dependencies import Acting, Needs, TheAct
from api.security.roles import May
from api.services import breaking_glass, notices

router = APIRouter(prefix="/api/v1", tags=["breaking the glass"])
Text = Annotated[str, Field(min_length=10, max_length=2000)]


class Broken(BaseModel):
    """Which one child, and why."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"child": "C0007", "reason": "Found alone at the station; we must know whom to ring."}]
        },
    )
    child: Annotated[str, Field(min_length=1, max_length=80)]
    reason: Text


class Look(BaseModel):
    """A look through broken glass, until when it is open, and by when it is reviewed."""

    id: str
    child: str
    person: str
    opened_at: str
    ends_at: str
    review_by: str
    reason: str | None = None


class Finding(BaseModel):
    """What a manager finds."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"justified": True, "finding": "On call; the child was missing."}]},
    )
    justified: bool
    finding: Text


class Reviewed(BaseModel):
    """A look that was reviewed."""

    id: str
    reviewed_by: str
    justified: bool


class Record(BaseModel):
    """The child's facts, as their own officers see them; what is withheld from those is withheld here."""

    ref: str
    version: int
    cells: dict[str, str]


class Notice(BaseModel):
    """What a manager is to know."""

    id: str
    at: str
    what: str
    about: str
    by: str


def _told(row: Glass, reason: str | None = None) -> dict[str, Any]:
    told = {name: getattr(row, name) for name in ("id", "child", "person")}
    when = {name: getattr(row, name).isoformat() for name in ("opened_at", "ends_at", "review_by")}
    return {**told, **when, "reason": reason}


@router.post("/glass", status_code=201, dependencies=[Depends(Needs(May.BREAK_GLASS))], response_model=Look)
def break_glass(told: Broken, act: TheAct) -> JSONResponse:
    """Open one child's record for an hour, with a reason. Managers of both authorities are told at once."""

    def done(session: Session) -> dict[str, Any]:
        parts = act.parts
        return _told(
            breaking_glass.break_glass(session, parts.store.seal, act.user, told.child, told.reason, parts.clock())
        )

    return act.do("break-glass", f"child:{told.child}", done, 201)


@router.get("/glass/{number}/record", dependencies=[Depends(Needs(May.BREAK_GLASS))], response_model=Record)
def record(number: str, act: TheAct) -> JSONResponse:
    """The record behind the glass, while it is open."""

    def done(session: Session) -> dict[str, Any]:
        kept = breaking_glass.look(session, act.parts.store.seal, act.user, number, act.parts.clock())
        return {"ref": kept.ref, "version": kept.version, "cells": kept.cells}

    unkept = Acting(act.parts, act.user, None, act.request_hash)
    return unkept.do("read-behind-glass", f"glass:{number[:36]}", done)


@router.get("/glass", dependencies=[Depends(Needs(May.REVIEW))], response_model=list[Look])
def to_review(act: TheAct) -> JSONResponse:
    """Looks that wait for review, the first due first, with their reasons."""

    def done(session: Session) -> list[dict[str, Any]]:
        rows = breaking_glass.to_review(session, act.user)
        return [_told(row, breaking_glass.reason_of(session, act.parts.store.seal, row)) for row in rows]

    return act.do("list-glass", "glass", done)


@router.post("/glass/{number}/review", dependencies=[Depends(Needs(May.REVIEW))], response_model=Reviewed)
def review(number: str, told: Finding, act: TheAct) -> JSONResponse:
    """What is found of a look; never of one's own."""

    def done(session: Session) -> dict[str, Any]:
        parts = act.parts
        row = breaking_glass.review(
            session, parts.store.seal, act.user, number, told.justified, told.finding, parts.clock()
        )
        return {"id": row.id, "reviewed_by": row.reviewed_by, "justified": row.justified}

    return act.do("review-glass", f"glass:{number[:36]}", done, justified=told.justified)


@router.get("/notices", dependencies=[Depends(Needs(May.REVIEW))], response_model=list[Notice])
def unseen(act: TheAct) -> JSONResponse:
    """What a manager has not seen yet, the newest first."""

    def done(session: Session) -> list[dict[str, Any]]:
        rows = notices.unseen(session, act.user)
        return [{"id": n.id, "at": n.at.isoformat(), "what": n.what, "about": n.about, "by": n.by} for n in rows]

    return act.do("list-notices", "notices", done)


@router.post("/notices/{number}/seen", dependencies=[Depends(Needs(May.REVIEW))], response_model=Notice)
def seen(number: str, act: TheAct) -> JSONResponse:
    """A manager has seen it."""

    def done(session: Session) -> dict[str, Any]:
        row = notices.seen(session, act.user, number, act.parts.clock())
        return {"id": row.id, "at": row.at.isoformat(), "what": row.what, "about": row.about, "by": row.by}

    return act.do("notice-seen", f"notice:{number[:36]}", done)
