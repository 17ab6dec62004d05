"""The application: parts made once and hung on it, routes, refusals as problem+json, headers that protect."""

import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import ProcessPoolExecutor
from contextlib import asynccontextmanager
from datetime import date, datetime
from multiprocessing import get_context

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.middleware.gzip import GZipMiddleware
from fastapi.responses import JSONResponse, Response
from sqlalchemy.exc import SQLAlchemyError
from starlette.exceptions import HTTPException

from api import telemetry
from api.db.opening import opened
from api.db.store import Store, is_away
from api.dependencies import Service, the_day
from api.errors import NotReachable, ServiceError, TooManyTries, of_core
from api.pages import PAGES
from api.pages.rendering import Assets, page
from api.pages.sessions import sign_in_again
from api.routes import ROUTERS
from api.routes.answers import REFUSAL
from api.security.accounts import now
from api.security.limiting import Limiter
from api.security.provider import Provider, SignInFile
from api.services.geography import maps
from api.services.policies import InForce
from api.services.replaying import policy_in_use
from api.settings import Settings
from matching.cli.places import data_folder
from matching.errors import MatchingError
from matching.policy import Policy

LOG = logging.getLogger("placements")
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}


ABOUT = """
Proposes a home for each looked-after child who waits, with reasons; a named person decides. Sign in at `POST /api/v1/session`, or use
a key made for a machine, and send it as `Authorization: Bearer ...`. Every request that reads or changes a case is in the trail.

A refusal is `application/problem+json` with a sentence, the fields it is about and a way out. An edit names the version that it
was made on (`If-Match`). An act that is sent twice with the same `Idempotency-Key` acts once. Tables come as `Accept: text/csv`.
"""
UNTOLD = "The request does not say how long it is, and is not read."
NUL = "The request holds a NUL character, which no text has."


def create_app(
    settings: Settings,
    *,
    store: Store | None = None,
    policy: Policy | None = None,
    today: Callable[[], date] = the_day,
    clock: Callable[[], datetime] = now,
) -> FastAPI:
    """The service; it makes or migrates its database when it starts, and does not start with another key than its own.

    `today` gives the day that it works on, `clock` the time (UTC).
    """
    limiter = Limiter(settings.person_requests, settings.machine_requests)

    @asynccontextmanager
    async def running(app: FastAPI) -> AsyncIterator[None]:
        """Make the parts when the service starts, and end them with it."""
        kept = store or opened(settings)
        rules = policy or policy_in_use(kept, data_folder() / "policies" / "fostering.toml")
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
            app.state.service = Service(
                settings, kept, maps(), InForce(kept, rules), pool, _provider(settings, clock), limiter, clock, today
            )
            yield
        if store is None:
            kept.engine.dispose()

    app = FastAPI(
        title="Placement matching",
        version="1",
        description=ABOUT,
        openapi_tags=[{"name": name} for name in _subjects()],
        lifespan=running,
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/openapi.json",
        responses={"default": REFUSAL},
    )
    app.mount("/static", GZipMiddleware(Assets()), name="static")
    for router in (*ROUTERS, *PAGES):
        app.include_router(router)
    app.add_exception_handler(ServiceError, _refused)
    app.add_exception_handler(MatchingError, _core_refused)
    app.add_exception_handler(RequestValidationError, _not_valid)
    app.add_exception_handler(HTTPException, _of_http)
    app.add_exception_handler(SQLAlchemyError, _of_database)
    app.add_exception_handler(Exception, _ours)
    app.middleware("http")(_guarded(settings.largest_request))
    return app


def _subjects() -> list[str]:
    """What the routes are about, in the order of the description: health, which is looked for first, stands last."""
    first, *others = dict.fromkeys(str(tag) for router in ROUTERS for tag in router.tags)
    return [*others, first]


def _provider(settings: Settings, clock: Callable[[], datetime]) -> Provider | None:
    return Provider(SignInFile.read(settings.sign_in_file), clock) if settings.sign_in_file else None


