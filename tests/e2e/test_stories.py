"""What people do at the pages, from the first press to the last: with the mouse, by keyboard alone, and without script."""

import io
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser
from pypdf import PdfReader

from tests.api.conftest import a_database
from tests.e2e.conftest import SLOWEST, City, Desk, Filled, filled_city, running_city
from tests.e2e.steps import firm, heading, homes, refer, refer_siblings, take
from tests.e2e.walks import MOST_INTERACTIONS, MOST_SECONDS, WALKS, Walk, counted

WAYS = {"mouse": {}, "keyboard": {"keyboard": True}, "no script": {"script": False}}
every_way = pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
Desks = Callable[..., Desk]


@pytest.fixture
def city(filled: Filled) -> Iterator[City]:
    """Every story begins at the same Friday: no home was promised in another one."""
    with tempfile.TemporaryDirectory(prefix="city-") as folder, running_city(filled, Path(folder)) as found:
        yield found


@pytest.mark.short
def test_the_short_story_for_every_push(desk: Desks) -> None:
    """A board, a referral, a list, a choice: no fault of accessibility, nothing refused by the pages' own policy."""
    at = desk().as_role("duty-officer").open("/board")
    refer(at, "1 March 2019", "female")
    at.press("Send and see the homes")
    assert at.violations() == []
    home = take(at)
    assert f"A place is promised at {home}" in at.page.content()
    assert at.errors == []


@every_way
def test_friday_from_a_blank_referral_to_a_recorded_placement(desk: Desks, way: dict[str, bool]) -> None:
    at = desk(**way).as_role("duty-officer")
    refer(at, "1 March 2019", "female")
    assert "Not known yet" in at.page.content()
    at.press("Send and see the homes")
    home = take(at)
    assert f"A place is promised at {home}" in at.page.content()
    at.press("has moved in")
    assert f"lives at {home}" in at.page.content()
    assert at.interactions <= MOST_INTERACTIONS


@pytest.mark.parametrize("walk", WALKS, ids=lambda walk: walk.name)
def test_a_walk_takes_less_than_five_minutes_and_sixty_interactions(desk: Desks, walk: Walk) -> None:
    took = counted(walk, desk())
    assert took.interactions <= MOST_INTERACTIONS
    assert took.seconds <= MOST_SECONDS


def test_the_same_on_postgresql(server_uri: str, browser: Browser, tmp_path: Path) -> None:
    """A referral, no answer, a no, another home than the first, the move; then a plan for everybody."""
    database = a_database(server_uri)
    with running_city(filled_city(tmp_path, database), tmp_path, database) as city:
        calls = next(walk for walk in WALKS if walk.name == "Three calls")
        counted(calls, Desk(city, browser.new_context(locale="en-GB")))
        at = Desk(city, browser.new_context(locale="en-GB")).as_role("duty-officer").open("/meeting")
        at.press("Plan for everybody")
        assert "read by the independent checker: sound" in at.page.locator("main").inner_text()
        assert at.errors == []


@every_way
def test_no_answer_then_a_no_then_a_yes_from_the_next(desk: Desks, way: dict[str, bool]) -> None:
    at = desk(**way).as_role("duty-officer")
    at.open("/children/C0013")
    first, then = firm(at)[:2]
    refuses = next(home for home in homes(at) if home not in (first, then))
    at.open_up(f"{first} said something else")
    at.tick(f"said-{first}")
    at.press("Write it down")
    assert "no answer" in at.page.locator(f"#home-{first}").inner_text()
    at.open_up(f"{refuses} said something else")
    at.tick(f"no-{refuses}")
    at.choose(f"why-{refuses}", "timing")
    at.press("Write it down")
    assert refuses not in homes(at), "a no is a fact at once"
    home = take(at, then)
    assert f"A place is promised at {home}" in at.page.content()
    assert "can not collect tonight" in at.page.content(), "why not those before it"
    at.press("has moved in")
    assert at.interactions <= MOST_INTERACTIONS


