"""Signing in and out by page."""

import re

from fastapi import APIRouter, Depends
from fastapi.responses import HTMLResponse, Response
from sqlalchemy.orm import Session
from starlette.requests import Request

from api.dependencies import TheService, address_of
from api.errors import NotSignedIn, ServiceError
from api.pages.rendering import COOKIE, Form, PageNeeds, Sending, back_to, form_of, page
from api.security import from_provider, sessions, signing_in
from api.security.roles import May
from api.security.signing_in import Given

router = APIRouter(include_in_schema=False)
OWN_PATH = re.compile(r"/[A-Za-z0-9_|.-]+(/[A-Za-z0-9_|.-]+)*")
ENDED = NotSignedIn("The session has ended.", "Sign in again: what you typed is kept and can be sent after that.")


async def sign_in_again(request: Request) -> Response:
    """To the sign-in page; what was typed into a form goes along and is shown again afterwards, to be sent."""
    if request.method != "POST":
        return back_to("/sign-in")
    try:
        typed = await form_of(request)
    except ServiceError:
        return back_to("/sign-in")  # a form from elsewhere brings nothing along
    typed.pop("once", None)
    provider = request.app.state.service.provider is not None
    then = request.url.path
    return page("sign_in.html", None, 401, fault=ENDED, name="", typed=typed, then=then, provider=provider)


@router.get("/sign-in", openapi_extra={"x-public": True})
def sign_in_page(parts: TheService) -> HTMLResponse:
    """The form, and the way to the council's own provider if one is set."""
    return page("sign_in.html", None, fault=None, name="", typed={}, then="", provider=parts.provider is not None)


@router.post("/sign-in", openapi_extra={"x-public": True})
def sign_in(form: Form, parts: TheService, request: Request) -> Response:
    """Sign in and go to the board."""
    name = form.get("name", "")[:80]
    typed = {field.removeprefix("typed-"): text for field, text in form.items() if field.startswith("typed-")}
    then = form.get("then", "") if OWN_PATH.fullmatch(form.get("then", "")) else "/"
    try:
        hours = parts.settings.session_hours
        given = Given(name, form.get("password", "")[:200], form.get("code") or None, address_of(request))
        token = signing_in.sign_in(parts.store, given, hours, parts.clock())
    except ServiceError as fault:
        provider = parts.provider is not None
        return page(
            "sign_in.html", None, fault.status, fault=fault, name=name, typed=typed, then=then, provider=provider
        )
    answer = page("send_again.html", None, typed=typed, then=then) if typed else back_to("/")
    secure = request.url.scheme == "https"
    answer.set_cookie(COOKIE, token, max_age=int(hours * 3600), httponly=True, samesite="strict", secure=secure)
    return answer


@router.post("/still-here", status_code=204, dependencies=[Depends(PageNeeds(May.SELF))])
def still_here(form: Form) -> None:
    """Somebody reads and is not idle; a press on the warning says so."""


@router.post("/sign-out", dependencies=[Depends(PageNeeds(May.SELF))])
def sign_out(act: Sending, request: Request) -> Response:
    """Sign out here, and at the provider if that is where they signed in."""
    token = request.cookies.get(COOKIE, "")
    provider = act.parts.provider
    reminder = from_provider.id_token_of(act.parts.store, token) if provider else None

    def done(session: Session) -> dict[str, bool]:
        sessions.sign_out(session, token)
        return {"signed_out": True}

    act.run("sign-out", "session", done)
    there = provider.sign_out_url(reminder) if provider and reminder else None
    answer: Response = page("signed_out.html", None, there=there) if there else back_to("/sign-in")
    answer.delete_cookie(COOKIE)
    return answer
