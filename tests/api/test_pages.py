"""The pages as a browser without script uses them: the same rights, nothing typed is lost, nothing from elsewhere."""

import io
import re
from collections.abc import Iterator
from dataclasses import replace

import httpx
import pytest
from fastapi.routing import APIRoute
from pypdf import PdfReader
from sqlalchemy.orm import Session

from api.db import queries
from api.db.audit import Entry
from api.pages import PAGES
from api.pages.questions import read_day
from api.pages.rendering import PageNeeds
from api.security.roles import MAY, May, Role
from api.services import answers
from matching.again import Base
from matching.alternatives import NOT_KNOWN, Alternatives, alternatives
from matching.solver import Limits
from tests.api.conftest import PASSWORD, PLAIN, Running
from tests.api.test_service import _all
from tests.lib.builders import a_child, a_home
from tests.lib.reading_grade import grade, sentences_of

ROUTES = [
    (route, sorted(route.methods)[0]) for router in PAGES for route in router.routes if isinstance(route, APIRoute)
]


OWNERS = (
    Role.TEAM_MANAGER, Role.DUTY_OFFICER, Role.DIRECTOR, Role.COMMISSIONER, Role.DATA_MANAGER, Role.AUDITOR, Role.ADMINISTRATOR
)  # fmt: skip
ASSETS = ("govuk-frontend.css", "app.css", "govuk-frontend.js", "app.js")


class Browser:
    """A browser of one person: keeps the cookie, sends forms from the page it is on."""

    def __init__(self, url: str, timeout: float = 60) -> None:
        self.http = httpx.Client(base_url=url, follow_redirects=True, timeout=timeout, verify=PLAIN)
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
    provider = [f"/sign-in/provider{more}" for more in ("", "/back", "/ended")]
    public = ["/api/docs", "/api/redoc", "/sign-in", "/sign-in", *provider]
    assert sorted(r.path for r, _ in ROUTES if permission_of(r) is None) == public
    assert len(ROUTES) > 10


def _filled(path: str) -> str:
    """An address of the small city."""
    return path.replace("{ref}", "C1").replace("{home}", "H1").replace("{name}", "safety")


def test_each_role_sees_the_pages_that_it_may_and_no_others(service: Running) -> None:
    for role in (Role.DUTY_OFFICER, Role.DIRECTOR, Role.AUDITOR, Role.ADMINISTRATOR, Role.COMMISSIONER):
        browser = Browser(service.url).sign_in(role)
        for route, method in ROUTES:
            needs = permission_of(route)
            if needs is None or method != "GET":
                continue
            answer = browser.see(_filled(route.path))
            allowed = needs is May.SELF or needs in MAY[role]
            there = (200, 404, 422)  # a page may say that there is nothing yet, or that something is missing
            assert (answer.status_code in there) if allowed else answer.status_code == 403, (role, route.path)
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


RIGHT = {"right_child": "yes"}


def test_from_referral_to_a_promised_place_by_forms(officer: Browser) -> None:
    wrong = officer.send("/refer", ref="P1", date_of_birth="2018-13-40", sex="female", own_words="My dog is Rex.")
    assert wrong.status_code == 422
    assert "My dog is Rex." in wrong.text, "nothing typed is lost"
    assert 'href="#date_of_birth"' in wrong.text
    assert "My dog is Rex." in officer.see("/refer").text, "nor when the page is left"
    told = {"ref": "P1", "date_of_birth": "1 March 2018", "sex": "female", "deadline": "emergency", "needs_home_by": "2026-11-24", "care_type": "short-term", "own_words": "My dog is Rex."}  # fmt: skip
    check = officer.send("/refer", **told)
    assert check.url.path == "/refer/check"
    assert check.text.count("Not known yet") == 5, "what is not known is in plain sight"
    kept = officer.send("/refer/send", **told, once="once-1")
    assert kept.status_code == 200
    assert kept.url.path == "/children/P1"
    assert "My dog is Rex." in kept.text
    assert "born 1 March 2018" in kept.text
    assert "Near misses" in kept.text, "in an emergency no first thought is asked"
    assert officer.send("/refer/send", **told, once="once-1").url.path == "/children/P1", "sent twice, kept once"
    assert "P1" in officer.see("/board").text
    assert "My dog" not in officer.see("/refer").text, "the draft is gone once it is sent"