@every_way
def test_the_meeting_asks_otherwise_and_is_told_what_changes(desk: Desks, way: dict[str, bool]) -> None:
    at = desk(**way).as_role("duty-officer")
    at.open("/meeting")
    if at.page.get_by_role("button", name="Plan for everybody").count():
        at.press("Plan for everybody")
    box = at.page.locator("select[name^=ask-]").first
    child = (box.get_attribute("name") or "").removeprefix("ask-")
    at.type("wait", child)
    at.press("Plan again")
    told = at.page.locator("main").inner_text()
    assert "What is otherwise than in the plan before" in told
    assert f"{child} would have no home" in told
    at.type("wait", "")
    elsewhere = at.page.locator("th a.govuk-link[href*='/homes/']").evaluate_all(
        "all => all.map(one => one.getAttribute('href'))"
    )
    forced, home = elsewhere[0].split("/")[2], elsewhere[-1].split("/")[-1]
    at.type(f"to-{forced}", home.lower())
    at.press("Plan again")
    row = at.page.locator("tr", has=at.page.locator(f"a[href='/children/{forced}/homes/{home}']"))
    refused = at.page.locator(".govuk-error-summary")
    assert row.count() == 1 or forced in refused.inner_text(), "forced by its own row, or told why not"
    at.type("wait", "NOBODY")
    at.press("Plan again")
    assert "no child with this reference: NOBODY" in at.page.locator("main").inner_text()
    assert at.page.locator("#wait").input_value() == "NOBODY", "nothing typed is lost"


@every_way
def test_a_rule_is_lifted_by_the_role_that_may(desk: Desks, city: City, way: dict[str, bool]) -> None:
    at = desk(**way).as_role("duty-officer")
    at.open("/children/C0001?emergency=yes")
    near = at.page.locator("h2:has-text('Near misses') ~ .app-card h3").all_inner_texts()
    opened = next(home for home in near if _may_be_asked(at, home))
    field = at.page.locator("input[name=why]").first.get_attribute("id") or ""
    at.type(field, "She knows the carers.")
    at.press("Send it to them")
    roles = at.page.locator("p:has-text('Asked; no answer yet')").first.inner_text()
    role = next(role for role in city.password if role.replace("-", " ") in roles)
    boss = desk(**way).as_role(role)
    boss.open("/to-agree")
    card = boss.page.locator("section", has_text=f"{opened} for C0001")
    assert "She knows the carers." in card.first.inner_text()
    before = boss.page.locator("section.app-card").count()
    boss.press("Agree")
    assert "reason" in boss.page.locator(".govuk-error-summary").inner_text().lower(), "a yes has a reason too"
    boss.type(boss.page.locator("input[name=reason]").first.get_attribute("id") or "", "Seen with the family today.")
    boss.press("Agree")
    assert boss.page.locator("section.app-card").count() == before - 1


def _may_be_asked(at: Desk, home: str) -> bool:
    at.open(f"/children/C0001/homes/{home}")
    return at.page.get_by_role("button", name="Send it to them").count() > 0


@every_way
def test_brothers_and_sisters_tonight_and_what_may_be_if_they_are_split(desk: Desks, way: dict[str, bool]) -> None:
    """Three siblings and a baby: the family's answers are typed once."""
    at = desk(**way).as_role("duty-officer")
    first = refer(at, "3/4/2014", "male")
    refer_siblings(at, ("7/7/2017", "female"), ("9/9/2020", "male"), ("1/8/2026", "female"))
    at.press("Send and see the homes")
    assert first in at.page.locator(".app-banner").inner_text()
    at.press("The best ways to split them", role="link")
    assert heading(at) == "The best ways to split them"
    at.press("Homes for", role="link")
    if firm(at):
        take(at)
        assert "A place is promised at" in at.page.content()
    assert at.interactions <= MOST_INTERACTIONS


def test_what_was_typed_when_the_session_ended_is_sent_after_signing_in(desk: Desks) -> None:
    at = desk().as_role("duty-officer")
    at.open("/children/C0033/details/school")
    at.tick("ehcp")
    at.context.clear_cookies()
    at.press("Save")
    assert heading(at) == "Sign in"
    at.page.fill("#name", "duty-officer")
    at.page.fill("#password", at.city.password["duty-officer"])
    at.page.press("#password", "Enter")
    at.page.get_by_role("button", name="Send what I typed").click()
    at.page.wait_for_url("**/C0033/details")
    at.open("/children/C0033/details/school")
    assert at.page.locator("#ehcp").is_checked()


