"""The pages that describe the API, drawn by the browser from our own files: every route is there, no other host is asked."""

from collections.abc import Callable
from urllib.parse import urlsplit

import pytest

from tests.e2e.conftest import Desk

DRAWN = {"/api/docs": ".opblock-tag-section", "/api/redoc": "[data-section-id] h2, [data-section-id] h1"}
SLOW = 60_000  # milliseconds: Redoc draws the whole description at once


@pytest.mark.short
@pytest.mark.parametrize("path", DRAWN)
def test_the_api_is_described_from_our_own_files(desk: Callable[..., Desk], path: str) -> None:
    at = desk()
    hosts: set[str] = set()
    at.page.on("request", lambda asked: hosts.add(urlsplit(asked.url).netloc))
    at.open(path)
    drawn = at.page.locator(DRAWN[path])
    drawn.first.wait_for(timeout=SLOW)
    assert drawn.count() > 10, "each resource has its section"
    assert "/api/v1/decisions" in at.page.content()
    assert hosts <= {urlsplit(at.city.url).netloc, ""}, "data: and blob: have no host"
    assert at.errors == [], "a script failed, or the page's policy refused something"