def test_a_draft_is_kept_at_each_change_and_is_its_writers_alone(officer: Browser, service: Running) -> None:
    assert officer.send("/refer/draft", ref="P7", own_words="I like maps.").status_code == 204
    assert "I like maps." in officer.see("/refer").text
    other = Browser(service.url).sign_in("team-manager")
    assert "I like maps." not in other.see("/refer").text
    other.http.close()


def test_brothers_and_sisters_need_not_be_typed_anew(officer: Browser) -> None:
    first = {"ref": "S1", "date_of_birth": "1/2/2019", "care_type": "short-term", "home_place": "so14 7ly"}
    second = officer.send("/refer/send", **first, then="sibling", once="s-1")
    assert second.url.path == "/refer"
    assert 'value="G-S1"' in second.text
    assert 'value="SO14 7"' in second.text
    assert "1/2/2019" not in second.text
    assert officer.send("/refer/send", ref="S2", sibling_group="G-S1", once="s-2").url.path == "/children/S2"
    assert "brothers and sisters: S1" in officer.see("/children/S2").text


def test_a_first_thought_comes_before_the_list_and_may_be_skipped_with_a_reason(officer: Browser) -> None:
    asked = officer.see("/children/C3").text
    assert "Your own first thought" in asked
    assert re.findall(r"<h3[^>]*>\d\. H", asked) == []
    missing = officer.send("/children/C3/thought", once="t-0")
    assert missing.status_code == 422
    assert "Your first thought is missing" in missing.text
    listed = officer.send("/children/C3/thought", skip="I do not know these homes", once="t-1")
    assert re.findall(r"<h3[^>]*>\d\. (H\d)</h3>", listed.text)
    assert 'type="radio" name="said" value="no" id="no-H1" checked' not in listed.text, "nothing is chosen beforehand"
    assert re.findall(r"<input[^>]*checked", listed.text) == []


def test_choosing_asks_a_reason_for_the_first_and_two_for_another(officer: Browser) -> None:
    page = officer.see("/children/C3").text
    first, second = re.findall(r"<h3[^>]*>\d\. (H\d)</h3>", page)[:2]
    assert "Why not" not in officer.see(f"/children/C3/choose?home={first}").text
    assert f"Why not {first}" in officer.see(f"/children/C3/choose?home={second}").text
    missing = officer.send("/children/C3/choose", home=first, **RIGHT, once="d-0")
    assert missing.status_code == 422
    assert "Say why this home is right." in missing.text
    half = officer.send("/children/C3/choose", home=second, reason="They know her school.", **RIGHT, once="d-1")
    assert half.status_code == 422
    assert "They know her school." in half.text, "nothing typed is lost"
    unsure = officer.send("/children/C3/choose", home=first, reason="Near her school.", once="d-2")
    assert "Look at the child" in unsure.text
    done = officer.send(
        "/children/C3/choose", home=second, reason="They know her.", against="No car.", **RIGHT, once="d-3"
    )
    assert f"A place is promised at {second}" in done.text
    assert f"Home chosen that was not the first of the list: {second}" in done.text
    assert f"They know her. Not {first}, because: No car." in done.text
    again = officer.send("/children/C3/choose", home=first, reason="Changed my mind.", against="x", **RIGHT, once="d-4")
    assert again.status_code == 409
    assert "A place is already promised to C3" in again.text
    moved = officer.send("/children/C3/decide", kind="placed", home=second, once="d-5")
    assert f"lives at {second}" in moved.text


def test_why_a_home_is_not_here_and_who_may_agree(officer: Browser) -> None:
    why = officer.see("/children/C1/homes?home=h3")
    assert why.url.path == "/children/C1/homes/H3"
    assert "H3 is ruled out for C1" in why.text
    assert "approved for ages" in why.text
    assert officer.see("/children/C1/homes/H99").status_code == 404


@pytest.mark.parametrize(
    "text", ["1 March 2018", "1/3/2018", "01.03.2018", "1 Mar 2018", "2018-03-01", " 1  March 2018"]
)
def test_a_date_is_taken_as_people_write_it(text: str) -> None:
    assert read_day(text) == "2018-03-01"


def test_what_is_no_date_is_left_to_be_refused() -> None:
    assert read_day("31 February 2018") == "31 February 2018"


