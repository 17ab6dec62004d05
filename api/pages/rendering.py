"""Templates, who is at the page, and one way to act from a form."""

import hashlib
from datetime import date
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

from fastapi import Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from api.dependencies import Acting, TheService, asking
from api.errors import NotAllowed, NotSignedIn, Wrong
from api.security.accounts import User
from api.security.roles import May
from matching.wording import counted, listed, written

HERE = Path(__file__).parent
COOKIE = "placements_session"
CONTENT = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


def _templates() -> Environment:
    made = Environment(loader=FileSystemLoader(HERE / "templates"), autoescape=True, undefined=StrictUndefined)
    made.filters |= {"day": written_day, "words": _words, "listed": lambda refs: listed(list(refs))}
    made.globals |= {"counted": counted}
    return made


def written_day(text: str | date | None) -> str:
    """A date as people write it; what is not one is left as it is."""
    try:
        day = text if isinstance(text, date) else date.fromisoformat(str(text)[:10])
    except ValueError:
        return str(text or "not known")
    return written(day)


def _words(code: str | None) -> str:
    return (code or "not known").replace("-", " ").replace("_", " ")


TEMPLATES = _templates()


def page(template: str, user: User | None, status: int = 200, **facts: Any) -> HTMLResponse:
    """A page for somebody."""
    text = TEMPLATES.get_template(template).render(user=user, may=sorted(user.may) if user else [], **facts)
    return HTMLResponse(text, status, {"Content-Security-Policy": CONTENT})


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

    def __call__(self, user: AtThePage) -> User:
        """The person, if they may."""
        user.needs(self.what)
        return user


async def form_of(request: Request) -> dict[str, str]:
    """The fields of a form sent from our own pages; raises `NotAllowed` for one from elsewhere."""
    origin = request.headers.get("origin") or request.headers.get("referer") or ""
    if urlsplit(origin).netloc != request.headers.get("host"):
        raise NotAllowed("The form does not come from this service.", "Open the page here and send it again.")
    form = await request.form()
    fields = {name: value.strip() for name, value in form.items() if isinstance(value, str)}
    if any("\0" in text for text in fields.values()):
        raise Wrong("The form holds a NUL character, which no text has.", "Take it out.")
    return fields


Form = Annotated[dict[str, str], Depends(form_of)]


def looking(parts: TheService, user: AtThePage) -> Acting:
    """A look at something, which is written down too."""
    return Acting(parts, user, None, "")


def sending(parts: TheService, user: AtThePage, form: Form) -> Acting:
    """An act from a form; the form's own key makes it act once, however often it is sent."""
    told = sorted((name, text) for name, text in form.items() if name != "once")
    return Acting(parts, user, form.get("once") or None, hashlib.sha256(repr(told).encode()).hexdigest())


Looking = Annotated[Acting, Depends(looking)]
Sending = Annotated[Acting, Depends(sending)]
