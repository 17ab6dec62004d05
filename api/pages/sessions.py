"""Signing in and out by page."""

from fastapi import APIRouter, Depends
from fastapi.responses import HTMLResponse, Response
from sqlalchemy.orm import Session
from starlette.requests import Request

from api.dependencies import TheService
from api.errors import ServiceError
from api.pages.rendering import COOKIE, Form, PageNeeds, Sending, back_to, page
from api.security import accounts
from api.security.roles import May

router = APIRouter(include_in_schema=False)


@router.get("/sign-in", openapi_extra={"x-public": True})
def sign_in_page() -> HTMLResponse:
    """The form."""
    return page("sign_in.html", None, fault=None, name="")


@router.post("/sign-in", openapi_extra={"x-public": True})
def sign_in(form: Form, parts: TheService, request: Request) -> Response:
    """Sign in and go to the board."""
    name = form.get("name", "")[:80]
    try:
        hours = parts.settings.session_hours
        token = accounts.sign_in(parts.store, name, form.get("password", "")[:200], form.get("code") or None, hours)
    except ServiceError as fault:
        return page("sign_in.html", None, fault.status, fault=fault, name=name)
    answer = back_to("/")
    secure = request.url.scheme == "https"
    answer.set_cookie(COOKIE, token, max_age=int(hours * 3600), httponly=True, samesite="strict", secure=secure)
    return answer


@router.post("/still-here", status_code=204, dependencies=[Depends(PageNeeds(May.SELF))])
def still_here(form: Form) -> None:
    """Somebody reads and is not idle; a press on the warning says so."""


@router.post("/sign-out", dependencies=[Depends(PageNeeds(May.SELF))])
def sign_out(act: Sending, request: Request) -> Response:
    """Sign out."""

    def done(session: Session) -> dict[str, bool]:
        accounts.sign_out(session, request.cookies.get(COOKIE, ""))
        return {"signed_out": True}

    act.run("sign-out", "session", done)
    answer = back_to("/sign-in")
    answer.delete_cookie(COOKIE)
    return answer
