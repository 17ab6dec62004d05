"""The pages as a browser without script uses them: the same rights, nothing typed is lost, nothing from elsewhere."""

import re
from collections.abc import Iterator

import httpx
import pytest
from fastapi.routing import APIRoute

from api.pages import PAGES
from api.pages.board import read_day
from api.pages.rendering import PageNeeds
from api.security.roles import MAY, May, Role
from tests.api.conftest import PASSWORD, Running
from tests.api.test_service import _all

ROUTES = [
    (route, sorted(route.methods)[0]) for router in PAGES for route in router.routes if isinstance(route, APIRoute)
]


class Browser:
    """A browser of one person: keeps the cookie, sends forms from the page it is on."""

    def __init__(self, url: str) -> None:
        self.http = httpx.Client(base_url=url, follow_redirects=True, timeout=60)
        self.url = url

    def see(self, path: str) -> httpx.Response:
        return self.http.get(path)

    def send(self, path: str, origin: str | None = None, **fields: str) -> httpx.Response:
        return self.http.post(path, data=fields, headers={"Origin": origin or self.url})

    def sign_in(self, name: str) -> "Browser":
        assert self.send("/sign-in", name=name, password=PASSWORD).status_code == 200
        return self


@pytest.fixture(scope="module")
def officer(service: Running) -> Iterator[Browser]:
    browser = Browser(service.url).sign_in("duty-officer")
    yield browser
    browser.http.close()


def permission_of(route: APIRoute) -> May | None:
    if (route.openapi_extra or {}).get("x-public"):
        return None
    found = [d.call.what for d in _all(route.dependant) if isinstance(d.call, PageNeeds)]
    assert len(found) == 1, f"{route.path} declares {len(found)} permissions"
    return found[0]


def test_every_page_declares_its_permission() -> None:
    assert sorted(r.path for r, _ in ROUTES if permission_of(r) is None) == ["/sign-in", "/sign-in"]
    assert len(ROUTES) > 10


def test_each_role_sees_the_pages_that_it_may_and_no_others(service: Running) -> None:
    for role in (Role.DUTY_OFFICER, Role.DIRECTOR, Role.AUDITOR, Role.ADMINISTRATOR, Role.COMMISSIONER):
        browser = Browser(service.url).sign_in(role)
        for route, method in ROUTES:
            needs = permission_of(route)
            if needs is None or method != "GET":
                continue
            answer = browser.see(route.path.replace("{ref}", "C1"))
            allowed = needs is May.SELF or needs in MAY[role]
            assert answer.status_code == (200 if allowed else 403), (role, route.path)
        browser.http.close()


def test_who_is_not_signed_in_comes_to_the_sign_in_page(service: Running) -> None:
    browser = Browser(service.url)
    assert "Sign in" in browser.see("/board").text
    assert browser.see("/board").url.path == "/sign-in"
    wrong = browser.send("/sign-in", name="auditor", password="not this one")
    assert wrong.status_code == 401
    assert "The name, the password or the code is wrong." in wrong.text
    assert 'value="auditor"' in wrong.text, "the name need not be typed again"
    browser.http.close()


def test_a_form_from_elsewhere_is_refused(officer: Browser, service: Running) -> None:
    assert officer.send("/homes/H1/confirm", origin="https://elsewhere.example").status_code == 403
    assert officer.http.post("/homes/H1/confirm").status_code == 403
    told = {"name": "duty-officer", "password": PASSWORD}
    answer = httpx.post(f"{service.url}/sign-in", data=told, headers={"Origin": service.url})
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie


def test_pages_load_nothing_from_elsewhere_and_show_where_no_home_lies(officer: Browser) -> None:
    for path in ("/board", "/children/C3", "/meeting", "/refer"):
        answer = officer.see(path)
        assert answer.status_code == 200
        assert re.findall(r'(?:src|href|action)="(?:https?:)?//', answer.text) == []
        assert re.findall(r"<script[^>]*>", answer.text) == ['<script type="module" src="/static/app.js">']
        assert re.findall(r"""\son[a-z]+=|style=|<style""", answer.text) == []
        content = answer.headers["content-security-policy"]
        assert "script-src 'self';" in content
        assert "unsafe" not in content
        assert "SO14" not in answer.text


