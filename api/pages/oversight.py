"""How we decide, for managers: by experience, which rules are lifted again and again, what was found in training."""

import secrets
from typing import Any

from fastapi import APIRouter, Depends
from fastapi.responses import HTMLResponse, Response
from sqlalchemy.orm import Session

from api.errors import ServiceError
from api.pages.rendering import Form, Looking, PageNeeds, Sending, back_to, page
from api.security.roles import May
from api.services import oversight, training

router = APIRouter(include_in_schema=False)


@router.get("/oversight", dependencies=[Depends(PageNeeds(May.REVIEW))])
def how_we_decide(look: Looking) -> HTMLResponse:
    """Counts by experience, warnings, training."""
    return _page(look, None, {})


def _page(look: Any, fault: ServiceError | None, typed: dict[str, str]) -> HTMLResponse:
    parts = look.parts
    _, cases = training.cases_for(parts.policy)
    with parts.store.reading() as session:
        seal = parts.store.seal
        bands = oversight.bands(session, seal, look.user)
        warned = oversight.warnings(session, seal, parts.policy, look.user)
        tried = training.tried(session, seal, look.user)
        reviews = oversight.reviews(session, seal, look.user)
    look.run("read-oversight", "oversight", lambda _: {})
    return page(
        "oversight.html",
        look,
        fault.status if fault else 200,
        here="/oversight",
        bands=bands,
        fewest=oversight.FEWEST,
        warnings=warned,
        cases=training.shown_to(look.user, cases, tried),
        reviews=reviews,
        fault=fault,
        typed=typed,
        once=secrets.token_urlsafe(12),
    )


@router.post("/oversight/reviews", dependencies=[Depends(PageNeeds(May.REVIEW))])
def review(form: Form, act: Sending) -> Response:
    """Write down what was found."""
    band = form.get("band", "")[:80]

    def done(session: Session) -> dict[str, str]:
        return {"id": oversight.review(session, act.parts.store.seal, act.user, band, form.get("said", "")).id}

    try:
        act.run("review-decisions", "oversight", done, 201)
    except ServiceError as fault:
        return _page(act, fault, form)
    return back_to("/oversight")