def test_slash_goes_to_the_search_and_a_reference_to_its_child(desk: Desks) -> None:
    at = desk(keyboard=True).as_role("duty-officer").open("/meeting")
    at.page.keyboard.press("/")
    at.page.keyboard.type("c0007")
    at.page.keyboard.press("Enter")
    at.page.wait_for_url("**/children/C0007")
    assert "C0007" in at.page.locator(".app-banner").inner_text()


@pytest.mark.parametrize("wish", [{"forced_colors": "active"}, {"reduced_motion": "reduce"}], ids=["colours", "motion"])
def test_forced_colours_and_reduced_motion(desk: Desks, wish: dict[str, str]) -> None:
    at = desk(**wish).as_role("duty-officer").open("/children/C0003")
    assert at.violations() == []


@every_way
def test_the_commissioner_compares_futures_that_the_worker_ran(desk: Desks, city: City, way: dict[str, bool]) -> None:
    """A scenario by form, a run by a worker in a process of its own, ranges side by side, a table behind each picture, one PDF."""
    at = desk(**way).as_role("commissioner").open("/futures")
    at.type("name", "Twenty for teenagers")
    at.type("homes", "20")
    at.choose("profile", "teenagers")
    at.press("Keep the scenario")
    at.tick("scenario-1")
    at.choose("years", "1")
    at.choose("runs", "50")
    at.page.get_by_role("button", name="Run", exact=True).focus()
    with at.page.expect_navigation():
        at.page.keyboard.press("Enter")
    assert "This page renews itself" in at.page.content()
    with a_worker(city):
        at.page.wait_for_selector("text=Files for the committee", timeout=10 * SLOWEST)
    text = at.page.locator("main").inner_text()
    assert "Twenty for teenagers" in text
    assert re.search(r"\d+ \(\d+ to \d+\)", text), "ranges, not points"
    assert at.page.locator("td.app-hatched").count(), "small numbers are hatched"
    names = at.page.locator("figure img").evaluate_all("all => all.map(one => one.src.split('/').pop())")
    assert {"unmet-need.png", "tornado.png", "worth.png", "children-in-care.png"} <= set(names)
    assert at.page.get_by_role("link", name="The table behind it").count() == len(names)
    run = at.page.url
    at.press("The table behind it", role="link")
    assert at.page.locator("table td").count() > 5
    at.page.goto(run)
    link = at.page.locator("a[href$='scenarios.pdf']")
    paper = at.context.request.get(city.url + (link.get_attribute("href") or ""))
    told = PdfReader(io.BytesIO(paper.body()))
    assert "Twenty for teenagers" in told.pages[0].extract_text()
    assert told.trailer["/Root"]["/MarkInfo"]["/Marked"]


@contextmanager
def a_worker(city: City) -> Iterator[None]:
    """The worker as it runs beside the service: a process of its own on the same record."""
    told = {"PLACEMENTS_DATABASE": city.settings.database, "PLACEMENTS_KEY_FILE": str(city.settings.key_file)}
    process = subprocess.Popen([sys.executable, "-m", "matching.cli", "worker"], env={**os.environ, **told})
    try:
        yield
    finally:
        process.kill()
        process.wait()


@every_way
def test_an_officer_finds_a_planted_fault_and_the_manager_sees_it(desk: Desks, way: dict[str, bool]) -> None:
    at = desk(**way).as_role("duty-officer").open("/training")
    at.press("Case 1", role="link")
    assert "Nobody here exists" in at.page.content()
    at.tick("named-none")
    at.press("Answer")
    assert "This one was missed" in at.page.content()
    told = desk(**way).as_role("team-manager").open("/oversight").page.locator("main").inner_text()
    assert "Answer it yourself first" in told, "who takes the cases too is not told before"
    assert "not found" not in told
    boss = desk(**way).as_role("director-of-childrens-services").open("/oversight")
    assert "not found" in boss.page.locator("main").inner_text()
