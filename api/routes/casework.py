"""Shortlists and plans."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import select
from sqlalchemy.orm import Session

from api.db.tables import PlanMade
from api.dependencies import Needs, TheAct
from api.routes.jobs import JobTold, accepted
from api.security.accounts import User
from api.security.roles import May
from api.services import matching, proposing

router = APIRouter(prefix="/api/v1", tags=["shortlists and plans"])
Ref = Annotated[str, Field(min_length=1, max_length=80)]


class ForWhom(BaseModel):
    """Children of one group who go together."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"children": ["C0007"], "emergency": True}]}
    )
    children: list[Ref] = Field(min_length=1, max_length=12)
    emergency: bool = False


class PlanWanted(BaseModel):
    """What the meeting asks of the plan: who goes where, who does not, who waits; what an earlier plan promised is kept."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"pins": {"C0001": "H0012"}, "wait": ["C0007"]}]}
    )
    pins: dict[Ref, Ref] = Field(default_factory=dict, max_length=500)
    forbidden: list[tuple[Ref, Ref]] = Field(default_factory=list, max_length=5000)
    wait: list[Ref] = Field(default_factory=list, max_length=5000)
    since: Annotated[str | None, Field(max_length=36)] = None


class PlanKept(BaseModel):
    """A plan as it was made."""

    id: str
    made_at: str
    made_by: str
    plan: dict[str, Any]


@router.post("/shortlists", dependencies=[Depends(Needs(May.PROPOSE))])
def shortlist(told: ForWhom, act: TheAct) -> JSONResponse:
    """The homes to ring, in order, with near misses and who may agree to them."""

    with act.parts.store.reading() as session:  # the writer's lock is not held while the core works
        matching.must_be_own(session, act.user, told.children)
        caseload = matching.caseload_now(session, act.parts.store.seal, act.parts.maps, act.user, act.parts.today())
    found = matching.homes_for(caseload, act.parts.policy, told.children, told.emergency, act.parts.maps.readings)
    return act.do("shortlist", "children:" + ",".join(told.children)[:180], lambda _: found, emergency=told.emergency)


@router.post(
    "/plans",
    status_code=201,
    dependencies=[Depends(Needs(May.PROPOSE))],
    response_model=PlanKept,
    responses={202: {"model": JobTold, "description": "It takes longer: a job, at `Location`."}},
)
def propose(
    told: PlanWanted,
    act: TheAct,
    prefer: Annotated[str, Header(description="`respond-async`: as a job, however short it is.")] = "",
) -> JSONResponse:
    """The best plan for everybody who needs a home, proven, read by the checker; kept with all that made it.

    A plan of about a second is answered at once; one that takes longer is a job.
    """
    parts, user = act.parts, act.user
    pins: dict[str, str | None] = {**told.pins, **dict.fromkeys(told.wait)}
    asked = matching.Asked(pins, tuple(told.forbidden), told.since, parts.settings.plan_seconds)
    with parts.store.reading() as session:
        matching.must_be_own(session, user, asked.children)
    caseload, policy = parts.read_ahead(user.authority), parts.policy
    plan = None
    if "respond-async" not in prefer:
        plan = proposing.at_once(parts.store, parts.pool, policy, user, asked, caseload)
    if plan is None:
        return accepted(act, "ask-plan", "plan", lambda session: proposing.later(session, parts.store, user, asked))
    return act.do(
        "propose-plan",
        "plan",
        lambda session: _shown(matching.keep(session, parts.store.seal, user, caseload, policy, asked, plan)),
        201,
        plan_hash=plan["plan_hash"],
    )


def _shown(row: PlanMade) -> dict[str, Any]:
    return {"id": row.id, "made_at": row.made_at.isoformat(), "made_by": row.made_by, "plan": row.plan}


@router.get("/plans", response_model=list[PlanKept])
def plans(user: Annotated[User, Depends(Needs(May.SEE_CASES))], act: TheAct) -> JSONResponse:
    """The latest plans, newest first."""

    def done(session: Session) -> list[dict[str, Any]]:
        query = select(PlanMade).order_by(PlanMade.made_at.desc()).limit(20)
        query = query.where(PlanMade.authority == user.authority) if user.authority else query
        return [_shown(row) for row in session.scalars(query)]

    return act.do("list-plans", "plans", done)


@router.get("/plans/{plan_id}", dependencies=[Depends(Needs(May.SEE_CASES))], response_model=PlanKept)
def plan(plan_id: str, act: TheAct, accept: Annotated[str, Header()] = "application/json") -> Response:
    """One plan; as a table with `Accept: text/csv`."""
    shown = act.do(
        "read-plan", f"plan:{plan_id[:36]}", lambda session: _shown(matching.plan_of(session, act.user, plan_id))
    )
    if "text/csv" not in accept:
        return shown
    with act.parts.store.reading() as session:
        placements = matching.told_of(matching.plan_of(session, act.user, plan_id)).placements
    return Response("child,home\n" + "".join(f"{c},{h}\n" for c, h in placements), media_type="text/csv")


@router.get("/plans/{plan_id}/since/{earlier_id}", dependencies=[Depends(Needs(May.SEE_CASES))])
def compared(plan_id: str, earlier_id: str, act: TheAct) -> JSONResponse:
    """What a plan does otherwise than an earlier one, in words."""

    def done(session: Session) -> dict[str, Any]:
        found = matching.between(
            matching.plan_of(session, act.user, earlier_id), matching.plan_of(session, act.user, plan_id)
        )
        return {"sentences": [str(sentence) for sentence in found.sentences]}

    return act.do("compare-plans", f"plan:{plan_id[:36]}", done)
