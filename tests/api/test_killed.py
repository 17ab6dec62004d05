"""kill -9 at random moments of acts: what was acknowledged is there, what was not is absent, the trail is whole."""

import os
import random
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from api.db import audit, queries
from api.db.audit import Entry
from api.db.data_keys import keyring
from api.db.opening import opened
from api.db.store import Store
from api.db.tables import AuditEntry, Bed, Decided, Fact, Job, PlanMade
from api.sample import AUTHORITY
from api.settings import Settings
from tests.api.conftest import somebody
from tests.lib.builders import a_child, a_home

NIGHTLY = bool(os.environ.get("NIGHTLY"))
KILLS = 25 if NIGHTLY else 1  # of each kind, on each database: 200 points in all
TO_PLAN, TO_SEAL, TO_ACCEPT = 40, 300, 100 * KILLS  # children: a plan ends within the time, and no place runs out
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def record(database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Store, dict[str, str]]]:
    """A record with an officer, and the environment of whoever is killed."""
    key = tmp_path_factory.mktemp("keys") / "placements.key"
    if not database.startswith("sqlite"):
        key.write_text("QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWY=\n")
        key.chmod(0o600)
    told = {"PLACEMENTS_DATABASE": database, "PLACEMENTS_KEY_FILE": str(key)}
    store = opened(Settings.from_environment(told))

    def act(session: Session) -> None:
        somebody(session, "officer", ["duty-officer", "data-manager"])

    store.transact(act, lambda _: Entry("test", "fill", "record", {}))
    yield store, {**os.environ, **told, "PYTHONPATH": str(ROOT)}
    store.engine.dispose()


def fill(store: Store, letter: str, count: int) -> None:
    """Homes with one place each, and a child for each of them; each test brings those that it needs."""

    def act(session: Session) -> None:
        for number in range(count):
            queries.add_new(session, store.seal, "child", a_child(f"{letter}{number}", 8, authority=AUTHORITY))
            queries.add_new(session, store.seal, "home", a_home(f"{letter}H{number}", places_free=1))

    store.transact(act, lambda _: Entry("test", "fill", "record", {}))


READY_AGAIN = 10.0  # seconds


def killed(environment: dict[str, str], what: str, first: int, after: float) -> list[int]:
    """What a process acknowledged until it was killed, some time after it began to act."""
    command = [sys.executable, "-m", "tests.api.killed", what, str(first)]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        assert process.stdout is not None
        began = time.monotonic()
        assert process.stdout.readline().strip() == "-1", "it has opened the record"
        assert not NIGHTLY or time.monotonic() - began <= READY_AGAIN
        timer = threading.Timer(after, process.kill)
        timer.start()
        told = [int(line) for line in process.stdout if line.strip()]
        process.wait()
        timer.join()
    return told


def ready_again(environment: dict[str, str]) -> float:
    """Seconds until the service says that it is ready on a record whose last writer was killed."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "matching.cli", "serve", "--alone", "--empty", "--port", str(port)]
    began = time.monotonic()
    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, cwd=ROOT) as process:
        try:
            while not _is_ready(port):
                assert process.poll() is None, "it runs"
                assert time.monotonic() - began < 10 * READY_AGAIN
                time.sleep(0.1)
            return time.monotonic() - began
        finally:
            process.terminate()


def _is_ready(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/health/ready", timeout=2).status_code == 200
    except httpx.HTTPError:
        return False


def test_a_plan_that_was_killed_is_whole_with_its_job_or_absent(record: tuple[Store, dict[str, str]]) -> None:
    store, environment = record
    fill(store, "P", TO_PLAN)
    draws, first = random.Random(13), 0
    for _ in range(KILLS):
        told = killed(environment, "plan", first, draws.uniform(0.5, 4.0))
        with store.reading() as session:
            plans = set(session.scalars(select(PlanMade.id)))
            jobs = session.scalars(select(Job).where(Job.kind == "plan", Job.state == "done")).all()
            entries = session.scalar(select(func.count()).where(AuditEntry.act == "propose-plan"))
            results = {str((job.result or {}).get("plan")) for job in jobs}
        assert results == plans, "a plan and the end of its job stand or fall together"
        assert entries == len(plans)
        assert len(plans) >= first + len(told), "what was acknowledged is there"
        first = len(plans)
    assert first or not NIGHTLY, "some were made in time"


def test_tables_whose_change_was_killed_are_those_of_before_or_after(record: tuple[Store, dict[str, str]]) -> None:
    store, environment = record
    fill(store, "S", TO_SEAL)
    before, draws = _facts(store), random.Random(14)
    for _ in range(KILLS):
        killed(environment, "migrate", 0, draws.uniform(0.05, 2.0))
        store.migrate()
        assert store.is_up_to_date()
        assert _facts(store) == before
    with store.reading() as session:
        assert audit.verify(session).faults == ()


def _facts(store: Store) -> list[queries.Kept]:
    with store.reading() as session:
        keyring(session, store.seal).load_all()
        rows = session.scalars(select(Fact).order_by(Fact.kind, Fact.ref))
        return [queries.opened(session, store.seal, row) for row in rows]


def test_an_import_that_was_killed_is_whole_or_absent(record: tuple[Store, dict[str, str]]) -> None:
    store, environment = record
    draws, first = random.Random(12), 0
    for _ in range(KILLS):
        told = killed(environment, "import", first, draws.uniform(0.2, 3.0))
        with store.reading() as session:
            prefix = func.substr(Fact.ref, 1, func.instr(Fact.ref, "-") - 1)
            if store.engine.dialect.name == "postgresql":
                prefix = func.split_part(Fact.ref, "-", 1)
            found = dict(
                session.execute(
                    select(prefix, func.count()).where(Fact.kind == "child", Fact.ref.like("M%-%")).group_by(prefix)
                ).all()
            )
        assert set(found.values()) <= {20}, "no half of an import"
        assert {f"M{number}" for number in told} <= found.keys()
        first = len(found)


def test_what_was_acknowledged_is_there_after_a_kill_and_what_was_not_is_absent(
    record: tuple[Store, dict[str, str]],
) -> None:
    store, environment = record
    fill(store, "K", TO_ACCEPT)
    draws, promised = random.Random(11), set[str]()
    first = 0
    for _ in range(KILLS):
        told = killed(environment, "accept", first, draws.uniform(0.2, 3.0))
        promised |= {f"K{number}" for number in told}
        beds, decided, entries = _of_children(store)
        assert promised <= beds, "what was acknowledged is there"
        assert beds == decided == entries, "a place, its decision and its entry stand or fall together"
        assert len(beds - promised) <= 1, "at most the act under way, whole"
        promised, first = beds, len(beds)
    with store.reading() as session:
        assert audit.verify(session).faults == ()


def _of_children(store: Store) -> tuple[set[str], set[str], set[str]]:
    with store.reading() as session:
        beds = set(session.scalars(select(Bed.child)))
        decided = set(session.scalars(select(Decided.child)))
        acts = session.scalars(select(AuditEntry.about).where(AuditEntry.act == "decide-accepted"))
        return beds, decided, {about.removeprefix("child:") for about in acts}


def test_the_service_is_ready_again_after_the_last_kill(record: tuple[Store, dict[str, str]]) -> None:
    took = ready_again(record[1])
    if NIGHTLY:
        sys.stdout.write(f"{record[0].engine.dialect.name}: ready after {took:.1f} s\n")
        assert took <= READY_AGAIN