def test_calls_are_written_down_and_a_no_takes_the_home_off_the_list(officer: Browser, service: Running) -> None:
    def act(session: Session) -> int:
        for kind, value in (("child", a_child("P2", 8)), ("child", a_child("P3", 8)), ("home", a_home("H8"))):
            queries.add_new(session, service.store.seal, kind, value)
        return 3

    service.store.transact(act, lambda rows: Entry("test", "load", "sample", {"rows": rows}))
    page = officer.see("/children/P2?emergency=yes").text
    home = re.findall(r"<h3[^>]*>\d\. (H\d)</h3>", page)[0]
    told = {"home": home, "children": "P2 P3", "emergency": "yes"}
    thinks = officer.send("/children/P2/calls", **told, said="thinking", until="17:15", once="c-1")
    assert "thinking until 17:15" in thinks.text
    assert "until 17:15" in officer.see("/board").text, "the board says what is waited for"
    bare = officer.send("/children/P2/calls", **told, said="no", once="c-2")
    assert bare.status_code == 422, "a no has a reason of the list"
    officer.send("/children/P2/calls", **told, said="no", reason="timing", once="c-3")
    assert f". {home}</h3>" not in officer.see("/children/P2?emergency=yes").text
    assert f". {home}</h3>" not in officer.see("/children/P3?emergency=yes").text, "the no was for both"


def test_the_meeting_plans_for_everybody_and_again(officer: Browser) -> None:
    first = officer.send("/meeting", once="m-1")
    assert first.status_code == 200
    assert "Proven to be the best" in first.text
    assert "independent checker: sound" in first.text
    since = re.findall(r'name="since" value="([^"]+)"', first.text)[0]
    again = officer.send("/meeting", since=since, wait="C1", once="m-2")
    assert "What is otherwise than in the plan before" in again.text
    refused = officer.send("/meeting", pins="C1=H9", once="m-3")
    assert refused.status_code == 404
    assert "No home" in refused.text
    assert 'value="C1=H9"' in refused.text, "nothing typed is lost"
    for path in ("grid", "alternatives", "fairness"):
        assert officer.see(f"/meeting/{path}").status_code == 200


