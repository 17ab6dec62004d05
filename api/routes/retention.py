"""Whose time is over, legal holds, erasing; and what the record holds of somebody, for that person."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Header
from fastapi.responses import HTMLResponse, JSONResponse, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session

from api.db.tables import LegalHold
from api.dependencies import Acting, Needs, TheAct
from api.security.roles import May
from api.services import retention, subject_access
from matching.cli.places import data_folder

router = APIRouter(prefix="/api/v1", tags=["retention and subject access"])
Kind = Literal["child", "home"]


class Due(BaseModel):
    """Somebody whose time is over."""

    kind: str
    ref: str
    since: str
    held: bool


class HoldWanted(BaseModel):
    """Whom to keep, and why."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"kind": "child", "ref": "C0001", "reason": "An inquiry asked for it on 3 June."}]
        },
    )
    kind: Kind
    ref: Annotated[str, Field(min_length=1, max_length=80)]
    reason: Annotated[str, Field(min_length=10, max_length=2000)]


class Held(BaseModel):
    """A legal hold."""

    id: str
    kind: str
    ref: str
    set_by: str
    set_at: str
    lifted_by: str | None


class Gone(BaseModel):
    """Somebody who was erased, and by which rule."""

    subject: str
    rule: str


def _held(row: LegalHold) -> dict[str, Any]:
    told = {name: getattr(row, name) for name in ("id", "kind", "ref", "set_by", "lifted_by")}
    return {**told, "set_at": row.set_at.isoformat()}


def _rules() -> dict[str, retention.RetentionRule]:
    return retention.rules(data_folder() / "policies" / "retention.toml")


@router.get("/retention/due", dependencies=[Depends(Needs(May.RETAIN))], response_model=list[Due])
def due(act: TheAct) -> JSONResponse:
    """Everybody whose time in the record is over, the longest first."""

    def done(session: Session) -> list[dict[str, Any]]:
        found = retention.due(session, act.user, _rules(), act.parts.today())
        return [{"kind": one.kind, "ref": one.ref, "since": one.since.isoformat(), "held": one.held} for one in found]

    return act.do("list-due", "retention", done)


@router.get("/retention/holds", dependencies=[Depends(Needs(May.RETAIN))], response_model=list[Held])
def holds(act: TheAct) -> JSONResponse:
    """Legal holds that stand."""
    return act.do("list-holds", "retention", lambda session: [_held(row) for row in retention.holds(session, act.user)])


@router.post("/retention/holds", status_code=201, dependencies=[Depends(Needs(May.RETAIN))], response_model=Held)
def hold(told: HoldWanted, act: TheAct) -> JSONResponse:
    """Keep somebody whatever the rules say."""

    def done(session: Session) -> dict[str, Any]:
        parts = act.parts
        return _held(
            retention.hold(session, parts.store.seal, act.user, told.kind, told.ref, told.reason, parts.clock())
        )

    return act.do("set-hold", f"{told.kind}:{told.ref}", done, 201)


@router.delete("/retention/holds/{number}", dependencies=[Depends(Needs(May.RETAIN))], response_model=Held)
def lift(number: str, act: TheAct) -> JSONResponse:
    """A hold is over; a second person says so."""
    return act.do(
        "lift-hold",
        f"hold:{number[:36]}",
        lambda session: _held(retention.lift(session, act.parts.store.seal, act.user, number, act.parts.clock())),
    )


@router.post(
    "/retention/{kind}/{ref}/erase", dependencies=[Depends(Needs(May.RETAIN, proved=True))], response_model=Gone
)
def erase(kind: Kind, ref: str, act: TheAct) -> JSONResponse:
    """Erase somebody whose time is over, here and in every copy; nothing brings them back. Needs a fresh proof."""

    def done(session: Session) -> dict[str, str]:
        parts = act.parts
        gone = retention.erase(session, parts.store.seal, act.user, _rules(), (kind, ref), parts.clock())
        return {"subject": gone.subject, "rule": gone.rule}

    answer = act.do("erase", f"{kind}:{ref[:100]}", done)
    act.parts.store.tidy()
    return answer


@router.post("/subject-access/{kind}/{ref}", dependencies=[Depends(Needs(May.SUBJECT_ACCESS, proved=True))])
def gathered(kind: Kind, ref: str, act: TheAct, accept: Annotated[str, Header()] = "application/json") -> Response:
    """What the record holds of somebody, for that person: JSON, a page (`text/html`) or `application/pdf`. Needs a fresh proof."""
    told: dict[str, Any] = {}

    def done(session: Session) -> dict[str, Any]:
        told.clear()
        told.update(subject_access.gathered(session, act.parts.store.seal, act.user, kind, ref, act.parts.clock()))
        return told

    form = "pdf" if "application/pdf" in accept else "html" if "text/html" in accept else "json"
    unkept = Acting(act.parts, act.user, None, act.request_hash)
    unkept.run("subject-access", f"{kind}:{ref[:100]}", done, form=form)
    if form == "pdf":
        return Response(subject_access.as_pdf(told), media_type="application/pdf")
    return HTMLResponse(subject_access.as_html(told)) if form == "html" else JSONResponse(told)
