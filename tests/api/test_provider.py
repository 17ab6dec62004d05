"""Signing in at a real provider process: who may, what is refused, and how soon somebody who left is gone."""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
import uvicorn
from sqlalchemy import select

from api.db.audit import Entry
from api.db.store import Store
from api.db.tables import AuditEntry, Person, SignedIn
from api.main import create_app
from api.sample import AUTHORITY, load
from api.security.accounts import new_person, now
from api.security.sessions import hashed
from tests.api.conftest import UNHURRIED, people
from tests.lib.sign_in_provider import CLIENT, SECRET

OFFICER, MANAGER = "Placements.Duty", "Placements.Manager"
COOKIE = "placements_session"


@dataclass
class Clock:
    """The service's clock: it stands where a test began, and a test puts it forward."""

    began: datetime = field(default_factory=now)
    ahead: timedelta = field(default_factory=timedelta)

    def __call__(self) -> datetime:
        return self.began + self.ahead


@dataclass(frozen=True)
class Council:
    """The service, the council's provider, the clock."""

    url: str
    issuer: str
    store: Store
    clock: Clock
    open: list[httpx.Client] = field(default_factory=list)

    def control(self, **told: Any) -> dict[str, Any]:
        answer = httpx.post(f"{self.issuer}/control", json=told)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def browser(self) -> httpx.Client:
        self.open.append(httpx.Client(base_url=self.url, timeout=60))
        return self.open[-1]

    def to_provider(self, browser: httpx.Client, login: str, again: str = "") -> str:
        """Out to the provider and as far as the way back: the address that the provider sends the browser to."""
        out = browser.get("/sign-in/provider", params={"again": again} if again else {})
        assert out.status_code == 303, out.text
        there = httpx.get(f"{out.headers['location']}&login={login}")
        assert there.status_code == 302, there.text
        return str(there.headers["location"])

    def sign_in(self, login: str, again: str = "") -> tuple[httpx.Client, httpx.Response]:
        browser = self.browser()
        back = urlsplit(self.to_provider(browser, login, again))
        return browser, browser.get(f"{back.path}?{back.query}")

    def last_entries(self, count: int) -> list[AuditEntry]:
        with self.store.reading() as session:
            return list(session.scalars(select(AuditEntry).order_by(AuditEntry.number.desc()).limit(count)))


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    """The provider, in a process of its own."""
    root = Path(__file__).resolve().parents[2]
    running = subprocess.Popen(
        [sys.executable, "-m", "tests.lib.sign_in_provider"],
        cwd=root, env={**os.environ, "PYTHONPATH": str(root)}, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    assert running.stdout is not None
    yield f"http://127.0.0.1:{running.stdout.readline().strip()}"
    running.terminate()
    running.wait(20)
    running.stdout.close()


@pytest.fixture(scope="module")
def council(store: Store, issuer: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Council]:
    folder, clock = tmp_path_factory.mktemp("sign-in"), Clock()
    store.transact(lambda session: load(session, store.seal, people()), lambda _: Entry("test", "load", "sample", {}))
    (folder / "secret").write_text(SECRET)
    file = folder / "sign-in.toml"
    config = uvicorn.Config("tests", port=0, log_level="warning", access_log=False)
    sock = config.bind_socket()
    url = f"http://127.0.0.1:{sock.getsockname()[1]}"
    file.write_text(
        f'issuer = "{issuer}"\nclient_id = "{CLIENT}"\nclient_secret_file = "{folder}/secret"\naddress = "{url}"\n'
        f'authority = "{AUTHORITY}"\n[roles]\n"{OFFICER}" = ["duty-officer"]\n"{MANAGER}" = ["team-manager"]\n'
    )
    settings = UNHURRIED.model_copy(update={"sign_in_file": file})
    running = uvicorn.Server(
        uvicorn.Config(create_app(settings, store=store, clock=clock), log_level="warning", access_log=False)
    )
    thread = threading.Thread(target=running.run, args=([sock],), daemon=True)
    thread.start()
    while not running.started:
        thread.join(0.02)
    yield Council(url, issuer, store, clock)
    running.should_exit = True
    thread.join(20)
    sock.close()


@pytest.fixture(autouse=True)
def well(council: Council) -> Iterator[None]:
    """A provider that behaves, with its people, before each test."""
    amira = {"sub": "s-amira", "name": "amira.khan", "groups": [OFFICER]}
    others = [
        {"sub": "s-joe", "name": "joe.bloggs", "groups": []},
        {"sub": "s-mona", "name": "mona.lee", "groups": [MANAGER, OFFICER]},
    ]
    council.control(
        people=[amira, *others], told={}, amr=[], forged=False, down=False, auth_method="client_secret_post"
    )
    council.clock.began, council.clock.ahead = now(), timedelta()
    yield
    for browser in council.open:
        browser.close()
    council.open.clear()


def test_somebody_with_a_mapped_role_signs_in_and_works(council: Council) -> None:
    browser, answer = council.sign_in("amira.khan")
    assert answer.status_code == 200, answer.text
    assert 'http-equiv="refresh"' in answer.text, "a strict cookie is not sent on a redirect that began elsewhere"
    assert {"HttpOnly", "SameSite=strict"} <= set(
        answer.headers["set-cookie"].replace(",", ";").replace(" ", "").split(";")
    )
    assert browser.get("/refer").status_code == 200
    with council.store.reading() as session:
        person = session.get_one(Person, "amira.khan")
        assert (person.roles, person.authority, person.subject) == (
            ["duty-officer"],
            AUTHORITY,
            f"{council.issuer}|s-amira",
        )
        assert person.password_hash is None
    asked = council.control()["asked"][-1]
    assert asked["code_challenge_method"] == "S256"
    assert len(asked["state"]) > 40
    assert len(asked["nonce"]) > 40
    local = httpx.post(f"{council.url}/api/v1/session", json={"name": "amira.khan", "password": "whatever it may be"})
    assert local.status_code == 401, "who signs in at the provider has no password here"


def test_several_roles_come_together(council: Council) -> None:
    council.sign_in("mona.lee")
    with council.store.reading() as session:
        assert session.get_one(Person, "mona.lee").roles == ["duty-officer", "team-manager"]


def test_nobody_without_a_mapped_role_gets_an_account(council: Council) -> None:
    browser, answer = council.sign_in("joe.bloggs")
    assert answer.status_code == 403
    assert "You have no role here." in answer.text
    assert COOKIE not in browser.cookies
    with council.store.reading() as session:
        assert session.get(Person, "joe.bloggs") is None
    entry = council.last_entries(1)[0]
    assert (entry.who, entry.act) == ("unknown", "sign-in")
    assert "joe" not in entry.detail


WRONG_TOKENS: dict[str, dict[str, Any]] = {
    "another nonce": {"told": {"nonce": "of somebody else's browser"}},
    "for another service": {"told": {"aud": "another-service"}},
    "for several, and not asked by us": {"told": {"aud": [CLIENT, "another"], "azp": "another"}},
    "expired": {"told": {"exp": 1_700_000_000}},
    "of another provider": {"told": {"iss": "http://127.0.0.1:1"}},
    "issued tomorrow": {"told": {"iat": 4_000_000_000, "nbf": 4_000_000_000}},
    "signed by somebody else": {"forged": True},
}


@pytest.mark.parametrize("how", WRONG_TOKENS)
def test_a_token_that_does_not_hold_signs_nobody_in(council: Council, how: str) -> None:
    council.control(**WRONG_TOKENS[how])
    browser, answer = council.sign_in("amira.khan")
    assert answer.status_code == 401, answer.text
    assert COOKIE not in browser.cookies
    assert browser.get("/refer").url.path != "/refer" or browser.get("/refer").status_code == 303


def test_a_code_is_good_once(council: Council) -> None:
    browser = council.browser()
    back = urlsplit(council.to_provider(browser, "amira.khan"))
    carried = dict(browser.cookies)
    assert browser.get(f"{back.path}?{back.query}").status_code == 200
    thief = council.browser()
    thief.cookies.update(carried)
    assert thief.get(f"{back.path}?{back.query}").status_code == 401
    assert COOKIE not in thief.cookies


def test_the_way_back_belongs_to_the_browser_that_went_out(council: Council) -> None:
    victim, attacker = council.browser(), council.browser()
    back = urlsplit(council.to_provider(attacker, "amira.khan"))
    assert victim.get(f"{back.path}?{back.query}").status_code == 401, "no cookie of its own"
    council.to_provider(victim, "mona.lee")
    assert victim.get(f"{back.path}?{back.query}").status_code == 401, "the state of another browser"
    code = parse_qs(back.query)["code"][0]
    assert victim.get(f"{back.path}?code={code}&state=").status_code == 401


def test_a_way_back_that_took_too_long_is_refused(council: Council) -> None:
    browser = council.browser()
    back = urlsplit(council.to_provider(browser, "amira.khan"))
    council.clock.ahead = timedelta(minutes=11)
    assert browser.get(f"{back.path}?{back.query}").status_code == 401


def test_the_provider_changes_its_keys(council: Council) -> None:
    assert council.sign_in("amira.khan")[1].status_code == 200
    council.clock.ahead = timedelta(seconds=6)
    council.control(rotate=True)
    assert council.sign_in("amira.khan")[1].status_code == 200
    council.clock.ahead = timedelta(seconds=12)
    council.control(rotate=True, forget_old_keys=True)
    assert council.sign_in("amira.khan")[1].status_code == 200


def test_a_secret_is_given_in_the_way_that_the_provider_asks_for(council: Council) -> None:
    council.clock.ahead = timedelta(hours=2)  # what the provider says of itself is read again
    later = int(datetime.now(tz=UTC).timestamp()) + 7200
    council.control(auth_method="client_secret_basic", told={"iat": later, "exp": later + 600})
    assert council.sign_in("amira.khan")[1].status_code == 200


def test_who_left_the_council_is_out_within_a_minute(council: Council) -> None:
    browser, _ = council.sign_in("amira.khan")
    assert browser.get("/refer").status_code == 200
    council.control(people=[{"sub": "s-amira", "name": "amira.khan", "groups": [OFFICER], "active": False}])
    council.clock.ahead = timedelta(seconds=29)
    assert browser.get("/refer").status_code == 200, "asked half a minute ago"
    council.clock.ahead = timedelta(seconds=59)
    assert browser.get("/refer").status_code == 303
    with council.store.reading() as session:
        assert session.get(SignedIn, hashed(browser.cookies[COOKIE])) is None
    assert [entry.act for entry in council.last_entries(1)] == ["session-ended"]
    assert council.sign_in("amira.khan")[1].status_code in (401, 403)


def test_who_works_on_is_asked_about_again_and_stays(council: Council) -> None:
    browser, _ = council.sign_in("amira.khan")
    for seconds in (35, 70, 105):
        council.clock.ahead = timedelta(seconds=seconds)
        assert browser.get("/refer").status_code == 200


def test_other_groups_are_other_roles_within_a_minute(council: Council) -> None:
    browser, _ = council.sign_in("mona.lee")
    assert browser.get("/refer").status_code == 200
    council.control(people=[{"sub": "s-mona", "name": "mona.lee", "groups": [OFFICER]}])
    council.clock.ahead = timedelta(seconds=45)
    assert browser.get("/refer").status_code == 200
    with council.store.reading() as session:
        assert session.get_one(Person, "mona.lee").roles == ["duty-officer"]
    council.control(people=[{"sub": "s-mona", "name": "mona.lee", "groups": []}])
    council.clock.ahead = timedelta(seconds=90)
    assert browser.get("/refer").status_code == 303, "no group any more, no session any more"


def test_when_the_provider_is_silent_nobody_stays_longer_than_a_minute_and_nobody_is_thrown_out(
    council: Council,
) -> None:
    browser, _ = council.sign_in("amira.khan")
    council.control(down=True)
    council.clock.ahead = timedelta(seconds=40)
    assert browser.get("/refer").status_code == 200, "the last answer is under a minute old"
    council.clock.ahead = timedelta(seconds=61)
    silent = browser.get("/refer")
    assert silent.status_code == 503
    assert int(silent.headers["retry-after"]) > 0
    council.control(down=False)
    council.clock.ahead = timedelta(seconds=75)
    assert browser.get("/refer").status_code == 200


def test_the_provider_ends_a_session_by_its_own_message(council: Council) -> None:
    browser, _ = council.sign_in("amira.khan")
    message = council.control(logout={"sub": "s-amira"})["message"]
    post = {"logout_token": message}
    assert httpx.post(f"{council.url}/sign-in/provider/ended", data=post).status_code == 200
    assert browser.get("/refer").status_code == 303
    again, _ = council.sign_in("amira.khan")
    assert httpx.post(f"{council.url}/sign-in/provider/ended", data=post).status_code == 400, "a message counts once"
    assert again.get("/refer").status_code == 200
    by_session = council.control(logout={"sid": "session-of-the-browser"})["message"]
    assert httpx.post(f"{council.url}/sign-in/provider/ended", data={"logout_token": by_session}).status_code == 200
    assert again.get("/refer").status_code == 303


WRONG_MESSAGES: dict[str, dict[str, Any]] = {
    "an id token": {"sub": "s-amira", "nonce": "n", "events": {}},
    "no event": {"sub": "s-amira", "events": {}},
    "nobody": {},
    "for another service": {"sub": "s-amira", "aud": "another"},
    "of an hour ago": {"sub": "s-amira", "iat": 1_700_000_000, "exp": 4_000_000_000},
}


@pytest.mark.parametrize("how", WRONG_MESSAGES)
def test_a_message_that_does_not_hold_ends_nothing(council: Council, how: str) -> None:
    browser, _ = council.sign_in("amira.khan")
    message = council.control(logout=WRONG_MESSAGES[how])["message"]
    assert httpx.post(f"{council.url}/sign-in/provider/ended", data={"logout_token": message}).status_code == 400
    assert browser.get("/refer").status_code == 200


def test_signing_out_here_signs_out_there(council: Council) -> None:
    browser, _ = council.sign_in("amira.khan")
    out = browser.post("/sign-out", headers={"Origin": council.url})
    assert f"{council.issuer}/end?" in out.text
    assert "id_token_hint" in out.text
    assert browser.get("/refer").status_code == 303


def test_a_name_that_somebody_has_here_is_not_taken_over(council: Council) -> None:
    def act(session: Any) -> None:
        new_person(session, "local.admin", ["administrator"], None, "a long enough password")

    council.store.transact(act, lambda _: Entry("test", "add", "person", {}))
    council.control(people=[{"sub": "s-evil", "name": "local.admin", "groups": [OFFICER]}])
    _, answer = council.sign_in("local.admin")
    assert answer.status_code == 403
    with council.store.reading() as session:
        assert session.get_one(Person, "local.admin").roles == ["administrator"]


def test_an_account_that_was_closed_here_stays_closed(council: Council) -> None:
    council.sign_in("amira.khan")

    def close(session: Any) -> None:
        session.get_one(Person, "amira.khan").active = False

    council.store.transact(close, lambda _: Entry("test", "close", "person", {}))
    assert council.sign_in("amira.khan")[1].status_code == 403
    council.store.transact(
        lambda s: setattr(s.get_one(Person, "amira.khan"), "active", True),
        lambda _: Entry("test", "open", "person", {}),
    )


def proved(council: Council, browser: httpx.Client) -> bool:
    with council.store.reading() as session:
        return session.get_one(SignedIn, hashed(browser.cookies[COOKIE])).proved_at is not None


def test_a_fresh_proof_comes_from_asking_anew_or_from_a_second_factor_there(council: Council) -> None:
    assert not proved(council, council.sign_in("amira.khan")[0])
    assert proved(council, council.sign_in("amira.khan", again="yes")[0])
    assert council.control()["asked"][-1]["prompt"] == "login"
    council.control(amr=["pwd", "mfa"])
    assert proved(council, council.sign_in("amira.khan")[0])
    council.control(told={"auth_time": 1_700_000_000})
    assert not proved(council, council.sign_in("amira.khan", again="yes")[0]), "the provider did not ask anew"