def _guarded(largest: int) -> Callable[[Request, Callable[[Request], Awaitable[Response]]], Awaitable[Response]]:
    async def guard(request: Request, go_on: Callable[[Request], Awaitable[Response]]) -> Response:
        """Refuse what is not read at all; give every answer the headers that protect."""
        if "%00" in f"{request.url.path}?{request.url.query}" or "\0" in request.url.path:
            return _problem(422, "The request cannot be", NUL, "Take it out.", ())
        if "transfer-encoding" in request.headers:
            return _problem(411, "Length needed", UNTOLD, "Send the length of the body with it.", ())
        length = request.headers.get("content-length", "0")
        if not length.isdigit() or int(length) > largest:
            return _problem(413, "Too large", f"A request may hold {largest} bytes.", "Send it in parts.", ())
        with telemetry.span(request.method):
            answer = await go_on(request)
        for name, value in HEADERS.items():
            answer.headers.setdefault(name, value)
        return answer

    async def watched(request: Request, go_on: Callable[[Request], Awaitable[Response]]) -> Response:
        """Time the request and count it under its route."""
        one = telemetry.Watched(request.method)
        answer = await guard(request, go_on)
        one.answered(_route_of(request), answer.status_code)
        return answer

    return watched


def _route_of(request: Request) -> str:
    """The route as it is declared: what was asked may hold a reference."""
    return str(getattr(request.scope.get("route"), "path", "none"))


def _problem(status: int, title: str, detail: str, way_out: str, fields: tuple[dict[str, str], ...]) -> JSONResponse:
    body = {
        "type": "about:blank",
        "title": title,
        "status": status,
        "detail": detail,
        "way_out": way_out,
        "fields": list(fields),
    }
    headers = {"WWW-Authenticate": "Bearer"} if status == 401 else {}
    return JSONResponse(body, status, {**HEADERS, **headers}, media_type="application/problem+json")


def _for_a_page(request: Request) -> bool:
    return not request.url.path.startswith(("/api/", "/health", "/metrics"))


async def _refused(request: Request, fault: Exception) -> Response:
    assert isinstance(fault, ServiceError)
    if _for_a_page(request):
        if fault.status == 401:
            return await sign_in_again(request)
        answer: Response = page("refused.html", None, fault.status, fault=fault)
    else:
        answer = _problem(fault.status, fault.title, fault.detail, fault.way_out, fault.fields)
    if isinstance(fault, TooManyTries | NotReachable):
        answer.headers["Retry-After"] = str(int(fault.wait.total_seconds()))
    return answer


async def _core_refused(request: Request, fault: Exception) -> Response:
    assert isinstance(fault, MatchingError)
    return await _refused(request, of_core(fault))


async def _of_database(request: Request, fault: Exception) -> Response:
    """A database that is away is said to be; anything else that it refuses is a fault of ours."""
    if isinstance(fault, SQLAlchemyError) and is_away(fault):
        LOG.error("the database does not answer at %s %s", request.method, _route_of(request))
        away = "The record does not answer just now; nothing was changed."
        return await _refused(
            request, NotReachable(away, "Try again in a moment; what you typed is still on your screen.")
        )
    return _ours(request, fault)


def _not_valid(_: Request, fault: Exception) -> JSONResponse:
    """Where a request is wrong; what was sent is not said back."""
    assert isinstance(fault, RequestValidationError)
    fields = tuple({"field": ".".join(map(str, one["loc"])), "reason": str(one["msg"])} for one in fault.errors())
    return _problem(
        422,
        "The request cannot be",
        f"{len(fields)} fields are wrong; nothing was changed.",
        "Correct them and send it again.",
        fields,
    )


SAID = {
    404: ("Not found", "There is nothing at this address.", "The addresses are described at /api/openapi.json."),
    405: ("Not possible here", "This address does not do that.", "The addresses are described at /api/openapi.json."),
    400: ("The request cannot be", "The body cannot be read.", "Send JSON, or the form that is described."),
}


def _of_http(request: Request, fault: Exception) -> Response:
    """What the framework refuses by itself, told as everything else."""
    assert isinstance(fault, HTTPException)
    title, detail, way_out = SAID.get(fault.status_code, ("Refused", str(fault.detail), ""))
    if _for_a_page(request):
        refused = ServiceError(detail, way_out)
        refused.status, refused.title = fault.status_code, title
        return page("refused.html", None, fault.status_code, fault=refused)
    answer = _problem(fault.status_code, title, detail, way_out, ())
    answer.headers.update(fault.headers or {})
    return answer


def _ours(request: Request, fault: Exception) -> JSONResponse:
    LOG.error("fault at %s %s: %s", request.method, _route_of(request), type(fault).__name__)
    return _problem(
        500, "A fault of ours", "Nothing was changed.", "Try again; if it stays, tell whoever runs the service.", ()
    )