def test_other_plans_say_when_the_time_was_not_enough(officer: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    said = "that was not enough to be sure of all of it"
    found = officer.see("/meeting/alternatives").text
    assert said not in found
    assert "not proven" not in found
    asked: list[float | None] = []

    def hurried(base: Base, *, most: int, limits: Limits) -> Alternatives:
        asked.append(limits.seconds)
        return replace(alternatives(base, most=most, limits=limits), plans=(), ended=NOT_KNOWN, in_time=False)

    monkeypatch.setattr(answers, "alternatives", hurried)
    page = officer.see("/meeting/alternatives")
    assert page.status_code == 200
    assert said in page.text
    assert "Whether there are more was not known within the time." in page.text
    assert 0 < (asked[0] or 0) <= answers.SECONDS


def test_what_is_asked_of_a_child_on_the_screen_reaches_the_plan(officer: Browser) -> None:
    officer.send("/meeting", once="m-4")
    placed = re.findall(r'name="now-(\w+)" value="(\w+)"', officer.see("/meeting").text)
    assert placed
    child, home = placed[0]
    told = {f"now-{child}": home, f"ask-{child}": "waits"}
    assert f'name="now-{child}"' not in officer.send("/meeting", **told, once="m-5").text


def test_the_panel_pack_is_tagged_and_names_nobody_outside_its_pages(officer: Browser) -> None:
    answer = officer.see("/meeting/pack.pdf")
    assert answer.headers["content-type"] == "application/pdf"
    assert re.fullmatch(r'inline; filename="panel-pack-[0-9a-f]{12}\.pdf"', answer.headers["content-disposition"])
    told = PdfReader(io.BytesIO(answer.content))
    assert told.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert told.trailer["/Root"]["/Lang"] == "en-GB"
    assert {"/Title": "Panel pack", "/Author": "Placement matching"}.items() <= (told.metadata or {}).items()
    assert not re.findall(r"\b[CH]\d\b", str(told.metadata))
    first = told.pages[0].extract_text()
    assert "For the matching panel alone" in first
    assert re.search(r"Plan [0-9a-f]{12}", first)


def test_pages_that_a_carer_or_child_may_read_are_plain(officer: Browser) -> None:
    for path in (
        "/refer",
        "/children/P1",
        "/children/C1?emergency=yes",
        "/children/C1/homes/H3",
        "/children/C1/details",
    ):
        said = sentences_of(officer.see(path).text)
        assert len(said) > 3, path
        assert grade(said) <= 7, (path, grade(said), sorted(said, key=lambda one: -grade([one]))[:3])


def test_every_page_of_every_role_is_light_has_nothing_inline_and_scores_nobody(service: Running) -> None:
    """The policy of every page forbids what is inline or from elsewhere, and no page needs it."""
    browsers = {role: Browser(service.url).sign_in(role) for role in OWNERS}
    assets = sum(len(browsers[Role.AUDITOR].see(f"/static/{name}").content) for name in ASSETS)
    for route, method in ROUTES:
        needs, path = permission_of(route), _filled(route.path)
        role = next((role for role in OWNERS if needs is not None and needs in (*MAY[role], May.SELF)), None)
        if method != "GET" or role is None or ".pdf" in path:
            continue
        answer = browsers[role].see(path)
        if "text/html" not in answer.headers["content-type"]:
            continue
        assert (
            re.findall(
                r"""\son[a-z]+=|\sstyle=|<style|<script(?![^>]*src="/)|(?:src|href)="(?:https?:)?//""", answer.text
            )
            == []
        ), path
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy, path
        assert "unsafe" not in policy, path
        assert "http" not in policy, path
        assert len(answer.content) + assets <= 300_000, f"{path}: before it is packed"
        said = re.sub(r"<[^>]+>", " ", answer.text)
        assert re.findall(r"\bscore[sd]?\b|best match|out of 100|\d\s?%", said) == [], path
    for browser in browsers.values():
        browser.http.close()


def test_no_page_of_a_case_scores_anybody(officer: Browser) -> None:
    for path in ("/board", "/children/P1", "/children/C1?emergency=yes", "/children/C1/homes/H1", "/meeting"):
        text = re.sub(r"<[^>]+>", " ", officer.see(path).text)
        assert re.findall(r"\d\s?%|\bpoints\b|\bscore|best match|out of 100", text) == [], path


def test_two_editors_lose_nothing(officer: Browser) -> None:
    opened = re.findall(r'name="version" value="(\d+)"', officer.see("/children/C1/details/identity").text)[0]
    first = officer.send("/children/C1/details/identity", version=opened, diet="halal", once="e-1")
    assert first.url.path == "/children/C1/details"
    second = officer.send("/children/C1/details/identity", version=opened, diet="no nuts", once="e-2")
    assert second.status_code == 412
    assert 'value="no nuts"' in second.text, "what was typed"
    assert "halal" in second.text, "what stands in the record"
    newer = re.findall(r'name="version" value="(\d+)"', second.text)[0]
    assert (
        officer.send("/children/C1/details/identity", version=newer, diet="halal, no nuts", once="e-3").status_code
        == 200
    )


def test_a_sibling_plan_is_a_part_of_the_list_of_tasks(officer: Browser) -> None:
    assert "Sibling plan" in officer.see("/children/C1/details").text
    told = {"version": "0", "plan": "together-preferred", "reason": "They look after each other."}
    assert officer.send("/children/C1/details/siblings", **told, once="sp-1").url.path == "/children/C1/details"
    assert "They look after each other." in officer.see("/children/C2/details/siblings").text


def test_what_was_typed_when_the_session_ended_goes_along(service: Running) -> None:
    browser = Browser(service.url)
    asked = browser.send("/children/C1/details/identity", version="1", diet="halal")
    assert asked.status_code == 401
    assert 'name="typed-diet" value="halal"' in asked.text
    typed = {"then": "/children/C1/details/identity", "typed-diet": "halal", "typed-version": "1"}
    again = browser.send("/sign-in", name="duty-officer", password=PASSWORD, **typed)
    assert "Send what I typed" in again.text
    assert 'action="/children/C1/details/identity"' in again.text
    elsewhere = browser.send(
        "/sign-in", name="duty-officer", password=PASSWORD, then="//evil.example", **{"typed-a": "b"}
    )
    assert "evil" not in elsewhere.text
    browser.http.close()
