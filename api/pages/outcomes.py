"""How placements go: what is due at 72 hours, 6 weeks, 6 and 12 months, answered on one line each."""

import secrets
from typing import Any

from fastapi import APIRouter, Depends
from fastapi.responses import HTMLResponse, Response
from sqlalchemy.orm import Session

from api.errors import ServiceError, Wrong
from api.pages.rendering import Form, Looking, PageNeeds, Sending, back_to, page
from api.security.roles import May
from api.services import outcomes
from api.services.outcomes import Answer, Found, Point

router = APIRouter(include_in_schema=False)
ANSWERS = {
    Found.SETTLED: "the child is settled",
    Found.SETTLED_WITH_SUPPORT: "the child is settled, with support",
    Found.UNDER_STRAIN: "it is under strain",
    Found.ENDED_AS_PLANNED: "it ended as planned",
    Found.MOVED_TO_FAMILY: "the child moved to family",
    Found.ENDED_EARLY_CHILDS_NEEDS: "it ended early: the home could not meet the child's needs",
    Found.ENDED_EARLY_CARERS: "it ended early: the carers' circumstances",
    Found.ENDED_EARLY_SAFETY: "it ended early: for safety",
}


@router.get("/outcomes", dependencies=[Depends(PageNeeds(May.SEE_CASES))])
def due(look: Looking) -> HTMLResponse:
    """What is to be asked now, the oldest first."""
    return _page(look, None)


def _page(look: Any, fault: ServiceError | None) -> HTMLResponse:
    with look.parts.store.reading() as session:
        found = outcomes.due(session, look.user, look.parts.today())
    look.run("list-outcomes-due", "outcomes", lambda _: {})
    status, once = fault.status if fault else 200, secrets.token_urlsafe(12)
    return page("outcomes.html", look, status, here="/outcomes", due=found, answers=ANSWERS, fault=fault, once=once)


@router.post("/outcomes", dependencies=[Depends(PageNeeds(May.DECIDE))])
def record(form: Form, act: Sending) -> Response:
    """Record what was found."""
    seal = act.parts.store.seal
    placed, point = form.get("placed", "")[:36], form.get("point", "")[:12]
    try:
        told = Answer(placed, Point(point), Found(form.get("found", "")), form.get("said", "")[:2000] or None)
    except ValueError:
        fields = ({"field": f"found-{placed}-{point}", "reason": "is not chosen.", "way_out": "Choose how it goes."},)
        return _page(act, Wrong("Nothing was recorded.", "", fields))

    def done(session: Session) -> dict[str, Any]:
        return outcomes.as_told(session, seal, outcomes.record(session, seal, act.user, told))

    try:
        about = f"placement:{placed}"
        act.run("record-outcome", about, done, 201, point=told.point.value, found=told.found.value)
    except ServiceError as fault:
        return _page(act, fault)
    return back_to("/outcomes")
