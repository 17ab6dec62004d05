"""The API described for those who write programs against it: Swagger UI and Redoc from our own files."""

import secrets

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from api.pages.rendering import TEMPLATES

router = APIRouter(include_in_schema=False)
PUBLIC = {"x-public": True}
# Two style sheets that Redoc puts into the page before it knows the nonce, by what they hold: nothing, and that of a scroll bar.
BEFORE_THE_NONCE = (
    "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=' 'sha256-QMIg+bpjm3JdElJ388KYke01izlUW0UoNOeKjpMxdgc='"
)


def _page(told_with: str) -> HTMLResponse:
    nonce = secrets.token_urlsafe(16)
    content = (
        f"default-src 'none'; script-src 'self'; style-src 'self' 'nonce-{nonce}' {BEFORE_THE_NONCE}; img-src 'self' data:; "
        "connect-src 'self'; font-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
    text = TEMPLATES.get_template("described.html").render({"with": told_with, "nonce": nonce})
    return HTMLResponse(text, headers={"Content-Security-Policy": content})


@router.get("/api/docs", openapi_extra=PUBLIC)
def swagger() -> HTMLResponse:
    """Every route, to try."""
    return _page("swagger")


@router.get("/api/redoc", openapi_extra=PUBLIC)
def redoc() -> HTMLResponse:
    """Every route, to read."""
    return _page("redoc")
