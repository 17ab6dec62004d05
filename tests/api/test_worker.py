"""The worker as it runs: a process of its own whose death, and a job's, cost nothing that was acknowledged."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from api.db.audit import Entry
from api.db.sealing import Seal
from api.db.store import Store
from api.db.tables import Job, PlanMade
from api.sample import AUTHORITY, load
from api.security.accounts import User
from api.services import jobs
from api.services.jobs import JobKind
from tests.api.conftest import somebody
from tests.lib.builders import a_caseload, a_child, a_home

OFFICER = User("officer", ("duty-officer",), AUTHORITY)
PLAN: dict[str, Any] = {"pins": {}, "forbidden": [], "since": None, "seconds": 60}
SOON = 180  # seconds that the slowest machine may take for what a worker does in one or two


@pytest.fixture(scope="module")
def record(database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Store, dict[str, str]]]:
    """A record with a small city, and the environment of its worker."""
    key = tmp_path_factory.mktemp("keys") / "placements.key"
    store = Store(database, Seal.from_file(key, make=True))
    store.migrate()

    def act(session: Session) -> None:
        somebody(session, "officer", ["duty-officer"])
        children = [a_child(f"C{n}", 8, authority=AUTHORITY) for n in range(4)]
        load(session, store.seal, a_caseload(*children, *(a_home(f"H{n}") for n in range(4))))

    store.transact(act, lambda _: Entry("test", "load", "sample", {}))
    told = {"PLACEMENTS_DATABASE": database, "PLACEMENTS_KEY_FILE": str(key), "PLACEMENTS_JOB_MEMORY": "3000"}
    yield store, {**os.environ, **told}
    store.engine.dispose()


@contextmanager
def a_worker(environment: dict[str, str]) -> "Iterator[subprocess.Popen[bytes]]":
    process = subprocess.Popen([sys.executable, "-m", "matching.cli", "worker"], env=environment)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def ask(store: Store) -> str:
    def act(session: Session) -> str:
        return jobs.ask(session, store.seal, OFFICER, JobKind.PLAN, PLAN).id

    return store.transact(act, lambda number: Entry("officer", "ask-plan", f"job:{number}", {}))


def until(store: Store, number: str, *states: str) -> Job:
    """Wait for a state of a job; raises when it does not come."""
    ends = time.monotonic() + SOON
    while time.monotonic() < ends:
        with store.reading() as session:
            row = session.get_one(Job, number)
        if row.state in states:
            return row
        time.sleep(0.05)
    raise AssertionError(f"{number} is {row.state}, {row.said!r}, after {SOON} seconds")


def test_jobs_survive_the_worker_and_are_done_once(record: tuple[Store, dict[str, str]]) -> None:
    """Killed at the moment a job runs, with others behind it; the next worker settles them all within half a minute."""
    store, environment = record
    asked = [ask(store) for _ in range(3)]
    with a_worker(environment) as first:
        until(store, asked[0], "running", "done")
        first.send_signal(signal.SIGKILL)
        first.wait()
    with a_worker(environment) as second:
        begun = time.monotonic()
        for number in asked:
            assert until(store, number, *jobs.SETTLED).state == "done"
        assert time.monotonic() - begun < SOON
        stopped = ask(store)
        until(store, stopped, "done")
        second.send_signal(signal.SIGTERM)
        assert second.wait(20) == 0
    with store.reading() as session:
        assert len(session.scalars(select(PlanMade.id)).all()) == 4, "one plan for each job, however often it was begun"


def test_what_one_job_eats_ends_that_job_alone(record: tuple[Store, dict[str, str]]) -> None:
    """With less memory than any job needs each one fails and says so; the worker goes on."""
    store, environment = record
    few = {**environment, "PLACEMENTS_JOB_MEMORY": "64"}
    with a_worker(few) as worker:
        number = ask(store)
        row = until(store, number, *jobs.SETTLED)
        assert row.state == "failed"
        assert row.problem is not None
        assert "memory" in str(row.problem)
        assert worker.poll() is None


def test_a_worker_goes_with_the_web_process_that_started_it(record: tuple[Store, dict[str, str]]) -> None:
    """The number of a process that is not its parent: whoever started it is gone."""
    _, environment = record
    command = [sys.executable, "-m", "matching.cli", "worker", "--beside", "1"]
    assert subprocess.run(command, env=environment, timeout=SOON).returncode == 0


def test_the_queue_lies_beside_the_record(tmp_path: Path) -> None:
    from api.worker.queue import queue_url

    assert queue_url(f"sqlite:///{tmp_path}/placements.db") == f"sqlite:///{tmp_path}/placements-jobs.db"
    assert queue_url("postgresql+psycopg://who@host/name") == "postgresql+psycopg://who@host/name"
