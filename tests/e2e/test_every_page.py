"""Every page as a browser shows it: no fault of accessibility, light, whole at 320 pixels, nothing refused or fetched from elsewhere."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Request, Response

from tests.e2e.conftest import Desk
from tests.e2e.tour import STOPS, Stop

HEAVIEST = 150_000  # bytes as they go over the line, pictures below the fold with them
every_stop = pytest.mark.parametrize("stop", STOPS, ids=lambda stop: stop.name)


@every_stop
def test_a_page_is_accessible_light_whole_and_fetches_nothing_from_elsewhere(
    stop: Stop, desk: Callable[..., Desk]
) -> None:
    """At 1280 pixels, and at 320, which is also 1280 at 400 %: nothing but tables and maps scrolls sideways."""
    at = desk()
    asked, policies = _watched(at.page)
    stop.reach(at)
    assert at.violations() == []
    assert _weight(at) <= HEAVIEST
    at.page.set_viewport_size({"width": 320, "height": 900})
    assert at.page.evaluate("document.documentElement.scrollWidth") <= 320
    assert at.violations() == []
    assert at.errors == [], "a script failed, or the page's policy refused something"
    assert [url for url in asked if not url.startswith(at.city.url)] == []
    assert policies
    assert not [policy for policy in policies if "unsafe" in policy or "default-src 'none'" not in policy]


def _watched(page: Page) -> tuple[list[str], list[str]]:
    """Every address that a page asks for, and the policy that came with each document."""
    asked, policies = list[str](), list[str]()

    def answered(answer: Response) -> None:
        if answer.request.resource_type == "document" and answer.status not in (302, 303):
            policies.append(answer.headers.get("content-security-policy", ""))

    def asks(request: Request) -> None:
        asked.append(request.url)

    page.on("request", asks)
    page.on("response", answered)
    return asked, policies


def _weight(at: Desk) -> int:
    """What the page weighs with style, script and every picture, also those that are loaded when they come into view."""
    at.page.reload(wait_until="load")  # pages that a form led to: what is measured is this page alone
    at.show_every_picture()
    entries = (
        "performance.getEntries().filter(one => one.encodedBodySize).reduce((sum, one) => sum + one.encodedBodySize, 0)"
    )
    return int(at.page.evaluate(entries))


@every_stop
def test_the_page_is_there_without_script(stop: Stop, desk: Callable[..., Desk]) -> None:
    at = stop.reach(desk(script=False))
    assert at.page.locator("h1").count() == 1
    assert at.page.locator("main").inner_text().strip()
