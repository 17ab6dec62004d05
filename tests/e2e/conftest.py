"""Debian's Chromium at a running service with the sample city; where there is no Chromium the stories are reported as not run."""

import os
import shutil
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
import uvicorn
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, ElementHandle, Locator, sync_playwright

from api.db.sealing import Seal
from api.db.store import Store
from api.main import create_app
from api.pages.rendering import COOKIE
from api.sample import fill
from api.security.accounts import now
from api.security.signing_in import Given, sign_in
from api.settings import Settings
from api.worker import work
from tests.api.conftest import server_uri

__all__ = ["server_uri"]
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--force-color-profile=srgb"]
SLOWEST = 120_000  # milliseconds: a story is about what happens, not how quick a busy machine is
FRIDAY = date(2026, 11, 27)
AXE = {
    "resultTypes": ["violations"],
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
}


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Without E2E=1 the short stories alone: `make test` has them, `make e2e` all."""
    if os.environ.get("E2E"):
        return
    here = Path(__file__).parent
    left = [item for item in items if here in item.path.parents and not item.get_closest_marker("short")]
    config.hook.pytest_deselected(items=left)
    items[:] = [item for item in items if item not in left]


@dataclass(frozen=True)
class City:
    """A running service, and the password of each role."""

    url: str
    password: dict[str, str]
    store: Store
    tokens: dict[str, str]
    settings: Settings

    def work(self, job: str) -> None:
        """Do a job that waits, as the worker would."""
        work.do(self.settings, self.store, job)

    def token(self, role: str) -> str:
        """A session of a role, made once."""
        if role not in self.tokens:
            given = Given(role, self.password[role], None, "127.0.0.1")
            self.tokens[role] = sign_in(self.store, given, 8, now())
        return self.tokens[role]


@dataclass(frozen=True)
class Filled:
    """A record with the sample city that nobody works in: stories work in copies of it."""

    folder: Path
    password: dict[str, str]


def filled_city(folder: Path, database: str | None = None) -> Filled:
    """The sample city as it stood on a Friday, in a folder or in a database; every run sees the same."""
    settings = settings_of(folder, database)
    if database:
        Seal.from_file(settings.key_file, make=True)  # a record that is no file of ours makes no key by itself
    return Filled(folder, dict(fill(settings, FRIDAY)))


def settings_of(folder: Path, database: str | None = None) -> Settings:
    """The settings of a service whose record lies in a folder, or its key there and the rest in a database."""
    where = database or f"sqlite:///{folder}/placements.db"
    return Settings(database=where, key_file=folder / "placements.key", person_requests="10000 per minute")


@contextmanager
def running_city(filled: Filled, folder: Path, database: str | None = None) -> Iterator[City]:
    """A service of its own with a copy of the filled record; in a database, with the record itself."""
    if database is None:
        shutil.copytree(filled.folder, folder, dirs_exist_ok=True)
    settings, password = settings_of(filled.folder if database else folder, database), filled.password
    store = Store(settings.database, Seal.from_file(settings.key_file, make=False))
    app = create_app(settings, store=store, today=lambda: FRIDAY)
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="warning", access_log=False))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        thread.join(0.02)
    try:
        yield City(f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}", password, store, {}, settings)
    finally:
        server.should_exit = True
        thread.join(20)
        store.engine.dispose()


@contextmanager
def chromium() -> Iterator[Browser]:
    """The browser; raises where there is none."""
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def filled() -> Iterator[Filled]:
    with tempfile.TemporaryDirectory(prefix="filled-") as folder:
        yield filled_city(Path(folder))


@pytest.fixture(scope="session")
def city(filled: Filled) -> Iterator[City]:
    with tempfile.TemporaryDirectory(prefix="city-") as folder, running_city(filled, Path(folder)) as found:
        yield found


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("NOT RUN: there is no Chromium here. `make e2e` installs it with apt where it can.")
    with chromium() as found:
        yield found


class Desk:
    """Somebody at a browser; every press and every typed field is counted."""

    def __init__(self, city: City, context: BrowserContext, *, keyboard: bool = False) -> None:
        self.city, self.context, self.page = city, context, context.new_page()
        self.keyboard = keyboard
        self.page.set_default_timeout(SLOWEST)
        self.interactions, self.letters, self.pages = 0, 0, 0
        self.errors = list[str]()
        self.page.on("console", self._note)
        self.page.on("pageerror", lambda fault: self.errors.append(str(fault)))

    def _note(self, said: ConsoleMessage) -> None:
        """A fault that the browser tells of; the status of the page itself is none."""
        if said.type == "error" and said.location["url"] != self.page.url:
            self.errors.append(said.text)

    def as_role(self, role: str) -> "Desk":
        """Signed in already; for pages whose signing in is not what is tried."""
        self.context.add_cookies([{"name": COOKIE, "value": self.city.token(role), "url": self.city.url}])
        return self

    def open(self, path: str) -> "Desk":
        answer = self.page.goto(self.city.url + path)
        assert answer is not None
        assert answer.status < 500, path
        return self

    def sign_in(self, role: str) -> "Desk":
        self.open("/sign-in")
        self.page.fill("#name", role)
        self.page.fill("#password", self.city.password[role])
        self.page.press("#password", "Enter")
        self.page.wait_for_url(lambda url: "/sign-in" not in url)
        return self

    def type(self, field: str, text: str) -> None:
        """Fill a field in."""
        box = self.page.locator(f"#{field}")
        self.interactions += 1
        self.letters += len(text)
        if self.keyboard:
            self._reach(box)
            self.page.keyboard.press("Control+A")
            self.page.keyboard.type(text)
        else:
            box.fill(text)

    def choose(self, field: str, value: str) -> None:
        """Choose from a list."""
        box = self.page.locator(f"#{field}")
        self.interactions += 1
        if self.keyboard:
            self._reach(box)
            self.page.keyboard.type(box.locator(f'option[value="{value}"]').inner_text())
        else:
            box.select_option(value)

    def tick(self, field: str) -> None:
        """Tick a box or choose one of several."""
        box = self.page.locator(f'[id="{field}"]')
        self.interactions += 1
        if self.keyboard:
            self._reach_one_of(box)
            if not box.is_checked():
                self.page.keyboard.press("Space")
        else:
            box.check()

    def press(self, name: str, role: str = "button", nth: int = 0) -> None:
        """Press a button, or follow a link."""
        self.interactions += 1
        self.pages += 1
        found = self.page.get_by_role(role, name=name, exact=False).nth(nth)  # type: ignore[arg-type]
        if self.keyboard:
            self._reach(found)
        with self.page.expect_navigation():
            if self.keyboard:
                self.page.keyboard.press("Enter")
            else:
                found.click()

    def open_up(self, text: str) -> None:
        """Open something that is folded away."""
        found = self.page.locator("summary", has_text=text).first
        self.interactions += 1
        if self.keyboard:
            self._reach(found)
            self.page.keyboard.press("Enter")
        else:
            found.click()

    def _reach(self, found: Locator) -> None:
        """Tab until it has the focus; what can not be reached by Tab is a fault of the page."""
        self._press_until(found.element_handle(), "one => one === document.activeElement", "Tab", 400)

    def _reach_one_of(self, found: Locator) -> None:
        """Tab to the group of a radio button, then on by arrows; a tick box is reached by Tab."""
        if found.get_attribute("type") != "radio":
            return self._reach(found)
        group = "one => document.activeElement.name === one.name && document.activeElement.type === 'radio'"
        box = found.element_handle()
        self._press_until(box, group, "Tab", 400)
        return self._press_until(box, "one => one === document.activeElement", "ArrowDown", 20)

    def _press_until(self, box: ElementHandle, there: str, key: str, most: int) -> None:
        """Press a key until something is so of a field; the field is looked up once, since a page has hundreds."""
        for _ in range(most):
            if box.evaluate(there):
                return
            self.page.keyboard.press(key)
        raise AssertionError(f"{box} can not be reached by {key} on {self.page.url}")

    def show_every_picture(self) -> None:
        """Load pictures that would come in only when they are scrolled to."""
        self.page.evaluate(
            """async () => {
              const all = [...document.images];
              for (const one of all) one.loading = "eager";
              await Promise.all(all.map(one => one.complete || new Promise(done => { one.onload = one.onerror = done; })));
            }"""
        )

    def violations(self) -> list[str]:
        """What axe finds on this page; empty is good."""
        found = Axe().run(self.page, options=AXE).response["violations"]
        return [f"{one['id']}: {node['target']} {node['failureSummary']}" for one in found for node in one["nodes"]]


@pytest.fixture
def desk(city: City, browser: Browser) -> Iterator[Callable[..., Desk]]:
    """Desks as a test wants them: `script=False`, a width, forced colours."""
    opened: list[BrowserContext] = []

    def new(*, script: bool = True, width: int = 1280, keyboard: bool = False, **more: object) -> Desk:
        context = browser.new_context(
            java_script_enabled=script,
            viewport={"width": width, "height": 900},
            locale="en-GB",
            **more,  # type: ignore[arg-type]
        )
        opened.append(context)
        return Desk(city, context, keyboard=keyboard)

    yield new
    for context in opened:
        context.close()
