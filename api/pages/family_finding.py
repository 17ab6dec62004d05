"""Adoption: children and groups who wait for a family, links that reserve adopters until a day, pools; no place is shown."""

import secrets
from dataclasses import dataclass
from datetime import date
from typing import Any

from fastapi import APIRouter, Depends
from fastapi.responses import HTMLResponse, Response
from sqlalchemy.orm import Session

from api.errors import ServiceError, Wrong, of_core
from api.pages.questions import read_day
from api.pages.rendering import Form, Looking, PageNeeds, Sending, back_to, page
from api.routes.homes import at
from api.security.roles import May
from api.services import answers, families
from api.services.families import Link
from matching.domain import CarePlan, CareType, Caseload, HomeKind
from matching.errors import MatchingError

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True)
class Family:
    """A child or group for whom adopters are looked for, with the pools that look for them and the links in force."""

    children: tuple[str, ...]
    pools: tuple[str, ...]
    plan: str
    linked: tuple[str, ...]


@router.get("/family-finding", dependencies=[Depends(PageNeeds(May.SEE_CASES))])
def family_finding(look: Looking) -> HTMLResponse:
    """Who waits for a family, links, adopters by pool."""
    return _page(look, None, {})


def _page(look: Any, fault: ServiceError | None, typed: dict[str, str]) -> HTMLResponse:
    caseload = look.parts.read_ahead(look.user.authority)
    adopters = [home for home in caseload.homes if home.kind is HomeKind.ADOPTIVE]
    pools: dict[str, list[str]] = {}
    for home in adopters:
        pools.setdefault(home.pool or "no pool", []).append(home.ref)
    look.run("list-family-finding", "links", lambda _: {})
    return page(
        "family_finding.html",
        look,
        fault.status if fault else 200,
        here="/family-finding",
        families=_families(caseload),
        links=families.links(caseload),
        pools=sorted(pools.items()),
        fault=fault,
        typed=typed,
        once=secrets.token_urlsafe(12),
    )


def _families(caseload: Caseload) -> list[Family]:
    waiting = [c for c in caseload.seeking if c.care_plan is CarePlan.ADOPTION or c.care_type is CareType.ADOPTION]
    groups = dict.fromkeys(tuple(answers.together_with(caseload, child.ref)) for child in waiting)
    return [_family(caseload, group) for group in groups]


def _family(caseload: Caseload, group: tuple[str, ...]) -> Family:
    children = [caseload.child(ref) for ref in group]
    plan = next((one.plan.value for one in caseload.groups if group[0] in one.children and len(group) > 1), "")
    linked = tuple(sorted({home for child, home in caseload.linked if child in group}))
    return Family(group, tuple(sorted({child.pool for child in children if child.pool})), plan, linked)


@router.post("/family-finding/links", dependencies=[Depends(PageNeeds(May.DECIDE))])
def reserve(form: Form, act: Sending) -> Response:
    """Reserve adopters for a child or group until a day."""
    children = tuple(form.get("children", "").upper().replace(",", " ").split())
    home, until = form.get("home", "").upper()[:80], read_day(form.get("expires_on", ""))
    caseload = act.parts.read_ahead(act.user.authority)
    try:
        link = Link(children, home, _day(until, children))
        told = lambda session: {"links": len(families.reserve(at(act, session), caseload, link))}  # noqa: E731
        act.run("reserve-adopters", f"child:{','.join(children)}"[:200], told, 201, home=home)
    except (MatchingError, ServiceError) as fault:
        return _page(act, of_core(fault) if isinstance(fault, MatchingError) else fault, form)
    return back_to("/family-finding")


def _day(text: str, children: tuple[str, ...]) -> date:
    """The last day of a link; raises `Wrong` with what is missing."""
    missing = [] if children else [{"field": "children", "reason": "are missing.", "way_out": "Write a reference."}]
    try:
        day = date.fromisoformat(text)
    except ValueError:
        way_out = "Write it as 1 March 2027, or 1/3/2027."
        missing.append({"field": "expires_on", "reason": "is not a day we can read.", "way_out": way_out})
    if missing:
        raise Wrong("Nothing was reserved.", "", tuple(missing))
    return day


@router.post("/family-finding/links/withdraw", dependencies=[Depends(PageNeeds(May.DECIDE))])
def withdraw(form: Form, act: Sending) -> Response:
    """Withdraw a link."""
    child, home = form.get("child", "")[:80], form.get("home", "")[:80]

    def done(session: Session) -> dict[str, Any]:
        families.unlink(at(act, session), child, home)
        return {}

    try:
        act.run("withdraw-link", f"child:{child}", done, home=home)
    except ServiceError as fault:
        return _page(act, fault, {})
    return back_to("/family-finding")
