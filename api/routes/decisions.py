"""Decisions of named persons, agreements to lift a rule, refusals."""

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import select
from sqlalchemy.orm import Session

from api.db import queries
from api.db.tables import Decided
from api.dependencies import Acting, Needs, TheAct
from api.security.roles import May
from api.services import decisions
from api.services.decisions import Choice, Desk, Kind

router = APIRouter(prefix="/api/v1", tags=["decisions"])
Ref = Annotated[str, Field(min_length=1, max_length=80)]
Text = Annotated[str, Field(min_length=1, max_length=2000)]


class Decision(BaseModel):
    """What is decided about children who go together and a home."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"kind": "accepted", "children": ["C0007"], "home": "H0012"}]}
    )
    kind: Kind
    children: list[Ref] = Field(min_length=1, max_length=12)
    home: Ref
    plan: Annotated[str | None, Field(max_length=36)] = None
    reason: Annotated[str | None, Field(max_length=2000)] = None


class Agreement(BaseModel):
    """Who may, agrees to lift one rule for one child and home."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"rule": "sibling-plan", "child": "C0001", "home": "H0012", "reason": "Assessed on 3 June."}]
        },
    )
    rule: Annotated[str, Field(max_length=40)]
    child: Ref
    home: Ref
    reason: Text
    expires_on: date | None = None


class No(BaseModel):
    """A no: who said it and why; never what sort of person a child is."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"child": "C0001", "home": "H0012", "by": "carer", "reason": "timing"}]},
    )
    child: Ref
    home: Ref
    by: Annotated[str, Field(max_length=20)]
    reason: Annotated[str, Field(max_length=40)]
    said: Annotated[str | None, Field(max_length=2000)] = None


class Recorded(BaseModel):
    """A decision as it stands in the record."""

    id: str
    child: str
    home: str
    kind: str
    by: str
    at: str


def _desk(act: Acting, session: Session) -> Desk:
    return Desk(session, act.parts.store.seal, act.parts.maps, act.parts.policy, act.user, act.parts.today())


def _recorded(row: Decided) -> dict[str, Any]:
    return {
        "id": row.id,
        "child": row.child,
        "home": row.home,
        "kind": row.kind,
        "by": row.by,
        "at": row.at.isoformat(),
    }


@router.post("/decisions", status_code=201, dependencies=[Depends(Needs(May.DECIDE))], response_model=list[Recorded])
def decide(told: Decision, act: TheAct) -> JSONResponse:
    """Accept, override, decline, withdraw, place or end. A place is promised once: the second gets 409 with what changed."""
    choice = Choice(told.kind, tuple(dict.fromkeys(told.children)), told.home, told.plan, told.reason)
    act.parts.read_ahead(act.user.authority)

    def done(session: Session) -> list[dict[str, Any]]:
        return [_recorded(row) for row in decisions.decide(_desk(act, session), choice)]

    return act.do(
        f"decide-{told.kind}", f"child:{','.join(choice.children)}"[:200], done, 201, home=told.home, plan=told.plan
    )


@router.get("/children/{ref}/decisions", dependencies=[Depends(Needs(May.SEE_CASES))], response_model=list[Recorded])
def decided(ref: str, act: TheAct) -> JSONResponse:
    """All that was decided about a child, oldest first."""

    def done(session: Session) -> list[dict[str, Any]]:
        queries.one(session, act.parts.store.seal, "child", ref, act.user.authority)
        rows = session.scalars(select(Decided).where(Decided.child == ref).order_by(Decided.at))
        return [_recorded(row) for row in rows]

    return act.do("read-decisions", f"child:{ref[:100]}", done)


@router.post("/agreements", status_code=201, dependencies=[Depends(Needs(May.AGREE))])
def agree(told: Agreement, act: TheAct) -> JSONResponse:
    """Agree to lift a rule for exactly this child and home, until a day if one is given."""

    def done(session: Session) -> dict[str, Any]:
        kept = decisions.agree(_desk(act, session), told.rule, told.child, told.home, told.reason, told.expires_on)
        return {"ref": kept.ref, "role": kept.cells["role"], "version": kept.version}

    return act.do("agree", f"child:{told.child}", done, 201, rule=told.rule, home=told.home)


@router.post("/refusals", status_code=201, dependencies=[Depends(Needs(May.DECIDE))])
def refused(told: No, act: TheAct) -> JSONResponse:
    """A no: the next shortlist and plan keep to it."""

    def done(session: Session) -> dict[str, Any]:
        seal, maps = act.parts.store.seal, act.parts.maps
        queries.one(session, seal, "child", told.child, act.user.authority)
        queries.one(session, seal, "home", told.home, act.user.authority)
        cells = {
            "child": told.child,
            "home": told.home,
            "by": told.by,
            "reason": told.reason,
            "on": act.parts.today().isoformat(),
        }
        kept = queries.save(session, seal, maps, "refusal", {**cells, **({"said": told.said} if told.said else {})})
        return {"ref": kept.ref, "version": kept.version}

    return act.do("refusal", f"child:{told.child}", done, 201, home=told.home, by=told.by, reason=told.reason)
