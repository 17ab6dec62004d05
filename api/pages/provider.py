"""Signing in at the council's own provider: out with a state, a nonce and a challenge, back with a code."""

import hmac
from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.dependencies import TheService
from api.errors import NotAllowed, NotHere, NotSignedIn, ServiceError
from api.pages.rendering import COOKIE, page
from api.security import from_provider, sessions
from api.security.from_provider import Vouched
from api.security.provider import Provider, drawn

router = APIRouter(include_in_schema=False)
CARRIED = "placements_sign_in"
ON_THE_WAY = timedelta(minutes=10)


def _provider(parts: TheService) -> Provider:
    if parts.provider is None:
        raise NotHere("No sign-in provider is set.", "Sign in with your name and password.")
    return parts.provider


TheProvider = Annotated[Provider, Depends(_provider)]


@router.get("/sign-in/provider", openapi_extra={"x-public": True})
def out(parts: TheService, provider: TheProvider, request: Request, again: str = "") -> Response:
    """Go to the provider; with `again` it asks anew, as a fresh proof wants."""
    told = {"state": drawn(), "nonce": drawn(), "verifier": drawn(), "again": again, "at": parts.clock().isoformat()}
    answer = RedirectResponse(provider.start(told["state"], told["nonce"], told["verifier"], again=bool(again)), 303)
    carried = from_provider.carried(parts.store, told)
    answer.set_cookie(
        CARRIED, carried, max_age=600, httponly=True, samesite="lax", secure=_secure(request), path="/sign-in"
    )
    return answer


@router.get("/sign-in/provider/back", openapi_extra={"x-public": True})
def back(
    parts: TheService, provider: TheProvider, request: Request, state: str = "", code: str = "", error: str = ""
) -> HTMLResponse:
    """Back from the provider: the code is exchanged once, the token checked, a session begun."""
    try:
        token = _token(parts, provider, request, state, code, error)
    except ServiceError as fault:
        answer = page("sign_in.html", None, fault.status, fault=fault, name="", typed={}, then="", provider=True)
        answer.delete_cookie(CARRIED, path="/sign-in")
        return answer
    answer = page(
        "signed_in.html", None
    )  # a page, not a redirect: a strict cookie is not sent on a way that began elsewhere
    hours = parts.settings.session_hours
    answer.set_cookie(
        COOKIE, token, max_age=int(hours * 3600), httponly=True, samesite="strict", secure=_secure(request)
    )
    answer.delete_cookie(CARRIED, path="/sign-in")
    return answer


def _token(parts: TheService, provider: Provider, request: Request, state: str, code: str, error: str) -> str:
    told, at = from_provider.brought_back(parts.store, request.cookies.get(CARRIED, "")), parts.clock()
    since = at.fromisoformat(told["at"])
    if not hmac.compare_digest(told["state"].encode(), state.encode()) or not timedelta(0) <= at - since <= ON_THE_WAY:
        raise NotSignedIn("The way back from the provider is not from this browser, or took too long.", sessions.AGAIN)
    if error or not code:
        raise NotAllowed("The provider did not sign you in.", sessions.AGAIN)
    claims, got = provider.exchange(code, told["verifier"], told["nonce"])
    vouched = Vouched(claims, got, asked_anew=bool(told["again"]))
    return from_provider.sign_in(parts.store, provider.told, vouched, parts.settings.session_hours, at)


@router.post("/sign-in/provider/ended", openapi_extra={"x-public": True})
def ended(parts: TheService, provider: TheProvider, logout_token: Annotated[str, Form(max_length=20_000)]) -> Response:
    """The provider's own message that a session or a person has ended (back-channel logout)."""
    try:
        from_provider.told_to_end(parts.store, provider, logout_token, parts.clock())
    except NotSignedIn:
        return Response(status_code=400)
    return Response(status_code=200)


def _secure(request: Request) -> bool:
    return request.url.scheme == "https"