def test_every_field_has_a_label_and_every_page_one_heading(officer: Browser) -> None:
    for path in ("/refer", "/children/C3", "/meeting", "/sign-in"):
        text = officer.see(path).text
        named = set(re.findall(r'<label [^>]*for="([^"]+)"', text))
        fields = [tag for tag in re.findall(r"<(?:input|select|textarea)\s[^>]*>", text) if 'type="hidden"' not in tag]
        ids = {found for tag in fields for found in re.findall(r'\sid="([^"]+)"', tag)}
        assert len(ids) == len(fields)
        assert ids <= named
        assert text.count("<h1") == 1
        assert '<html lang="en-GB"' in text


def test_from_referral_to_a_promised_place_by_forms(officer: Browser) -> None:
    wrong = officer.send(
        "/refer", ref="P1", date_of_birth="2018-13-40", sex="female", own_words="My dog is called Rex."
    )
    assert wrong.status_code == 422
    assert "My dog is called Rex." in wrong.text, "nothing typed is lost"
    assert 'href="#date_of_birth"' in wrong.text
    told = {"ref": "P1", "date_of_birth": "1 March 2018", "sex": "female", "authority": "E06000045", "deadline": "emergency", "needs_home_by": "2026-11-24", "care_type": "short-term", "own_words": "My dog is called Rex."}  # fmt: skip
    kept = officer.send("/refer", **told, once="once-1")
    assert kept.status_code == 200
    assert kept.url.path == "/children/P1"
    assert "My dog is called Rex." in kept.text
    assert "Near misses" in kept.text
    assert officer.send("/refer", **told, once="once-1").url.path == "/children/P1", "sent twice, kept once"
    assert "P1" in officer.see("/board").text
    page = officer.see("/children/C3").text
    home = re.findall(r"<h3[^>]*>(H\d)</h3>", page)[0]
    why = officer.see("/children/C3?home=H3").text
    assert "H3 is ruled out" in why
    assert "approved for ages" in why
    decided = officer.send("/children/C3/decide", kind="accepted", home=home, children="C3", once="d-1")
    assert f"A place is promised at {home}" in decided.text
    again = officer.send(
        "/children/C3/decide", kind="accepted", home="H2" if home == "H1" else "H1", children="C3", once="d-2"
    )
    assert again.status_code == 409
    assert "A place is already promised to C3" in again.text
    moved = officer.send("/children/C3/decide", kind="placed", home=home, once="d-3")
    assert f"lives at {home}" in moved.text


@pytest.mark.parametrize(
    "text", ["1 March 2018", "1/3/2018", "01.03.2018", "1 Mar 2018", "2018-03-01", " 1  March 2018"]
)
def test_a_date_is_taken_as_people_write_it(text: str) -> None:
    assert read_day(text) == "2018-03-01"


def test_what_is_no_date_is_left_to_be_refused() -> None:
    assert read_day("31 February 2018") == "31 February 2018"


def test_a_no_takes_the_home_off_the_list(officer: Browser) -> None:
    page = officer.see("/children/C1").text
    homes = re.findall(r"<h3[^>]*>(H\d)</h3>", page)
    if homes:
        officer.send("/children/C1/refused", home=homes[0], reason="timing", once="no-1")
        assert f"{homes[0]}</h3>" not in officer.see("/children/C1").text


def test_the_meeting_plans_for_everybody_and_again(officer: Browser) -> None:
    first = officer.send("/meeting", once="m-1")
    assert first.status_code == 200
    assert "proven to be the best" in first.text
    assert "independent checker: sound" in first.text
    since = re.findall(r'name="since" value="([^"]+)"', first.text)[0]
    again = officer.send("/meeting", since=since, wait="C1", once="m-2")
    assert "What is otherwise than in the plan before" in again.text
    refused = officer.send("/meeting", pins="C1=H9", once="m-3")
    assert refused.status_code == 404
    assert "No home" in refused.text
