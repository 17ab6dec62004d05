"""The trail for an auditor: acts in order, of one thing if it is named; whether it is whole; a plan made again."""

from typing import Any

from fastapi import APIRouter, Depends
from fastapi.responses import HTMLResponse
from sqlalchemy import select

from api.db import audit
from api.db.tables import AuditEntry, PlanMade
from api.errors import NotHere, ServiceError, of_core
from api.pages.rendering import Looking, PageNeeds, page
from api.security.roles import May
from api.services import replaying
from matching.errors import MatchingError

router = APIRouter(include_in_schema=False)
AT_ONCE = 50


@router.get("/trail", dependencies=[Depends(PageNeeds(May.READ_TRAIL))])
def trail(look: Looking, before: int = 0, about: str = "") -> HTMLResponse:
    """Acts, the latest first."""
    wanted = about.strip()[:200]
    with look.parts.store.reading() as session:
        query = select(AuditEntry).order_by(AuditEntry.number.desc()).limit(AT_ONCE + 1)
        query = query.where(AuditEntry.number < before) if 0 < before < 2**62 else query
        rows = session.scalars(query.where(AuditEntry.about == wanted) if wanted else query).all()
    look.run("read-trail", "trail", lambda _: {})
    more = rows[AT_ONCE - 1].number if len(rows) > AT_ONCE else None
    return page("trail.html", look, here="/trail", entries=rows[:AT_ONCE], more=more, about=wanted)


@router.get("/trail/verified", dependencies=[Depends(PageNeeds(May.READ_TRAIL))])
def verified(look: Looking) -> HTMLResponse:
    """Whether the whole trail is as it was written."""
    with look.parts.store.reading() as session:
        found = audit.verify(session)
    look.run("verify-trail", "trail", lambda _: {}, entries=found.entries, faults=len(found.faults))
    return page("trail_verified.html", look, here="/trail", found=found)


@router.get("/trail/plans", dependencies=[Depends(PageNeeds(May.READ_TRAIL))])
def plans(look: Looking, again: str = "") -> HTMLResponse:
    """Plans that were kept, without who is in them; one made again, if it is named."""
    told: Any = None
    fault: ServiceError | None = None
    with look.parts.store.reading() as session:
        rows = session.scalars(select(PlanMade).order_by(PlanMade.made_at.desc()).limit(AT_ONCE)).all()
        try:
            if again:
                told = replaying.replay(session, look.parts.store, look.parts.maps, again[:36])
        except NotHere as refused:
            fault = refused
        except MatchingError as refused:
            fault = of_core(refused)
    look.run("replay-plan" if again else "list-plans", f"plan:{again[:36] or 'all'}", lambda _: {})
    status = fault.status if fault else 200
    return page("trail_plans.html", look, status, here="/trail", plans=rows, again=again[:36], told=told, fault=fault)
