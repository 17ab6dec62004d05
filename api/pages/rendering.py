"""Templates, who is at the page, and one way to act from a form."""

import hashlib
from collections.abc import Iterator
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

from fastapi import Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from fastapi.staticfiles import StaticFiles
from jinja2 import ChoiceLoader, Environment, FileSystemLoader, PackageLoader, PrefixLoader, Undefined, UndefinedError
from jinja2.utils import missing
from sqlalchemy.orm import Session

from api.dependencies import Acting, TheService, asking
from api.errors import NotAllowed, NotSignedIn, Wrong
from api.security.accounts import User
from api.security.roles import May
from api.services.decisions import Desk
from matching.wording import counted, listed, spoken, written

HERE = Path(__file__).parent
STATIC = HERE / "static"
COOKIE = "placements_session"
SEVERAL = ";"  # between the answers of one question, as in the files
CONTENT = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
PLACES = (
    ("Duty board", "/board", May.SEE_CASES),
    ("Refer a child", "/refer", May.REFER),
    ("Matching meeting", "/meeting", May.SEE_CASES),
    ("Family finding", "/family-finding", May.DECIDE),
    ("How it goes", "/outcomes", May.DECIDE),
    ("To agree", "/to-agree", May.AGREE),
    ("Training", "/training", May.DECIDE),
    ("How we decide", "/oversight", May.REVIEW),
    ("Futures", "/futures", May.FORECAST),
    ("Bring files in", "/imports", May.IMPORT),
    ("Trail", "/trail", May.READ_TRAIL),
    ("People and roles", "/people", May.MANAGE_PEOPLE),
)


LEFT_OPEN = ("undefined", "caller", "typeClass", "successBanner")  # names that the macros of GOV.UK Frontend leave open


class Assets(StaticFiles):
    """Style, script and pictures, kept by the browser for an hour; they hold nothing of anybody."""

    def __init__(self) -> None:
        super().__init__(directory=STATIC)

    def file_response(self, *given: Any, **named: Any) -> Response:
        """The file, which may be kept."""
        answer = super().file_response(*given, **named)
        answer.headers["Cache-Control"] = "public, max-age=3600"
        return answer


class Known(Undefined):
    """A name or attribute that is not there is a fault; a key that a macro's caller left out is empty."""

    def _of_a_call(self) -> bool:
        if self._undefined_obj is missing:
            return self._undefined_name in LEFT_OPEN
        return isinstance(self._undefined_obj, (dict, Undefined))

    def _empty_or_fault(self) -> str:
        if not self._of_a_call():
            raise UndefinedError(self._undefined_message)
        return ""

    def __str__(self) -> str:
        return self._empty_or_fault()

    def __bool__(self) -> bool:
        return bool(self._empty_or_fault())

    def __iter__(self) -> Iterator[str]:
        return iter(self._empty_or_fault())

    def __len__(self) -> int:
        return len(self._empty_or_fault())

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        self._empty_or_fault()
        return Known(obj=self, name=name)

    __getitem__ = __getattr__


def _templates() -> Environment:
    macros = PrefixLoader({"govuk_frontend_jinja": PackageLoader("govuk_frontend_jinja")})
    loader = ChoiceLoader([FileSystemLoader(HERE / "templates"), macros])
    made = Environment(loader=loader, autoescape=True, undefined=Known, trim_blocks=True, lstrip_blocks=True)
    made.filters |= {
        "day": written_day,
        "day_typed": _typed,
        "words": _words,
        "listed": lambda refs: listed(list(refs)),
    }
    made.globals |= {"counted": counted}
    return made


def written_day(text: str | date | None) -> str:
    """A date as people write it; what is not one is left as it is."""
    try:
        day = text if isinstance(text, date) else date.fromisoformat(str(text)[:10])
    except ValueError:
        return str(text or "not known")
    return written(day)


def _typed(text: str) -> str:
    """A kept day as people write it, to be typed over; anything else as it was typed."""
    with suppress(ValueError):
        return written(date.fromisoformat(text))
    return text


def _words(code: str | None) -> str:
    return spoken(code or "not known")


TEMPLATES = _templates()


def page(template: str, reader: Acting | None, status: int = 200, here: str = "", **facts: Any) -> HTMLResponse:
    """A page for somebody; `here` is the address of the part of the service that it belongs to."""
    user = reader.user if reader else None
    told = {
        "user": user,
        "may": sorted(user.may) if user else [],
        "places": _places(user, here) if user else [],
        "idle_minutes": reader.parts.settings.idle_minutes if reader else None,
    }
    text = TEMPLATES.get_template(template).render(**told, **facts)
    return HTMLResponse(text, status, {"Content-Security-Policy": CONTENT})


def _places(user: User, here: str) -> list[dict[str, Any]]:
    return [{"text": name, "href": path, "current": path == here} for name, path, what in PLACES if what in user.may]


def back_to(path: str) -> RedirectResponse:
    """Show a page after a form, so that loading it again sends nothing twice."""
    return RedirectResponse(path, 303)


def at_the_page(request: Request, parts: TheService) -> User:
    """Who is signed in here; raises `NotSignedIn`."""
    token = request.cookies.get(COOKIE)
    if not token:
        raise NotSignedIn("Nobody is signed in.", "Sign in.")
    return asking(parts, token)


AtThePage = Annotated[User, Depends(at_the_page)]


class PageNeeds:
    """A page's declared permission; a test refuses a page without one."""

    def __init__(self, what: May) -> None:
        self.what = what

    async def __call__(self, user: AtThePage) -> User:
        """The person, if they may."""
        user.needs(self.what)
        return user


async def form_of(request: Request) -> dict[str, str]:
    """The fields of a form sent from our own pages; raises `NotAllowed` for one from elsewhere."""
    origin = request.headers.get("origin") or request.headers.get("referer") or ""
    if urlsplit(origin).netloc != request.headers.get("host"):
        raise NotAllowed("The form does not come from this service.", "Open the page here and send it again.")
    form = await request.form()
    fields = {name: SEVERAL.join(one.strip() for one in form.getlist(name) if isinstance(one, str)) for name in form}
    if any("\0" in text for text in fields.values()):
        raise Wrong("The form holds a NUL character, which no text has.", "Take it out.")
    return fields


Form = Annotated[dict[str, str], Depends(form_of)]


async def looking(parts: TheService, user: AtThePage) -> Acting:
    """A look at something, which is written down too."""
    return Acting(parts, user, None, "")


async def sending(parts: TheService, user: AtThePage, form: Form) -> Acting:
    """An act from a form; the form's own key makes it act once, however often it is sent."""
    told = sorted((name, text) for name, text in form.items() if name != "once")
    return Acting(parts, user, form.get("once") or None, hashlib.sha256(repr(told).encode()).hexdigest())


Looking = Annotated[Acting, Depends(looking)]
Sending = Annotated[Acting, Depends(sending)]


def desk_of(act: Acting, session: Session) -> Desk:
    """What a decision needs at hand."""
    parts = act.parts
    return Desk(session, parts.store.seal, parts.maps, parts.policy, act.user, parts.today())
