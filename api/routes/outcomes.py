"""How placements go."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session

from api.db import queries
from api.dependencies import Needs, TheAct
from api.routes.answers import TABLE, Accept, as_table, wants_table
from api.security.roles import May
from api.services import outcomes
from api.services.outcomes import Answer, Found, Point

router = APIRouter(prefix="/api/v1", tags=["outcomes"])


class OutcomeTold(BaseModel):
    """What was found, and whether the placement stands."""

    placed: str
    child: str
    home: str
    point: str
    stands: bool
    found: str
    said: str | None
    by: str
    at: str


class OutcomeDue(BaseModel):
    """A question whose day has come."""

    placed: str
    child: str
    home: str
    point: str
    due_on: str
    days_late: int


class AnswerTold(BaseModel):
    """How a placement goes at one point in time; `placed` is the number of the decision that recorded the move."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"placed": "0b9f7a2e-4d6c-4e0e-9a55-0e6c1f6f2d11", "point": "72-hours", "found": Found.SETTLED.value}
            ]
        },
    )
    placed: Annotated[str, Field(max_length=36)]
    point: Point
    found: Found
    said: Annotated[str | None, Field(max_length=2000)] = None


@router.get(
    "/outcomes/due", dependencies=[Depends(Needs(May.SEE_CASES))], response_model=list[OutcomeDue], responses=TABLE
)
def due(act: TheAct, accept: Accept = "application/json") -> Response:
    """What is to be asked now, the oldest first."""
    found: list[dict[str, Any]] = []

    def done(session: Session) -> list[dict[str, Any]]:
        found[:] = outcomes.due(session, act.user, act.parts.today())
        return found

    answer = act.do("list-outcomes-due", "outcomes", done)
    return as_table(list(OutcomeDue.model_fields), found) if wants_table(accept) else answer


@router.post("/outcomes", status_code=201, dependencies=[Depends(Needs(May.DECIDE))], response_model=OutcomeTold)
def record(told: AnswerTold, act: TheAct) -> JSONResponse:
    """Record how a placement goes; once for each point in time."""
    seal = act.parts.store.seal
    answer = Answer(told.placed, told.point, told.found, told.said)
    return act.do(
        "record-outcome",
        f"placement:{told.placed}",
        lambda session: outcomes.as_told(session, seal, outcomes.record(session, seal, act.user, answer)),
        201,
        point=told.point.value,
        found=told.found.value,
    )


@router.get("/children/{ref}/outcomes", dependencies=[Depends(Needs(May.SEE_CASES))], response_model=list[OutcomeTold])
def of_child(ref: str, act: TheAct) -> JSONResponse:
    """All that was found about a child's placements, oldest first."""

    def done(session: Session) -> list[dict[str, Any]]:
        queries.one(session, act.parts.store.seal, "child", ref, act.user.authority)
        seal = act.parts.store.seal
        return [outcomes.as_told(session, seal, row) for row in outcomes.of_child(session, ref)]

    return act.do("read-outcomes", f"child:{ref[:100]}", done)
