"""Every page as a browser shows it: no fault of accessibility, light, whole at 320 pixels, nothing refused by its own policy."""

from collections.abc import Callable

import pytest

from tests.e2e.conftest import Desk
from tests.e2e.tour import STOPS, Stop

HEAVIEST = 150_000


@pytest.mark.parametrize("stop", STOPS, ids=lambda stop: stop.name)
def test_axe_finds_nothing_and_nothing_is_refused(stop: Stop, desk: Callable[..., Desk]) -> None:
    at = stop.reach(desk())
    assert at.violations() == []
    assert at.errors == [], "a script failed, or the page's policy refused something"


@pytest.mark.parametrize("stop", STOPS, ids=lambda stop: stop.name)
def test_the_page_is_whole_at_320_pixels(stop: Stop, desk: Callable[..., Desk]) -> None:
    """Which is also 1280 pixels at 400 %: nothing but tables and maps scrolls sideways."""
    at = stop.reach(desk(width=320))
    wide = at.page.evaluate("document.documentElement.scrollWidth")
    assert wide <= 320
    assert at.violations() == []


@pytest.mark.parametrize("stop", STOPS, ids=lambda stop: stop.name)
def test_the_page_is_light(stop: Stop, desk: Callable[..., Desk]) -> None:
    at = stop.reach(desk())
    at.page.reload()
    sizes = at.page.evaluate(
        "performance.getEntries().filter(e => e.transferSize !== undefined).map(e => [e.name, e.encodedBodySize])"
    )
    assert sum(size for _, size in sizes) <= HEAVIEST, sizes


@pytest.mark.parametrize("stop", STOPS, ids=lambda stop: stop.name)
def test_the_page_is_there_without_script(stop: Stop, desk: Callable[..., Desk]) -> None:
    at = stop.reach(desk(script=False))
    assert at.page.locator("h1").count() == 1
    assert at.page.locator("main").inner_text().strip()
