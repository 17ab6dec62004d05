"""Sibling groups with their plans, ties between children and homes, adoption links."""

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session

from api.dependencies import Needs, TheAct, Version
from api.routes.answers import TABLE, Accept, as_table, wants_table
from api.routes.facts import Kept, shown
from api.routes.homes import at
from api.security.roles import May
from api.services import families
from api.services.families import Link
from matching.domain import SiblingPlan, Tie

router = APIRouter(prefix="/api/v1", tags=["brothers and sisters, ties, links"])
Ref = Annotated[str, Field(min_length=1, max_length=80)]


class Group(BaseModel):
    """Brothers and sisters of whom somebody needs a home."""

    ref: str
    waiting: list[str]
    settled: list[str]
    plan: str
    subsets: list[str]


class PlanTold(BaseModel):
    """The assessed plan of a sibling group; `subsets` name who stays together when the plan is named subsets."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"plan": SiblingPlan.TOGETHER_REQUIRED.value}]}
    )
    plan: SiblingPlan
    subsets: list[Annotated[str, Field(max_length=200)]] = Field(default_factory=list, max_length=12)
    reason: Annotated[str | None, Field(max_length=2000)] = None


class TieTold(BaseModel):
    """Who belongs together or apart, or with whom there may be no contact."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"tie": "apart", "of": "C0001", "to": "C0002"}]}
    )
    tie: Tie
    of: Ref
    to: Ref
    reason: Annotated[str | None, Field(max_length=2000)] = None


class LinkWanted(BaseModel):
    """Adopters to be reserved for a child or sibling group until a day."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"children": ["C0001"], "home": "A0004", "expires_on": "2027-02-01"}]},
    )
    children: list[Ref] = Field(min_length=1, max_length=12)
    home: Ref
    expires_on: date


class LinkTold(BaseModel):
    """A link; one that has expired reserves nothing."""

    child: str
    home: str
    since: str | None
    expires_on: str | None
    in_force: bool


@router.get(
    "/sibling-groups", dependencies=[Depends(Needs(May.SEE_CASES))], response_model=list[Group], responses=TABLE
)
def groups(act: TheAct, accept: Accept = "application/json") -> Response:
    """Sibling groups of whom somebody needs a home."""
    found = families.groups(act.parts.read_ahead(act.user.authority))
    answer = act.do("list-sibling-groups", "sibling-groups", lambda _: found)
    return as_table(list(Group.model_fields), found) if wants_table(accept) else answer


@router.put("/sibling-groups/{ref}/plan", dependencies=[Depends(Needs(May.REFER))], response_model=Kept)
def plan(ref: str, told: PlanTold, act: TheAct, version: Version) -> JSONResponse:
    """Record the assessed plan of a group; If-Match names the version of an earlier one, or 0 for the first."""
    cells = {"plan": told.plan.value, "subsets": ";".join(told.subsets), "reason": told.reason or ""}
    known = {column: text for column, text in cells.items() if text}
    caseload = act.parts.read_ahead(act.user.authority)
    return act.do(
        "plan-siblings",
        f"sibling-group:{ref[:100]}",
        lambda session: shown(families.plan_siblings(at(act, session), caseload, ref, known, version or 0)),
        plan=told.plan.value,
    )


@router.post("/ties", status_code=201, dependencies=[Depends(Needs(May.REFER))], response_model=Kept)
def relate(told: TieTold, act: TheAct) -> JSONResponse:
    """Record that two children live apart or may share a room, or a child's tie with a home."""
    cells = {"tie": told.tie.value, "of": told.of, "to": told.to, **({"reason": told.reason} if told.reason else {})}
    caseload = act.parts.read_ahead(act.user.authority)
    return act.do(
        "relate",
        f"child:{told.of[:100]}",
        lambda session: shown(families.relate(at(act, session), caseload, cells)),
        201,
        tie=told.tie.value,
        to=told.to,
    )


@router.delete("/ties/{tie}/{of}/{to}", status_code=200, dependencies=[Depends(Needs(May.REFER))])
def unrelate(tie: Tie, of: str, to: str, act: TheAct) -> JSONResponse:
    """A tie no longer holds."""

    def done(session: Session) -> dict[str, Any]:
        families.unrelate(at(act, session), tie, of, to)
        return {"removed": True}

    return act.do("unrelate", f"child:{of[:100]}", done, tie=tie.value, to=to[:80])


@router.get("/links", dependencies=[Depends(Needs(May.SEE_CASES))], response_model=list[LinkTold], responses=TABLE)
def links(act: TheAct, accept: Accept = "application/json") -> Response:
    """Adopters who are, or were, reserved."""
    found = families.links(act.parts.read_ahead(act.user.authority))
    answer = act.do("list-links", "links", lambda _: found)
    return as_table(list(LinkTold.model_fields), found) if wants_table(accept) else answer


@router.post("/links", status_code=201, dependencies=[Depends(Needs(May.DECIDE))], response_model=list[LinkTold])
def reserve(told: LinkWanted, act: TheAct) -> JSONResponse:
    """Reserve adopters for a child or sibling group until a day; it ends by itself. Others get 409."""
    wanted = Link(tuple(dict.fromkeys(told.children)), told.home, told.expires_on)
    act.parts.read_ahead(act.user.authority)

    def done(session: Session) -> list[dict[str, Any]]:
        here = at(act, session)
        families.reserve(here, act.parts.read_within(session, act.user.authority), wanted)
        after = act.parts.read_within(session, act.user.authority)
        return [one for one in families.links(after) if one["child"] in wanted.children and one["home"] == wanted.home]

    return act.do("reserve-link", f"child:{','.join(wanted.children)}"[:200], done, 201, home=told.home)


@router.delete("/links/{child}/{home}", dependencies=[Depends(Needs(May.DECIDE))])
def unlink(child: str, home: str, act: TheAct) -> JSONResponse:
    """Withdraw a link: the adopters are free for others."""

    def done(session: Session) -> dict[str, Any]:
        families.unlink(at(act, session), child, home)
        return {"removed": True}

    return act.do("withdraw-link", f"child:{child[:100]}", done, home=home[:80])
