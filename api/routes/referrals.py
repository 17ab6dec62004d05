"""Referrals: brothers and sisters at once, twelve fields for each; what is still to be asked; who waits."""

from typing import Any

from fastapi import APIRouter, Depends
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session

from api.db import queries
from api.dependencies import Needs, TheAct
from api.errors import Wrong
from api.routes.answers import TABLE, Accept, as_table, wants_table
from api.routes.facts import FRIDAY, Cells, Kept, own_cells, shown
from api.security.roles import May
from matching.domain import Child
from matching.domain.facts import facts_of

router = APIRouter(prefix="/api/v1/referrals", tags=["referrals"])
EXAMPLE: dict[str, Any] = {
    "children": [
        {"ref": "C0901", "date_of_birth": "2018-03-01", "sex": "female", "sibling_group": "G90"},
        {"ref": "C0902", "date_of_birth": "2026-01-15", "sex": "male", "sibling_group": "G90"},
    ]
}


class Referral(BaseModel):
    """Children who need a home, one or brothers and sisters; what is left out is not known."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [EXAMPLE]})
    children: list[Cells] = Field(min_length=1, max_length=12)


class Waiting(BaseModel):
    """A child who needs a home."""

    ref: str
    age: int | None
    needs_home_by: str | None
    deadline: str | None
    sibling_group: str | None


class Question(BaseModel):
    """A fact that is not known yet."""

    column: str
    meaning: str
    friday: bool


@router.get("", dependencies=[Depends(Needs(May.SEE_CASES))], response_model=list[Waiting], responses=TABLE)
def waiting(act: TheAct, accept: Accept = "application/json") -> Response:
    """Everybody who needs a home, by the day they need it."""
    caseload = act.parts.read_ahead(act.user.authority)
    found: list[dict[str, Any]] = [
        {
            "ref": child.ref,
            "age": child.age_on(caseload.as_of),
            "needs_home_by": child.needs_home_by.isoformat() if child.needs_home_by else None,
            "deadline": child.deadline.value if child.deadline else None,
            "sibling_group": child.sibling_group,
        }
        for child in caseload.seeking
    ]
    found.sort(key=lambda one: (one["needs_home_by"] or "9999", one["ref"]))
    answer = act.do("list-referrals", "referrals", lambda _: found)
    return as_table(list(Waiting.model_fields), found) if wants_table(accept) else answer


@router.post("", status_code=201, dependencies=[Depends(Needs(May.REFER))], response_model=list[Kept])
def refer(told: Referral, act: TheAct) -> JSONResponse:
    """Refer a child, or brothers and sisters together: all of them or none."""
    refs = [cells.get("ref", "") for cells in told.children]
    if len(set(refs)) < len(refs):
        raise Wrong("A reference stands twice.", "Give each child a reference of their own.")

    def done(session: Session) -> list[dict[str, object]]:
        seal, maps = act.parts.store.seal, act.parts.maps
        return [shown(queries.save(session, seal, maps, "child", own_cells(act, cells), 0)) for cells in told.children]

    columns = sorted({column for cells in told.children for column in cells})
    with act.choosing():
        return act.do("refer", f"children:{','.join(refs)}"[:200], done, 201, columns=columns)


@router.get("/{ref}/questions", dependencies=[Depends(Needs(May.SEE_CASES))], response_model=list[Question])
def questions(ref: str, act: TheAct) -> JSONResponse:
    """What is not known of a child yet; the twelve fields of a Friday first."""

    def done(session: Session) -> list[dict[str, Any]]:
        known = queries.one(session, act.parts.store.seal, "child", ref, act.user.authority).cells
        asked = [fact for fact in facts_of(Child) if fact.column not in known]
        asked.sort(key=lambda fact: fact.column not in FRIDAY)
        return [{"column": f.column, "meaning": f.meaning, "friday": f.column in FRIDAY} for f in asked]

    return act.do("read-questions", f"child:{ref[:100]}", done)
