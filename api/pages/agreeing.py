"""What waits for a role's agreement, and the answer: yes or no, with a reason for both."""

import secrets
from typing import Any

from fastapi import APIRouter, Depends
from fastapi.responses import HTMLResponse, Response
from sqlalchemy.orm import Session

from api.errors import ServiceError, of_core
from api.pages.rendering import Form, Looking, PageNeeds, Sending, back_to, desk_of, page
from api.pages.who import who
from api.security.roles import May
from api.services import answers, asking, matching
from matching.errors import MatchingError

router = APIRouter(include_in_schema=False)


@router.get("/to-agree", dependencies=[Depends(PageNeeds(May.AGREE))])
def to_agree(look: Looking) -> HTMLResponse:
    """What is asked of the person's roles, oldest first, with all that stands in the way."""
    return _page(look, None, {})


def _page(look: Any, fault: ServiceError | None, typed: dict[str, str]) -> HTMLResponse:
    parts, user = look.parts, look.user
    with parts.store.reading() as session:
        caseload = matching.caseload_now(session, parts.store.seal, parts.maps, user, parts.today())
        asked = asking.waiting(session, parts.store.seal, parts.policy, user)
    mine = [one for one in asked if one.yours]
    seeking = {child.ref for child in caseload.seeking}
    base = answers.base_for(caseload, parts.policy) if mine else None
    told = {
        one.id: answers.about_a_home(base, one.child, one.home)
        for one in mine
        if base and one.child in seeking and one.home in caseload.home_by_ref
    }
    look.run("read-to-agree", "agreements", lambda _: {})
    return page(
        "to_agree.html",
        look,
        fault.status if fault else 200,
        here="/to-agree",
        asked=mine,
        people={one.child: who(caseload, one.child) for one in mine if one.child in caseload.child_by_ref},
        told=told,
        others=len(asked) - len(mine),
        fault=fault,
        typed=typed,
        once=secrets.token_urlsafe(12),
    )


@router.post("/to-agree/{number}", dependencies=[Depends(PageNeeds(May.AGREE))])
def answer(number: str, form: Form, act: Sending) -> Response:
    """Agree to lift the rule for this child and home, or say no."""
    agreed = form.get("answer") == "agree"

    def done(session: Session) -> dict[str, str]:
        return {"child": asking.answer(desk_of(act, session), number[:36], agreed, form.get("reason", "")[:2000])}

    try:
        act.run("answer-agreement", f"note:{number[:36]}", done, 201, agreed=agreed)
    except (MatchingError, ServiceError) as fault:
        refused = of_core(fault) if isinstance(fault, MatchingError) else fault
        return _page(act, refused, {number: form.get("reason", "")})
    return back_to("/to-agree")
